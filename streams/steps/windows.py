"""Panes → windows: which windows are due, and the left fold of their panes, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.site import Window
from streams.steps.align import Floats, Ints


@dataclass(frozen=True)
class PaneTable:
    """Panes of several assets in order of (job, end); `bits` the reasons of each."""

    job: Ints
    end_us: Ints
    columns: Floats
    bits: Sequence[int]


@dataclass(frozen=True)
class Due:
    """Windows to make: of which job, and where they end."""

    job: Ints
    end_us: Ints


@dataclass(frozen=True)
class Folded:
    """The sums over each due window."""

    columns: Floats
    bits: list[int]


def due(panes: PaneTable, window: Window, pane_us: int, covered: Floats, bounds: NDArray[np.int64]) -> Due:
    """Windows with covered time, and the first one without after one that had it.

    covered : covered_us of each pane. bounds : (jobs, 3) earliest reading, and (after, to] in which windows end.
    """
    job, end = _touching(panes, window, pane_us, np.flatnonzero(covered > 0), bounds)
    earliest = bounds[job, 0]
    start = end - window.length_us
    total = np.append(0.0, np.cumsum(covered))
    now = _covered(panes, total, job, end, window.length_us) > 0
    before = (start - window.advance_us >= earliest) & (
        _covered(panes, total, job, end - window.advance_us, window.length_us) > 0
    )
    keep = (start >= earliest) & (now | before)
    return Due(job[keep], end[keep])


def _touching(
    panes: PaneTable, window: Window, pane_us: int, live: Ints, bounds: NDArray[np.int64]
) -> tuple[Ints, Ints]:
    """(job, end) of the windows within the bounds that hold one of the live panes, or lie one behind such a window."""
    job, end, advance_us = panes.job[live], panes.end_us[live], window.advance_us
    after, to = bounds[job, 1], bounds[job, 2]
    first = np.maximum(-(-end // advance_us), after // advance_us + 1)
    last = np.minimum((end - pane_us + window.length_us) // advance_us + 1, to // advance_us)
    count = np.maximum(last - first + 1, 0)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    job, end = np.repeat(job, count), (np.repeat(first, count) + step) * advance_us
    order = np.lexsort((end, job))
    job, end = job[order], end[order]
    new = np.append(True, (job[1:] != job[:-1]) | (end[1:] != end[:-1]))[: len(job)]
    return job[new], end[new]


def fold(panes: PaneTable, due_windows: Due, length_us: int) -> Folded:
    """Left fold of each window's panes, oldest first."""
    low, high = _range(panes, due_windows.job, due_windows.end_us, length_us)
    columns = np.zeros((len(low), panes.columns.shape[1]))
    deepest = int((high - low).max()) if len(low) else 0
    for depth in range(deepest):
        row = np.flatnonzero(low + depth < high)
        columns[row] += panes.columns[low[row] + depth]
    bits = [_union(panes.bits[start:stop]) for start, stop in zip(low.tolist(), high.tolist(), strict=True)]
    return Folded(columns, bits)


def _union(masks: Sequence[int]) -> int:
    result = 0
    for mask in masks:
        result |= mask
    return result


def _covered(panes: PaneTable, total: Floats, job: Ints, end: Ints, length_us: int) -> Floats:
    low, high = _range(panes, job, end, length_us)
    return total[high] - total[low]


def _range(panes: PaneTable, job: Ints, end: Ints, length_us: int) -> tuple[Ints, Ints]:
    """[low, high) of the panes that end in (end − length, end] of each job."""
    if len(panes.job) == 0 or len(job) == 0:
        zero = np.zeros(len(job), np.int64)
        return zero, zero
    origin = min(int(panes.end_us.min()), int(end.min()) - length_us)
    span = max(int(panes.end_us.max()), int(end.max())) - origin + 1
    keys = panes.job * span + (panes.end_us - origin)
    low = np.searchsorted(keys, job * span + (end - length_us - origin), side="right")
    high = np.searchsorted(keys, job * span + (end - origin), side="right")
    return low, high
