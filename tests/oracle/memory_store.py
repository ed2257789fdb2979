"""The database of a test: dicts that hold what `Changes` say, give it back as `Loaded`, and answer as `History`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from schemas.alarm import Alert
from schemas.dead_letter import DeadLetter
from schemas.point import Point
from streams.changes import AlarmMemory, Changes, Columns, CommandRow, Loaded, OutboxRow, Pane, Progress, Watermark
from streams.plan import AssetPlan

Row = tuple[float, int, int]
"""(value, status, flag)."""


def columns_of(rows: Sequence[tuple[int, int, Row]]) -> Columns:
    """(series, time, row) as columns, sorted by (series, time)."""
    ordered = sorted(rows, key=lambda item: item[:2])
    return Columns(
        np.array([series for series, _, _ in ordered], np.int32),
        np.array([ts for _, ts, _ in ordered], np.int64),
        np.array([row[0] for _, _, row in ordered], np.float64),
        np.array([row[1] for _, _, row in ordered], np.int64),
        np.array([row[2] for _, _, row in ordered], np.int16),
    )


@dataclass
class MemoryStore:
    """Rows of one partition. `commit` refuses what the database would refuse."""

    readings: dict[tuple[int, int], Row] = field(default_factory=dict)
    panes: dict[tuple[int, int], Pane] = field(default_factory=dict)
    latest: dict[tuple[int, str, int], Point] = field(default_factory=dict)
    replaced: list[Point] = field(default_factory=list)
    watermarks: dict[tuple[int, str], Watermark] = field(default_factory=dict)
    progress: dict[int, Progress] = field(default_factory=dict)
    alarms: dict[tuple[int, str], AlarmMemory] = field(default_factory=dict)
    transitions: list[Alert] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    recompute: list[tuple[int, int, int]] = field(default_factory=list)
    commands: dict[str, CommandRow] = field(default_factory=dict)
    provenance: dict[str, bytes] = field(default_factory=dict)
    outbox: list[OutboxRow] = field(default_factory=list)
    next_offset: int | None = None
    next_seq: int = 0
    append_us: int = 0

    def commit(self, changes: Changes) -> None:
        """Write one pass."""
        assert self.next_offset is None or changes.next_offset >= self.next_offset
        self.next_offset, self.append_us = changes.next_offset, changes.append_us
        self._write_readings(changes.readings)
        self.panes.update({(pane.asset, pane.end_us): pane for pane in changes.panes})
        for asset, point in changes.points:
            self._write_point(asset, point)
        self.watermarks.update({(row.asset, row.source): row for row in changes.watermarks})
        self.progress.update({row.asset: row for row in changes.progress})
        self.alarms.update({(row.asset, row.name): row for row in changes.alarms})
        self.transitions += [alert for _, alert in changes.transitions]
        self.dead_letters += changes.dead_letters
        done = {(owner, low, high) for owner, low, high in self.recompute if _within((owner, low, high), changes)}
        self.recompute = [span for span in self.recompute if span not in done] + list(changes.recompute)
        for told in changes.commands:
            assert told.command_id not in self.commands or self.commands[told.command_id].outcome != "applied"
            self.commands[told.command_id] = told
        self.provenance.update(changes.provenance)
        for row in changes.outbox:
            assert row.seq == self.next_seq, "the outbox numbers rise by one"
            self.next_seq += 1
        self.outbox += changes.outbox
        assert changes.next_seq == self.next_seq

    def _write_readings(self, readings: Columns) -> None:
        keys = list(zip(readings.series.tolist(), readings.ts_us.tolist(), strict=True))
        assert len(set(keys)) == len(keys), "each (series, time) stands once in a pass"
        rows = zip(readings.value.tolist(), readings.status.tolist(), readings.flag.tolist(), strict=True)
        self.readings.update(dict(zip(keys, rows, strict=True)))

    def _write_point(self, asset: int, point: Point) -> None:
        key = (asset, point.window, point.window_end_us)
        standing = self.latest.get(key)
        if standing is not None:
            assert point.revision == standing.revision + 1, "a revision is the next one"
            self.replaced.append(standing)
        else:
            assert point.revision == 0, "the first revision is 0"
        self.latest[key] = point

    def loaded(self, assets: Sequence[AssetPlan]) -> Loaded:
        """What a worker that takes the partition is handed."""
        return Loaded(
            epoch=1,
            next_offset=self.next_offset,
            next_seq=self.next_seq,
            append_us=self.append_us,
            watermarks=list(self.watermarks.values()),
            progress=list(self.progress.values()),
            alarms=list(self.alarms.values()),
            panes=[pane for plan in assets for pane in self._panes_to_go_on(plan)],
            readings=self._readings_to_go_on(assets),
            provenance=frozenset(self.provenance),
            commands=[row for row in self.commands.values() if row.outcome == "running"],
        )

    def _panes_to_go_on(self, plan: AssetPlan) -> list[Pane]:
        if plan.number not in self.progress:
            return []
        closed_us = self.progress[plan.number].closed_us
        back_us = max(window.length_us + window.advance_us for window in plan.windows)
        return list(self.panes_between(plan.number, closed_us - back_us, closed_us))

    def _readings_to_go_on(self, assets: Sequence[AssetPlan]) -> Columns:
        least: dict[int, int] = {}
        for plan in assets:
            stand = self.progress.get(plan.number)
            from_us = 0 if stand is None else stand.closed_us - plan.reach_us
            for series in plan.series:
                least[series] = min(from_us, least.get(series, from_us))
        return columns_of(
            [
                (series, ts, row)
                for (series, ts), row in self.readings.items()
                if series in least and ts >= least[series]
            ]
        )

    def panes_between(self, asset: int, from_us: int, to_us: int) -> list[Pane]:
        """Panes of `asset` that end in (from, to], oldest first."""
        found = [pane for (owner, end), pane in self.panes.items() if owner == asset and from_us < end <= to_us]
        return sorted(found, key=lambda pane: pane.end_us)


def _within(span: tuple[int, int, int], changes: Changes) -> bool:
    """Whether a queued span lies within one that was recomputed."""
    owner, low, high = span
    return any(owner == asset and from_us <= low and high <= to_us for asset, from_us, to_us in changes.recomputed)


@dataclass
class MemoryHistory:
    """`streams.changes.History` over a `MemoryStore`."""

    store: MemoryStore

    def readings(self, series: Sequence[int], from_us: int, to_us: int) -> Columns:
        """Readings of `series` in [from, to)."""
        wanted = set(series)
        return columns_of(
            [
                (number, ts, row)
                for (number, ts), row in self.store.readings.items()
                if number in wanted and from_us <= ts < to_us
            ]
        )

    def panes(self, asset: int, from_us: int, to_us: int) -> Sequence[Pane]:
        """Panes of `asset` that end in (from, to], oldest first."""
        return self.store.panes_between(asset, from_us, to_us)

    def points(self, asset: int, window: str, from_us: int, to_us: int) -> Sequence[Point]:
        """Latest revisions that end in (from, to], oldest first."""
        found = [
            point
            for (owner, name, end), point in self.store.latest.items()
            if owner == asset and name == window and from_us < end <= to_us
        ]
        return sorted(found, key=lambda point: point.window_end_us)

    def obeyed(self, command_id: str) -> bool:
        """Whether a command of this id was applied, or is under way."""
        row = self.store.commands.get(command_id)
        return row is not None and row.outcome in {"applied", "running"}
