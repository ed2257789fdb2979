"""Where the rows of a record go: on time they wait for their pane, late they wait for its revision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streams.changes import Columns
from streams.plan import Plan, Slot
from streams.revision import accept
from streams.state import AssetState, Run, take
from streams.steps.normalize import Normalized, Span


@dataclass(frozen=True)
class Bounds:
    """By span: the oldest and the newest time, None of a heartbeat, and the newest of each slot."""

    oldest_us: list[int | None]
    newest_us: list[int | None]
    newest: list[list[tuple[Slot, int]]]


def bounds_of(found: Normalized, plan: Plan) -> Bounds:
    """How far back and forward in time each record's readings reach."""
    readings = found.readings
    filled = [span.low for span in found.spans if span.low < span.high]
    if not filled:
        return Bounds([None] * len(found.spans), [None] * len(found.spans), [[] for _ in found.spans])
    slot = plan.slot_of[readings.series]
    oldest = np.minimum.reduceat(readings.ts_us, filled).tolist()
    newest = np.maximum.reduceat(readings.ts_us, filled).tolist()
    lowest, highest = np.minimum.reduceat(slot, filled).tolist(), np.maximum.reduceat(slot, filled).tolist()
    bounds = Bounds([], [], [])
    row = 0
    for span in found.spans:
        if span.low == span.high:
            bounds.oldest_us.append(None)
            bounds.newest_us.append(None)
            bounds.newest.append([])
            continue
        bounds.oldest_us.append(oldest[row])
        bounds.newest_us.append(newest[row])
        if lowest[row] == highest[row]:
            bounds.newest.append([(plan.slots[lowest[row]], newest[row])])
        else:
            inside = slice(span.low, span.high)
            mixed = [
                (plan.slots[index], int(readings.ts_us[inside][slot[inside] == index].max()))
                for index in np.unique(slot[inside]).tolist()
            ]
            bounds.newest.append(mixed)
        row += 1
    return bounds


def keep(asset: AssetState, span: Span, readings: Columns, oldest_us: int) -> None:
    """Rows on time wait for their pane; rows that come after it are late. Until the first has passed, none is."""
    boundary_us = asset.boundary_us
    if asset.closed_us is not None and (boundary_us is None or oldest_us >= boundary_us):
        asset.buffer.append(Run(readings, span.low, span.high, oldest_us))
        return
    own = asset.own(take(readings, slice(span.low, span.high)))
    if asset.closed_us is None or boundary_us is None:
        asset.hold(own)
        return
    late = own.ts_us < boundary_us
    accepted, old = accept(asset, take(own, late))
    asset.late.append(accepted)
    asset.too_late.append(old)
    asset.hold(take(own, ~late))


def reopen(asset: AssetState, late: Columns) -> None:
    """A late reading may still stand in an open pane."""
    if asset.closed_us is not None:
        asset.hold(take(late, late.ts_us >= asset.closed_us - asset.plan.reach_us))
