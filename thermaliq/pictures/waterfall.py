"""A balance → steps: what goes in, each loss and the residual off it, what comes out."""

from __future__ import annotations

from typing import Final

import msgspec

from thermaliq.pictures.amount import percent, scale_of
from thermaliq.pictures.balance import Balance, Kind
from thermaliq.pictures.energies import Unit

STEPS: Final[tuple[Kind, ...]] = ("input", "loss", "residual")


class Bar(msgspec.Struct, frozen=True):
    """From `start` to `end`; an output stands on zero and reaches to where the steps have led."""

    id: str
    label: str
    text: str
    start: float
    end: float
    kind: Kind


class Waterfall(msgspec.Struct, frozen=True):
    """Bars from left to right; none where the energies are not known, and `note` says why."""

    title: str
    caption: str
    fact: str
    note: str
    unit: Unit
    bars: tuple[Bar, ...]


def waterfall_of(balance: Balance) -> Waterfall:
    """The picture's description."""
    scale = scale_of((balance.total,), balance.unit)
    bars, level = [], 0.0
    for kind in STEPS:
        for stream in (stream for stream in balance.streams if stream.kind == kind):
            change = stream.value if kind == "input" else -stream.value
            share = f"\n{percent(change / balance.total)}" if balance.total else ""
            bars.append(Bar(stream.id, stream.label, scale.text(change) + share, level, level + change, kind))
            level += change
    for stream in (stream for stream in balance.streams if stream.kind == "output"):
        share = f"\n{percent(stream.value / balance.total)}" if balance.total else ""
        bars.append(Bar(stream.id, stream.label, scale.text(stream.value) + share, 0.0, stream.value, "output"))
    return Waterfall(balance.title, balance.caption, balance.fact, balance.note, balance.unit, tuple(bars))
