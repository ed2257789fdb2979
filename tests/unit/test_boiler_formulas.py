"""Formulas of boilers: direct method, evaporation, blowdown, and the single losses of the indirect method."""

from __future__ import annotations

import numpy as np
import pytest

from calc import boiler, boiler_loss
from calc.combustion import Ultimate
from calc.errors import CalcError


def test_efficiency_without_fuel_is_undefined() -> None:
    found = boiler.direct_efficiency(np.array([1e6, 1e6]), np.array([0.0, 0.1]), 20e6)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(0.5)


@pytest.mark.parametrize("heating_value", [0.0, -1.0, np.nan])
def test_a_missing_heating_value_is_refused(heating_value: float) -> None:
    with pytest.raises(CalcError) as refused:
        boiler.direct_efficiency(1e6, 0.1, heating_value)
    assert refused.value.code == "missing_heating_value"


def test_an_efficiency_above_one_is_not_clipped() -> None:
    assert boiler.direct_efficiency(3e6, 0.1, 20e6) == pytest.approx(1.5)


def test_fuel_is_the_inverse_of_efficiency() -> None:
    flow = boiler.fuel_flow(8e6, 0.8, 40e6)
    assert flow == pytest.approx(0.25)
    assert boiler.direct_efficiency(8e6, flow, 40e6) == pytest.approx(0.8)


def test_steam_from_and_at_the_boiling_point_evaporates_as_much_as_it_is() -> None:
    assert boiler.equivalent_evaporation(8.0, 2676e3, 2676e3 - 2257e3) == pytest.approx(8.0)


def test_sections_add_up_to_one() -> None:
    shares = boiler.section_shares((0.2e6, 0.6e6, 2.7e6, 3.2e6))
    assert sum(float(share) for share in shares) == pytest.approx(1.0)


def test_blowdown_by_concentrations() -> None:
    share = boiler.blowdown_share(100.0, 2000.0)
    assert share == pytest.approx(100.0 / 1900.0)
    assert np.isnan(boiler.blowdown_share(100.0, 100.0))
    feed = 1.0 + float(share)
    assert boiler.blowdown_from_solids(feed * 100.0, 0.0, 2000.0) == pytest.approx(share)
    assert boiler.feedwater_with_blowdown(95.0, 0.05) == pytest.approx(100.0)
    assert boiler.blowdown_loss(0.1, 1.1e6, 0.1e6, 10e6) == pytest.approx(0.01)


def test_stack_temperature_is_the_inverse_of_the_sensible_loss() -> None:
    T = boiler.stack_temperature(1e6, 10.0, 1000.0, 300.0)
    assert pytest.approx(400.0) == T


def test_surface_flux_needs_a_warm_surface() -> None:
    assert boiler_loss.surface_flux(350.0, 300.0) == pytest.approx(
        0.548 * ((350 / 55.55) ** 4 - (300 / 55.55) ** 4) + 1.957 * 50**1.25, rel=1e-12
    )
    assert boiler_loss.surface_flux(350.0, 300.0, 3.0) > boiler_loss.surface_flux(350.0, 300.0)
    assert np.isnan(boiler_loss.surface_flux(290.0, 300.0))


def test_radiation_of_a_water_tube_boiler() -> None:
    found = boiler_loss.radiation_en12952(100e6, boiler_loss.RADIATION_CLASS["hard_coal"])
    assert found == pytest.approx(0.0220 * 100.0**0.7 * 1e6)


def test_carbon_in_ash_costs_its_heat() -> None:
    assert boiler_loss.unburnt_carbon(0.08, 0.2, 34e6, 34e6) == pytest.approx(0.02)


def test_losses_without_residue_have_none_in_the_ash() -> None:
    fuel = Ultimate(C=0.8, H=0.05, ash=0.1)
    found = boiler_loss.bee_losses(fuel, 30e6, boiler_loss.Gas(T_gas=450.0, T_air=300.0), 0.2)
    assert (found["fly_ash"], found["bottom_ash"], float(found["CO"])) == (0.0, 0.0, 0.0)
    assert 0.0 < sum(float(loss) for loss in found.values()) < 0.2
