"""A body read with the asset types: the site file's names, units checked, defaults filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

import msgspec

from calc import custom
from calc.asset_type import AssetType, Parameter, ParameterValue
from calc.asset_types import ASSET_TYPES
from calc.errors import CalcError
from schemas.site_findings import nearest
from thermaliq.calculations.answer import WarningItem
from thermaliq.calculations.body import CalculationBody, decode_body, given_twice
from thermaliq.calculations.canonical import Canonical
from thermaliq.calculations.quantity import Quantity, Value, read_quantity, rounded
from thermaliq.calculations.refusal import CalculationRefused, Refusal, refuse

GAUGE_WARNING: Final = "gauge_reference"


@dataclass(frozen=True)
class Request:
    """What is asked: the canonical calculation, its id, the body as written, and what its reading warns of."""

    canonical: Canonical
    id: str
    written: CalculationBody
    warnings: tuple[WarningItem, ...]


def read_request(body: bytes, versions: Mapping[str, str]) -> Request:
    """The request of a JSON body; CalculationRefused with everything that is wrong with it."""
    written = decode_body(body)
    reading = _Reading(written)
    canonical = reading.canonical(versions)
    return Request(canonical, canonical.id, written, tuple(reading.warnings))


class _Reading:
    """One body on its way; what is wrong is collected, so that all of it is told at once."""

    def __init__(self, written: CalculationBody) -> None:
        self._written = written
        self._refusals: list[Refusal] = [*given_twice(written)]
        self._limits: dict[str, float] = {}
        self.warnings: list[WarningItem] = []

    def canonical(self, versions: Mapping[str, str]) -> Canonical:
        """The calculation; raises where anything was wrong."""
        kind = self._kind()
        is_custom = kind.name == custom.CUSTOM.name
        inputs = self._inputs(None if is_custom else _input_units(kind))
        units = {name: quantity.unit_si for name, quantity in inputs.items()} if is_custom else {}
        if is_custom:
            kind = self._specialised(units)
        self._check_complete(kind)
        parameters, defaults = self._parameters(kind)
        self._stop_if_refused()
        measured = frozenset(inputs)
        for key, fix in kind.check(parameters, measured):
            self._refuse("rule", self._place(key, kind), fix)
        self._stop_if_refused()
        return Canonical(
            type=kind.name,
            method=kind.method(parameters, measured),
            inputs_si={name: inputs[name].si for name in sorted(inputs)},
            limits_si={name: self._limits[name] for name in sorted(self._limits)},
            parameters_si={name: value for name, value in sorted(parameters.items()) if value is not None},
            defaults=tuple(sorted(defaults)),
            units_si={name: units[name] for name in sorted(units)},
            versions=versions,
        )

    def _kind(self) -> AssetType:
        name = self._written.type
        if name not in ASSET_TYPES:
            detail = f"no such asset type{nearest(name[:64], ASSET_TYPES)}"
            raise CalculationRefused([refuse("unknown_type", "type", detail, "GET /asset-types lists them", name)])
        return ASSET_TYPES[name]

    def _inputs(self, units: Mapping[str, str] | None) -> dict[str, Quantity]:
        """Every input that can be read; `units` None takes any name and dimension."""
        found = {}
        for name, value in self._written.inputs.items():
            if units is not None and name not in units:
                self._refuse(
                    "unknown_input", f"inputs.{name}", f"no such input{nearest(name[:64], units)}", value=value
                )
                continue
            quantity = self._quantity(value, None if units is None else units[name], f"inputs.{name}")
            if quantity is not None:
                found[name] = quantity
        return found

    def _specialised(self, units: Mapping[str, str]) -> AssetType:
        """The custom type with the inputs of its expressions."""
        texts = {name: text for name, text in self._written.parameters.items() if isinstance(text, str)}
        self._stop_if_refused()
        self._require_parameters(custom.CUSTOM.parameters)
        for key, fix in custom.check(texts, frozenset(units)) or custom.check_units(texts, units):
            self._refuse("bad_expression", f"parameters.{key}", fix, value=texts.get(key))
        self._stop_if_refused()
        try:
            kind = custom.specialise(texts, units)
        except CalcError as error:
            raise CalculationRefused([refuse(error.code, f"inputs.{error.field}", error.detail)]) from error
        for name in sorted(set(units) - {item.name for item in kind.inputs}):
            self._refuse("unknown_input", f"inputs.{name}", "no expression uses it", "take it out")
        return kind

    def _parameters(self, kind: AssetType) -> tuple[dict[str, ParameterValue], list[str]]:
        """Every parameter of the type, and the names of those that its defaults gave."""
        known = {item.name: item for item in kind.parameters}
        values: dict[str, ParameterValue] = {}
        for name, written in self._written.parameters.items():
            if name in known:
                values[name] = self._parameter(written, known[name])
            else:
                near = " an input: write it under inputs" if kind.input(name) else nearest(name[:64], known)
                self._refuse("unknown_parameter", f"parameters.{name}", f"no such parameter{near}", value=written)
        absent = [item for item in kind.parameters if item.name not in values]
        measured = self._written.inputs
        defaults = [item.name for item in absent if item.default is not None and item.name not in measured]
        values |= {item.name: None if item.name in measured else _default(item) for item in absent}
        if kind.name != custom.CUSTOM.name:
            self._require_parameters(kind.parameters)
        return values, defaults

    def _parameter(self, written: Value, item: Parameter) -> ParameterValue:
        field = f"parameters.{item.name}"
        if item.unit is None:
            if isinstance(written, str) and (written in item.choices or not item.choices):
                return written
            near = nearest(written[:64], item.choices) if isinstance(written, str) and item.choices else ""
            known = ", ".join(item.choices) or "a text"
            self._refuse("unknown_choice", field, f"no such choice{near}", f"write {known}", written)
            return None
        quantity = self._quantity(written, item.unit, field)
        if quantity is None:
            return None
        lower, upper = (-inf if item.lower is None else item.lower), (inf if item.upper is None else item.upper)
        if not lower <= quantity.si <= upper:
            fix = f"write a value from {lower:g} to {upper:g} {item.unit}"
            self._refuse("outside_bounds", field, f"is {quantity.si:g} {item.unit}", fix, written)
        return quantity.si

    def _quantity(self, written: Value, unit_si: str | None, field: str) -> Quantity | None:
        try:
            quantity = read_quantity(written, unit_si, field)
        except CalculationRefused as error:
            self._refusals += error.refusals
            return None
        if quantity.gauge:
            detail = "no site is named: the gauge pressure counts from 101.325 kPa(a)"
            self.warnings.append(WarningItem(GAUGE_WARNING, field, detail))
        if quantity.limit_si is not None:
            self._limits[field.split(".", 1)[1]] = quantity.limit_si
        return quantity

    def _check_complete(self, kind: AssetType) -> None:
        """A refusal of every required input that neither is there nor is replaced by its alternatives."""
        given = self._written.inputs
        for item in kind.inputs:
            replaced = bool(item.alternatives) and all(name in given for name in item.alternatives)
            if item.required and item.name not in given and not replaced:
                instead = f", or {' and '.join(item.alternatives)} instead" if item.alternatives else ""
                self._refuse("missing_input", f"inputs.{item.name}", "is needed", f"give it in {item.unit}{instead}")

    def _require_parameters(self, parameters: Iterable[Parameter]) -> None:
        given = {*self._written.parameters, *self._written.inputs}
        for item in parameters:
            if item.required and item.default is None and item.name not in given:
                wanted = f"give it in {item.unit}" if item.unit else f"write {' or '.join(item.choices) or 'it'}"
                self._refuse("missing_parameter", f"parameters.{item.name}", "is needed", wanted)

    def _place(self, key: str, kind: AssetType) -> str:
        return f"inputs.{key}" if kind.input(key) or key in self._written.inputs else f"parameters.{key}"

    def _refuse(self, code: str, field: str, detail: str, fix: str = "", value: Value | None = None) -> None:
        self._refusals.append(refuse(code, field, detail, fix, msgspec.to_builtins(value)))

    def _stop_if_refused(self) -> None:
        if self._refusals:
            raise CalculationRefused(self._refusals)


def _default(item: Parameter) -> ParameterValue:
    return rounded(item.default) if isinstance(item.default, float | int) else item.default


def _input_units(kind: AssetType) -> dict[str, str]:
    """SI unit of everything that may stand among the inputs."""
    measurable = {item.name: item.unit for item in kind.parameters if item.unit is not None and item.may_be_input}
    return measurable | {item.name: item.unit for item in kind.inputs}
