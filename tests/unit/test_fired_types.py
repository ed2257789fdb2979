"""Boiler by its losses, and furnace: forms against each other, balance, bases, and what bad input gets."""

from __future__ import annotations

import numpy as np
import pytest

from calc import furnace_loss, water
from calc.asset_type import AssetType, Floats, Integrals, ParameterValue, Rates
from calc.boiler_indirect import BOILER_INDIRECT
from calc.furnace_type import FURNACE

GAS_FIRED = {"fuel_flow": 1.0, "O2_dry": 0.03, "T_stack": 433.15}
HEATED = {"fuel_flow": 0.05, "load_flow": 2.0, "T_load_in": 298.15, "T_load_out": 1173.15}


def given(kind: AssetType, **changes: ParameterValue) -> dict[str, ParameterValue]:
    return {item.name: item.default for item in kind.parameters} | changes


def rates(kind: AssetType, parameters: dict[str, ParameterValue], /, **inputs: float) -> Rates:
    states: dict[str, Floats] = {name: np.array([value]) for name, value in inputs.items()}
    return kind.rates(states, parameters)


def eta(found: Rates) -> float:
    return float(found.energy_out_w[0] / found.energy_in_w[0])


def integrals(found: Rates) -> Integrals:
    return Integrals(
        1.0,
        float(found.energy_in_w[0]),
        float(found.energy_out_w[0]),
        sums={name: float(rate[0]) for name, rate in found.sums.items()},
    )


def faulty(found: Rates) -> set[str]:
    return {name for name, mask in found.faults.items() if mask.any()}


def test_the_forms_agree_on_a_gas_boiler() -> None:
    on_hhv = [
        eta(rates(BOILER_INDIRECT, given(BOILER_INDIRECT, HHV=54e6, form=form), **GAS_FIRED))
        for form in ("bee", "ptc4", "bs845")
    ]
    on_lhv = [
        eta(rates(BOILER_INDIRECT, given(BOILER_INDIRECT, LHV=48.64e6, form=form), **GAS_FIRED)) * 48.64 / 54.0
        for form in ("siegert", "bs845")
    ]
    assert on_hhv == pytest.approx([0.843] * 3, abs=0.004)
    assert on_lhv == pytest.approx([0.843] * 2, abs=0.012)


def test_the_losses_and_the_rest_are_the_fuel() -> None:
    parameters = given(BOILER_INDIRECT, HHV=54e6, surface_loss=0.01, humidity=0.012, ash=0.05, GCV_fly_ash=2e6)
    found = rates(BOILER_INDIRECT, parameters, **GAS_FIRED, CO_dry=200e-6)
    lost = sum(float(loss[0]) for loss in found.losses_w.values())
    assert found.energy_out_w[0] + lost == pytest.approx(found.energy_in_w[0])
    assert all(
        found.losses_w[name][0] > 0.0 for name in ("stack", "hydrogen", "air_humidity", "CO", "unburnt", "surface")
    )


def test_warm_air_is_a_credit_of_the_ptc_form() -> None:
    cold, warm = (
        rates(BOILER_INDIRECT, given(BOILER_INDIRECT, HHV=54e6, form="ptc4", T_air=T), **GAS_FIRED)
        for T in (298.15, 398.15)
    )
    assert cold.losses_w["air_credit"][0] == pytest.approx(0.0, abs=1.0)
    assert warm.losses_w["air_credit"][0] < 0.0
    assert eta(warm) > eta(cold)


def test_radiation_by_rated_output_does_not_follow_the_load() -> None:
    parameters = given(BOILER_INDIRECT, HHV=54e6, rated_output=100e6, radiation_class="oil_gas")
    full, part = (rates(BOILER_INDIRECT, parameters, **(GAS_FIRED | {"fuel_flow": flow})) for flow in (2.0, 0.5))
    assert full.losses_w["surface"][0] == part.losses_w["surface"][0] == pytest.approx(0.0113 * 100**0.7 * 1e6)


def test_measured_steam_makes_a_residual() -> None:
    parameters = given(BOILER_INDIRECT, HHV=54e6)
    steam = {"p_steam": 1.1e6, "T_feedwater": 378.15}
    rise = float(water.h_vapour_p(1.1e6)) - float(water.h_pT(1.1e6, 378.15))
    found = rates(BOILER_INDIRECT, parameters, **GAS_FIRED, **steam, steam_flow=10.0)
    assert found.residual_w is not None
    assert found.residual_w[0] == pytest.approx(found.energy_out_w[0] - 10.0 * rise)
    assert rates(BOILER_INDIRECT, parameters, **GAS_FIRED).residual_w is None


def test_a_wrong_steam_reading_costs_the_residual_alone() -> None:
    found = rates(
        BOILER_INDIRECT,
        given(BOILER_INDIRECT, HHV=54e6),
        **GAS_FIRED,
        p_steam=1.1e6,
        T_feedwater=105.0,
        steam_flow=10.0,
    )
    assert faulty(found) == {"T_feedwater"}
    assert np.isfinite(found.energy_out_w[0])
    assert found.residual_w is not None
    assert np.isnan(found.residual_w[0])


def test_figures_of_the_indirect_method() -> None:
    found = rates(BOILER_INDIRECT, given(BOILER_INDIRECT, HHV=54e6), **(GAS_FIRED | {"O2_dry": 0.035}))
    values = BOILER_INDIRECT.values(integrals(found), given(BOILER_INDIRECT))
    assert values["excess_air"] == pytest.approx(0.2)
    assert values["total_loss"] == pytest.approx(1.0 - eta(found))
    bound = BOILER_INDIRECT.bound(integrals(found), given(BOILER_INDIRECT))
    assert bound is not None
    assert bound.eta == 1.0


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"O2_dry": 0.21}, "O2_dry"), ({"O2_dry": 3.0}, "O2_dry"), ({"T_stack": 160.0}, "T_stack")],
    ids=["air", "per cent for a fraction", "°C for K"],
)
def test_an_impossible_flue_gas_names_its_input(changes: dict[str, float], name: str) -> None:
    found = rates(BOILER_INDIRECT, given(BOILER_INDIRECT, HHV=54e6), **(GAS_FIRED | changes))
    assert faulty(found) == {name}
    assert np.isnan(found.energy_out_w[0])


@pytest.mark.parametrize(
    ("changes", "measured", "keys"),
    [
        ({}, set(), ["LHV"]),
        ({"LHV": 48e6}, set(), ["LHV"]),
        ({"HHV": 54e6, "form": "siegert"}, set(), ["LHV"]),
        ({"HHV": 54e6}, {"steam_flow"}, ["p_steam", "T_feedwater"]),
        ({"HHV": 54e6}, set(), []),
    ],
    ids=["no heating value", "bee on LHV", "siegert on HHV", "steam in part", "well"],
)
def test_broken_rules_name_their_keys(changes: dict[str, ParameterValue], measured: set[str], keys: list[str]) -> None:
    broken = BOILER_INDIRECT.check(given(BOILER_INDIRECT, **changes), frozenset(measured))
    assert [key for key, _ in broken] == keys


def test_the_method_names_form_and_basis() -> None:
    assert BOILER_INDIRECT.method(given(BOILER_INDIRECT, HHV=54e6), frozenset()) == "boiler_indirect/bee_hhv"
    parameters = given(BOILER_INDIRECT, form="siegert")
    assert BOILER_INDIRECT.method(parameters, frozenset({"LHV"})) == "boiler_indirect/siegert_lhv"


def test_a_furnace_heats_its_load() -> None:
    parameters = given(FURNACE, LHV=50e6, cp_load=650.0)
    found = rates(FURNACE, parameters, **HEATED)
    assert found.energy_out_w[0] == pytest.approx(2.0 * 650.0 * 875.0)
    assert found.energy_in_w[0] == pytest.approx(0.05 * 50e6)
    values = FURNACE.values(integrals(found), parameters)
    assert values == pytest.approx({"specific_energy": 0.05 * 50e6 / 2.0, "throughput": 2.0})


def test_the_losses_of_a_furnace_close_its_balance_with_the_residual() -> None:
    parameters = given(
        FURNACE,
        LHV=50e6,
        cp_load=650.0,
        wall_area=60.0,
        opening_area=0.2,
        opening_share=0.3,
        fixture_per_load=0.1,
        cp_fixture=500.0,
    )
    found = rates(
        FURNACE,
        parameters,
        **HEATED,
        O2_dry=0.04,
        T_flue=1223.15,
        T_wall=343.15,
        T_furnace=1250.0,
        cooling_flow=1.0,
        T_cooling_in=293.15,
        T_cooling_out=303.15,
        atmosphere_flow=0.01,
        electric_power=20e3,
    )
    assert all(loss[0] > 0.0 for loss in found.losses_w.values())
    assert found.residual_w is not None
    lost = sum(float(loss[0]) for loss in found.losses_w.values())
    assert found.energy_out_w[0] + lost + found.residual_w[0] == pytest.approx(found.energy_in_w[0])
    assert found.losses_w["cooling"][0] == pytest.approx(furnace_loss.WATER_CP * 10.0)
    assert found.energy_in_w[0] == pytest.approx(0.05 * 50e6 + 20e3)


def test_what_a_furnace_does_not_measure_is_no_loss() -> None:
    found = rates(FURNACE, given(FURNACE, HHV=55e6, cp_load=650.0), **HEATED)
    assert {name: float(loss[0]) for name, loss in found.losses_w.items() if loss[0] != 0.0} == {}


def test_the_flue_loss_on_hhv_is_larger_by_the_condensation() -> None:
    shares = []
    for heating_value in ({"HHV": 54e6}, {"LHV": 54e6 - 2.442e6 * 9.0 * 0.244}):
        parameters = given(FURNACE, cp_load=650.0, **heating_value)
        found = rates(FURNACE, parameters, **HEATED, O2_dry=0.04, T_flue=1223.15)
        shares.append(float(found.losses_w["flue"][0]))
    assert shares[0] - shares[1] == pytest.approx(0.05 * 2.442e6 * 9.0 * 0.244)


def test_flue_gas_that_cannot_be_leaves_the_loss_out_with_a_note() -> None:
    found = rates(FURNACE, given(FURNACE, HHV=55e6, cp_load=650.0), **HEATED, O2_dry=0.25, T_flue=1223.15)
    assert bool(found.notes["flue_loss_undefined"][0])
    assert found.losses_w["flue"][0] == 0.0


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"T_load_in": 25.0}, "T_load_in"), ({"load_flow": -1.0}, "load_flow"), ({"T_wall": 70.0}, "T_wall")],
)
def test_an_impossible_furnace_names_its_input(changes: dict[str, float], name: str) -> None:
    assert faulty(rates(FURNACE, given(FURNACE, HHV=55e6, cp_load=650.0), **(HEATED | changes))) == {name}


def test_a_furnace_tells_what_it_lacks() -> None:
    broken = FURNACE.check(given(FURNACE, cp_load=650.0), frozenset({"T_wall", "T_furnace"}))
    assert [key for key, _ in broken] == ["LHV", "wall_area", "opening_area"]
    assert FURNACE.method(given(FURNACE, LHV=50e6), frozenset()) == "furnace/lhv"
