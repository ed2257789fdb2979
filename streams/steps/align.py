"""Sample and hold: readings of many assets → intervals between changes, with what stands on each.

A GOOD or UNCERTAIN value stands on [its time, the least of: the next reading of its tag, its time + hold limit). All
assets of one call share their columns and their pane length; an interval never crosses a pane's end. What an interval
holds depends on its own asset's readings alone, so any grouping of assets and panes gives the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.quality import BAD_FROM, UNCERTAIN_FROM, Flag

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Jobs:
    """Panes [from_us, to_us) of J assets; `series` and `hold_us` are (J, inputs)."""

    from_us: Ints
    to_us: Ints
    series: NDArray[np.int32]
    hold_us: Ints
    pane_us: int


@dataclass(frozen=True)
class Rows:
    """Readings in order of arrival, each with its job; a later one replaces an earlier one of equal series and time."""

    job: Ints
    series: NDArray[np.int32]
    ts_us: Ints
    value: Floats
    status: Ints
    flag: NDArray[np.int16]


@dataclass(frozen=True)
class Standing:
    """One input on K intervals: `value` is NaN where none stands; the masks tell what its newest reading was there."""

    value: Floats
    uncertain: Mask
    bad: Mask
    out_of_range: Mask
    substituted: Mask


@dataclass(frozen=True)
class Intervals:
    """K intervals in order of (job, time); `pane` counts the panes that any interval touches, from 0."""

    job: Ints
    start_us: Ints
    duration_us: Ints
    pane: Ints
    pane_job: Ints
    pane_end_us: Ints
    inputs: tuple[Standing, ...]


def align(rows: Rows, jobs: Jobs) -> Intervals:
    """Intervals of all jobs' panes on which at least one reading is within its hold limit."""
    axis = _Axis(jobs)
    columns = [_column(rows, jobs, axis, index) for index in range(jobs.series.shape[1])]
    cuts = _cuts(columns, jobs, axis)
    job, start, duration = _between(cuts, axis, jobs)
    pane, pane_job, pane_end = _number_panes(job, start, jobs.pane_us)
    keys = axis.key(job, start)
    inputs = tuple(_standing(column, keys) for column in columns)
    return Intervals(job, start, duration, pane, pane_job, pane_end, inputs)


class _Axis:
    """One integer axis on which the jobs' times lie one behind the other, further apart than any hold limit."""

    def __init__(self, jobs: Jobs) -> None:
        self.reach = int(jobs.hold_us.max())
        self.origin = int(jobs.from_us.min()) - self.reach
        self.span = int(jobs.to_us.max()) - self.origin + self.reach + 1
        if len(jobs.from_us) * self.span >= 1 << 62:
            raise OverflowError("too long a time for so many assets in one call")

    def key(self, job: Ints, ts_us: Ints) -> Ints:
        return job * self.span + (ts_us - self.origin)

    def job(self, key: Ints) -> Ints:
        return key // self.span

    def time(self, key: Ints, job: Ints) -> Ints:
        return key - job * self.span + self.origin


@dataclass(frozen=True)
class _Column:
    """Readings of one input, sorted by key, each once, with the key at which the hold limit ends."""

    key: Ints
    until: Ints
    value: Floats
    status: Ints
    flag: NDArray[np.int16]


def _column(rows: Rows, jobs: Jobs, axis: _Axis, index: int) -> _Column:
    own = np.flatnonzero(rows.series == jobs.series[:, index].take(rows.job))
    job, ts_us = rows.job[own], rows.ts_us[own]
    hold_us = jobs.hold_us[:, index].take(job)
    within = (ts_us < jobs.to_us[job]) & (ts_us >= jobs.from_us[job] - hold_us)
    here, key = own[within], axis.key(job[within], ts_us[within])
    if len(key) > 1 and not (key[1:] > key[:-1]).all():
        order = np.argsort(key, kind="stable")
        key, here = key[order], here[order]
        last = np.append(key[1:] != key[:-1], True)
        key, here = key[last], here[last]
    until = key + jobs.hold_us[rows.job[here], index]
    return _Column(key, until, rows.value[here], rows.status[here], rows.flag[here])


def _cuts(columns: list[_Column], jobs: Jobs, axis: _Axis) -> Ints:
    """Where anything may change: readings, ends of hold limits, panes' ends along the stretches that readings reach."""
    keys = _sorted_unique([column.key for column in columns])
    if len(keys) == 0:
        return keys
    expiries = [
        column.until[np.append(column.key[1:] > column.until[:-1], True)] for column in columns if len(column.key)
    ]
    gap = np.flatnonzero(keys[1:] - keys[:-1] > axis.reach)
    first, last = keys[np.append(0, gap + 1)], keys[np.append(gap, len(keys) - 1)]
    job = axis.job(first)
    low = np.maximum(axis.time(first, job) // jobs.pane_us * jobs.pane_us, jobs.from_us[job])
    high = np.minimum(-(-(axis.time(last, job) + axis.reach) // jobs.pane_us) * jobs.pane_us, jobs.to_us[job])
    count = np.maximum((high - low) // jobs.pane_us + 1, 0)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    ends = axis.key(np.repeat(job, count), np.repeat(low, count) + step * jobs.pane_us)
    return _sorted_unique([keys, *expiries, ends])


def _sorted_unique(parts: list[Ints]) -> Ints:
    """The parts are sorted already, which a stable sort makes use of."""
    values = np.sort(np.concatenate(parts), kind="stable")
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values


def _between(cuts: Ints, axis: _Axis, jobs: Jobs) -> tuple[Ints, Ints, Ints]:
    job = axis.job(cuts)
    time = axis.time(cuts, job)
    inside = (time >= jobs.from_us[job]) & (time <= jobs.to_us[job])
    job, time = job[inside], time[inside]
    pair = job[1:] == job[:-1]
    return job[:-1][pair], time[:-1][pair], (time[1:] - time[:-1])[pair]


def _number_panes(job: Ints, start: Ints, pane_us: int) -> tuple[Ints, Ints, Ints]:
    if len(job) == 0:
        return job, job, job
    end = (start // pane_us + 1) * pane_us
    new = np.append(True, (job[1:] != job[:-1]) | (end[1:] != end[:-1]))
    return np.cumsum(new) - 1, job[new], end[new]


def _standing(column: _Column, keys: Ints) -> Standing:
    if len(column.key) == 0:
        none = np.zeros(len(keys), np.bool_)
        return Standing(np.full(len(keys), np.nan), none, none, none, none)
    position = np.searchsorted(column.key, keys, side="right") - 1
    found = np.maximum(position, 0)
    within = (position >= 0) & (keys < column.until[found])
    status, flag = column.status[found], column.flag[found]
    out_of_range = within & (flag == Flag.OUT_OF_RANGE)
    bad = within & (status >= BAD_FROM)
    usable = within & ~bad & ~out_of_range
    return Standing(
        value=np.where(usable, column.value[found], np.nan),
        uncertain=usable & (status >= UNCERTAIN_FROM),
        bad=bad,
        out_of_range=out_of_range,
        substituted=usable & (flag == Flag.SUBSTITUTED),
    )
