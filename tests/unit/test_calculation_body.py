"""A body with anything wrong in it is refused with code, field, value and fix; all of it is named at once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.fix_calculations import VERSIONS, Body, asked, boiler
from thermaliq.calculations.body import VALUES_MAX
from thermaliq.calculations.refusal import CalculationRefused, Refusal
from thermaliq.calculations.request import read_request


def refusals(body: object) -> list[Refusal]:
    with pytest.raises(CalculationRefused) as caught:
        asked(body)
    return list(caught.value.refusals)


def with_parameters(**parameters: Any) -> Body:
    body = boiler()
    return {**body, "parameters": {**body["parameters"], **parameters}}


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (boiler(p_steam="41 bar"), "ambiguous_pressure", "inputs.p_steam"),
        (boiler(p_steam={"value": 4, "unit": "barr(g)"}), "unknown_unit", "inputs.p_steam"),
        (boiler(p_steam="41 degC"), "wrong_dimension", "inputs.p_steam"),
        (boiler(p_steam="0.2 bar(d)"), "wrong_dimension", "inputs.p_steam"),
        (boiler(p_steam="-2 bar(g)"), "below_absolute_zero", "inputs.p_steam"),
        (boiler(T_feedwater="-300 degC"), "below_absolute_zero", "inputs.T_feedwater"),
        (boiler(T_feedwater="NaN degC"), "bad_quantity", "inputs.T_feedwater"),
        (boiler(T_feedwater="23,5 degC"), "unknown_unit", "inputs.T_feedwater"),
        (boiler(T_feedwater=105), "wrong_dimension", "inputs.T_feedwater"),
        (boiler(steam_flow="1e308 t/s"), "bad_quantity", "inputs.steam_flow"),
        (boiler(steam_flow={"value": 1e308, "unit": "t/s"}), "bad_quantity", "inputs.steam_flow"),
        (boiler(steam_flow={"value": "3", "unit": "kg/s"}), "malformed", "inputs.steam_flow.value"),
        (boiler(steam_flow={"value": 3, "units": "kg/s"}), "malformed", "inputs.steam_flow"),
        (boiler(steam_flow=[3]), "malformed", "inputs.steam_flow"),
        (
            boiler(steam_flow={"value": 3, "unit": "kg/s", "accuracy": "1 K"}),
            "wrong_dimension",
            "inputs.steam_flow.accuracy",
        ),
        (
            boiler(steam_flow={"value": 3, "unit": "kg/s", "accuracy": "-1 %"}),
            "bad_accuracy",
            "inputs.steam_flow.accuracy",
        ),
        (boiler(steam_flow=None), "missing_input", "inputs.steam_flow"),
        (boiler(steem_flow="3 kg/s"), "unknown_input", "inputs.steem_flow"),
        ({**boiler(), "type": "boiler"}, "unknown_type", "type"),
        ({**boiler(), "type": "none"}, "unknown_type", "type"),
        ({**boiler(), "parameters": {}}, "rule", "parameters.LHV"),
        (with_parameters(steam="wet"), "unknown_choice", "parameters.steam"),
        (with_parameters(steam="superheated"), "rule", "inputs.T_steam"),
        (with_parameters(LHV="50 kJ/m3"), "wrong_dimension", "parameters.LHV"),
        (with_parameters(LHV="50 kJ/kg"), "outside_bounds", "parameters.LHV"),
        (with_parameters(p_steam="4 bar(a)"), "given_twice", "parameters.p_steam"),
        (with_parameters(lhv="4 MJ/kg"), "unknown_parameter", "parameters.lhv"),
        ({**boiler(), "window": "5min"}, "malformed", ""),
        ({"inputs": {}}, "malformed", ""),
        ([], "malformed", ""),
    ],
)
def test_what_is_wrong_is_named_with_its_field(body: object, code: str, field: str) -> None:
    found = {(refusal.code, refusal.field) for refusal in refusals(body)}
    assert (f"calculation.{code}", field) in found


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = refusals(boiler(p_steam="41 bar", T_feedwater="5 kg", steam_flow=None))
    assert {refusal.field for refusal in found} == {"inputs.p_steam", "inputs.T_feedwater", "inputs.steam_flow"}


def test_a_refusal_shows_the_value_as_given_and_the_fix() -> None:
    (found,) = refusals(boiler(p_steam={"value": 41, "unit": "bar"}))
    assert found.value == {"value": 41.0, "unit": "bar", "accuracy": None}
    assert "bar(a) or bar(g)" in found.fix


def test_a_name_that_is_nearly_right_is_told_the_right_one() -> None:
    found = {refusal.field: refusal.detail for refusal in refusals(boiler(fuel_flow=None, fuel_flw="1 kg/s"))}
    assert "`fuel_flow`" in found["inputs.fuel_flw"]


def test_a_long_value_is_cut_short() -> None:
    (found,) = refusals(boiler(p_steam="x" * 10_000))
    assert isinstance(found.value, str)
    assert len(found.value) <= 200


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"type": "boiler_direct", "inputs": {"p_steam": NaN}}',
        b'{"type": "boiler_direct", "inputs": {"p_steam": 1e999}}',
        b'{"type": "boiler_direct", "inputs": {"p_steam": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'{"type": "boiler_direct", "inputs": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    ],
)
def test_what_is_no_json_of_this_form_is_malformed(text: bytes) -> None:
    with pytest.raises(CalculationRefused) as caught:
        read_request(text, VERSIONS)
    assert caught.value.code == "calculation.malformed"


def test_more_values_than_any_machine_has_are_refused_before_they_are_looked_at() -> None:
    many = {f"x{n}": "nonsense" for n in range(VALUES_MAX + 1)}
    assert [refusal.code for refusal in refusals(boiler(**many))] == ["calculation.too_many_values"]


CUSTOM: Body = {
    "type": "custom",
    "inputs": {"gas": "0.1 kg/s", "feed": "2 kg/s", "h": "2.6 MJ/kg"},
    "parameters": {"energy_in": "gas * '50 MJ/kg'", "energy_out": "feed * h"},
}


@pytest.mark.parametrize(
    ("inputs", "parameters", "code", "field"),
    [
        ({"gas": None}, {}, "bad_expression", "parameters.energy_in"),
        ({"other": "1 kg/s"}, {}, "unknown_input", "inputs.other"),
        ({}, {"energy_out": "feed"}, "bad_expression", "parameters.energy_out"),
        ({}, {"energy_out": "feed *"}, "bad_expression", "parameters.energy_out"),
        ({}, {"energy_out": "__import__('os')"}, "bad_expression", "parameters.energy_out"),
        ({}, {"energy_out": None}, "missing_parameter", "parameters.energy_out"),
        ({"gas": "2 bar"}, {}, "ambiguous_pressure", "inputs.gas"),
    ],
)
def test_a_custom_type_is_checked_like_any_other(
    inputs: dict[str, Any], parameters: dict[str, Any], code: str, field: str
) -> None:
    body = {
        part: {name: value for name, value in {**CUSTOM[part], **new}.items() if value is not None}
        for part, new in (("inputs", inputs), ("parameters", parameters))
    }
    found = {(refusal.code, refusal.field) for refusal in refusals({"type": "custom", **body})}
    assert (f"calculation.{code}", field) in found


def test_a_gauge_pressure_counts_from_101_325_kpa_and_that_is_said() -> None:
    request = asked(boiler(p_steam="40 bar(g)"))
    assert request.canonical.inputs_si["p_steam"] == 4_101_325.0
    assert [(item.code, item.field) for item in request.warnings] == [("gauge_reference", "inputs.p_steam")]
    assert asked(boiler(p_steam="41.01325 bar(a)")).warnings == ()


def test_a_parameter_may_be_an_input() -> None:
    body = boiler(LHV="50 MJ/kg")
    request = asked({**body, "parameters": {}})
    assert request.canonical.inputs_si["LHV"] == 50e6
    assert request.canonical.method == "boiler_direct/lhv"
    assert "LHV" not in request.canonical.parameters_si


def test_defaults_are_stated() -> None:
    canonical = asked(boiler()).canonical
    assert canonical.defaults == ("T_air", "fuel", "fuel_cutoff", "steam")
    assert canonical.parameters_si["steam"] == "saturated"
    assert "steam" not in asked(with_parameters(steam="saturated")).canonical.defaults


@pytest.mark.parametrize("accuracy", ["1 %", "0.03 kg/s", "30 g/s"])
def test_an_accuracy_is_of_the_value_or_absolute(accuracy: str) -> None:
    request = asked(boiler(steam_flow={"value": 3, "unit": "kg/s", "accuracy": accuracy}))
    assert request.canonical.limits_si["steam_flow"] == 0.03


def test_an_accuracy_of_a_temperature_has_no_zero() -> None:
    request = asked(boiler(T_feedwater={"value": 105, "unit": "degC", "accuracy": "0.5 degC"}))
    assert request.canonical.limits_si["T_feedwater"] == 0.5


def test_the_body_as_written_is_kept_as_it_was() -> None:
    body = boiler()
    assert msgspec.json.decode(msgspec.json.encode(asked(body).written))["inputs"]["steam_flow"] == "10.8 t/h"
