"""A calculation is the asset type at one state: its balance closes, its uncertainty is first order, no clamp."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest

from calc.asset_types import ASSET_TYPES
from calc.worked_example import work
from tests.fix_calculations import asked, boiler, example
from thermaliq.calculations.answer import Computed, answer_of
from thermaliq.calculations.compute import Refused, compute
from thermaliq.calculations.refusal import CalculationRefused

UNITS = {"area": "m2", "U_clean": "W/(m2 K)"}


def computed(body: dict[str, Any]) -> Computed:
    found = compute(asked(body).canonical)
    assert isinstance(found, Computed), found
    return found


def refused(body: dict[str, Any]) -> list[tuple[str, str]]:
    found = compute(asked(body).canonical)
    assert isinstance(found, Refused), found
    return [(refusal.code, refusal.field) for refusal in found.refusals]


@pytest.mark.parametrize("name", ASSET_TYPES)
def test_every_asset_type_gives_its_worked_example(name: str) -> None:
    request, worked = asked(example(name)), work(name)
    found = answer_of(request.canonical, computed(example(name)), ())
    assert found.method == worked.method
    assert found.eta == pytest.approx(worked.eta, rel=1e-12)
    assert found.energy_in_w == pytest.approx(worked.energy_in_w, rel=1e-12)
    assert found.energy_out_w == pytest.approx(worked.energy_out_w, rel=1e-12)
    assert found.residual_w == (None if worked.residual_w is None else pytest.approx(worked.residual_w, rel=1e-9))
    assert found.values == pytest.approx(dict(worked.values), rel=1e-9)


@pytest.mark.parametrize("name", ["boiler_direct", "furnace", "economiser", "custom"])
def test_energy_in_is_out_and_losses_and_residual(name: str) -> None:
    found = computed(example(name))
    assert found.energy_in_w is not None
    assert found.energy_out_w is not None
    assert found.residual_w is not None
    told = found.energy_out_w + sum(found.losses_w.values()) + found.residual_w
    assert told == pytest.approx(found.energy_in_w, rel=1e-12)


@pytest.mark.parametrize(
    ("method", "basis"), [("boiler_direct", "lhv"), ("boiler_indirect", "lhv"), ("gas_turbine", "lhv"), ("pump", None)]
)
def test_the_basis_is_told_where_there_is_one(method: str, basis: str | None) -> None:
    request = asked(example(method))
    assert answer_of(request.canonical, computed(example(method)), ()).basis == basis


def test_without_an_accuracy_the_uncertainty_is_not_known() -> None:
    found = computed(boiler(fuel_flow="0.16 kg/s"))
    assert found.eta_u95 is None
    assert found.contributions == []


def test_relative_accuracies_of_a_ratio_add_up_in_squares() -> None:
    body = boiler(
        steam_flow={"value": 3, "unit": "kg/s", "accuracy": "2 %"},
        fuel_flow={"value": 0.16, "unit": "kg/s", "accuracy": "1 %"},
    )
    found = computed(body)
    assert found.eta is not None
    assert found.eta_u95 == pytest.approx(found.eta * sqrt(0.02**2 + 0.01**2), rel=1e-3)
    assert [part.name for part in found.contributions] == ["steam_flow", "fuel_flow"]
    assert [part.share for part in found.contributions] == pytest.approx([0.8, 0.2], rel=1e-3)
    assert [part.limit_si for part in found.contributions] == pytest.approx([0.06, 0.0016], rel=1e-12)


def test_a_heating_value_has_an_accuracy_too() -> None:
    body = boiler(fuel_flow="0.16 kg/s")
    body["parameters"]["LHV"] = {"value": 50, "unit": "MJ/kg", "accuracy": "1 %"}
    found = computed(body)
    assert found.eta is not None
    assert found.eta_u95 == pytest.approx(0.01 * found.eta, rel=1e-3)


def test_an_exact_input_adds_nothing() -> None:
    found = computed(boiler(fuel_flow={"value": 0.16, "unit": "kg/s", "accuracy": "0 %"}))
    assert found.eta_u95 == 0.0


@pytest.mark.parametrize(
    ("inputs", "parameters", "field"),
    [
        ({"T_steam": "200 degC"}, {"steam": "superheated"}, "inputs.T_steam"),
        ({"T_feedwater": "300 degC"}, {}, "inputs.T_feedwater"),
        ({"T_feedwater": "105 K"}, {}, "inputs.T_feedwater"),
        ({"steam_flow": "-3 kg/s"}, {}, "inputs.steam_flow"),
        ({"p_steam": "0 bar(a)"}, {}, "inputs.p_steam"),
    ],
)
def test_an_impossible_state_names_its_input(inputs: dict[str, Any], parameters: dict[str, str], field: str) -> None:
    body = boiler(**inputs)
    body["parameters"] |= parameters
    assert ("calculation.impossible_state", field) in refused(body)


def test_an_efficiency_above_one_is_kept_and_flagged() -> None:
    found = computed(boiler(steam_flow="5 kg/s"))
    assert found.eta is not None
    assert found.eta > 1.0
    assert "above_unity" in [item.code for item in found.warnings]


def test_without_fuel_there_is_no_efficiency_and_no_zero() -> None:
    found = computed(boiler(fuel_flow="0 kg/s"))
    assert found.eta is None
    assert found.eta_u95 is None
    assert found.energy_in_w == 0.0
    assert [item.code for item in found.warnings] == ["no_fuel"]


def test_at_the_cutoff_the_machine_is_off() -> None:
    body = boiler(fuel_flow="0.02 kg/s")
    body["parameters"]["fuel_cutoff"] = "0.02 kg/s"
    assert computed(body).eta is None


def test_steam_within_a_hair_of_saturation_is_taken_as_saturated_with_a_warning() -> None:
    body = boiler(p_steam="10 bar(a)", T_steam="179.87 degC", fuel_flow="0.16 kg/s")
    body["parameters"]["steam"] = "superheated"
    assert "near_saturation" in [item.code for item in computed(body).warnings]


@pytest.mark.parametrize("name", ["area", "U_clean"])
def test_a_parameter_that_is_divided_by_is_refused_where_it_is_nothing(name: str) -> None:
    body = example("condenser")
    body["parameters"] |= {"area": "2500 m2", "U_clean": "3000 W/(m2 K)", name: f"0 {UNITS[name]}"}
    try:
        found = [code for code, _ in refused(body)]
    except CalculationRefused as error:
        found = [error.code]
    assert found in (["calculation.no_answer"], ["calculation.outside_bounds"])
