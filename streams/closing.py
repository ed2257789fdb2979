"""Panes whose end has passed are computed whole, and windows folded from them, for many assets in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from schemas.point import Point
from schemas.site import Window
from streams.changes import Columns
from streams.state import AssetState, PaneMemory, Run, concatenate, take
from streams.steps.align import Jobs, Rows, align
from streams.steps.panes import PLAIN_BITS, Panes, Work, compute
from streams.steps.points import make_point
from streams.steps.watermark import floor_us
from streams.steps.windows import PaneTable, due, fold

INTERNAL_ERROR = 1 << PLAIN_BITS.index("internal_error")


@dataclass(frozen=True)
class Job:
    """Panes [from_us, to_us) of one asset, from these runs of readings in order of arrival."""

    state: AssetState
    from_us: int
    to_us: int
    readings: Sequence[Run]


def kinds(states: Sequence[AssetState]) -> list[list[AssetState]]:
    """States that are computed in one call."""
    groups: dict[object, list[AssetState]] = {}
    for state in states:
        key = (state.plan.model.signature, state.layout, state.plan.pane_us, state.plan.windows)
        groups.setdefault(key, []).append(state)
    return list(groups.values())


def compute_panes(jobs: Sequence[Job]) -> list[PaneMemory]:
    """The panes of each job; all jobs are of one kind. A pane in which nothing stands is left out."""
    return _compute(jobs, _gather(jobs))


def _compute(jobs: Sequence[Job], rows: Rows) -> list[PaneMemory]:
    plans = [job.state.plan for job in jobs]
    align_jobs = Jobs(
        from_us=np.array([job.from_us for job in jobs], np.int64),
        to_us=np.array([job.to_us for job in jobs], np.int64),
        series=np.array([plan.series for plan in plans], np.int32),
        hold_us=np.array([plan.hold_us for plan in plans], np.int64),
        pane_us=plans[0].pane_us,
    )
    panes = compute(align(rows, align_jobs), _work([job.state for job in jobs]))
    return _split(panes, len(jobs))


def _gather(jobs: Sequence[Job]) -> Rows:
    """The jobs' readings of their own inputs, each with the number of its job."""
    readings = concatenate([run for job in jobs for run in job.readings])
    sizes = [sum(run.high - run.low for run in job.readings) for job in jobs]
    number = np.repeat(np.arange(len(jobs)), sizes)
    series = np.array([job.state.plan.series for job in jobs], np.int32)
    own = np.logical_or.reduce([readings.series == column.take(number) for column in series.T])
    if not own.all():
        readings, number = take(readings, own), number[own]
    return Rows(number, readings.series, readings.ts_us, readings.value, readings.status, readings.flag)


def _work(states: Sequence[AssetState]) -> Work:
    models = [state.plan.model for state in states]
    first = models[0]
    cutoff = [float(model.asset.parameters.get(model.type.cutoff) or 0.0) for model in models]

    def limits(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        conditions = [model.condition(name) for model in models]
        return np.array([condition.limit if condition else 0.0 for condition in conditions])

    return Work(
        model=first,
        layout=states[0].layout,
        constants=np.array([model.constant_values() for model in models]).reshape(len(models), -1),
        accuracies=[state.plan.accuracies for state in states],
        exclude_limit=limits("exclude_when"),
        running_limit=limits("running_when"),
        cutoff=np.array(cutoff),
        pane_us=states[0].plan.pane_us,
    )


def _split(panes: Panes, jobs: int) -> list[PaneMemory]:
    worth = panes.columns.any(axis=1) | (np.array([bits != 0 for bits in panes.bits], np.bool_))
    index = np.flatnonzero(worth)
    edges = np.searchsorted(panes.job[index], np.arange(jobs + 1))
    result = []
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        rows = index[low:high]
        result.append(PaneMemory(panes.end_us[rows], panes.columns[rows], [panes.bits[row] for row in rows.tolist()]))
    return result


def make_points(
    states: Sequence[AssetState], panes: Sequence[PaneMemory], after_us: Sequence[int], to_us: Sequence[int]
) -> list[list[Point]]:
    """Points of each asset for windows that end in (after, to] and are due, in order of their ends."""
    table = table_of(panes)
    bounds = np.array(
        [(state.first_us, after, to) for state, after, to in zip(states, after_us, to_us, strict=True)], np.int64
    )
    found: list[list[tuple[int, int, Point]]] = [[] for _ in states]
    layout = states[0].layout
    failed = np.array([bits & INTERNAL_ERROR for bits in table.bits], np.bool_)
    live = np.where(failed, 1.0, table.columns[:, layout.column("covered_us")])
    for order, window in enumerate(states[0].plan.windows):
        windows = due(table, window, states[0].plan.pane_us, live, bounds)
        folded = fold(table, windows, window.length_us)
        rows = zip(windows.job.tolist(), windows.end_us.tolist(), folded.columns.tolist(), folded.bits, strict=True)
        for job, end_us, row, bits in rows:
            plan = states[job].plan
            found[job].append((end_us, order, make_point(plan, layout, plan.windows[order], end_us, row, bits)))
    return [[point for _, _, point in sorted(points, key=lambda item: item[:2])] for points in found]


def point_at(state: AssetState, panes: PaneMemory, window: Window, end_us: int) -> Point:
    """One window's point, due or not."""
    inside = panes.between(end_us - window.length_us, end_us)
    row = np.zeros(state.layout.width)
    bits = 0
    for columns, mask in zip(inside.columns, inside.bits, strict=True):
        row += columns
        bits |= mask
    return make_point(state.plan, state.layout, window, end_us, row.tolist(), bits)


def table_of(panes: Sequence[PaneMemory]) -> PaneTable:
    """Panes of several assets, numbered in their order."""
    return PaneTable(
        job=np.repeat(np.arange(len(panes)), [len(memory.bits) for memory in panes]),
        end_us=np.concatenate([memory.end_us for memory in panes]),
        columns=np.concatenate([memory.columns for memory in panes]),
        bits=[bits for memory in panes for bits in memory.bits],
    )


def begin(state: AssetState) -> bool:
    """Give an asset its first pane once one has passed; false until then, for an older reading may still come."""
    if state.closed_us is not None:
        return True
    if state.first_us is None or state.watermark_us is None:
        return False
    first_end_us = floor_us(state.first_us, state.plan.pane_us) + state.plan.pane_us
    if state.watermark_us < first_end_us:
        return False
    state.closed_us = first_end_us - state.plan.pane_us
    return True


def close(states: Sequence[AssetState]) -> list[tuple[AssetState, PaneMemory, list[Point]]]:
    """Close the panes of `states` (of one kind, each with its first pane) up to their watermarks."""
    after = [_known(state.closed_us) for state in states]
    to = [_known(state.boundary_us) for state in states]
    ready = [_ready(state, end_us) for state, end_us in zip(states, to, strict=True)]
    jobs = [Job(state, low, high, runs) for state, low, high, runs in zip(states, after, to, ready, strict=True)]
    rows = _gather(jobs)
    fresh = _compute(jobs, rows)
    known = [state.panes.merged(new) for state, new in zip(states, fresh, strict=True)]
    points = make_points(states, known, after, to)
    for state, panes, end_us in zip(states, known, to, strict=True):
        state.panes = panes.between(end_us - state.kept_back_us, end_us)
        state.closed_us = end_us
    _keep_open(jobs, rows)
    return list(zip(states, fresh, points, strict=True))


def _ready(state: AssetState, to_us: int) -> Sequence[Run]:
    """The open readings up to the last that comes before `to_us`; those behind wait as they are."""
    count = len(state.buffer)
    while count and state.buffer[count - 1].oldest_us >= to_us:
        count -= 1
    return state.buffer[:count]


def _keep_open(jobs: Sequence[Job], rows: Rows) -> None:
    """Drop the readings that can stand in no open pane any more."""
    needed_from = np.array([job.to_us - job.state.plan.reach_us for job in jobs], np.int64)
    open_ = np.flatnonzero(rows.ts_us >= needed_from[rows.job])
    left = Columns(rows.series[open_], rows.ts_us[open_], rows.value[open_], rows.status[open_], rows.flag[open_])
    edges = np.searchsorted(rows.job[open_], np.arange(len(jobs) + 1)).tolist()
    for job, low, high in zip(jobs, edges[:-1], edges[1:], strict=True):
        waiting = job.state.buffer[len(job.readings) :]
        job.state.buffer = [Run(left, low, high), *waiting] if low < high else waiting


def _known(value: int | None) -> int:
    if value is None:
        raise AssertionError("an asset without a first pane is not closed")
    return value
