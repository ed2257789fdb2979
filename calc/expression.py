"""Expressions over named quantities: a small, safe language with a dimension at every step.

    fuel_flow * '50 MJ/kg' + h_pT(p, T) * feed_flow

Numbers are dimensionless, quantities stand in quotes with their unit, names are inputs in SI. Known are + − * / and **
(whole numbers), brackets and the functions of `FUNCTIONS`; nothing else of Python is reachable.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeVar

import numpy as np

from calc import elementwise, water
from calc import unit_table as table
from calc.asset_type import Floats
from calc.errors import CalcError
from calc.units import dimension_of, parse_quantity

LONGEST = 500
DEEPEST = 30
MOST_POWER = 6
Exponents = table.Exponents
T = TypeVar("T")
SPECIFIC_ENERGY: Exponents = (0, 2, -2, 0, 0, 0, 0)
SPECIFIC_ENTROPY: Exponents = (0, 2, -2, -1, 0, 0, 0)
DENSITY: Exponents = (1, -3, 0, 0, 0, 0, 0)


class ExpressionError(CalcError):
    """The text is no expression, or its dimensions do not agree."""


@dataclass(frozen=True)
class Function:
    """A known function; `takes` and `gives` are dimensions, None of any: all arguments alike, and so the result."""

    takes: tuple[Exponents | None, ...]
    gives: Exponents | None
    call: Callable[..., Floats]


def _water(name: str) -> Callable[..., Floats]:
    """A property of water, arguments brought to one shape."""

    def call(*arguments: Floats) -> Floats:
        function: Callable[..., Floats] = getattr(water, name)
        return function(*(np.array(x, dtype=np.float64) for x in np.broadcast_arrays(*arguments)))

    return call


FUNCTIONS: Mapping[str, Function] = {
    "abs": Function((None,), None, np.abs),
    "min": Function((None, None), None, np.minimum),
    "max": Function((None, None), None, np.maximum),
    "exp": Function((table.NONE,), table.NONE, elementwise.exp),
    "log": Function((table.NONE,), table.NONE, elementwise.log),
    "h_pT": Function((table.PRESSURE, table.TEMPERATURE), SPECIFIC_ENERGY, _water("h_pT")),
    "s_pT": Function((table.PRESSURE, table.TEMPERATURE), SPECIFIC_ENTROPY, _water("s_pT")),
    "h_liquid_p": Function((table.PRESSURE,), SPECIFIC_ENERGY, _water("h_liquid_p")),
    "h_vapour_p": Function((table.PRESSURE,), SPECIFIC_ENERGY, _water("h_vapour_p")),
    "T_sat_p": Function((table.PRESSURE,), table.TEMPERATURE, _water("T_sat_p")),
    "p_sat_T": Function((table.TEMPERATURE,), table.PRESSURE, _water("p_sat_T")),
}
"""Beside these, `sqrt` halves the exponents."""


@lru_cache(maxsize=1024)
def parse(text: str) -> ast.expr:
    """The checked tree of an expression.

    Raises ExpressionError: `too_long`, `bad_expression` (no such syntax here), `bad_quantity` for quotes without one.
    """
    if len(text) > LONGEST:
        raise ExpressionError("too_long", f"{len(text)} characters; {LONGEST} are the most")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("bad_expression", f"{text!r} is no expression") from error
    _check(tree, 0)
    return tree


def names(text: str) -> frozenset[str]:
    """The inputs that an expression names."""
    tree = parse(text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)


def dimension(text: str, units: Mapping[str, str]) -> Exponents:
    """Exponents of the expression's dimension.

    Parameters
    ----------
    text : the expression.
    units : SI unit of every input that may be named.

    Raises
    ------
    ExpressionError : `unknown_input`; `dimension` where a sum, a power or an argument does not agree.
    """
    return _dimension(parse(text), {name: dimension_of(unit).exponents for name, unit in units.items()})


def evaluate(text: str, inputs: Mapping[str, Floats]) -> Floats:
    """Value of the expression, (n,) SI, at inputs (n,); what is undefined (0/0, log of −1) is NaN or infinite.

    Raises ExpressionError `unknown_input`.
    """
    with np.errstate(all="ignore"):
        return np.asarray(_value(parse(text), inputs), dtype=np.float64)


def _check(node: ast.expr, depth: int) -> None:
    """Refuses every node that is not of the language."""
    if depth > DEEPEST:
        raise ExpressionError("too_long", f"brackets deeper than {DEEPEST}")
    match node:
        case ast.Constant(value=str() | int() | float() as value) if not isinstance(value, bool):
            _check_constant(value)
        case ast.Name():
            pass
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand, depth + 1)
        case ast.BinOp(left=left, op=ast.Pow()):
            _check(left, depth + 1)
            _power(node)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
            _check(left, depth + 1)
            _check(right, depth + 1)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            _check_call(name, len(arguments))
            for argument in arguments:
                _check(argument, depth + 1)
        case _:
            raise ExpressionError("bad_expression", f"{ast.unparse(node)!r} has no place in an expression")


def _check_constant(value: str | float) -> None:
    if isinstance(value, str):
        parse_quantity(value)
    elif not np.isfinite(float(value)):
        raise ExpressionError("bad_expression", "a number is not finite")


def _check_call(name: str, given: int) -> None:
    wanted = 1 if name == "sqrt" else len(FUNCTIONS[name].takes) if name in FUNCTIONS else None
    if wanted is None:
        near = get_close_matches(name, [*FUNCTIONS, "sqrt"], 1, 0.4)
        raise ExpressionError("bad_expression", f"no function {name}" + (f"; nearest known: {near[0]}" if near else ""))
    if given != wanted:
        raise ExpressionError("bad_expression", f"{name} takes {wanted} arguments, not {given}")


def _power(node: ast.expr) -> int:
    """The whole number that a power has."""
    exponent = node.right if isinstance(node, ast.BinOp) else node
    sign = 1
    if isinstance(exponent, ast.UnaryOp) and isinstance(exponent.op, ast.USub):
        sign, exponent = -1, exponent.operand
    if isinstance(exponent, ast.Constant) and type(exponent.value) is int and exponent.value <= MOST_POWER:
        return sign * exponent.value
    raise ExpressionError("bad_expression", f"a power is a whole number up to {MOST_POWER}")


def _dimension(node: ast.expr, units: Mapping[str, Exponents]) -> Exponents:
    match node:
        case ast.Constant(value=str(text)):
            return parse_quantity(text)[1].dimension.exponents
        case ast.Constant():
            return table.NONE
        case ast.Name(id=name):
            return _named(name, units)
        case ast.UnaryOp(operand=operand):
            return _dimension(operand, units)
        case ast.BinOp(left=left, op=ast.Pow()):
            return _times(_dimension(left, units), _power(node))
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as operation, right=right):
            sign = 1 if isinstance(operation, ast.Mult) else -1
            return _plus(_dimension(left, units), _times(_dimension(right, units), sign))
        case ast.BinOp(left=left, right=right):
            return _alike([_dimension(left, units), _dimension(right, units)], node)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _result(name, [_dimension(argument, units) for argument in arguments], node)
    raise ExpressionError("bad_expression", f"{ast.unparse(node)!r} has no place in an expression")


def _result(name: str, given: list[Exponents], node: ast.expr) -> Exponents:
    if name == "sqrt":
        if any(exponent % 2 for exponent in given[0]):
            raise ExpressionError("dimension", f"{ast.unparse(node)!r} has no whole dimension")
        return _halved(given[0])
    function = FUNCTIONS[name]
    if function.gives is None:
        return _alike(given, node)
    if tuple(given) != function.takes:
        raise ExpressionError("dimension", f"{ast.unparse(node)!r} has an argument of another dimension")
    return function.gives


def _alike(given: list[Exponents], node: ast.expr) -> Exponents:
    if any(one != given[0] for one in given):
        raise ExpressionError("dimension", f"{ast.unparse(node)!r} joins quantities of different dimensions")
    return given[0]


def _value(node: ast.expr, inputs: Mapping[str, Floats]) -> Floats:
    match node:
        case ast.Constant(value=str(text)):
            return np.asarray(parse_quantity(text)[0])
        case ast.Constant(value=int() | float() as constant):
            return np.asarray(float(constant))
        case ast.Name(id=name):
            return _named(name, inputs)
        case ast.UnaryOp(op=operation, operand=operand):
            value = _value(operand, inputs)
            return np.asarray(-value) if isinstance(operation, ast.USub) else value
        case ast.BinOp(left=left, op=ast.Pow()):
            return _raised(_value(left, inputs), _power(node))
        case ast.BinOp(left=left, op=operation, right=right):
            return _joined(operation, _value(left, inputs), _value(right, inputs))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            values = [_value(argument, inputs) for argument in arguments]
            return np.sqrt(values[0]) if name == "sqrt" else np.asarray(FUNCTIONS[name].call(*values))
    raise ExpressionError("bad_expression", f"{ast.unparse(node)!r} has no place in an expression")


def _joined(operation: ast.operator, left: Floats, right: Floats) -> Floats:
    if isinstance(operation, ast.Add):
        return np.asarray(left + right)
    if isinstance(operation, ast.Sub):
        return np.asarray(left - right)
    return np.asarray(left * right if isinstance(operation, ast.Mult) else left / right)


def _raised(value: Floats, power: int) -> Floats:
    """By multiplication, so that an element's bits do not depend on its place."""
    result = np.ones(value.shape)
    for _factor in range(abs(power)):
        result = result * value
    return result if power >= 0 else np.asarray(1.0 / result)


def _named(name: str, known: Mapping[str, T]) -> T:
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1, 0.4)
    hint = f"; nearest known: {near[0]}" if near else ""
    raise ExpressionError("unknown_input", f"{name} is no input{hint}", name)


def _plus(a: Exponents, b: Exponents) -> Exponents:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5], a[6] + b[6])


def _times(a: Exponents, n: int) -> Exponents:
    return (a[0] * n, a[1] * n, a[2] * n, a[3] * n, a[4] * n, a[5] * n, a[6] * n)


def _halved(a: Exponents) -> Exponents:
    return (a[0] // 2, a[1] // 2, a[2] // 2, a[3] // 2, a[4] // 2, a[5] // 2, a[6] // 2)
