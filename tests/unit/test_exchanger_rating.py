"""Rating and sizing against each other, coefficients, fouling, and the moving boundary."""

from __future__ import annotations

import numpy as np
import pytest

from calc import exchanger_rating as rating
from calc import fluids
from calc.errors import CalcError
from calc.moving_boundary import Coefficients, Side, exchange, greatest_heat

BOTH = Coefficients(100.0, 1000.0)
PROPANE = Side("n-Propane", 997682.62, 0.01, 275.0)
WATER = Side("Water", 101325.0, 0.1, 330.0)


def test_a_rated_exchanger_keeps_its_energy_and_gives_back_its_size() -> None:
    found = rating.rate(3000.0, 2000.0, 5000.0, 400.0, 300.0, "counterflow")
    assert 2000.0 * (400.0 - found.T_hot_out) == pytest.approx(float(found.Q))
    assert 5000.0 * (found.T_cold_out - 300.0) == pytest.approx(float(found.Q))
    eps = rating.effectiveness_of_duty(found.Q, 2000.0, 5000.0, 400.0, 300.0)
    assert rating.size(eps, 2000.0, 5000.0, "counterflow") == pytest.approx(3000.0, rel=1e-9)


def test_a_stream_that_changes_phase_keeps_its_temperature() -> None:
    found = rating.rate(3000.0, np.inf, 2000.0, 373.15, 300.0, "crossflow_unmixed")
    assert found.T_hot_out == 373.15
    assert found.effectiveness == pytest.approx(1.0 - np.exp(-1.5))


def test_no_duty_without_a_difference() -> None:
    assert np.isnan(rating.effectiveness_of_duty(10.0, 1.0, 1.0, 300.0, 300.0))


def test_resistances_add_up() -> None:
    assert rating.overall_coefficient(1000.0, 1000.0) == pytest.approx(500.0)
    U = rating.overall_coefficient(1000.0, 2000.0, 1.2, 1e-5, 2e-4, 1e-4)
    assert pytest.approx(1 / 2000 + 1e-4 + 1e-5 + (2e-4 + 1 / 1000) * 1.2) == 1.0 / U


def test_fouling_is_what_the_coefficient_lost() -> None:
    U = rating.overall_coefficient(1000.0, 1000.0, fouling_outer=3e-4)
    assert rating.fouling_resistance(U, 500.0) == pytest.approx(3e-4)


def test_a_reference_moves_with_the_flow() -> None:
    assert rating.coefficient_at_flow(1000.0, 2.0, 1.0) == pytest.approx(1000.0 * 2**0.8)


def test_a_larger_area_passes_more_heat_up_to_the_greatest() -> None:
    heats = [exchange(WATER, PROPANE, area, BOTH).Q for area in (0.5, 1.0, 4.0, 40.0)]
    assert heats == sorted(heats)
    assert heats[-1] <= greatest_heat(WATER, PROPANE) * (1.0 + 1e-9)


def test_both_sides_exchange_the_same_heat() -> None:
    found = exchange(WATER, PROPANE, 1.0, BOTH)
    given = 0.1 * (fluids.h_pT("Water", 101325.0, 330.0) - fluids.h_pT("Water", 101325.0, found.T_hot_out))
    assert given == pytest.approx(found.Q, rel=3e-3)  # T(p,h) of IF97 is good to 25 mK


def test_an_internal_pinch_limits_the_heat_below_both_ends() -> None:
    hot = Side("n-Propane", 1982839.319735127, 0.01, 340.0)
    cold = Side("n-Propane", 997682.6201918732, 0.01, 285.0)
    ends = min(
        0.01 * (fluids.h_pT("n-Propane", hot.p, 340.0) - fluids.h_pT("n-Propane", hot.p, 285.0)),
        0.01 * (fluids.h_pT("n-Propane", cold.p, 340.0) - fluids.h_pT("n-Propane", cold.p, 285.0)),
    )
    assert 0.0 < greatest_heat(hot, cold) <= ends


def test_a_liquid_that_knows_no_vapour_is_one_zone() -> None:
    oil, water = Side("INCOMP::T66", 1e6, 1.0, 420.0), Side("Water", 5e5, 2.0, 300.0)
    found = exchange(oil, water, 10.0, BOTH)
    assert 300.0 < found.T_cold_out < 420.0


def test_crossed_inlets_are_refused() -> None:
    with pytest.raises(CalcError) as refused:
        exchange(Side("Water", 1e5, 1.0, 290.0), Side("Water", 1e5, 1.0, 300.0), 1.0, BOTH)
    assert (refused.value.code, refused.value.field) == ("temperature_cross", "T_hot_in")
