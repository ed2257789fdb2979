"""What the pipeline remembers of a partition between two passes; all of it stands in the database too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.command import Recompute
from streams.changes import AlarmMemory, Columns, CommandRow, Loaded, Pane, Progress, Watermark
from streams.plan import AssetPlan, Plan, Slot
from streams.steps.normalize import Stream
from streams.steps.panes import MOMENTS, TIMES, Layout, layout_of
from streams.steps.sequence import Told
from streams.steps.watermark import Reach, floor_us


class Run(NamedTuple):
    """Rows [low, high) of some columns; none is older than `oldest_us`."""

    columns: Columns
    low: int
    high: int
    oldest_us: int = 0


@dataclass
class PaneMemory:
    """Closed panes of one asset that later windows still need, oldest first."""

    end_us: NDArray[np.int64]
    columns: NDArray[np.float64]
    bits: list[int]

    @classmethod
    def empty(cls, width: int) -> PaneMemory:
        """No panes."""
        return cls(np.zeros(0, np.int64), np.zeros((0, width)), [])

    def between(self, after_us: int, to_us: int) -> PaneMemory:
        """Panes that end in (after, to]."""
        low, high = np.searchsorted(self.end_us, [after_us, to_us], side="right").tolist()
        return PaneMemory(self.end_us[low:high], self.columns[low:high], self.bits[low:high])

    def merged(self, newer: PaneMemory) -> PaneMemory:
        """These and `newer` panes; of equal ends the newer."""
        ends, columns = np.concatenate([self.end_us, newer.end_us]), np.concatenate([self.columns, newer.columns])
        bits = self.bits + newer.bits
        if (ends[1:] > ends[:-1]).all():
            return PaneMemory(ends, columns, bits)
        order = np.argsort(ends, kind="stable")
        last = np.append(ends[order][1:] != ends[order][:-1], True)
        keep = order[last]
        return PaneMemory(ends[keep], columns[keep], [bits[i] for i in keep.tolist()])


@dataclass(slots=True)
class AssetState:
    """One computed asset: how far it has come, the readings and panes still open, its alarms."""

    plan: AssetPlan
    layout: Layout
    panes: PaneMemory
    first_us: int | None = None
    closed_us: int | None = None
    watermark_us: int | None = None
    awake_until_us: int = 0
    """No source is idle before this append time, so that the watermark moves by readings alone."""
    buffer: list[Run] = field(default_factory=list)
    """Open readings in order of arrival."""
    late: list[Columns] = field(default_factory=list)
    """Rows that came after their pane's end had passed, in this pass."""
    too_late: list[Columns] = field(default_factory=list)
    """Rows of this pass that came after `late_accept`."""
    alarms: dict[str, AlarmMemory] = field(default_factory=dict)

    @classmethod
    def new(cls, plan: AssetPlan) -> AssetState:
        """An asset that was never heard of."""
        layout = layout_of(plan.model, plan.accuracies)
        return cls(plan, layout, PaneMemory.empty(layout.width))

    @property
    def boundary_us(self) -> int | None:
        """A reading before it is late."""
        if self.watermark_us is None:
            return self.closed_us
        boundary = floor_us(self.watermark_us, self.plan.pane_us)
        return boundary if self.closed_us is None else max(boundary, self.closed_us)

    def advance(self, watermark_us: int | None) -> None:
        """Time goes on and never back."""
        if watermark_us is not None and (self.watermark_us is None or watermark_us > self.watermark_us):
            self.watermark_us = watermark_us

    def own(self, rows: Columns) -> Columns:
        """The rows of this asset's inputs."""
        return take(rows, np.isin(rows.series, np.array(self.plan.series, np.int32)))

    def hold(self, own: Columns) -> None:
        """Readings of the inputs wait for their pane; before the first has passed, the oldest decides where it lies."""
        if len(own):
            self.buffer.append(whole(own))
            if self.closed_us is None:
                oldest_us = int(own.ts_us.min())
                self.first_us = oldest_us if self.first_us is None else min(self.first_us, oldest_us)

    @property
    def kept_back_us(self) -> int:
        """How far before its last closed pane an asset's panes are still needed."""
        return self.plan.longest_us + max(window.advance_us for window in self.plan.windows)

    def progress(self) -> Progress | None:
        """The row of `progress`."""
        if self.first_us is None or self.closed_us is None:
            return None
        return Progress(self.plan.number, self.first_us, self.closed_us)


@dataclass
class Recomputing:
    """A recompute under way: its row so far, and what it asks."""

    row: CommandRow
    command: Recompute


@dataclass
class PartitionState:
    """One partition of the readings topic."""

    assets: dict[int, AssetState]
    reaches: dict[Slot, Reach]
    next_offset: int
    next_seq: int
    append_us: int
    swept_us: int = 0
    told: dict[Slot, Told] = field(default_factory=dict)
    """Of each asset and source of the site file, how far its numbered batches have come."""
    provenance: set[str] = field(default_factory=set)
    moved: set[Slot] = field(default_factory=set)
    """Slots whose reach changed in this pass."""
    recomputing: list[Recomputing] = field(default_factory=list)
    """The partition's later records wait for these."""

    def watermarks(self) -> list[Watermark]:
        """Rows of `watermark` that changed."""
        return [self._watermark(slot) for slot in sorted(self.moved) if slot in self.reaches]

    def _watermark(self, slot: Slot) -> Watermark:
        reach, told = self.reaches[slot], self.told.get(slot)
        if told is None:
            return Watermark(slot.asset, slot.source, reach.newest_us, reach.rose_us)
        run = (told.stream.session, told.sequence, told.newest_us)
        return Watermark(slot.asset, slot.source, reach.newest_us, reach.rose_us, *run)


def restore(plan: Plan, numbers: Sequence[int], loaded: Loaded) -> PartitionState:
    """The state of a partition from its rows; `numbers` are the computed assets that belong to it."""
    states = {number: AssetState.new(plan.assets[number]) for number in numbers}
    for progress in loaded.progress:
        if progress.asset in states:
            state = states[progress.asset]
            state.first_us, state.closed_us = progress.first_us, progress.closed_us
    for memory in loaded.alarms:
        if memory.asset in states:
            states[memory.asset].alarms[memory.name] = memory
    _restore_panes(states, loaded.panes)
    _restore_readings(states, loaded.readings)
    reaches = {Slot(row.asset, row.source): Reach(row.newest_us, row.rose_us) for row in loaded.watermarks}
    return PartitionState(
        assets=states,
        reaches=reaches,
        told={
            Slot(row.asset, row.source): Told(Stream(row.source, row.session), row.sequence, row.told_us)
            for row in loaded.watermarks
            if row.sequence >= 0
        },
        next_offset=loaded.next_offset or 0,
        next_seq=loaded.next_seq,
        append_us=loaded.append_us,
        provenance=set(loaded.provenance),
    )


def _restore_panes(states: Mapping[int, AssetState], panes: Sequence[Pane]) -> None:
    by_asset: dict[int, list[Pane]] = {}
    for pane in panes:
        by_asset.setdefault(pane.asset, []).append(pane)
    for number, rows in by_asset.items():
        if number in states:
            states[number].panes = memory_of(states[number], rows)


def _restore_readings(states: Mapping[int, AssetState], readings: Columns) -> None:
    """`readings` are sorted by series, so that each asset's are found without a look at all others'."""
    for state in states.values():
        series = np.unique(np.array(state.plan.series, np.int32))
        low, high = (np.searchsorted(readings.series, series, side) for side in ("left", "right"))
        own = take(readings, np.concatenate([np.arange(*edges) for edges in zip(low, high, strict=True)]))
        if state.closed_us is not None:
            own = take(own, own.ts_us >= state.closed_us - state.plan.reach_us)
        state.hold(own)


def memory_of(state: AssetState, panes: Sequence[Pane]) -> PaneMemory:
    """Stored panes as columns; those of another layout (the site file changed) are left out."""
    rows = [pane for pane in panes if pane.layout == state.layout.name and pane.length_us == state.plan.pane_us]
    if not rows:
        return PaneMemory.empty(state.layout.width)
    columns = np.array([[*_times(pane), *pane.integrals, *pane.sensitivities] for pane in rows], np.float64)
    bits = [state.layout.bits(pane.reasons, state.plan.labels) for pane in rows]
    return PaneMemory(np.array([pane.end_us for pane in rows], np.int64), columns, bits)


def rows_of(state: AssetState, panes: PaneMemory) -> list[Pane]:
    """Panes as rows of the database."""
    split = len(TIMES) + len(state.layout.rates) + len(MOMENTS)
    rows = []
    for end_us, columns, bits in zip(panes.end_us.tolist(), panes.columns, panes.bits, strict=True):
        times = [int(value) for value in columns[: len(TIMES)].tolist()]
        rows.append(
            Pane(
                asset=state.plan.number,
                end_us=end_us,
                length_us=state.plan.pane_us,
                covered_us=times[0],
                integrated_us=times[1],
                steady_us=times[2],
                off_us=times[3],
                excluded_us=times[4],
                samples=times[5],
                layout=state.layout.name,
                integrals=columns[len(TIMES) : split],
                sensitivities=columns[split:],
                reasons=tuple(state.layout.reasons(bits, state.plan.labels)) if bits else (),
            )
        )
    return rows


def _times(pane: Pane) -> tuple[float, ...]:
    return (pane.covered_us, pane.integrated_us, pane.steady_us, pane.off_us, pane.excluded_us, pane.samples)


def take(columns: Columns, index: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Columns:
    """Some rows of `columns`."""
    return Columns(
        columns.series[index], columns.ts_us[index], columns.value[index], columns.status[index], columns.flag[index]
    )


def whole(columns: Columns) -> Run:
    """All rows of `columns`."""
    return Run(columns, 0, len(columns))


def concatenate(runs: Sequence[Run]) -> Columns:
    """Rows of all `runs`, one behind the other."""
    if not runs:
        return Columns(
            np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int16)
        )
    return Columns(
        np.concatenate([run.columns.series[run.low : run.high] for run in runs]),
        np.concatenate([run.columns.ts_us[run.low : run.high] for run in runs]),
        np.concatenate([run.columns.value[run.low : run.high] for run in runs]),
        np.concatenate([run.columns.status[run.low : run.high] for run in runs]),
        np.concatenate([run.columns.flag[run.low : run.high] for run in runs]),
    )


def sorted_once(columns: Columns) -> Columns:
    """Sorted by (series, ts), each pair once: the last to arrive."""
    if not len(columns):
        return columns
    low = int(columns.ts_us.min())
    if int(columns.ts_us.max()) - low < 1 << 40:
        order = np.argsort((columns.series.astype(np.int64) << 40) | (columns.ts_us - low), kind="stable")
    else:
        order = np.lexsort((columns.ts_us, columns.series))
    series, ts = columns.series[order], columns.ts_us[order]
    last = np.append((series[1:] != series[:-1]) | (ts[1:] != ts[:-1]), True)
    return take(columns, order[last])
