"""Laws of the chiller."""

from __future__ import annotations

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI

from calc import water
from calc.asset_type import Floats, Integrals, ParameterValue, Rates
from calc.chiller import (
    CHILLER,
    TON_W,
    cop,
    cop_carnot_cooling,
    integrated_part_load_kw_per_ton,
    integrated_part_load_value,
    kw_per_ton,
)

DEFAULTS: dict[str, ParameterValue] = {item.name: item.default for item in CHILLER.parameters}


def state(n: int = 1, changes: dict[str, float] | None = None) -> dict[str, Floats]:
    plant = {
        "electric_power": 100e3,
        "chilled_flow": 20.0,
        "T_chilled_in": 285.15,
        "T_chilled_out": 279.15,
        "cond_flow": 25.0,
        "T_cond_in": 302.15,
        "T_cond_out": 307.9,
    }
    return {name: np.full(n, value) for name, value in (plant | (changes or {})).items()}


def held(rates: Rates, seconds: float) -> Integrals:
    residual = None if rates.residual_w is None else float(rates.residual_w[0]) * seconds
    return Integrals(
        seconds,
        float(rates.energy_in_w[0]) * seconds,
        float(rates.energy_out_w[0]) * seconds,
        residual_j=residual,
        sums={name: float(rate[0]) * seconds for name, rate in rates.sums.items()},
    )


def water_h(T: float, p: float = 400e3) -> float:
    return float(PropsSI("H", "P", p, "T", T, "IF97::Water"))


def test_cooling_is_the_enthalpy_that_the_chilled_water_gives() -> None:
    rates = CHILLER.rates(state(), DEFAULTS)
    assert rates.energy_in_w[0] == 100e3
    assert rates.energy_out_w[0] == pytest.approx(20.0 * (water_h(285.15) - water_h(279.15)), rel=1e-9)


def test_the_residual_is_electricity_plus_cooling_less_condenser_heat() -> None:
    rates = CHILLER.rates(state(), DEFAULTS)
    rejected = 25.0 * (water_h(307.9) - water_h(302.15))
    assert rates.residual_w is not None
    assert rates.residual_w[0] == pytest.approx(100e3 + rates.energy_out_w[0] - rejected, rel=1e-9)
    assert rates.sums["Q_cond"][0] == pytest.approx(rejected, rel=1e-9)


def test_without_a_condenser_meter_there_is_no_residual_and_no_bound() -> None:
    inputs = {name: value for name, value in state().items() if "cond" not in name}
    rates = CHILLER.rates(inputs, DEFAULTS)
    assert rates.residual_w is None
    assert CHILLER.bound(held(rates, 60.0), DEFAULTS) is None
    assert "Q_cond" not in CHILLER.values(held(rates, 60.0), DEFAULTS)


def test_an_element_without_condenser_data_has_no_residual_but_its_cop_stands() -> None:
    inputs = state(2)
    inputs["cond_flow"][1] = np.nan
    rates = CHILLER.rates(inputs, DEFAULTS)
    assert rates.residual_w is not None
    assert np.isfinite(rates.residual_w).tolist() == [True, False]
    assert np.isfinite(rates.energy_out_w).all()


def test_values_come_from_integrals() -> None:
    rates = CHILLER.rates(state(), DEFAULTS)
    parameters = DEFAULTS | {"rated_cooling": 1e6}
    values = CHILLER.values(held(rates, 300.0), parameters)
    eta = rates.energy_out_w[0] / 100e3
    assert values["kw_per_ton"] == pytest.approx(TON_W / 1000.0 / eta)
    assert values["cop_carnot"] == pytest.approx(279.15 / (307.9 - 279.15))
    assert values["second_law_efficiency"] == pytest.approx(eta / values["cop_carnot"])
    assert values["part_load"] == pytest.approx(rates.energy_out_w[0] / 1e6)
    assert values["Q_cond"] == pytest.approx(rates.sums["Q_cond"][0])
    assert set(values) <= {quantity.name for quantity in CHILLER.values_out}


def test_a_cop_above_carnot_has_a_bound_to_be_judged_by() -> None:
    bound = CHILLER.bound(held(CHILLER.rates(state(), DEFAULTS), 60.0), DEFAULTS)
    assert bound is not None
    assert bound.reason == "above_carnot"
    assert bound.eta == pytest.approx(279.15 / 28.75)


def test_a_condenser_colder_than_the_chilled_water_bounds_nothing() -> None:
    rates = CHILLER.rates(state(1, {"T_cond_out": 278.15}), DEFAULTS)
    assert CHILLER.bound(held(rates, 60.0), DEFAULTS) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("T_chilled_out", 6.0), ("T_chilled_in", 273.0), ("chilled_flow", -1.0), ("T_chilled_in", 500.0)],
)
def test_an_impossible_chilled_loop_is_named_and_has_no_rate(name: str, value: float) -> None:
    rates = CHILLER.rates(state(1, {name: value}), DEFAULTS)
    assert rates.faults[name][0]
    assert np.isnan([rates.energy_in_w[0], rates.energy_out_w[0]]).all()


def test_an_impossible_condenser_costs_the_residual_alone() -> None:
    rates = CHILLER.rates(state(1, {"T_cond_in": 29.0}), DEFAULTS)
    assert rates.faults["T_cond_in"][0]
    assert rates.residual_w is not None
    assert np.isnan(rates.residual_w[0])
    assert np.isfinite(rates.energy_out_w[0])


@pytest.mark.parametrize("name", ["electric_power", "chilled_flow", "T_chilled_in", "T_chilled_out"])
def test_a_missing_number_never_becomes_one(name: str) -> None:
    rates = CHILLER.rates(state(1, {name: np.nan}), DEFAULTS)
    assert np.isnan(rates.energy_in_w[0]) or np.isnan(rates.energy_out_w[0])


def test_an_element_does_not_depend_on_its_neighbours() -> None:
    rng = np.random.default_rng(7)
    inputs = state(37)
    for name in inputs:
        inputs[name] = inputs[name] * rng.uniform(0.997, 1.003, 37)
    together = CHILLER.rates(inputs, DEFAULTS)
    for i in range(37):
        alone = CHILLER.rates({name: value[i : i + 1] for name, value in inputs.items()}, DEFAULTS)
        assert alone.energy_out_w[0] == together.energy_out_w[i]
        assert alone.sums["Q_cond"][0] == together.sums["Q_cond"][i]


def test_a_measured_pressure_wins_over_the_default() -> None:
    inputs = state() | {"p_chilled": np.array([2e6])}
    expected = 20.0 * (
        PropsSI("H", "P", 2e6, "T", 285.15, "IF97::Water") - PropsSI("H", "P", 2e6, "T", 279.15, "IF97::Water")
    )
    assert CHILLER.rates(inputs, DEFAULTS).energy_out_w[0] == pytest.approx(expected, rel=1e-9)


def test_a_glycol_loop_has_the_heat_of_its_mixture_and_may_be_below_zero() -> None:
    parameters = DEFAULTS | {"chilled_fluid": "ethylene_glycol", "chilled_fraction": 0.3}
    rates = CHILLER.rates(state(1, {"T_chilled_in": 270.15, "T_chilled_out": 265.15}), parameters)
    fluid = "INCOMP::MEG[0.3]"
    expected = PropsSI("H", "P", 400e3, "T", 270.15, fluid) - PropsSI("H", "P", 400e3, "T", 265.15, fluid)
    assert rates.energy_out_w[0] == pytest.approx(20.0 * expected, rel=1e-6)


def test_a_glycol_without_its_fraction_is_refused_and_a_lonely_condenser_flow_too() -> None:
    parameters = DEFAULTS | {"chilled_fluid": "propylene_glycol"}
    measured = frozenset({"electric_power", "cond_flow", "T_cond_in"})
    assert [key for key, _fix in CHILLER.check(parameters, measured)] == ["chilled_fraction", "T_cond_out"]
    assert CHILLER.check(DEFAULTS, frozenset()) == ()


def test_every_rate_name_is_filled() -> None:
    rates = CHILLER.rates(state(), DEFAULTS)
    assert tuple(rates.sums) == CHILLER.sums
    assert CHILLER.method(DEFAULTS, frozenset()) == "chiller/water"


def test_cop_without_power_is_undefined() -> None:
    assert np.isnan(cop(np.array([5.0, 0.0]), np.array([0.0, -1.0]))).all()
    assert cop(8000.0, 3200.0) == pytest.approx(2.5)


def test_carnot_is_undefined_without_a_lift() -> None:
    assert np.isnan(cop_carnot_cooling(np.array([280.0, 290.0, -5.0]), np.array([280.0, 280.0, 300.0]))).all()
    assert cop_carnot_cooling(268.0, 295.0) == pytest.approx(9.9259259)


def test_part_load_weights_sum_to_one_and_kw_per_ton_is_the_reciprocal() -> None:
    assert integrated_part_load_value(5.0, 5.0, 5.0, 5.0) == pytest.approx(5.0)
    assert integrated_part_load_value(4.0, 5.0, 6.0, 5.5) == pytest.approx(0.04 + 2.1 + 2.7 + 0.66)
    by_cop = integrated_part_load_value(TON_W / 600, TON_W / 500, TON_W / 400, TON_W / 450)
    assert integrated_part_load_kw_per_ton(0.6, 0.5, 0.4, 0.45) == pytest.approx(TON_W / 1000.0 / by_cop)
    assert kw_per_ton(3.51685) == pytest.approx(1.0, rel=1e-5)


def test_a_window_of_two_loads_has_the_cop_of_its_energies_and_not_the_mean_of_its_cops() -> None:
    full = held(CHILLER.rates(state(), DEFAULTS), 100.0)
    low = held(CHILLER.rates(state(1, {"electric_power": 60e3, "T_chilled_out": 283.15}), DEFAULTS), 200.0)
    both = Integrals(
        300.0,
        full.energy_in_j + low.energy_in_j,
        full.energy_out_j + low.energy_out_j,
        sums={name: full.sums[name] + low.sums[name] for name in full.sums},
    )
    of_energies = (full.energy_in_j + low.energy_in_j) / (full.energy_out_j + low.energy_out_j) * TON_W / 1000.0
    mean = (CHILLER.values(full, DEFAULTS)["kw_per_ton"] + 2 * CHILLER.values(low, DEFAULTS)["kw_per_ton"]) / 3
    assert CHILLER.values(both, DEFAULTS)["kw_per_ton"] == pytest.approx(of_energies, rel=1e-12)
    assert abs(mean - of_energies) > 0.05


def test_a_loop_on_saturation_is_saturated_liquid() -> None:
    hot = state(1, {"T_cond_out": water.T_sat_p(400e3)})
    rates = CHILLER.rates(hot, DEFAULTS)
    expected = 25.0 * (water.h_liquid_p(400e3) - water.h_pT(400e3, 302.15))
    assert rates.sums["Q_cond"][0] == pytest.approx(expected, rel=1e-12)


def test_small_powers_and_lifts_still_have_an_answer() -> None:
    assert cop(0.1, 0.05) == pytest.approx(2.0)
    assert cop_carnot_cooling(0.05, 0.1) == pytest.approx(1.0)
    assert kw_per_ton(0.05) == pytest.approx(TON_W / 50.0)


def test_the_method_names_the_fluid_and_the_cutoff_is_zero() -> None:
    assert CHILLER.method(DEFAULTS | {"chilled_fluid": "ethylene_glycol"}, frozenset()) == "chiller/ethylene_glycol"
    cutoff = CHILLER.parameter("drive_cutoff")
    assert cutoff is not None
    assert cutoff.default == 0.0
