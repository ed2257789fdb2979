"""A recompute as commands of a day each: between two of them the worker goes on with what the plant says meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from schemas.command import Recompute
from schemas.errors import RefusedError

DAY_US: Final = 86_400_000_000
SPAN_US_MAX: Final = 3653 * DAY_US


def spans_us(from_us: int, to_us: int) -> Iterator[tuple[int, int]]:
    """(from, to] cut at whole days."""
    while from_us < to_us:
        end_us = min((from_us // DAY_US + 1) * DAY_US, to_us)
        yield from_us, end_us
        from_us = end_us


def recomputes(asset: str, from_us: int, to_us: int, requested_by: str, new_id: Callable[[], str]) -> list[Recompute]:
    """The commands, oldest first. RefusedError where they would be none, or more than ten years of them."""
    if not 0 < to_us - from_us <= SPAN_US_MAX:
        raise RefusedError("recompute.span", "from has to be before to, and not by more than ten years")
    return [Recompute(new_id(), asset, low, high, requested_by) for low, high in spans_us(from_us, to_us)]
