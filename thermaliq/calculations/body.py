"""A body `{type, inputs, parameters}` → what is to be calculated, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from thermaliq.calculations.quantity import Value
from thermaliq.calculations.refusal import CalculationRefused, Refusal, refuse

VALUES_MAX: Final = 200
_PATH = re.compile(r"(?s)(.*?)(?: - at `\$\.?(.*)`)?")
_KEYS: Final = ("type", "inputs", "parameters")


class CalculationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to calculate: an asset type with the site file's names for its inputs and parameters."""

    type: str
    inputs: dict[str, Value] = {}
    parameters: dict[str, Value] = {}


class _Outer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same before its values are looked at one by one, so that each wrong one is named."""

    type: str
    inputs: dict[str, msgspec.Raw] = {}
    parameters: dict[str, msgspec.Raw] = {}


def decode_body(body: bytes) -> CalculationBody:
    """The body; CalculationRefused names every value that has no form."""
    outer = _decoded(body, _Outer, "")
    if len(outer.inputs) + len(outer.parameters) > VALUES_MAX:
        raise CalculationRefused([refuse("too_many_values", "inputs", f"{VALUES_MAX} values are the most")])
    refusals: list[Refusal] = []
    inputs = _values(outer.inputs, "inputs", refusals)
    parameters = _values(outer.parameters, "parameters", refusals)
    if refusals:
        raise CalculationRefused(refusals)
    return CalculationBody(outer.type, inputs, parameters)


def _values(written: Mapping[str, msgspec.Raw], place: str, refusals: list[Refusal]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, raw in written.items():
        try:
            values[name] = _decoded(bytes(raw), Value, f"{place}.{name}")
        except CalculationRefused as error:
            refusals += error.refusals
    return values


def _decoded(text: bytes, kind: Any, place: str) -> Any:
    """What JSON says, in this form."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise CalculationRefused([_misformed(str(error), text, place)]) from error
    except RecursionError as error:
        raise CalculationRefused([refuse("malformed", place, "is nested too deeply")]) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        detail = f"is not JSON (NaN and Infinity are none either): {error}"
        raise CalculationRefused([refuse("malformed", place, detail)]) from error


def _misformed(message: str, text: bytes, place: str) -> Refusal:
    told = _PATH.fullmatch(message)
    detail, path = (told[1], told[2] or "") if told else (message, "")
    field = ".".join(part for part in (place, path) if part)
    fix = 'write "40 bar(g)" or {"value": 40, "unit": "bar(g)", "accuracy": "1 %"}' if place else _outer_fix(detail)
    return refuse("malformed", field, detail, fix, text.decode(errors="replace") if place else None)


def _outer_fix(detail: str) -> str:
    return f"a body has the keys {', '.join(_KEYS)}" if "field" in detail else ""


def given_twice(form: CalculationBody) -> Sequence[Refusal]:
    """A name that stands under both inputs and parameters."""
    both = sorted(set(form.inputs) & set(form.parameters))
    return [refuse("given_twice", f"parameters.{name}", "stands among the inputs too", "give it once") for name in both]
