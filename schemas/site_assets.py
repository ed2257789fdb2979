"""Assets: their inputs, parameters and windows, checked against their type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas import ids
from schemas import site_form as form
from schemas.site import Asset, Comparison, Tag, Window
from schemas.site_conditions import read_comparison
from schemas.site_context import Context
from schemas.site_findings import nearest
from schemas.site_group import GroupTags
from schemas.site_parameters import read_parameters
from schemas.site_text import Path
from schemas.site_vocabulary import AssetType

NO_TYPE = "none"
"""The type of an asset that only holds tags."""


def read_asset(asset: form.AssetForm, path: Path, context: Context, tags: GroupTags) -> Asset:
    """One asset, checked; `tags` are those that it may name."""
    _check_ids(asset, path, context)
    kind = _kind(asset, path, context, tags)
    inputs = _inputs(asset, kind, path, context, tags)
    parameters = read_parameters(asset, kind, inputs, path, context, tags) if kind else None
    if kind is None and asset.type == NO_TYPE:
        _check_nothing_computed(asset, path, context)
    return Asset(
        id=asset.id,
        group=asset.group or asset.id,
        type=asset.type,
        inputs=parameters.inputs if parameters else inputs,
        parameters=parameters.values if parameters else {},
        defaulted=parameters.defaulted if parameters else frozenset(),
        exclude_when=_condition(asset.exclude_when, tags, (*path, "exclude_when"), context),
        running_when=_condition(asset.running_when, tags, (*path, "running_when"), context),
        min_coverage=asset.min_coverage,
        windows=_windows(asset.windows, (*path, "windows"), context, needed=kind is not None),
    )


def _check_ids(asset: form.AssetForm, path: Path, context: Context) -> None:
    for key, text in (("id", asset.id), ("group", asset.group)):
        if text is None or context.found.has((*path, key)):
            continue
        if ids.ASSET.fullmatch(text) is None:
            context.found.error((*path, key), "write site/segment, up to six segments of a-z, 0-9 and _")
        elif ids.site_of(text) != context.site_id and context.site_id:
            context.found.error(
                (*path, key), f"belongs to another site; ids of this file start with {context.site_id}/"
            )
    if ids.ASSET.fullmatch(asset.id) and not ids.is_asset(asset.id):
        last = asset.id.rsplit("/", 1)[1]
        context.found.error((*path, "id"), f"{last} is a word of the HTTP routes; choose another last segment")


def _kind(asset: form.AssetForm, path: Path, context: Context, tags: GroupTags) -> AssetType | None:
    types = context.vocabulary.asset_types
    if asset.type not in types and asset.type != NO_TYPE:
        known = [*types, NO_TYPE]
        context.found.error((*path, "type"), f"no such asset type{nearest(asset.type, known)}")
    if asset.type not in types:
        return None
    found = {name: tags.get(text) for name, text in asset.inputs.items()}
    units = {name: tag.unit_si for name, tag in found.items() if tag is not None and tag.unit_si}
    kind, broken = context.vocabulary.fitted(asset.type, asset.parameters, units)
    for name, fix in broken:
        context.found.error((*path, "parameters", name), fix)
    return kind


def _check_nothing_computed(asset: form.AssetForm, path: Path, context: Context) -> None:
    for key in ("inputs", "parameters", "windows"):
        if getattr(asset, key):
            context.found.error((*path, key), 'type = "none" computes nothing: take the key out, or choose a type')


def _inputs(
    asset: form.AssetForm, kind: AssetType | None, path: Path, context: Context, tags: GroupTags
) -> dict[str, str]:
    """Input → tag id of those that are right."""
    units = _input_units(kind)
    inputs = {}
    for name, text in asset.inputs.items():
        place = (*path, "inputs", name)
        if kind is not None and name not in units:
            context.found.error(place, f"{asset.type} has no such input{nearest(name, units)}")
            continue
        tag = tags.find(text, place, context)
        if tag is not None and (kind is None or check_unit(tag, units[name], place, context)):
            inputs[name] = tag.id
    if kind is not None:
        _check_complete(asset.inputs, kind, path, context)
    return inputs


def _input_units(kind: AssetType | None) -> dict[str, str]:
    if kind is None:
        return {}
    measurable = {item.name: item.unit for item in kind.parameters if item.unit is not None and item.may_be_input}
    return {**{item.name: item.unit for item in kind.inputs}, **measurable}


def check_unit(tag: Tag, wanted_si: str, path: Path, context: Context) -> bool:
    """Whether the tag measures what is asked for; a counter's rate of change counts."""
    if not tag.unit_si:
        return False
    try:
        name, bracket, reference = tag.unit_si.partition("(")
        given = f"{name}/s{bracket}{reference}" if tag.kind == "counter" else tag.unit_si
        fits = context.vocabulary.same_dimension(given, wanted_si)
    except ValueError:
        fits = False
    if not fits:
        context.found.error(path, f"{tag.id} is in {tag.unit}, and a unit of the dimension of {wanted_si} is needed")
    return fits


def _check_complete(inputs: Mapping[str, str], kind: AssetType, path: Path, context: Context) -> None:
    """A finding for every required input that neither stands there nor is replaced by its alternatives."""
    for item in kind.inputs:
        replaced = bool(item.alternatives) and all(name in inputs for name in item.alternatives)
        if item.required and item.name not in inputs and not replaced:
            instead = f", or {' and '.join(item.alternatives)} instead" if item.alternatives else ""
            fix = f'missing: write {item.name} = "a tag in {item.unit}"{instead}'
            context.found.error((*path, "inputs", item.name), fix)


def _condition(text: str | None, tags: GroupTags, path: Path, context: Context) -> Comparison | None:
    return None if text is None else read_comparison(text, tags, path, context)


def _windows(windows: Sequence[form.WindowForm], path: Path, context: Context, *, needed: bool) -> tuple[Window, ...]:
    if needed and not windows and not context.found.has(path):
        context.found.error(path, 'missing: write windows = [ { length = "5min", advance = "1min" } ]')
    read = [_window(window, (*path, index), context) for index, window in enumerate(windows)]
    for index, window in enumerate(read):
        if window.length_us in [other.length_us for other in read[:index]]:
            context.found.error((*path, index, "length"), "another window of this asset has the same length")
    return tuple(read)


def _window(window: form.WindowForm, path: Path, context: Context) -> Window:
    length_us = context.duration_us(window.length, 1_000_000)
    advance_us = context.duration_us(window.advance, length_us)
    if length_us < 1_000_000:
        context.found.error((*path, "length"), "a window is at least 1s long")
    elif advance_us < 1_000_000:
        context.found.error((*path, "advance"), "a window advances by at least 1s")
    elif length_us % advance_us:
        fix = f"the length is a multiple of the advance: {window.length} is none of {window.advance}"
        context.found.error((*path, "advance"), fix)
    return Window(window.length, length_us, advance_us)
