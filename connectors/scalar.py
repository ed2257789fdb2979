"""What a plant sends for one tag (a bool, a number, a text, an array) as an SI number with its whole status code."""

from __future__ import annotations

import math

from connectors.text import number_of_text
from schemas.quality import BAD_NO_DATA, BAD_OUT_OF_RANGE, BAD_TYPE_MISMATCH, GOOD, Quality, quality_of
from schemas.site import Tag


def si_of(raw: object, tag: Tag, status: int = GOOD, index: int | None = None) -> tuple[float | None, int]:
    """(SI value, status) of what the plant sends; null with a reason where it is no finite number.

    A Bad status is kept whole beside a null; any other is replaced by the reason of the null.
    """
    number, fault = _number(raw, tag, index)
    if number is not None:
        value = tag.conversion.to_si(number)
        if math.isfinite(value):
            return value, status
        fault = BAD_OUT_OF_RANGE
    return None, status if quality_of(status) is Quality.BAD else fault


def _number(raw: object, tag: Tag, index: int | None) -> tuple[float | None, int]:
    """(number as the plant means it, GOOD), or (None, why not)."""
    if index is not None:
        if not isinstance(raw, list | tuple):
            return None, BAD_NO_DATA if raw is None else BAD_TYPE_MISMATCH
        raw = raw[index] if 0 <= index < len(raw) else None
    if raw is None:
        return None, BAD_NO_DATA
    if isinstance(raw, str):
        number = number_of_text(raw, tag.states)
        return number, BAD_TYPE_MISMATCH if number is None else GOOD
    if not isinstance(raw, bool | int | float):
        return None, BAD_TYPE_MISMATCH
    try:
        return float(raw), GOOD
    except OverflowError:
        return None, BAD_OUT_OF_RANGE
