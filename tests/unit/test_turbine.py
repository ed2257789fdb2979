"""Laws of the steam turbine and of expansions."""

from __future__ import annotations

import numpy as np
import pytest

from calc import expansion, water
from calc.asset_type import Floats
from calc.example_states import EXAMPLES
from calc.turbine import STEAM_TURBINE
from calc.worked_example import example_parameters, work

PARAMETERS = example_parameters("steam_turbine")
BACK_PRESSURE = {"steam_flow": 20.0, "p_in": 6.0e6, "T_in": 753.15, "p_out": 0.5e6, "T_out": 503.15}


def arrays(state: dict[str, float]) -> dict[str, Floats]:
    return {name: np.array([value]) for name, value in state.items()}


def test_available_power_is_the_isentropic_drop_of_every_outlet() -> None:
    state = dict(EXAMPLES["steam_turbine"].inputs)
    s = water.s_pT(8e6, 753.15)
    h = water.h_pT(8e6, 753.15)
    expected = 6.0 * (h - water.h_ps(1e6, s)) + 44.0 * (h - water.h_ps(8e3, s))
    assert STEAM_TURBINE.rates(arrays(state), PARAMETERS).energy_in_w[0] == pytest.approx(expected, rel=1e-12)


def test_a_dry_machine_without_a_meter_has_the_power_of_its_enthalpy_drop() -> None:
    rates = STEAM_TURBINE.rates(arrays(BACK_PRESSURE), PARAMETERS)
    drop = 20.0 * (water.h_pT(6e6, 753.15) - water.h_pT(0.5e6, 503.15))
    assert rates.energy_out_w[0] == pytest.approx(drop, rel=1e-12)
    assert rates.energy_out_w[0] / rates.energy_in_w[0] == pytest.approx(
        float(expansion.section_efficiency(6e6, 753.15, 0.5e6, 503.15)), rel=1e-12
    )
    assert STEAM_TURBINE.method(PARAMETERS, frozenset(BACK_PRESSURE)) == "steam_turbine/enthalpy_drop"


def test_a_power_meter_five_percent_high_stands_in_the_residual() -> None:
    drop = 20.0 * (water.h_pT(6e6, 753.15) - water.h_pT(0.5e6, 503.15))
    true = arrays(BACK_PRESSURE | {"electric_power": 0.985 * drop})
    high = arrays(BACK_PRESSURE | {"electric_power": 1.05 * 0.985 * drop})
    right, wrong = (STEAM_TURBINE.rates(state, PARAMETERS).residual_w for state in (true, high))
    assert right is not None
    assert wrong is not None
    assert right[0] == pytest.approx(0.0, abs=1e-6 * drop)
    assert wrong[0] == pytest.approx(-0.05 * drop, rel=1e-9)


def test_a_wet_exhaust_is_found_by_balance() -> None:
    worked = work("steam_turbine")
    h_in, h_1 = water.h_pT(8e6, 753.15), water.h_pT(1e6, 513.15)
    h = (50.0 * h_in - 6.0 * h_1 - 48e6 / 0.985) / 44.0
    assert worked.values["h_exhaust"] == pytest.approx(h, rel=1e-12)
    assert worked.values["x_exhaust"] == pytest.approx(water.x_ph(8e3, h), rel=1e-9)


def test_a_wet_exhaust_has_no_efficiency_of_its_temperature() -> None:
    state = BACK_PRESSURE | {"p_out": 8e3, "T_out": water.T_sat_p(8e3)}
    rates = STEAM_TURBINE.rates(arrays(state), PARAMETERS)
    assert np.isnan(rates.energy_out_w[0])
    assert np.isnan(expansion.section_efficiency(6e6, 753.15, 8e3, water.T_sat_p(8e3) - 0.3))
    assert "T_out" in rates.faults
    assert not rates.faults["T_out"][0]


def test_a_reheat_starts_a_second_run() -> None:
    state = {
        "steam_flow": 100.0,
        "p_in": 16e6,
        "T_in": 813.15,
        "p_extraction_1": 4e6,
        "T_extraction_1": 623.15,
        "extraction_flow_1": 8.0,
        "p_reheat": 3.7e6,
        "T_reheat": 813.15,
        "p_out": 6e3,
        "electric_power": 125e6,
        "T_feedwater": 513.15,
    }
    rates = STEAM_TURBINE.rates(arrays(state), PARAMETERS)
    h, s = water.h_pT(16e6, 813.15), water.s_pT(16e6, 813.15)
    h_hot, s_hot = water.h_pT(3.7e6, 813.15), water.s_pT(3.7e6, 813.15)
    available = 100.0 * (h - water.h_ps(4e6, s)) + 92.0 * (h_hot - water.h_ps(6e3, s_hot))
    heat = 100.0 * (h - water.h_pT(16e6, 513.15)) + 92.0 * (h_hot - water.h_pT(4e6, 623.15))
    assert rates.energy_in_w[0] == pytest.approx(available, rel=1e-12)
    assert rates.sums["heat"][0] == pytest.approx(heat, rel=1e-12)
    exhaust = (100.0 * (h - water.h_pT(4e6, 623.15)) + 92.0 * h_hot - 125e6 / 0.985) / 92.0
    assert rates.sums["exhaust_enthalpy"][0] / 92.0 == pytest.approx(exhaust, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("T_in", 480.0),
        ("p_out", 9e6),
        ("p_out", -1.0),
        ("p_in", 0.0),
        ("T_feedwater", 170.0),
        ("extraction_flow_1", 60.0),
    ],
)
def test_an_impossible_state_is_named(name: str, value: float) -> None:
    state = dict(EXAMPLES["steam_turbine"].inputs) | {name: value}
    rates = STEAM_TURBINE.rates(arrays(state), PARAMETERS)
    named = "steam_flow" if name == "extraction_flow_1" else name
    assert rates.faults[named][0]
    assert np.isnan(rates.energy_in_w[0])


def test_incomplete_extractions_and_reheats_are_refused() -> None:
    found = STEAM_TURBINE.check(PARAMETERS, frozenset({"extraction_flow_2", "p_reheat"}))
    assert [key for key, _fix in found] == ["p_extraction_2", "T_reheat"]
    assert STEAM_TURBINE.check(PARAMETERS, frozenset({"p_reheat", "T_reheat"}))[0][0] == "p_extraction_1"


def test_steam_on_saturation_is_dry_saturated_and_below_it_is_unknown() -> None:
    T = water.T_sat_p(1e6)
    h, s = expansion.superheated_state(np.array([1e6, 1e6, 1e6]), np.array([T, T + 0.04, T - 0.06]))
    assert h[0] == h[1] == water.h_vapour_p(1e6)
    assert s[0] == water.s_vapour_p(1e6)
    assert np.isnan(h[2])


def test_nothing_that_could_expand_has_no_efficiency() -> None:
    assert np.isnan(expansion.isentropic_efficiency(2.5e6, 2.4e6, 2.5e6))
    assert np.isnan(expansion.exhaust_enthalpy(1e6, 10.0, 3e6, 0.0, 0.0))
    assert np.isnan(expansion.heat_rate(1e6, 0.0))


def test_rates_of_heat_and_steam_are_reciprocals() -> None:
    assert expansion.efficiency_of_heat_rate(2.5) == pytest.approx(0.4)
    assert expansion.steam_rate(900e3) * 3.6e6 == pytest.approx(4.0)
    assert expansion.plant_heat_rate(1.24 / 3.6e6, 26e6) == pytest.approx(1.24 * 26.0 / 3.6)
    assert expansion.actual_work(3105.6e3, 2743.0e3, 0.75) == pytest.approx(271.95e3)
    assert expansion.dryness(1e5, water.h_px(1e5, 0.9)) == pytest.approx(0.9, rel=1e-9)


def test_an_inlet_on_saturation_is_dry_saturated_and_says_so() -> None:
    state = {"steam_flow": 5.0, "p_in": 1e6, "T_in": water.T_sat_p(1e6) - 0.03, "p_out": 0.1e6, "electric_power": 1e6}
    rates = STEAM_TURBINE.rates(arrays(state), PARAMETERS)
    drop = water.h_vapour_p(1e6) - water.h_ps(0.1e6, water.s_vapour_p(1e6))
    assert rates.energy_in_w[0] == pytest.approx(5.0 * drop, rel=1e-12)
    assert rates.notes["near_saturation"][0]
    assert not rates.faults["T_in"][0]


def test_small_drops_and_powers_still_have_an_answer() -> None:
    assert expansion.isentropic_efficiency(100.0, 99.97, 99.95) == pytest.approx(0.6)
    assert expansion.heat_rate(0.1, 0.05) == pytest.approx(2.0)
    assert expansion.exhaust_enthalpy(0.0, 0.05, 3e6, 0.0, 0.05) == pytest.approx(3e6)


def test_each_section_counts_from_its_own_inlet() -> None:
    state = {
        "steam_flow": 50.0,
        "p_in": 8e6,
        "T_in": 753.15,
        "p_out": 0.4e6,
        "T_out": 453.15,
        "electric_power": 30e6,
        "extraction_flow_1": 6.0,
        "p_extraction_1": 2e6,
        "T_extraction_1": 588.15,
    }
    rates = STEAM_TURBINE.rates(arrays(state), PARAMETERS)
    sections = {j: rates.sums[f"actual_{j}"][0] / rates.sums[f"ideal_{j}"][0] for j in (1, 4)}
    assert sections[1] == pytest.approx(float(expansion.section_efficiency(8e6, 753.15, 2e6, 588.15)), rel=1e-12)
    assert sections[4] == pytest.approx(float(expansion.section_efficiency(2e6, 588.15, 0.4e6, 453.15)), rel=1e-12)
    assert rates.sums["actual_4"][0] == pytest.approx(
        44.0 * (water.h_pT(2e6, 588.15) - water.h_pT(0.4e6, 453.15)), rel=1e-12
    )


def test_the_turbine_is_off_at_no_flow_and_bounded_by_unity() -> None:
    cutoff = STEAM_TURBINE.parameter("drive_cutoff")
    assert cutoff is not None
    assert cutoff.default == 0.0
    assert work("steam_turbine").bound == ("above_unity", 1.0)
