"""Laws of expressions and of the custom asset type."""

from __future__ import annotations

import numpy as np
import pytest

from calc import expression, water
from calc.asset_type import Integrals
from calc.custom import CUSTOM, check_units, specialise
from calc.errors import CalcError
from calc.example_states import EXAMPLES
from calc.worked_example import example_parameters, example_type, work

UNITS = {"flow": "kg/s", "p": "Pa", "T": "K", "power": "W", "ratio": "1"}
STATE = {
    "flow": np.array([2.0, 3.0]),
    "p": np.array([1e6, 2e6]),
    "T": np.array([400.0, 420.0]),
    "ratio": np.array([0.5, 0.0]),
}


@pytest.mark.parametrize(
    ("text", "exponents"),
    [
        ("flow * '50 MJ/kg'", (1, 2, -3, 0, 0, 0, 0)),
        ("flow * (h_vapour_p(p) - h_pT(p, T))", (1, 2, -3, 0, 0, 0, 0)),
        ("-power / power ** 2", (-1, -2, 3, 0, 0, 0, 0)),
        ("sqrt(p * p)", (1, -1, -2, 0, 0, 0, 0)),
        ("max(T, '20 degC') - '5 K'", (0, 0, 0, 1, 0, 0, 0)),
        ("exp(ratio) + log(2.5)", (0, 0, 0, 0, 0, 0, 0)),
        ("flow ** -1", (-1, 0, 1, 0, 0, 0, 0)),
    ],
)
def test_every_step_has_its_dimension(text: str, exponents: tuple[int, ...]) -> None:
    assert expression.dimension(text, UNITS) == exponents


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("flow + p", "dimension"),
        ("sqrt(flow)", "dimension"),
        ("exp(flow)", "dimension"),
        ("h_pT(T, p)", "dimension"),
        ("min(flow, T)", "dimension"),
        ("flw * 2", "unknown_input"),
        ("flow ** 0.5", "bad_expression"),
        ("flow ** 99", "bad_expression"),
        ("flow ** p", "bad_expression"),
        ("flow +", "bad_expression"),
        ("enthalpy(p)", "bad_expression"),
        ("h_pT(p)", "bad_expression"),
        ("1e999", "bad_expression"),
        ("True", "bad_expression"),
        ("flow * '50 MJ/kh'", "unknown_unit"),
        ("p - '3 bar'", "ambiguous_pressure"),
        ("p - '3 bar(g)'", "missing_barometer"),
        ("flow" + " + flow" * 200, "too_long"),
        ("(" * 60 + "flow" + ")" * 60 + " + -" + "-" * 60 + "flow", "too_long"),
    ],
)
def test_what_does_not_agree_is_refused(text: str, code: str) -> None:
    with pytest.raises(CalcError) as caught:
        expression.dimension(text, UNITS)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "flow.__class__",
        "[flow for flow in flow]",
        "(lambda: 1)()",
        "flow if flow else p",
        "flow < p",
        "f'{flow}'",
        "{'a': 1}",
        "flow[0]",
        "abs(*flow)",
        "abs(x=flow)",
        "h_pT.kernel(p, T)",
        "b'bytes'",
        "1j",
        "flow := 3",
        "flow and p",
        "not flow",
        "~flow",
        "flow // p",
        "flow @ p",
    ],
)
def test_nothing_else_of_the_language_is_reachable(text: str) -> None:
    with pytest.raises(CalcError) as caught:
        expression.evaluate(text, STATE)
    assert caught.value.code in ("bad_expression", "bad_quantity", "unknown_unit")


def test_values_are_those_of_plain_arithmetic() -> None:
    found = expression.evaluate("flow * (h_vapour_p(p) - h_pT(p, T)) / '2 s' - flow ** 2 * 0", STATE)
    h = water.h_vapour_p(STATE["p"]) - water.h_pT(STATE["p"], STATE["T"])
    assert found == pytest.approx(STATE["flow"] * h / 2.0, rel=1e-14)
    assert expression.evaluate("flow ** 3", STATE) == pytest.approx([8.0, 27.0])
    assert expression.evaluate("-flow ** -1", STATE) == pytest.approx([-0.5, -1.0 / 3.0])


def test_undefined_values_are_no_numbers() -> None:
    assert np.isnan(expression.evaluate("log(ratio - 1)", STATE)).all()
    assert np.isinf(expression.evaluate("flow / ratio", STATE)[1])
    with pytest.raises(CalcError):
        expression.evaluate("unknown + 1", STATE)


def test_names_are_the_inputs_and_not_the_functions() -> None:
    assert expression.names("max(h_pT(p, T), 0) * flow") == {"p", "T", "flow"}


def test_a_division_by_zero_is_no_rate() -> None:
    parameters = {"energy_in": "power / ratio", "energy_out": "power"}
    inputs = {"power": np.array([1e3, 1e3]), "ratio": np.array([0.5, 0.0])}
    rates = CUSTOM.rates(inputs, parameters)
    assert rates.energy_in_w[0] == 2000.0
    assert np.isnan(rates.energy_in_w[1])
    with pytest.raises(CalcError):
        CUSTOM.rates(inputs, {"energy_in": "power"})


def test_a_loss_takes_its_part_of_the_residual() -> None:
    parameters = {"energy_in": "a", "energy_out": "b", "loss": "0.25 * a"}
    rates = CUSTOM.rates({"a": np.array([100.0]), "b": np.array([60.0])}, parameters)
    assert rates.losses_w["loss"][0] == 25.0
    assert rates.residual_w is not None
    assert rates.residual_w[0] == 15.0


def test_the_dimension_of_an_energy_is_a_power() -> None:
    parameters = {"energy_in": "flow * '50 MJ/kg'", "energy_out": "flow", "loss": "flow + p"}
    found = dict(check_units(parameters, UNITS))
    assert set(found) == {"energy_out", "loss"}
    assert "mass flow" in found["energy_out"]
    assert dict(check_units({"energy_in": "flow * flow"}, UNITS))["energy_in"].endswith("kg2 s-2")


def test_expressions_are_checked_against_what_is_measured() -> None:
    found = CUSTOM.check({"energy_in": "a * 2", "energy_out": "b +"}, frozenset({"b"}))
    assert [key for key, _fix in found] == ["energy_in", "energy_out"]
    assert CUSTOM.check({"energy_in": "a"}, frozenset({"a"})) == ()


def test_a_custom_type_gets_the_inputs_of_its_expressions() -> None:
    kind = example_type("custom")
    assert {item.name: item.unit for item in kind.inputs} == dict(EXAMPLES["custom"].units)
    assert kind.driver == "gas_flow"
    cutoff = kind.parameter("drive_cutoff")
    assert cutoff is not None
    assert cutoff.unit == EXAMPLES["custom"].units["gas_flow"]
    with pytest.raises(CalcError):
        specialise(example_parameters("custom"), {"p": "Pa"})
    assert specialise({"energy_in": "power", "energy_out": "power"}, UNITS).driver == "power"
    driven = specialise({"energy_in": "power", "energy_out": "power", "driver": "flow"}, UNITS)
    assert [item.name for item in driven.inputs] == ["flow", "power"]
    with pytest.raises(CalcError):
        specialise({"energy_in": "'1 kW'", "energy_out": "power"}, UNITS)


def test_the_example_is_the_heat_to_its_steam() -> None:
    heat = 0.72 * (water.h_vapour_p(1e6) - water.h_pT(1e6, 358.15))
    assert work("custom").energy_out_w == pytest.approx(heat, rel=1e-12)
    assert work("custom").energy_in_w == pytest.approx(0.05 * 36.2e6)
    assert CUSTOM.values(Integrals(0.0, 0.0, 0.0), {}) == {}
    assert CUSTOM.bound(Integrals(1.0, 1.0, 1.0), {}) is None
