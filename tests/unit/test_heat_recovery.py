"""Condenser, feedwater heater, air preheater and economiser: balances, terminal differences, what bad input gets."""

from __future__ import annotations

import numpy as np
import pytest

from calc import condenser_duty, fluids, heater_duty, water
from calc.air_preheater import AIR_PREHEATER
from calc.asset_type import AssetType, Floats, Integrals, ParameterValue, Rates
from calc.condenser import CONDENSER
from calc.exchanger import ECONOMISER
from calc.feedwater_heater import FEEDWATER_HEATER
from calc.steam_system import wet_steam

SECONDS = 60.0
COLD_END = {"p_condenser": 8e3, "cw_flow": 4000.0, "T_cw_in": 293.15, "T_cw_out": 303.15}
HEATER = {
    "feedwater_flow": 120.0,
    "T_in": 423.15,
    "T_out": 463.15,
    "p_feedwater": 15e6,
    "p_shell": 1.3e6,
    "T_extraction": 523.15,
    "T_drain": 430.15,
}
PREHEATER = {
    "hot_flow": 92.6,
    "T_hot_in": 723.15,
    "T_hot_out": 433.15,
    "cold_flow": 88.0,
    "T_cold_in": 308.15,
    "T_cold_out": 626.15,
}


def given(kind: AssetType, **changes: ParameterValue) -> dict[str, ParameterValue]:
    return {item.name: item.default for item in kind.parameters} | changes


def rates(kind: AssetType, parameters: dict[str, ParameterValue] | None = None, /, **inputs: float) -> Rates:
    states: dict[str, Floats] = {name: np.array([value]) for name, value in inputs.items()}
    return kind.rates(states, given(kind) if parameters is None else parameters)


def values(kind: AssetType, found: Rates, parameters: dict[str, ParameterValue] | None = None) -> dict[str, float]:
    integrals = Integrals(
        SECONDS,
        float(found.energy_in_w[0]) * SECONDS,
        float(found.energy_out_w[0]) * SECONDS,
        sums={name: float(rate[0]) * SECONDS for name, rate in found.sums.items()},
    )
    return kind.values(integrals, given(kind) if parameters is None else parameters)


def faulty(found: Rates) -> set[str]:
    return {name for name, mask in found.faults.items() if mask.any()}


def test_a_condenser_balances_steam_and_water() -> None:
    parameters = given(CONDENSER, steam_quality=0.9)
    duty = 4000.0 * (float(water.h_pT(3e5, 303.15)) - float(water.h_pT(3e5, 293.15)))
    drop = float(wet_steam(8e3, 0.9)[0]) - float(water.h_liquid_p(8e3))
    found = rates(CONDENSER, parameters, **COLD_END, steam_flow=duty / drop)
    assert found.energy_out_w[0] == pytest.approx(duty)
    assert found.residual_w is not None
    assert found.residual_w[0] == pytest.approx(0.0, abs=1e-3)


def test_a_condenser_without_steam_flow_has_no_residual() -> None:
    found = rates(CONDENSER, **COLD_END)
    assert found.residual_w is None
    assert found.energy_in_w[0] == found.energy_out_w[0]
    assert CONDENSER.method(given(CONDENSER), frozenset()) == "condenser/water_side"


def test_the_figures_of_a_condenser() -> None:
    parameters = given(CONDENSER, area=5000.0, U_clean=3200.0)
    found = rates(CONDENSER, parameters, **COLD_END, T_condensate=313.15, T_shell=313.65)
    figures = values(CONDENSER, found, parameters)
    T_sat = float(water.T_sat_p(8e3))
    assert figures["TTD"] == pytest.approx(T_sat - 303.15)
    assert figures["undercooling"] == pytest.approx(T_sat - 313.15)
    assert figures["effectiveness"] == pytest.approx(10.0 / (T_sat - 293.15), rel=1e-9)
    assert figures["p_air"] == pytest.approx(8e3 - float(water.p_sat_T(313.65)), rel=1e-9)
    mean = float(condenser_duty.condenser_lmtd(T_sat, 293.15, 303.15)[0])
    assert figures["U"] == pytest.approx(found.energy_out_w[0] / mean / 5000.0)
    assert figures["cleanliness"] == pytest.approx(figures["U"] / 3200.0)


def test_cleanliness_needs_the_area() -> None:
    assert [key for key, _ in CONDENSER.check(given(CONDENSER, U_clean=3000.0), frozenset())] == ["area"]
    assert CONDENSER.check(given(CONDENSER), frozenset()) == ()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"T_cw_out": 320.0}, "T_cw_out"),
        ({"T_cw_in": 20.0}, "T_cw_in"),
        ({"p_condenser": -93e3}, "p_condenser"),
        ({"cw_flow": -1.0}, "cw_flow"),
        ({"T_condensate": 330.0}, "T_condensate"),
        ({"steam_flow": -1.0}, "steam_flow"),
    ],
    ids=["above saturation", "°C for K", "gauge for absolute", "backwards", "condensate boils", "steam backwards"],
)
def test_an_impossible_condenser_names_its_input(changes: dict[str, float], name: str) -> None:
    found = rates(CONDENSER, **(COLD_END | changes))
    assert name in faulty(found)
    assert np.isnan(found.energy_out_w[0])


def test_a_feedwater_heater_finds_the_extraction_that_closes_its_balance() -> None:
    found = rates(FEEDWATER_HEATER, **HEATER)
    assert found.residual_w is None
    figures = values(FEEDWATER_HEATER, found)
    assert figures["TTD"] == pytest.approx(float(water.T_sat_p(1.3e6)) - 463.15)
    assert figures["DCA"] == pytest.approx(7.0)
    closed = rates(FEEDWATER_HEATER, **HEATER, extraction_flow=figures["extraction_flow"])
    assert closed.residual_w is not None
    assert closed.residual_w[0] == pytest.approx(0.0, abs=1e-3)


def test_cascaded_drains_save_extraction() -> None:
    alone, helped = (
        values(FEEDWATER_HEATER, rates(FEEDWATER_HEATER, **HEATER, **drain))["extraction_flow"]
        for drain in ({}, {"drain_in_flow": 5.0, "T_drain_in": 480.0})
    )
    rise = float(water.h_Tx(480.0, 0.0)) - float(water.h_pT(1.3e6, 430.15))
    drop = float(water.h_pT(1.3e6, 523.15)) - float(water.h_pT(1.3e6, 430.15))
    assert float(alone - helped) == pytest.approx(5.0 * rise / drop, rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"T_extraction": 450.0}, "T_extraction"),
        ({"T_drain": 470.0}, "T_drain"),
        ({"p_shell": 0.0}, "p_shell"),
        ({"T_in": 150.0}, "T_in"),
        ({"feedwater_flow": -1.0}, "feedwater_flow"),
    ],
    ids=["wet extraction", "drain boils", "no pressure", "°C for K", "backwards"],
)
def test_an_impossible_heater_names_its_input(changes: dict[str, float], name: str) -> None:
    assert faulty(rates(FEEDWATER_HEATER, **(HEATER | changes))) >= {name}


def test_an_air_preheater_finds_its_leak() -> None:
    """PTC 4.3: 0.9 · (0.042 − 0.030) / (0.209 − 0.042)."""
    figures = values(AIR_PREHEATER, rates(AIR_PREHEATER, **PREHEATER, O2_in=0.030, O2_out=0.042))
    leakage = 0.9 * 0.012 / 0.167
    assert figures["leakage"] == pytest.approx(leakage)
    no_leak = leakage * (1005.0 / 1090.0) * (433.15 - 308.15) + 433.15
    assert figures["T_no_leak"] == pytest.approx(no_leak)
    assert figures["gas_side_efficiency"] == pytest.approx((723.15 - no_leak) / (723.15 - 308.15))
    assert figures["x_ratio"] == pytest.approx((723.15 - no_leak) / (626.15 - 308.15))


def test_an_air_preheater_without_oxygen_has_the_figures_of_an_exchanger() -> None:
    assert set(values(AIR_PREHEATER, rates(AIR_PREHEATER, **PREHEATER))) == {"effectiveness", "UA", "LMTD", "NTU"}


def test_no_leak_without_air_in_the_gas() -> None:
    assert np.isnan(heater_duty.air_leakage(0.03, 0.21)[0])


def test_an_open_heater_takes_its_share() -> None:
    assert heater_duty.open_heater_share(2e5, 2.8e6, 6e5)[0] == pytest.approx(4e5 / 2.6e6)


def test_an_economiser_takes_fuel_and_air_for_its_gas() -> None:
    ends = {"T_hot_in": 493.15, "T_hot_out": 413.15, "cold_flow": 3.05, "T_cold_in": 378.15, "T_cold_out": 399.65}
    by_flow = rates(ECONOMISER, **ends, hot_flow=3.2)
    by_parts = rates(ECONOMISER, **ends, fuel_flow=0.2, air_flow=3.0)
    drop = float(fluids.h_pT("flue_gas", 101325.0, 493.15)) - float(fluids.h_pT("flue_gas", 101325.0, 413.15))
    assert by_flow.energy_in_w[0] == pytest.approx(3.2 * drop)
    assert by_parts.energy_in_w[0] == by_flow.energy_in_w[0]
    assert faulty(rates(ECONOMISER, **ends, fuel_flow=0.2, air_flow=-3.0)) == {"air_flow"}


def test_a_condenser_formula_without_warming_has_no_flow() -> None:
    assert np.isnan(condenser_duty.cooling_water(1e6, 4180.0, 300.0, 300.0)[0])
    assert condenser_duty.cooling_water(4180e3, 4180.0, 300.0, 310.0)[0] == pytest.approx(100.0)
    assert condenser_duty.cleanliness(2000.0, 2500.0)[0] == pytest.approx(0.8)
    assert np.isnan(condenser_duty.effectiveness_of_temperatures(300.0, 300.0, 305.0)[0])


def test_an_extraction_without_a_drop_has_no_flow() -> None:
    assert heater_duty.extraction_flow(2e6, 2.8e6, 0.8e6)[0] == pytest.approx(1.0)
    assert np.isnan(heater_duty.extraction_flow(2e6, 0.8e6, 0.8e6)[0])
