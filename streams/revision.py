"""Panes that are computed again, for late readings or because someone asked, and the points whose bits that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from schemas.point import Point
from streams.changes import Columns, History
from streams.closing import Job, compute_panes, make_points, point_at
from streams.state import AssetState, PaneMemory, Run, concatenate, memory_of, take, whole

PointKey = tuple[str, int]
"""(window name, window end) of one asset's point."""


@dataclass(frozen=True)
class Touched:
    """The panes [from_us, to_us) to compute again; windows that end in (felt_from_us, felt_until_us] feel it."""

    from_us: int
    to_us: int
    felt_from_us: int
    felt_until_us: int


@dataclass(frozen=True)
class Revision:
    """What that changed, and how many points were compared."""

    panes: PaneMemory
    points: list[Point]
    compared: int = 0


def accept(state: AssetState, late: Columns) -> tuple[Columns, Columns]:
    """(accepted, too old): readings within `late_accept` of the pane that has passed as they arrive, and the others."""
    young = late.ts_us >= _known(state.boundary_us) - state.plan.late_accept_us
    return take(late, young), take(late, ~young)


def touched(state: AssetState, late: Columns) -> Touched:
    """What `late` reaches; moves the asset's earliest reading back where it is older."""
    pane_us, closed_us = state.plan.pane_us, _known(state.closed_us)
    hold = dict(zip(state.plan.series, state.plan.hold_us, strict=True))
    until = max(ts + hold[series] for series, ts in zip(late.series.tolist(), late.ts_us.tolist(), strict=True))
    earliest = int(late.ts_us.min())
    from_us, to_us = earliest // pane_us * pane_us, min(-(-until // pane_us) * pane_us, closed_us)
    felt_us = to_us
    first_us = _known(state.first_us)
    if earliest < first_us:
        state.first_us, felt_us = earliest, max(to_us, first_us)
    return Touched(from_us, to_us, from_us, min(felt_us + state.kept_back_us, closed_us))


def revise(
    state: AssetState,
    late: Columns,
    batch: Columns,
    fresh: PaneMemory,
    made: Mapping[PointKey, Point],
    history: History,
) -> Revision:
    """Compute again what `late` touches.

    batch : every reading of this pass, not stored yet. fresh, made : panes and points of this pass.
    """
    area = touched(state, late)
    stored = history.readings(state.plan.series, area.from_us - state.plan.reach_us, area.to_us)
    if _known_already(stored, _said_of(late, batch)):
        return Revision(PaneMemory.empty(state.layout.width), [])
    return _remade(state, area, [whole(stored), whole(batch)], fresh, made, history)


def remake(state: AssetState, area: Touched, history: History) -> Revision:
    """Compute again from stored readings alone; where an older one is stored, the asset's earliest moves back."""
    stored = history.readings(state.plan.series, area.from_us - state.plan.reach_us, area.to_us)
    if len(stored):
        state.first_us = min(_known(state.first_us), int(stored.ts_us.min()))
    return _remade(state, area, [whole(stored)], PaneMemory.empty(state.layout.width), {}, history)


def _remade(
    state: AssetState,
    area: Touched,
    readings: Sequence[Run],
    fresh: PaneMemory,
    made: Mapping[PointKey, Point],
    history: History,
) -> Revision:
    panes = compute_panes([Job(state, area.from_us, area.to_us, readings)])[0]
    panes = _with_emptied(panes, area, _stored_panes(state, area.from_us, area.to_us, fresh, history))
    around = _stored_panes(state, area.from_us - state.kept_back_us, area.felt_until_us, fresh, history).merged(panes)
    due = _due_points(state, area, around, standing := _standing_points(state, area, made, history))
    state.panes = state.panes.merged(panes.between(_oldest_kept_us(state), _known(state.closed_us)))
    return Revision(panes, _revised_points(due, standing, made), len(due))


def _said_of(late: Columns, batch: Columns) -> Columns:
    """Everything that this pass said of the times of the late readings: what came on time may have said otherwise."""
    return take(batch, np.isin(batch.ts_us, late.ts_us) & np.isin(batch.series, late.series))


def _known_already(stored: Columns, late: Columns) -> bool:
    """Whether every one of these readings stands in the store as it is."""
    both = np.lexsort((np.append(stored.ts_us, late.ts_us), np.append(stored.series, late.series)))
    merged = take(concatenate([whole(stored), whole(late)]), both)
    is_late = both >= len(stored)
    index = np.flatnonzero(is_late)
    if (index == 0).any():
        return False
    before = index - 1
    same = (merged.series[index] == merged.series[before]) & (merged.ts_us[index] == merged.ts_us[before])
    same &= merged.value[index].view(np.int64) == merged.value[before].view(np.int64)
    same &= (merged.status[index] == merged.status[before]) & (merged.flag[index] == merged.flag[before])
    return bool(same.all())


def _with_emptied(panes: PaneMemory, area: Touched, before: PaneMemory) -> PaneMemory:
    """A pane that held something and holds nothing now is written as empty, not left as it was."""
    inside = before.between(area.from_us, area.to_us)
    emptied = PaneMemory(inside.end_us, np.zeros_like(inside.columns), [0] * len(inside.bits))
    return emptied.merged(panes)


def _oldest_kept_us(state: AssetState) -> int:
    return _known(state.closed_us) - state.kept_back_us


def _stored_panes(state: AssetState, after_us: int, to_us: int, fresh: PaneMemory, history: History) -> PaneMemory:
    """Panes that end in (after, to], from memory where it reaches back far enough, else from the store."""
    if after_us >= _oldest_kept_us(state):
        return state.panes.between(after_us, to_us)
    rows = history.panes(state.plan.number, after_us, to_us)
    if any(row.layout != state.layout.name or row.length_us != state.plan.pane_us for row in rows):
        older = recompute_panes(state, after_us, to_us, history)
    else:
        older = memory_of(state, rows)
    return older.merged(fresh.between(after_us, to_us)).merged(state.panes.between(after_us, to_us))


def recompute_panes(state: AssetState, after_us: int, to_us: int, history: History) -> PaneMemory:
    """Panes that end in (after, to], computed again from stored readings."""
    readings = history.readings(state.plan.series, after_us - state.plan.reach_us, to_us)
    return compute_panes([Job(state, after_us, to_us, [whole(readings)])])[0]


def _due_points(state: AssetState, area: Touched, panes: PaneMemory, standing: Mapping[PointKey, Point]) -> list[Point]:
    """The points that are due now and those that were once, by end, then in the order of the windows."""
    bounds = [area.felt_from_us], [area.felt_until_us]
    due = {_key(point): point for point in make_points([state], [panes], *bounds)[0]}
    windows = {window.name: window for window in state.plan.windows}
    for name, end_us in standing:
        if (name, end_us) not in due:
            due[name, end_us] = point_at(state, panes, windows[name], end_us)
    return [due[key] for key in sorted(due, key=lambda item: (item[1], list(windows).index(item[0])))]


def _revised_points(
    due: Sequence[Point], standing: Mapping[PointKey, Point], made: Mapping[PointKey, Point]
) -> list[Point]:
    result = []
    for point in due:
        key = _key(point)
        revision = _next_revision(point, standing.get(key), key in made)
        if revision is not None:
            result.append(_renumbered(point, revision))
    return result


def _standing_points(
    state: AssetState, area: Touched, made: Mapping[PointKey, Point], history: History
) -> dict[PointKey, Point]:
    standing: dict[PointKey, Point] = {}
    for window in state.plan.windows:
        for point in history.points(state.plan.number, window.name, area.felt_from_us, area.felt_until_us):
            standing[_key(point)] = point
    standing.update({key: point for key, point in made.items() if area.felt_from_us < key[1] <= area.felt_until_us})
    return standing


def _next_revision(new: Point, standing: Point | None, made_now: bool) -> int | None:
    """The revision of a point computed again; None where it is the one that stands."""
    if standing is None:
        return 0
    if _renumbered(new, standing.revision) == standing:
        return None
    return standing.revision if made_now else standing.revision + 1


def _renumbered(point: Point, revision: int) -> Point:
    return point if point.revision == revision else msgspec.structs.replace(point, revision=revision)


def _key(point: Point) -> PointKey:
    return point.window, point.window_end_us


def _known(value: int | None) -> int:
    if value is None:
        raise AssertionError("only an asset with closed panes has late readings")
    return value
