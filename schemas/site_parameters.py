"""An asset's parameters: SI numbers, choices, or tags that stand for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas import site_form as form
from schemas.site import Tag
from schemas.site_context import Context
from schemas.site_findings import nearest
from schemas.site_group import GroupTags
from schemas.site_text import Path
from schemas.site_vocabulary import AssetType, Parameter


@dataclass(frozen=True)
class Parameters:
    """Every parameter of the type, and the inputs with those that are measured."""

    values: dict[str, float | str | None]
    defaulted: frozenset[str]
    inputs: dict[str, str]


def read_parameters(
    asset: form.AssetForm,
    kind: AssetType,
    inputs: Mapping[str, str],
    path: Path,
    context: Context,
    tags: GroupTags,
) -> Parameters:
    """The asset's parameters, checked against its type and its type's rules over several keys."""
    place = (*path, "parameters")
    known = {parameter.name: parameter for parameter in kind.parameters}
    given: dict[str, float | str | None] = {}
    measured = dict(inputs)
    for name, written in asset.parameters.items():
        if name not in known:
            context.found.error((*place, name), f"{asset.type} has no such parameter{nearest(name, known)}")
        elif name in asset.inputs:
            context.found.error((*place, name), "stands among the inputs too: give it once")
        elif (tag := _tag(written, known[name], tags)) is not None:
            _check_tag(tag, known[name], (*place, name), context)
            measured[name] = tag.id
        else:
            given[name] = _value(written, known[name], (*place, name), context)
    defaulted = frozenset(
        name for name, item in known.items() if name not in given and name not in measured and item.default is not None
    )
    values = {name: given.get(name, None if name in measured else item.default) for name, item in known.items()}
    _check_rules(asset, kind, values, measured, path, context)
    return Parameters(values, defaulted, measured)


def _tag(written: float | str, parameter: Parameter, tags: GroupTags) -> Tag | None:
    """The tag that is written where a number may stand: a name, not a quantity."""
    if parameter.unit is None or not isinstance(written, str):
        return None
    return tags.get(written)


def _check_tag(tag: Tag, parameter: Parameter, path: Path, context: Context) -> None:
    if not parameter.may_be_input:
        context.found.error(path, "is a constant: no tag may stand for it")
    elif tag.unit_si and not context.vocabulary.same_dimension(tag.unit_si, parameter.unit or "1"):
        context.found.error(
            path, f"{tag.id} is in {tag.unit}, and a unit of the dimension of {parameter.unit} is needed"
        )


def _value(written: float | str, parameter: Parameter, path: Path, context: Context) -> float | str | None:
    """The SI number or choice as written, or None and a finding."""
    if parameter.unit is None:
        if written in parameter.choices or (isinstance(written, str) and not parameter.choices):
            return str(written)  # without choices any text may stand, the type's own rules read it
        near = nearest(written, parameter.choices) if isinstance(written, str) else ""
        context.found.error(path, f"write one of {', '.join(parameter.choices)}{near}")
        return None
    if not isinstance(written, str):
        written = repr(float(written))
    value = context.quantity(written, parameter.unit, path)
    if value is not None:
        _check_bounds(value, parameter, path, context)
    return value


def _check_bounds(value: float, parameter: Parameter, path: Path, context: Context) -> None:
    if parameter.lower is not None and value < parameter.lower:
        context.found.error(path, f"at least {parameter.lower:g} {parameter.unit}; this is {value:g}")
    if parameter.upper is not None and value > parameter.upper:
        context.found.error(path, f"at most {parameter.upper:g} {parameter.unit}; this is {value:g}")


def _check_rules(
    asset: form.AssetForm,
    kind: AssetType,
    values: Mapping[str, float | str | None],
    measured: Mapping[str, str],
    path: Path,
    context: Context,
) -> None:
    for parameter in kind.parameters:
        name = parameter.name
        absent = name not in asset.parameters and name not in measured
        if parameter.required and parameter.default is None and absent:
            context.found.error((*path, "parameters", name), f"missing: write {name} = {_example(parameter)}")
    inputs = {item.name for item in kind.inputs}
    for name, fix in kind.check(values, frozenset(measured)):
        table = "inputs" if name in inputs or name in measured else "parameters"
        context.found.error((*path, table, name), fix)


def _example(parameter: Parameter) -> str:
    return (
        f'"a number in {parameter.unit}"' if parameter.unit else " or ".join(f'"{word}"' for word in parameter.choices)
    )
