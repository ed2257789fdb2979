"""Steam networks: formulas of flash, header, valve, deaerator and their asset types, with what bad input gets."""

from __future__ import annotations

import numpy as np
import pytest

from calc import steam_system, water
from calc.asset_type import AssetType, Floats, Integrals, ParameterValue, Rates
from calc.heat_leak import STEAM_TRAP, WALL
from calc.steam_valve import DESUPERHEATER, PRV, STEAM_PIPE
from calc.steam_vessel import DEAERATOR, FLASH_TANK, STEAM_HEADER

SECONDS = 60.0


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


def test_flashing_keeps_mass_and_energy() -> None:
    h_in = float(water.h_liquid_p(1.2e6))
    split = steam_system.flash(10.0, h_in, 3e5)
    assert split.vapour[0] + split.liquid[0] == pytest.approx(10.0)
    energy = split.vapour * split.h_vapour + split.liquid * split.h_liquid
    assert energy[0] == pytest.approx(10.0 * h_in, rel=1e-12)


@pytest.mark.parametrize("h_in", [1e5, 3.2e6])
def test_outside_the_wet_region_nothing_splits(h_in: float) -> None:
    assert np.isnan(steam_system.flash(10.0, h_in, 3e5).vapour[0])


def test_dryness_is_the_inverse_of_wet_steam() -> None:
    assert steam_system.dryness(1e6, steam_system.wet_steam(1e6, 0.93))[0] == pytest.approx(0.93)
    assert steam_system.dryness(1e6, 3.2e6)[0] > 1.0


def test_mixing_nothing_has_no_enthalpy() -> None:
    total, h = steam_system.mix(np.zeros(2), np.ones(2))
    assert total == 0.0
    assert np.isnan(h)


def test_throttling_keeps_the_enthalpy() -> None:
    h, T = steam_system.throttle(4e6, 673.15, 1e6)
    assert water.h_pT(1e6, float(T[0])) == pytest.approx(float(h[0]), rel=1e-5)


def test_a_trap_passes_what_napier_says() -> None:
    """1/8 in at 114.7 psia: 51.4 · 0.01227 · 114.7 = 72.4 lb/h."""
    flow = steam_system.trap_loss(0.25 * np.pi * (0.125 * 0.0254) ** 2, 114.7 * steam_system.PSI_PA)
    assert flow[0] / steam_system.LB_H_KG_S == pytest.approx(72.35, abs=0.05)


def test_thicker_insulation_loses_less() -> None:
    thin, thick = (
        steam_system.insulated_pipe_loss(100.0, 0.1, thickness, 0.05, 450.0, 293.15)[0] for thickness in (0.03, 0.1)
    )
    assert 0.0 < thick < thin


def test_a_valve_keeps_the_enthalpy_and_a_measured_one_shows_its_residual() -> None:
    state = {"flow": 10.0, "p_in": 4e6, "T_in": 673.15, "p_out": 1e6}
    ideal = rates(PRV, **state)
    assert ideal.energy_out_w[0] == ideal.energy_in_w[0]
    assert ideal.residual_w is None
    T_out = values(PRV, ideal)["T_out"]
    assert T_out == pytest.approx(float(steam_system.throttle(4e6, 673.15, 1e6)[1][0]))
    measured = rates(PRV, **state, T_out=T_out - 10.0)
    assert measured.residual_w is not None
    assert measured.residual_w[0] > 0.0


def test_the_spray_of_a_desuperheater_closes_its_balance() -> None:
    state = {"steam_flow": 8.0, "p_steam": 4e6, "T_steam": 723.15, "p_out": 3.9e6, "T_out": 623.15, "T_water": 378.15}
    needed = values(DESUPERHEATER, rates(DESUPERHEATER, **state))["water_needed"]
    measured = rates(DESUPERHEATER, **state, water_flow=needed)
    assert measured.residual_w is not None
    assert measured.residual_w[0] == pytest.approx(0.0, abs=1e-3)


def test_a_pipe_tells_what_its_insulation_explains() -> None:
    parameters = given(STEAM_PIPE, length=300.0, diameter=0.168, insulation=0.05, conductivity=0.05)
    found = rates(STEAM_PIPE, parameters, flow=1.5, p_in=2.4e6, T_in=521.0, T_out=511.0)
    assert found.losses_w["insulation"][0] > 0.0
    assert found.residual_w is not None
    closed = found.energy_out_w[0] + found.losses_w["insulation"][0] + found.residual_w[0]
    assert closed == pytest.approx(found.energy_in_w[0])
    assert values(STEAM_PIPE, found, parameters)["temperature_drop"] == pytest.approx(10.0)
    assert STEAM_PIPE.method(parameters, frozenset()) == "steam_pipe/insulation"


def test_a_half_described_insulation_is_told() -> None:
    broken = STEAM_PIPE.check(given(STEAM_PIPE, length=300.0), frozenset())
    assert [key for key, _ in broken] == ["diameter", "insulation", "conductivity"]
    assert STEAM_PIPE.check(given(STEAM_PIPE), frozenset()) == ()
    undescribed = rates(STEAM_PIPE, flow=1.5, p_in=2.4e6, T_in=521.0, T_out=511.0)
    assert undescribed.losses_w["insulation"][0] == 0.0


def test_a_header_balances_its_streams() -> None:
    state = {"flow_in_1": 5.0, "T_in_1": 523.15, "flow_in_2": 2.0, "T_in_2": 503.15, "p_header": 1.1e6}
    h = [float(water.h_pT(1.1e6, T)) for T in (523.15, 503.15)]
    mixed = (5.0 * h[0] + 2.0 * h[1]) / 7.0
    found = rates(STEAM_HEADER, **state, T_header=float(water.T_ph(1.1e6, mixed)), flow_out_1=4.0, flow_out_2=3.0)
    assert found.residual_w is not None
    assert found.residual_w[0] == pytest.approx(0.0, abs=1e-6 * found.energy_in_w[0])
    assert values(STEAM_HEADER, found)["h_mixed"] == pytest.approx(mixed)
    assert values(STEAM_HEADER, found) == pytest.approx({"h_mixed": mixed, "mass_residual": 0.0})


def test_a_header_without_measured_outflow_takes_what_enters() -> None:
    found = rates(STEAM_HEADER, flow_in_1=5.0, T_in_1=523.15, p_header=1.1e6, T_header=523.15)
    assert found.energy_out_w[0] == found.energy_in_w[0]


def test_a_stream_of_a_header_needs_its_temperature() -> None:
    measured = frozenset({"flow_in_1", "T_in_1", "flow_in_2"})
    assert [key for key, _ in STEAM_HEADER.check(given(STEAM_HEADER), measured)] == ["T_in_2"]


def test_a_deaerator_finds_its_steam_and_measured_flows_show_a_residual() -> None:
    state = {"feedwater_flow": 11.0, "p_deaerator": 3.6e5, "T_water": 344.55, "T_steam": 528.65, "p_steam": 4e5}
    parameters = given(DEAERATOR, vent_share=0.002)
    found = rates(DEAERATOR, parameters, **state)
    assert found.residual_w is None
    needed = values(DEAERATOR, found, parameters)["steam_needed"]
    assert 1.0 < needed < 1.5
    make_up = 11.0 * 1.002 - needed
    measured = rates(DEAERATOR, parameters, **state, steam_flow=needed, water_flow=make_up)
    assert measured.residual_w is not None
    assert measured.residual_w[0] == pytest.approx(0.0, abs=1.0)


def test_a_flash_tank_gives_the_balance_or_what_is_measured() -> None:
    state = {"flow": 10.0, "p_in": 1.2e6, "T_in": 460.15, "p_tank": 3e5}
    found = rates(FLASH_TANK, **state)
    share = values(FLASH_TANK, found)["flash_share"]
    assert found.energy_out_w[0] == pytest.approx(10.0 * share * float(water.h_vapour_p(3e5)))
    measured = rates(FLASH_TANK, **state, vapour_flow=10.0 * share)
    assert measured.residual_w is not None
    assert measured.residual_w[0] == pytest.approx(0.0, abs=1.0)


def test_cold_condensate_does_not_flash() -> None:
    found = rates(FLASH_TANK, flow=10.0, p_in=1.2e6, T_in=350.0, p_tank=3e5)
    assert found.energy_out_w[0] == 0.0
    assert found.losses_w["condensate"][0] == pytest.approx(found.energy_in_w[0])


def test_a_blown_through_trap_loses_all_that_it_passes() -> None:
    parameters = given(STEAM_TRAP, orifice=0.003)
    found = rates(STEAM_TRAP, parameters, p_upstream=1e6)
    assert found.energy_out_w[0] == 0.0
    flow = values(STEAM_TRAP, found, parameters)["steam_loss"]
    drop = float(water.h_vapour_p(1e6)) - float(water.h_pT(101325.0, 288.15))
    assert found.losses_w["steam"][0] == pytest.approx(flow * drop)


def test_a_wall_loses_by_its_area() -> None:
    parameters = given(WALL, area=40.0)
    found = rates(WALL, parameters, T_surface=353.15)
    assert values(WALL, found, parameters)["heat_flux"] == pytest.approx(found.energy_in_w[0] / 40.0)
    assert faulty(rates(WALL, parameters, T_surface=280.0)) == {"T_surface"}


@pytest.mark.parametrize(
    ("kind", "state", "name"),
    [
        (PRV, {"flow": 1.0, "p_in": 4e6, "T_in": 450.0, "p_out": 1e6}, "T_in"),
        (PRV, {"flow": 1.0, "p_in": 4e6, "T_in": 673.0, "p_out": -1.0}, "p_out"),
        (PRV, {"flow": -1.0, "p_in": 4e6, "T_in": 673.0, "p_out": 1e6}, "flow"),
        (FLASH_TANK, {"flow": 1.0, "p_in": 1.2e6, "T_in": 470.0, "p_tank": 3e5}, "T_in"),
        (FLASH_TANK, {"flow": 1.0, "p_in": 1.2e6, "T_in": 450.0, "p_tank": 23e6}, "p_tank"),
        (STEAM_TRAP, {"p_upstream": -1e5}, "p_upstream"),
    ],
    ids=["steam below saturation", "pressure", "backwards", "water boils", "no saturation", "trap pressure"],
)
def test_an_impossible_state_names_its_input(kind: AssetType, state: dict[str, float], name: str) -> None:
    found = rates(kind, **state)
    assert faulty(found) == {name}
    assert np.isnan(found.energy_out_w[0])


def test_steam_on_saturation_is_dry_with_a_note() -> None:
    T_sat = float(water.T_sat_p(1e6))
    found = rates(PRV, flow=1.0, p_in=1e6, T_in=T_sat + 0.03, p_out=5e5)
    assert found.energy_in_w[0] == pytest.approx(float(water.h_vapour_p(1e6)))
    assert bool(found.notes["near_saturation"][0])
