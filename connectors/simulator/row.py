"""What a simulated plant shows at one instant, and how an address carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.site import Tag


@dataclass(frozen=True)
class Row:
    """SI values by tag id, all of one time."""

    ts_us: int
    values: Mapping[str, float]


def raw_of(tag: Tag, si: float) -> float:
    """What the plant sends for an SI value: the tag's conversion backwards."""
    conversion = tag.conversion
    return ((si - conversion.shift) / conversion.factor - conversion.offset) / conversion.scale
