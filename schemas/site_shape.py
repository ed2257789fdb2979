"""Tables of a TOML text → forms, key by key, so that every wrong key is named and the others are still read.

Where a key is wrong or missing its default stands in, or an empty value of its type; what is said of it later is not
heard, because the first finding about a key is the one that stays.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import msgspec
from msgspec import NODEFAULT
from msgspec.structs import FieldInfo

from schemas.site_findings import Findings, nearest
from schemas.site_text import Path

F = TypeVar("F", bound=msgspec.Struct)


def shape(form: type[F], table: object, path: Path, found: Findings) -> F:
    """The table at `path` as a `form`."""
    if not isinstance(table, Mapping):
        found.error(path, "write a table")
        table = {}
    fields = {field.name: field for field in msgspec.structs.fields(form)}
    tag_field = form.__struct_config__.tag_field
    known = [*fields, *([tag_field] if tag_field else [])]
    _refuse_unknown(table, known, path, found)
    values = {name: _field(field, table, (*path, name), found) for name, field in fields.items()}
    return form(**{name: value for name, value in values.items() if value is not NODEFAULT})


def _field(field: FieldInfo, table: Mapping[str, Any], path: Path, found: Findings) -> Any:
    """The value of one key; NODEFAULT lets its default stand."""
    if field.name in table:
        value = _value(field.type, table[field.name], path, found)
        return value if not found.has(path) or not field.required else _blank(field.type, path, found)
    if field.required and not found.has(path[:-1]):
        found.error(path, f"missing: {_wanted(field.type)}")
    return _blank(field.type, path, found) if field.required else NODEFAULT


def _value(wanted: Any, value: Any, path: Path, found: Findings) -> Any:
    """`value` as `wanted`; NODEFAULT where it is none, with a finding."""
    bare = _bare(wanted)
    structs = _structs(bare)
    if structs:
        return _table(structs, value, path, found)
    if get_origin(bare) is list and isinstance(value, list):
        (item,) = get_args(bare)
        items = [_value(item, element, (*path, index), found) for index, element in enumerate(value)]
        return [element for element in items if element is not NODEFAULT]
    if get_origin(bare) is dict and isinstance(value, dict):
        _, inner = get_args(bare)
        entries = {key: _value(inner, element, (*path, key), found) for key, element in value.items()}
        return {key: element for key, element in entries.items() if element is not NODEFAULT}
    return _leaf(wanted, value, path, found)


def _table(structs: list[type[msgspec.Struct]], value: Any, path: Path, found: Findings) -> msgspec.Struct:
    """A table as the one of `structs` that its tag names; as the last of them, hardly judged, where it names none."""
    if len(structs) == 1:
        return shape(structs[0], value, path, found)
    by_tag = {cast(str, form.__struct_config__.tag): form for form in structs}
    tag_field = cast(str, structs[0].__struct_config__.tag_field)
    tag = value.get(tag_field) if isinstance(value, Mapping) else None
    if isinstance(tag, str) and tag in by_tag:
        return shape(by_tag[tag], value, path, found)
    fix = f"write one of {', '.join(by_tag)}"
    missing = "" if isinstance(value, Mapping) and tag_field in value else "missing: "
    found.error((*path, tag_field), f"{missing}{fix}{nearest(tag, by_tag) if isinstance(tag, str) else ''}")
    known = {tag_field, *(field.name for form in structs for field in msgspec.structs.fields(form))}
    _refuse_unknown(value if isinstance(value, Mapping) else {}, known, path, found)
    return shape(structs[-1], value, path, Findings(found.file, found.document))


def _refuse_unknown(table: Mapping[str, Any], known: Collection[str], path: Path, found: Findings) -> None:
    for key in table:
        if key not in known:
            found.error((*path, key), f"unknown key{nearest(key, known)}")


def _leaf(wanted: Any, value: Any, path: Path, found: Findings) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        found.error(path, "write a finite number")
        return NODEFAULT
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        choices = _choices(wanted)
        near = nearest(value, choices, likeness=0.5) if isinstance(value, str) and choices else ""
        found.error(path, f"{_wanted(wanted, str(error))}{near}")
        return NODEFAULT


def _wanted(wanted: Any, otherwise: str = "") -> str:
    """What to write for a value of this type."""
    choices = _choices(wanted)
    if choices:
        return f"write one of {', '.join(choices)}"
    for part in _parts(wanted):
        for meta in getattr(part, "__metadata__", ()):
            if meta.extra:
                return str(meta.extra["fix"])
    return otherwise.lower() or f"write {_KINDS.get(_bare(wanted), 'a value')}"


_KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _parts(wanted: Any) -> list[Any]:
    """The members of a union without None, or the type alone."""
    if get_origin(wanted) in (Union, UnionType):
        return [part for part in get_args(wanted) if part is not NoneType]
    return [wanted]


def _bare(wanted: Any) -> Any:
    """The type without None and without its range, where it is one type."""
    parts = _parts(wanted)
    if len(parts) > 1:
        return wanted
    return get_args(parts[0])[0] if get_origin(parts[0]) is Annotated else parts[0]


def _structs(bare: Any) -> list[type[msgspec.Struct]]:
    parts = _parts(bare)
    return parts if all(isinstance(part, type) and issubclass(part, msgspec.Struct) for part in parts) else []


def _choices(wanted: Any) -> list[str]:
    bare = _bare(wanted)
    return [str(choice) for choice in get_args(bare)] if get_origin(bare) is Literal else []


def _blank(wanted: Any, path: Path, found: Findings) -> Any:
    """An empty value of the type."""
    bare = _bare(wanted)
    structs = _structs(bare)
    if structs:
        return shape(structs[0], {}, path, found)
    if get_origin(bare) is Literal:
        return get_args(bare)[0]
    kind = get_origin(_parts(bare)[0]) or _parts(bare)[0]
    return (get_args(_parts(bare)[0])[0] if kind is Annotated else kind)()
