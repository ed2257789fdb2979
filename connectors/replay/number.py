"""Cells → SI values: what is a number, what is skipped, what is a null."""

from __future__ import annotations

import math

from connectors.replay.row import Cell
from connectors.text import number_of_text
from schemas import site
from schemas.quality import BAD_NO_DATA, BAD_OUT_OF_RANGE, GOOD


def is_empty(cell: Cell) -> bool:
    """Whether a cell says nothing: empty or NaN; such cells are skipped and counted."""
    if isinstance(cell, str):
        return cell.strip().casefold() in {"", "nan"}
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def value_of(cell: Cell, tag: site.Tag, options: site.ReplayOptions) -> tuple[float | None, int]:
    """(SI value, status) of a cell that is not empty; a text that is no number is a null with BadNoData."""
    raw = _raw(cell, tag, options)
    if raw is None:
        return None, BAD_NO_DATA
    value = tag.conversion.to_si(raw)
    return (value, GOOD) if math.isfinite(value) else (None, BAD_OUT_OF_RANGE)


def plain_number(text: str, options: site.ReplayOptions) -> str:
    """A number's text as JSON writes it, of how the file writes it; other text comes out as no number."""
    if options.thousands:
        text = text.replace(options.thousands, "")
    if options.decimal != ".":
        text = text.replace(".", "?").replace(options.decimal, ".")
    return text


def _raw(cell: Cell, tag: site.Tag, options: site.ReplayOptions) -> float | None:
    if isinstance(cell, str):
        state = tag.states.get(cell.strip())
        return state if state is not None else number_of_text(plain_number(cell, options), {})
    return float(cell) if isinstance(cell, bool | int | float) else None
