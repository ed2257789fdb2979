"""Boiler, direct method: rates, losses, basis, bound, and what bad input gets."""

from __future__ import annotations

import numpy as np
import pytest

from calc import water
from calc.asset_type import Bound, Floats, Inputs, Integrals, ParameterValue, Rates
from calc.boiler_direct import BOILER_DIRECT
from calc.stack import siegert_loss

P = 4.1e6
STATE = {"steam_flow": 10.0, "fuel_flow": 0.6, "p_steam": P, "T_feedwater": 378.15}


def given(**changes: ParameterValue) -> dict[str, ParameterValue]:
    return {item.name: item.default for item in BOILER_DIRECT.parameters} | {"LHV": 50e6} | changes


def states(**changes: float | list[float]) -> dict[str, Floats]:
    return {name: np.atleast_1d(np.asarray(value, dtype=np.float64)) for name, value in (STATE | changes).items()}


def rates(parameters: dict[str, ParameterValue], **changes: float | list[float]) -> Rates:
    return BOILER_DIRECT.rates(states(**changes), parameters)


def faulty(found: Rates) -> set[str]:
    return {name for name, mask in found.faults.items() if mask.any()}


def integrals(found: Rates, seconds: float = 60.0) -> Integrals:
    return Integrals(
        seconds,
        float(found.energy_in_w[0]) * seconds,
        float(found.energy_out_w[0]) * seconds,
        sums={name: float(rate[0]) * seconds for name, rate in found.sums.items()},
    )


def bound_of(found: Rates, parameters: dict[str, ParameterValue]) -> Bound | None:
    return BOILER_DIRECT.bound(integrals(found), parameters)


def test_heat_to_steam_is_flow_times_the_rise_in_enthalpy() -> None:
    found = rates(given())
    rise = float(water.h_vapour_p(P)) - float(water.h_pT(P, 378.15))
    assert found.energy_out_w[0] == pytest.approx(10.0 * rise, rel=1e-12)
    assert found.energy_in_w[0] == pytest.approx(30e6, rel=1e-12)


def test_superheated_steam_takes_its_enthalpy_from_its_temperature() -> None:
    found = rates(given(steam="superheated"), T_steam=673.15)
    rise = float(water.h_pT(P, 673.15)) - float(water.h_pT(P, 378.15))
    assert found.energy_out_w[0] == pytest.approx(10.0 * rise, rel=1e-12)


def test_the_feedwater_pressure_is_used_where_it_is_known() -> None:
    found = rates(
        given(),
        p_feedwater=[6e6, np.nan],
        steam_flow=[10.0, 10.0],
        fuel_flow=[0.6, 0.6],
        p_steam=[P, P],
        T_feedwater=[378.15, 378.15],
    )
    h_steam = float(water.h_vapour_p(P))
    expected = [10.0 * (h_steam - float(water.h_pT(p, 378.15))) for p in (6e6, P)]
    assert found.energy_out_w == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("offset_K", [-0.049, 0.0, 0.049])
def test_steam_next_to_saturation_is_dry_saturated_with_a_note(offset_K: float) -> None:
    found = rates(given(steam="superheated"), T_steam=float(water.T_sat_p(P)) + offset_K)
    assert found.energy_out_w[0] == rates(given()).energy_out_w[0]
    assert bool(found.notes["near_saturation"][0])
    assert faulty(found) == set()


@pytest.mark.parametrize("offset_K", [-0.049, 0.0, 0.049])
def test_feedwater_next_to_saturation_is_saturated_liquid_with_a_note(offset_K: float) -> None:
    found = rates(given(), T_feedwater=float(water.T_sat_p(P)) + offset_K)
    h_fg = float(water.h_vapour_p(P)) - float(water.h_liquid_p(P))
    assert found.energy_out_w[0] == pytest.approx(10.0 * h_fg, rel=1e-12)
    assert bool(found.notes["near_saturation"][0])


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"T_steam": 500.0}, "T_steam"),
        ({"T_steam": 400.0 - 0.0}, "T_steam"),
        ({"T_steam": 673.15, "T_feedwater": 560.0}, "T_feedwater"),
        ({"T_steam": 673.15, "T_feedwater": 105.0}, "T_feedwater"),
        ({"T_steam": 673.15, "p_steam": -1e5}, "p_steam"),
        ({"T_steam": 673.15, "p_steam": 0.0}, "p_steam"),
        ({"T_steam": 673.15, "p_steam": 2e8}, "p_steam"),
        ({"T_steam": 673.15, "p_feedwater": -1.0}, "p_feedwater"),
        ({"T_steam": 673.15, "steam_flow": -1.0}, "steam_flow"),
        ({"T_steam": 5000.0}, "T_steam"),
    ],
    ids=[
        "below saturation",
        "°C for K",
        "feedwater boils",
        "feedwater °C for K",
        "negative pressure",
        "no pressure",
        "beyond IF97",
        "negative feedwater pressure",
        "flow backwards",
        "hotter than IF97",
    ],
)
def test_an_impossible_state_names_its_input_and_gives_no_number(changes: dict[str, float], name: str) -> None:
    found = rates(given(steam="superheated"), **changes)
    assert faulty(found) == {name}
    assert np.isnan(found.energy_out_w[0])
    assert np.isnan(found.energy_in_w[0])
    assert found.residual_w is not None
    assert np.isnan(found.residual_w[0])


def test_saturated_steam_above_the_critical_pressure_is_impossible() -> None:
    assert faulty(rates(given(), p_steam=23e6)) == {"p_steam"}


def test_a_missing_required_value_gives_no_number_and_blames_nobody() -> None:
    found = rates(given(), p_steam=np.nan)
    assert faulty(found) == set()
    assert np.isnan(found.energy_out_w[0])


def test_blowdown_is_a_loss_from_feedwater_to_drum_water() -> None:
    found = rates(given(), blowdown_flow=0.5)
    expected = 0.5 * (float(water.h_liquid_p(P)) - float(water.h_pT(P, 378.15)))
    assert found.losses_w["blowdown"][0] == pytest.approx(expected, rel=1e-12)


def test_unknown_optional_inputs_count_as_no_loss() -> None:
    found = rates(given(), blowdown_flow=np.nan, O2_dry=np.nan, T_stack=420.0)
    assert found.losses_w["blowdown"][0] == 0.0
    assert found.losses_w["stack"][0] == 0.0
    assert not found.notes["stack_loss_undefined"][0]


def test_stack_loss_is_siegert_on_the_lower_heating_value() -> None:
    found = rates(given(), O2_dry=0.03, T_stack=428.15)
    share = (428.15 - 298.15) * (0.66 / 18.0 + 0.009) / 100.0
    assert found.losses_w["stack"][0] == pytest.approx(share * 30e6, rel=1e-12)


def test_stack_loss_on_the_higher_heating_value_holds_the_heat_of_condensation() -> None:
    found = rates(given(LHV=None, HHV=55.5e6), O2_dry=0.03, T_stack=298.15)
    assert found.losses_w["stack"][0] == pytest.approx(0.098 * 0.6 * 55.5e6, rel=1e-9)


@pytest.mark.parametrize("changes", [{"O2_dry": 0.21}, {"O2_dry": -0.01}, {"T_stack": 155.0}])
def test_flue_gas_that_cannot_be_leaves_the_loss_out_with_a_note(changes: dict[str, float]) -> None:
    found = rates(given(), **({"O2_dry": 0.03, "T_stack": 428.15} | changes))
    assert bool(found.notes["stack_loss_undefined"][0])
    assert found.losses_w["stack"][0] == 0.0
    assert np.isfinite(found.energy_out_w[0])


def test_siegert_has_no_answer_without_a_flame() -> None:
    assert np.isnan(siegert_loss(np.array([500.0]), 300.0, np.array([0.209999 + 0.001]), 0.66, 0.009)[0])


def test_the_residual_closes_the_balance() -> None:
    found = rates(given(), blowdown_flow=0.5, O2_dry=0.03, T_stack=428.15)
    assert found.residual_w is not None
    closed = found.energy_out_w[0] + found.losses_w["blowdown"][0] + found.losses_w["stack"][0] + found.residual_w[0]
    assert closed == pytest.approx(found.energy_in_w[0], rel=1e-12)


def test_no_fuel_gives_no_division_by_zero() -> None:
    found = rates(given(), fuel_flow=0.0)
    assert found.energy_in_w[0] == 0.0
    assert BOILER_DIRECT.values(integrals(found), given()) == {}
    assert bound_of(found, given()) is None


def test_steam_to_fuel_is_a_ratio_of_masses() -> None:
    assert BOILER_DIRECT.values(integrals(rates(given())), given()) == {"steam_to_fuel": pytest.approx(10.0 / 0.6)}


@pytest.mark.parametrize(
    ("heating_values", "eta", "method"),
    [
        ({"LHV": 50e6, "HHV": None}, 1.0, "boiler_direct/lhv"),
        ({"LHV": None, "HHV": 55.5e6}, 1.0, "boiler_direct/hhv"),
        ({"LHV": 50e6, "HHV": 55.5e6}, 1.11, "boiler_direct/lhv"),
    ],
)
def test_the_bound_is_unity_on_the_basis(heating_values: dict[str, ParameterValue], eta: float, method: str) -> None:
    parameters = given(**heating_values)
    bound = bound_of(rates(parameters), parameters)
    assert bound is not None
    assert (bound.reason, bound.beyond_uncertainty) == ("above_unity", False)
    assert bound.eta == pytest.approx(eta, rel=1e-12)
    assert BOILER_DIRECT.method(parameters, frozenset()) == method


def test_a_measured_heating_value_wins_over_the_given_one() -> None:
    found = rates(given(LHV=40e6), LHV=48e6)
    assert found.energy_in_w[0] == pytest.approx(0.6 * 48e6)
    assert BOILER_DIRECT.method(given(LHV=None), frozenset({"LHV"})) == "boiler_direct/lhv"


@pytest.mark.parametrize(
    ("changes", "measured", "key"),
    [
        ({"LHV": None}, set(), "LHV"),
        ({"HHV": 40e6}, set(), "HHV"),
        ({"steam": "superheated"}, set(), "T_steam"),
    ],
)
def test_a_broken_rule_names_its_key(changes: dict[str, ParameterValue], measured: set[str], key: str) -> None:
    assert [found for found, _ in BOILER_DIRECT.check(given(**changes), frozenset(measured))] == [key]


def test_rules_hold_where_inputs_give_what_is_needed() -> None:
    parameters = given(LHV=None, steam="superheated")
    assert BOILER_DIRECT.check(parameters, frozenset({"HHV", "T_steam"})) == ()


def test_an_element_never_depends_on_its_neighbours() -> None:
    rng = np.random.default_rng(7)
    n = 37
    inputs: Inputs = {
        "steam_flow": rng.uniform(-1, 20, n),
        "fuel_flow": rng.uniform(0, 1, n),
        "p_steam": rng.uniform(1e5, 24e6, n),
        "T_feedwater": rng.uniform(280, 480, n),
        "T_steam": rng.uniform(400, 800, n),
        "O2_dry": rng.uniform(0, 0.22, n),
        "T_stack": rng.uniform(250, 600, n),
        "blowdown_flow": rng.uniform(0, 1, n),
        "LHV": rng.uniform(40e6, 50e6, n),
    }
    parameters = given(steam="superheated")
    whole = BOILER_DIRECT.rates(inputs, parameters)
    for i in range(n):
        alone = BOILER_DIRECT.rates({name: values[i : i + 1] for name, values in inputs.items()}, parameters)
        assert alone.energy_out_w.tobytes() == whole.energy_out_w[i : i + 1].tobytes()
        for name, loss in alone.losses_w.items():
            assert loss.tobytes() == whole.losses_w[name][i : i + 1].tobytes()


TWO = {"fuel_1_flow": 0.4, "fuel_2_flow": 0.3}


def two_fuels(parameters: dict[str, ParameterValue], **changes: float) -> Rates:
    inputs = states(**TWO, **changes)
    del inputs["fuel_flow"]
    return BOILER_DIRECT.rates(inputs, parameters)


def test_two_fuels_bring_the_heat_of_both() -> None:
    parameters = given(LHV=None, LHV_1=50e6, LHV_2=42e6, HHV_1=55e6)
    found = two_fuels(parameters)
    assert found.energy_in_w[0] == pytest.approx(0.4 * 50e6 + 0.3 * 42e6)
    assert BOILER_DIRECT.values(integrals(found), parameters)["steam_to_fuel"] == pytest.approx(10.0 / 0.7)
    bound = bound_of(found, parameters)
    assert bound is not None
    assert bound.eta == pytest.approx((0.4 * 55e6 + 0.3 * 42e6) / (0.4 * 50e6 + 0.3 * 42e6))
    assert BOILER_DIRECT.method(parameters, frozenset(TWO)) == "boiler_direct/lhv"


def test_two_fuels_stand_on_one_basis() -> None:
    parameters = given(LHV=None, LHV_1=50e6, HHV_1=55e6, HHV_2=44e6)
    assert two_fuels(parameters).energy_in_w[0] == pytest.approx(0.4 * 55e6 + 0.3 * 44e6)
    assert BOILER_DIRECT.method(parameters, frozenset(TWO)) == "boiler_direct/hhv"
    assert BOILER_DIRECT.check(parameters, frozenset(TWO)) == ()
    broken = BOILER_DIRECT.check(given(LHV=None, LHV_1=50e6, HHV_2=44e6), frozenset(TWO))
    assert [key for key, _ in broken] == ["HHV_1"]


def test_reheated_steam_counts_as_output() -> None:
    reheat = {
        "reheat_flow": 9.0,
        "p_reheat_in": 2e6,
        "T_reheat_in": 600.0,
        "p_reheat_out": 1.9e6,
        "T_reheat_out": 750.0,
    }
    gain = 9.0 * (float(water.h_pT(1.9e6, 750.0)) - float(water.h_pT(2e6, 600.0)))
    found = rates(given(), **reheat)
    assert found.energy_out_w[0] - rates(given()).energy_out_w[0] == pytest.approx(gain, rel=1e-9)
    assert faulty(rates(given(), **(reheat | {"T_reheat_in": 450.0}))) == {"T_reheat_in"}
    missing = BOILER_DIRECT.check(given(), frozenset({"reheat_flow", "p_reheat_in", "T_reheat_in", "p_reheat_out"}))
    assert [key for key, _ in missing] == ["T_reheat_out"]


def test_the_stack_loss_counts_from_the_air() -> None:
    warm = rates(given(T_air=348.15), O2_dry=0.03, T_stack=428.15)
    share = (428.15 - 348.15) * (0.66 / 18.0 + 0.009) / 100.0
    assert warm.losses_w["stack"][0] == pytest.approx(share * 30e6, rel=1e-12)
    measured = rates(given(), O2_dry=0.03, T_stack=428.15, T_air=348.15)
    assert measured.losses_w["stack"][0] == warm.losses_w["stack"][0]


def test_without_fuel_there_is_no_stack_loss() -> None:
    assert rates(given(), fuel_flow=0.0, O2_dry=0.21, T_stack=428.15).losses_w["stack"][0] == 0.0


@pytest.mark.parametrize(("offset_K", "possible"), [(-0.0505, False), (0.0505, True)])
def test_the_band_about_saturation_is_five_hundredths_of_a_kelvin(offset_K: float, possible: bool) -> None:
    found = rates(given(steam="superheated"), T_steam=float(water.T_sat_p(P)) + offset_K)
    assert (faulty(found) == set()) is possible
    assert not found.notes["near_saturation"][0]


@pytest.mark.parametrize(("p", "possible"), [(100e6, True), (100.5e6, False)])
def test_if97_ends_at_a_hundred_megapascal(p: float, possible: bool) -> None:
    assert (faulty(rates(given(steam="superheated"), p_steam=p, T_steam=900.0)) == set()) is possible
