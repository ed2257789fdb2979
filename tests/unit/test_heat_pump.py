"""Laws of the heat pump."""

from __future__ import annotations

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI

from calc.asset_type import Floats, Integrals
from calc.example_states import EXAMPLES
from calc.heat_pump import HEAT_PUMP, cop_carnot_heating, entropic_mean, least_power
from calc.worked_example import example_parameters, work

PARAMETERS = example_parameters("heat_pump")


def state(changes: dict[str, float] | None = None) -> dict[str, Floats]:
    return {name: np.array([value]) for name, value in {**EXAMPLES["heat_pump"].inputs, **(changes or {})}.items()}


def heat(flow: float, T_in: float, T_out: float) -> float:
    h_in, h_out = (PropsSI("H", "P", 400e3, "T", T, "IF97::Water") for T in (T_in, T_out))
    return float(flow * (h_out - h_in))


def test_heat_and_residual_follow_from_the_two_loops() -> None:
    rates = HEAT_PUMP.rates(state(), PARAMETERS)
    hot, cold = heat(9.5, 318.15, 328.15), heat(14.0, 283.35, 288.15)
    assert rates.energy_out_w[0] == pytest.approx(hot, rel=1e-9)
    assert rates.residual_w is not None
    assert rates.residual_w[0] == pytest.approx(120e3 + cold - hot, rel=1e-6)


def test_without_a_source_meter_there_is_no_residual_and_no_bound() -> None:
    rates = HEAT_PUMP.rates({name: value for name, value in state().items() if "cold" not in name}, PARAMETERS)
    integrals = Integrals(1.0, 1.0, 3.0, sums={name: float(rate[0]) for name, rate in rates.sums.items()})
    assert rates.residual_w is None
    assert HEAT_PUMP.bound(integrals, PARAMETERS) is None
    assert set(HEAT_PUMP.values(integrals, PARAMETERS)) == {"Q_hot", "T_hot_out"}


def test_an_impossible_source_costs_the_residual_alone() -> None:
    rates = HEAT_PUMP.rates(state({"T_cold_out": 10.2}), PARAMETERS)
    assert rates.faults["T_cold_out"][0]
    assert np.isfinite(rates.energy_out_w[0])
    assert rates.residual_w is not None
    assert np.isnan(rates.residual_w[0])


def test_the_bound_lies_between_the_leaving_temperatures() -> None:
    worked = work("heat_pump")
    assert worked.bound is not None
    assert worked.bound[0] == "above_carnot"
    assert worked.bound[1] == pytest.approx(328.15 / (328.15 - 283.35))
    assert worked.values["second_law_efficiency"] == pytest.approx(worked.eta * 44.8 / 328.15)


def test_rules_over_several_keys_are_found() -> None:
    glycol = dict(PARAMETERS) | {"cold_fluid": "ethylene_glycol"}
    found = HEAT_PUMP.check(glycol, frozenset({"cold_flow", "T_cold_in"}))
    assert [key for key, _fix in found] == ["cold_fraction", "T_cold_out"]
    assert HEAT_PUMP.method(PARAMETERS, frozenset()) == "heat_pump/water"


def test_the_reversible_machine() -> None:
    assert cop_carnot_heating(283.0, 295.0) == pytest.approx(295.0 / 12.0)
    assert least_power(500e3, 283.0, 295.0) == pytest.approx(500e3 * 12.0 / 295.0)
    assert np.isnan(cop_carnot_heating(np.array([295.0, 300.0, -1.0]), np.array([295.0, 290.0, 300.0]))).all()


def test_the_entropic_mean_lies_between_and_meets_its_ends() -> None:
    means = entropic_mean(np.array([300.0, 300.0, 300.0]), np.array([320.0, 300.0, 300.0 + 1e-5]))
    assert means[0] == pytest.approx(20.0 / np.log(320.0 / 300.0), rel=1e-14)
    assert means[1] == 300.0
    assert means[2] == pytest.approx(300.0 + 0.5e-5, rel=1e-12)
    assert np.isnan(entropic_mean(-1.0, 300.0))
