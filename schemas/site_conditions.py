"""Conditions: `exclude_when` and `running_when` over a tag, an alarm's `when` over a point."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, cast

from schemas.site import Comparison, Operator
from schemas.site_context import Context
from schemas.site_findings import nearest
from schemas.site_group import GroupTags
from schemas.site_text import Path
from schemas.site_vocabulary import AssetType

_CONDITION = re.compile(r"\s*([A-Za-z0-9_/]+)\s*(<=|>=|==|!=|<|>|=)\s*(\S.*?)\s*")
_BASELINE = re.compile(r"baseline(?:\s*([+-])\s*(\S.*))?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
POINT_QUANTITIES: Final = {"eta": "1", "residual": "1", "coverage": "1", "steady_fraction": "1"}
"""What an alarm may watch of every type, with its unit; beside it `quality` and the type's own values."""
QUALITIES: Final = ("GOOD", "UNCERTAIN", "BAD")


@dataclass(frozen=True)
class Watch:
    """What an alarm watches of a point."""

    quantity: str
    operator: Operator
    limit: float | str
    unit: str
    """SI unit of the quantity; empty for `quality`."""
    relative_to_baseline: bool = False


def read_comparison(text: str, tags: GroupTags, path: Path, context: Context) -> Comparison | None:
    """`soot_blowing == 1`, `load < 20 %`: a tag of the group against a quantity of its dimension."""
    match = _CONDITION.fullmatch(text)
    if match is None:
        context.found.error(path, 'write a tag, one of < <= > >= == != and a number, as "soot_blowing == 1"')
        return None
    name, operator, limit = match.groups()
    tag = tags.find(name, path, context)
    value = context.quantity(limit, tag.unit_si, path) if tag and tag.unit_si else None
    return None if tag is None or value is None else Comparison(tag.id, _plain(operator), value)


def read_watch(text: str, kind: AssetType, path: Path, context: Context) -> Watch | None:
    """`eta < 0.82`, `eta < baseline - 0.02`, `quality = BAD`: a quantity of the type's points."""
    match = _CONDITION.fullmatch(text)
    if match is None:
        context.found.error(path, 'write a quantity, a comparison and a limit, as "eta < 0.82"')
        return None
    name, operator, limit = match.groups()
    if name == "quality":
        return _quality(operator, limit, path, context)
    units = {**POINT_QUANTITIES, **{value.name: value.unit for value in kind.values_out}}
    if name not in units:
        context.found.error(path, f"no quantity {name} in these points{nearest(name, [*units, 'quality'])}")
        return None
    if operator not in ("<", "<=", ">", ">="):
        context.found.error(path, "a calculated number is compared by < <= > or >=")
        return None
    return _limit(name, _plain(operator), limit, units[name], path, context)


def _quality(operator: str, limit: str, path: Path, context: Context) -> Watch | None:
    if operator not in ("=", "==", "!=") or limit not in QUALITIES:
        context.found.error(path, "write quality = BAD, quality = UNCERTAIN or quality != GOOD")
        return None
    return Watch("quality", _plain(operator), limit, "")


def _limit(name: str, operator: Operator, limit: str, unit: str, path: Path, context: Context) -> Watch | None:
    baseline = _BASELINE.fullmatch(limit)
    if baseline is None:
        value = context.quantity(limit, unit, path)
        return None if value is None else Watch(name, operator, value, unit)
    if name != "eta":
        context.found.error(path, "only eta has a baseline")
        return None
    offset = context.quantity(baseline[2] or "0", unit, path)
    if offset is None:
        return None
    return Watch(name, operator, -offset if baseline[1] == "-" else offset, unit, relative_to_baseline=True)


def _plain(operator: str) -> Operator:
    """`=` is written for `==` as well."""
    return "==" if operator == "=" else cast(Operator, operator)
