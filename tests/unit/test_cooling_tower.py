"""Laws of the cooling tower."""

from __future__ import annotations

import numpy as np
import pytest

from calc import cooling_tower as tower
from calc import psychrometrics as air
from calc import water
from calc.asset_type import Floats
from calc.cooling_tower import COOLING_TOWER
from calc.example_states import EXAMPLES
from calc.worked_example import example_parameters, work

PARAMETERS = example_parameters("cooling_tower")
AIR_SIDE = {"air_flow": 420.0, "T_air": 303.15, "RH_air": 0.55, "T_air_out": 307.15, "RH_air_out": 0.98}


def state(changes: dict[str, float] | None = None) -> dict[str, Floats]:
    return {key: np.array([value]) for key, value in {**EXAMPLES["cooling_tower"].inputs, **(changes or {})}.items()}


def test_effectiveness_is_range_over_range_and_approach() -> None:
    worked = work("cooling_tower")
    assert worked.eta == pytest.approx(8.0 / 13.0, rel=1e-3)
    assert worked.values["range"] == pytest.approx(8.0)
    assert worked.values["approach"] == pytest.approx(5.0)
    assert tower.effectiveness(310.15, 302.15, 297.15) == pytest.approx(8.0 / 13.0)
    assert np.isnan(tower.effectiveness(297.15, 297.15, 297.15))


def test_air_and_humidity_stand_in_for_the_wet_bulb() -> None:
    W = air.W_RH(303.15, 0.55, 101325.0)
    T_wet = float(air.wet_bulb(303.15, W, 101325.0))
    inputs = state({"T_air": 303.15, "RH_air": 0.55})
    del inputs["T_wet_bulb"]
    rates = COOLING_TOWER.rates(inputs, PARAMETERS)
    assert rates.sums["T_wet_bulb"][0] == pytest.approx(T_wet)
    assert rates.energy_in_w[0] == pytest.approx(
        500.0 * (water.h_pT(101325.0, 310.15) - water.h_pT(101325.0, T_wet)), rel=1e-9
    )


def test_the_air_side_closes_the_balance_with_the_makeup_that_evaporates() -> None:
    rates = COOLING_TOWER.rates(state(AIR_SIDE | {"T_makeup": 290.15}), PARAMETERS)
    W_in, W_out = (float(air.W_RH(T, RH, 101325.0)) for T, RH in ((303.15, 0.55), (307.15, 0.98)))
    gain = float(air.h_TW(307.15, W_out) - air.h_TW(303.15, W_in)) - (W_out - W_in) * water.h_pT(101325.0, 290.15)
    assert rates.residual_w is not None
    assert rates.residual_w[0] == pytest.approx(rates.energy_out_w[0] - 420.0 * gain, rel=1e-12)
    assert rates.sums["evaporation"][0] == pytest.approx(420.0 * (W_out - W_in), rel=1e-12)


def test_a_flow_meter_five_percent_high_stands_in_the_residual() -> None:
    true, high = (COOLING_TOWER.rates(state(AIR_SIDE | {"water_flow": flow}), PARAMETERS) for flow in (500.0, 525.0))
    assert true.residual_w is not None
    assert high.residual_w is not None
    assert high.residual_w[0] - true.residual_w[0] == pytest.approx(0.05 * true.energy_out_w[0], rel=1e-9)


def test_humidity_beyond_saturation_and_frozen_water_are_impossible() -> None:
    for name, value in (("RH_air", 1.2), ("RH_air", -0.1), ("T_cold", 29.0), ("T_hot", 37.0)):
        rates = COOLING_TOWER.rates(state({"T_air": 303.15, "RH_air": 0.5} | {name: value}), PARAMETERS)
        assert rates.faults[name][0]
        assert np.isnan(rates.energy_out_w[0])


def test_half_an_air_side_is_refused() -> None:
    assert COOLING_TOWER.check(PARAMETERS, frozenset({"T_wet_bulb"})) == ()
    found = COOLING_TOWER.check(PARAMETERS, frozenset({"air_flow", "T_air", "RH_air"}))
    assert [key for key, _fix in found] == ["T_air_out", "RH_air_out"]


def test_cycles_of_concentration_make_the_water_account() -> None:
    assert tower.blowdown(2.0, 3.0) == pytest.approx(1.0)
    assert np.isnan(tower.blowdown(2.0, 1.0))
    assert tower.makeup(2.0, 3.0, 0.1) == pytest.approx(3.1)
    rates = COOLING_TOWER.rates(state({"makeup_flow": 9.0, "blowdown_flow": 3.0}), PARAMETERS)
    assert rates.sums["makeup"][0] / rates.sums["blowdown"][0] == pytest.approx(3.0)


def test_the_rule_of_thumb_is_one_percent_for_ten_fahrenheit() -> None:
    """500 Btu/h warm a gallon a minute of water by 1 °F; the range is 10 °F."""
    flow = 100.0 * 3.785411784e-3 / 60.0
    heat = 100.0 * 500.0 * 10.0 * 1055.05585262 / 3600.0
    assert tower.evaporation_by_rule(heat, rho=1.0) == pytest.approx(0.01 * flow, rel=1e-12)
    assert tower.evaporation_heat(303.15) == pytest.approx(2.4296e6, rel=1e-3)


def test_merkels_number_rises_with_the_duty_and_ends_where_the_film_is_no_warmer_than_the_air() -> None:
    easy, hard = (float(tower.merkel_number(310.15, T, 297.15, 1.2)) for T in (303.15, 300.15))
    assert 0.0 < easy < hard
    assert np.isnan(tower.merkel_number(310.15, 297.15, 297.15, 1.2))
    assert np.isnan(tower.merkel_number(310.15, 299.15, 297.15, 4.0))


def test_merkels_number_meets_a_fine_sum() -> None:
    T = np.linspace(302.15, 310.15, 20001)
    h_air = air.h_saturated(297.15, 101325.0) + 1.2 * 4186.8 * (T - 302.15)
    slices = 4186.8 / (air.h_saturated(T, 101325.0) - h_air)
    fine = float(np.sum(0.5 * (slices[1:] + slices[:-1]) * np.diff(T)))
    assert tower.merkel_number(310.15, 302.15, 297.15, 1.2) == pytest.approx(fine, rel=1e-7)


def test_a_balance_gives_the_air_or_the_cold_water() -> None:
    gain = 40e3
    assert tower.dry_air_flow(100.0, 150e3, 120e3, gain) == pytest.approx(75.0)
    assert np.isnan(tower.dry_air_flow(100.0, 150e3, 120e3, 0.0))
    assert tower.cold_water_enthalpy(150e3, 1.25, gain) == pytest.approx(150e3 - 32e3)
