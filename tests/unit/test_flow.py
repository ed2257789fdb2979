"""Laws of primary elements and of density compensation."""

from __future__ import annotations

import numpy as np
import pytest

from calc import flow
from calc.errors import CalcError

D, BORE, P_1, P_2, RHO, MU, K = 0.07366, 0.05, 200e3, 183e3, 999.1, 1.1e-3, 1.33


@pytest.mark.parametrize(
    ("primary", "convergent", "published"),
    [
        ("orifice", "machined", 7.702338035732168),
        ("long radius nozzle", "machined", 11.86828167015467),
        ("ISA 1932 nozzle", "machined", 11.370262314304702),
        ("venturi tube", "as cast", 11.867774156238344),
        ("venturi tube", "machined", 12.000442363269464),
        ("venturi tube", "rough welded sheet iron", 11.879834902332082),
    ],
)
def test_the_flow_of_each_element_is_that_of_an_independent_library(
    primary: flow.Primary, convergent: flow.Convergent, published: float
) -> None:
    """Values carried by the tests of CalebBell/fluids."""
    found = flow.meter_mass_flow(D, BORE, P_1, P_2, RHO, MU, K, primary, "D and D/2", convergent)
    assert float(found) == pytest.approx(published, rel=1e-12)


@pytest.mark.parametrize(
    ("taps", "published"),
    [("corner", 0.6000085121444034), ("D and D/2", 0.5988219225153976), ("flange", 0.5990042535666878)],
)
def test_the_taps_have_their_coefficients(taps: flow.Taps, published: float) -> None:
    pipe, mu = 0.07391, 1.85861753095e-5
    C = flow.discharge_coefficient(0.0222 / pipe, flow.reynolds(0.124431876, pipe, mu), pipe, taps)
    assert float(C) == pytest.approx(published, rel=1e-12)


def test_expansibility_meets_published_values_and_is_one_without_a_drop() -> None:
    beta = 0.0222 / 0.0739
    assert flow.expansibility(beta, 1e5, 9.9e4, 1.4) == pytest.approx(0.9974739057343425, rel=1e-12)
    assert flow.expansibility(beta, 1e5, 9.9e4, 1.4, "ISA 1932 nozzle") == pytest.approx(0.9945702344566746, rel=1e-12)
    assert flow.expansibility(0.6, 60e5, 59.5e5, 1.3, "venturi tube") == pytest.approx(0.994236, abs=1e-6)
    for primary in ("orifice", "venturi tube"):
        assert flow.expansibility(0.6, 1e5, 1e5, 1.4, primary) == 1.0


def test_expansibility_without_a_gas_has_no_value() -> None:
    bad = [
        (0.6, 0.0, 0.0, 1.4),
        (0.6, 1e5, 1.1e5, 1.4),
        (0.6, 1e5, -1.0, 1.4),
        (0.6, 1e5, 9e4, 1.0),
        (1.0, 1e5, 9e4, 1.4),
    ]
    for state in bad:
        assert np.isnan(flow.expansibility(*state))
        assert np.isnan(flow.expansibility(*state, "venturi nozzle"))


def test_no_difference_is_no_flow_and_a_negative_one_is_undefined() -> None:
    pressures = np.array([183e3, 200e3, 201e3, np.nan])
    found = flow.meter_mass_flow(D, BORE, P_1, pressures, RHO, MU, K, taps="D and D/2")
    assert found[0] == pytest.approx(7.702338035732168, rel=1e-12)
    assert found[1] == 0.0
    assert np.isnan(found[2:]).all()


def test_an_element_settles_the_same_alone_and_among_others() -> None:
    pressures = np.linspace(120e3, 199.9e3, 23)
    together = flow.meter_mass_flow(D, BORE, P_1, pressures, RHO, MU, K)
    alone = [float(flow.meter_mass_flow(D, BORE, P_1, float(p), RHO, MU, K)) for p in pressures]
    assert together == pytest.approx(alone, rel=1e-14)


@pytest.mark.parametrize("beta", [0.0, 1.0, -0.2, np.nan])
def test_a_bore_that_is_none_has_no_coefficient(beta: float) -> None:
    assert np.isnan(flow.discharge_coefficient(beta, 1e5, 0.1))
    assert np.isnan(flow.nozzle_coefficient(beta, 1e5, "ISA 1932 nozzle"))
    assert np.isnan(flow.approach_factor(beta))


def test_unknown_taps_and_elements_are_refused() -> None:
    with pytest.raises(CalcError):
        flow.discharge_coefficient(0.5, 1e5, 0.1, "vena contracta")  # type: ignore[arg-type]
    with pytest.raises(CalcError):
        flow.nozzle_coefficient(0.5, 1e5, "orifice")


def test_losses_and_factors_meet_published_values() -> None:
    beta = 0.05 / 0.07366
    assert flow.loss_coefficient(beta, 0.61512) == pytest.approx(5.2314291729754, rel=1e-12)
    assert flow.pressure_loss(beta, 0.61512, 17e3) == pytest.approx(9069.474705745388, rel=1e-12)
    assert flow.approach_factor(0.0222 / 0.0739) == pytest.approx(1.0040970074165514, rel=1e-12)


def test_a_given_coefficient_makes_the_flow() -> None:
    assert flow.mass_flow(0.0739, 0.0222, 1e3, 1.1646, 0.5988, 0.9975) == pytest.approx(0.01120390943807026, rel=1e-12)
    assert np.isnan(flow.mass_flow(0.0739, 0.08, 1e3, 1.1646, 0.6))
    assert np.isnan(flow.mass_flow(0.0739, 0.0222, 1e3, 0.0, 0.6))


def test_density_is_compensated_by_its_root_or_as_it_is() -> None:
    assert flow.compensated_dp_flow(10.0, 4.0, 1.0) == pytest.approx(20.0)
    assert flow.compensated_volume_flow(10.0, 4.0, 1.0) == pytest.approx(40.0)
    assert np.isnan(flow.compensated_dp_flow(10.0, -4.0, 1.0))
    assert np.isnan(flow.compensated_volume_flow(10.0, 4.0, 0.0))


def test_a_small_pipe_has_a_greater_coefficient_that_fades_at_71_millimetres() -> None:
    large, small, edge = (
        float(flow.discharge_coefficient(0.6, 1e5, pipe, "corner")) for pipe in (0.1, 0.0508, 0.07111)
    )
    assert small - large == pytest.approx(0.011 * (0.75 - 0.6) * 0.8, rel=1e-9)
    assert edge == pytest.approx(large, abs=1e-6)


def test_a_design_density_divides() -> None:
    assert flow.compensated_volume_flow(10.0, 4.0, 2.0) == pytest.approx(20.0)
    assert flow.compensated_dp_flow(10.0, 8.0, 2.0) == pytest.approx(20.0)
