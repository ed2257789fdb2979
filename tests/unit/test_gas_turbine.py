"""Laws of the gas turbine, the combined cycle and the HRSG."""

from __future__ import annotations

import numpy as np
import pytest

from calc import air, water
from calc.asset_type import Floats, ParameterValue
from calc.combined_cycle import COMBINED_CYCLE, combined_efficiency
from calc.curve import parse_curve
from calc.errors import CalcError
from calc.example_states import EXAMPLES
from calc.gas_turbine import GAS_TURBINE, compressor_efficiency, indicative_iso_power
from calc.hrsg import approach, effectiveness, gas_duty, pinch, steam_duty
from calc.worked_example import example_parameters, work

PARAMETERS = example_parameters("gas_turbine")
NO_CURVES: dict[str, ParameterValue] = {
    name: None if "_curve_" in name else value for name, value in PARAMETERS.items()
}


def state(changes: dict[str, float] | None = None, name: str = "gas_turbine") -> dict[str, Floats]:
    return {key: np.array([value]) for key, value in {**EXAMPLES[name].inputs, **(changes or {})}.items()}


def test_eta_is_on_the_heating_value_that_is_known() -> None:
    on_lhv = GAS_TURBINE.rates(state(), PARAMETERS)
    on_hhv = GAS_TURBINE.rates(state(), dict(PARAMETERS) | {"LHV": None, "HHV": 54.3e6})
    assert on_lhv.energy_in_w[0] == pytest.approx(2.2 * 49e6)
    assert on_hhv.energy_in_w[0] == pytest.approx(2.2 * 54.3e6)
    assert GAS_TURBINE.method(PARAMETERS, frozenset()) == "gas_turbine/lhv/curves"
    assert GAS_TURBINE.method(dict(NO_CURVES) | {"LHV": None}, frozenset({"HHV"})) == "gas_turbine/hhv/uncorrected"


def test_a_measured_heating_value_wins() -> None:
    rates = GAS_TURBINE.rates(state() | {"LHV": np.array([47e6])}, PARAMETERS)
    assert rates.energy_in_w[0] == pytest.approx(2.2 * 47e6)


def test_a_missing_heating_value_is_refused_and_has_no_rate() -> None:
    without = dict(PARAMETERS) | {"LHV": None}
    assert [key for key, _fix in GAS_TURBINE.check(without, frozenset({"T_inlet"}))] == ["LHV"]
    assert np.isnan(GAS_TURBINE.rates(state(), without).energy_in_w[0])
    swapped = dict(PARAMETERS) | {"LHV": 55e6, "HHV": 50e6}
    assert [key for key, _fix in GAS_TURBINE.check(swapped, frozenset({"T_inlet"}))] == ["HHV"]


def test_figures_are_brought_to_iso_by_their_curves_and_raw_ones_stay() -> None:
    worked = work("gas_turbine")
    assert worked.values["corrected_power"] == pytest.approx(38.5e6 / 0.932)
    assert worked.values["corrected_heat_rate"] == pytest.approx(worked.values["heat_rate"] / 1.019)
    assert worked.values["heat_rate"] == pytest.approx(2.2 * 49e6 / 38.5e6)
    assert worked.energy_out_w == pytest.approx(38.5e6)


def test_outside_its_curve_there_is_no_corrected_figure() -> None:
    rates = GAS_TURBINE.rates(state({"T_inlet": 315.15}), PARAMETERS)
    assert np.isnan(rates.sums["corrected_power"][0])
    assert np.isfinite(rates.energy_out_w[0])


def test_without_curves_a_fitted_exponent_is_indicative() -> None:
    parameters = dict(NO_CURVES) | {"theta_exponent": 1.2}
    rates = GAS_TURBINE.rates(state(), parameters)
    expected = 38.5e6 * 101.325 / 100.8 * (298.15 / 288.15) ** 1.2
    assert GAS_TURBINE.method(parameters, frozenset()) == "gas_turbine/lhv/indicative"
    assert rates.sums["corrected_power"][0] == pytest.approx(expected, rel=1e-12)
    assert indicative_iso_power(1.0, 288.15, 101325.0, 1.2) == pytest.approx(1.0)
    assert np.isnan(indicative_iso_power(1.0, 288.15, 0.0, 1.2))


def test_a_curve_without_its_measurement_or_its_form_is_refused() -> None:
    broken = dict(PARAMETERS) | {
        "power_curve_speed": "49 Hz: 0.98",
        "power_curve_T_inlet": "288.15 K: 1.0, 300 Pa: 0.9",
    }
    found = [key for key, _fix in GAS_TURBINE.check(broken, frozenset({"T_inlet"}))]
    assert found == ["power_curve_T_inlet", "power_curve_speed", "speed"]


def test_exhaust_heat_is_a_loss_where_it_is_measured() -> None:
    rates = GAS_TURBINE.rates(state({"exhaust_flow": 110.0, "T_exhaust": 808.15}), PARAMETERS)
    expected = 110.0 * float(air.h_T(808.15) - air.h_T(298.15))
    assert rates.losses_w["exhaust"][0] == pytest.approx(expected, rel=1e-12)
    assert rates.residual_w is not None
    assert rates.residual_w[0] == pytest.approx(2.2 * 49e6 - 38.5e6 - expected, rel=1e-9)


def test_compressor_efficiency_needs_a_rise() -> None:
    T_2 = float(air.T_isentropic(288.15, 12.0))
    assert compressor_efficiency(1e5, 288.15, 12e5, T_2) == pytest.approx(1.0, rel=1e-9)
    assert np.isnan(compressor_efficiency(1e5, 288.15, 12e5, 288.15))
    assert np.isnan(compressor_efficiency(0.0, 288.15, 12e5, 600.0))


def test_a_curve_is_linear_between_its_points_in_any_unit() -> None:
    curve = parse_curve("30 degC: 0.9, 15 degC: 1.0", "K")
    assert curve(np.array([288.15, 295.65, 303.15])) == pytest.approx([1.0, 0.95, 0.9])
    assert np.isnan(curve(np.array([288.0, 303.2, np.nan]))).all()
    assert parse_curve("0 mbar: 1, 25 mbar: 0.99", "Pa(d)")(np.array([1250.0])) == pytest.approx([0.995])


@pytest.mark.parametrize(
    "text", ["", "1.0", "288 K: 1.0", "288 K: 1, 288 K: 2", "288 K: 0, 290 K: 1", "288 K: x, 290 K: 1"]
)
def test_what_is_no_curve_is_refused(text: str) -> None:
    with pytest.raises(CalcError):
        parse_curve(text, "K")


def test_a_combined_cycle_counts_both_machines_less_own_use() -> None:
    rates = COMBINED_CYCLE.rates(state(name="combined_cycle"), example_parameters("combined_cycle"))
    assert rates.energy_out_w[0] == pytest.approx(262e6 + 131e6 - 6.5e6)
    fired = COMBINED_CYCLE.rates(state({"duct_fuel_flow": 1.0}, "combined_cycle"), example_parameters("combined_cycle"))
    assert fired.energy_in_w[0] == pytest.approx(15.0 * 49e6)
    assert work("combined_cycle").values["steam_share"] == pytest.approx(131.0 / 393.0)
    bound = work("combined_cycle").bound
    assert bound is not None
    assert bound[1] == pytest.approx(54.3 / 49.0)


def test_the_hrsg_is_judged_where_its_streams_are_measured() -> None:
    steam = {"steam_flow": 95.0, "p_steam": 10e6, "T_steam": 838.15, "T_feedwater": 333.15}
    rates = COMBINED_CYCLE.rates(state(steam, "combined_cycle"), example_parameters("combined_cycle"))
    gas = 655.0 * float(air.h_T(873.15) - air.h_T(363.15))
    taken = 95.0 * (water.h_pT(10e6, 838.15) - water.h_pT(10e6, 333.15))
    assert rates.sums["hrsg_gas"][0] == pytest.approx(gas, rel=1e-12)
    assert rates.sums["hrsg_steam"][0] == pytest.approx(taken, rel=1e-12)
    assert rates.sums["hrsg_most"][0] > gas
    cold = COMBINED_CYCLE.rates(
        state(steam | {"T_steam": 560.0}, "combined_cycle"), example_parameters("combined_cycle")
    )
    assert cold.faults["T_steam"][0]


def test_pinch_approach_and_effectiveness() -> None:
    T_sat = water.T_sat_p(10e6)
    assert pinch(T_sat + 9.0, 10e6) == pytest.approx(9.0)
    assert pinch(T_sat - 2.0, 10e6) == pytest.approx(-2.0)
    assert approach(T_sat - 5.0, 10e6) == pytest.approx(5.0)
    assert effectiveness(500.0, 10.0, np.inf, 400.0, 300.0) == pytest.approx(0.5)
    assert np.isnan(effectiveness(500.0, 0.0, 1.0, 400.0, 300.0))
    assert np.isnan(effectiveness(500.0, 10.0, 1.0, 300.0, 300.0))
    assert gas_duty(2.0, 5e5, 3e5) == pytest.approx(4e5)
    assert steam_duty(1.0, 3e6, 1e6) == pytest.approx(2e6)
    assert combined_efficiency(0.4, 0.35) == pytest.approx(0.61)
