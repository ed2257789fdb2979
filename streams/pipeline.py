"""The single face of the computation: a partition's records in order → everything that they change.

Faust, the embedded log and the tests all call `Pipeline.process`. It reads no clock, no socket and no file: records
bring their offsets and append times, older rows come from the `History` that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from schemas.command import Command
from schemas.point import Point
from streams.arrivals import bounds_of, keep, reopen
from streams.changes import Changes, Columns, History, Loaded, Pane, Record
from streams.closing import INTERNAL_ERROR, begin, close, kinds, make_points
from streams.commands import Place, obey, recompute, restored
from streams.gathered import Gathered
from streams.guard import alone, together
from streams.outgoing import outgoing
from streams.plan import AssetPlan, Plan, Slot
from streams.revision import PointKey, recompute_panes, revise
from streams.state import (
    AssetState,
    PaneMemory,
    PartitionState,
    concatenate,
    restore,
    sorted_once,
    take,
    whole,
)
from streams.steps.normalize import Normalized, Span, normalize
from streams.steps.sequence import follow
from streams.steps.watermark import any_idle, awake_until_us, floor_us, unseen, watermark

NOTHING = Normalized(concatenate([]), [], [], [], [], 0, [])
SWEEP_US = 1_000_000
"""Assets without records are looked at once in this much append time."""


class Pipeline:
    """The computation of the partitions that this worker owns."""

    def __init__(
        self, plan: Plan, topic: str, history: History, partition_of: Callable[[str], int] | None = None
    ) -> None:
        """`partition_of` maps a group to its partition; None where there is one partition only."""
        self.plan, self.topic, self.history, self.partition_of = plan, topic, history, partition_of
        self.partitions: dict[int, PartitionState] = {}

    def assets_of(self, partition: int) -> list[AssetPlan]:
        """The computed assets whose group belongs to `partition`."""
        return [plan for plan in self.plan.assets.values() if self._is_ours(partition, plan.asset.group)]

    def numbers_of(self, partition: int) -> list[int]:
        """Every asset, computed or not, whose group belongs to `partition`."""
        return [number for number, group in self.plan.groups.items() if self._is_ours(partition, group)]

    def assign(self, partition: int, loaded: Loaded) -> None:
        """Take up a partition where its rows stand."""
        numbers = [plan.number for plan in self.assets_of(partition)]
        state = restore(self.plan, numbers, loaded)
        stale = {pane.asset for pane in loaded.panes if _is_stale(pane, state.assets.get(pane.asset))}
        for asset in state.assets.values():
            self._refill(asset, stale=asset.plan.number in stale)
        state.recomputing = [job for row in loaded.commands if (job := restored(row)) is not None]
        self.partitions[partition] = state

    def revoke(self, partition: int) -> None:
        """Forget a partition; its rows are all there is."""
        self.partitions.pop(partition, None)

    def process(self, partition: int, records: Sequence[Record]) -> Changes:
        """Everything that `records`, in order, change. Commit it before the next call: the state has moved on.

        A command comes alone: `streams.commands.passes` cuts records so.
        """
        state = self.partitions[partition]
        found = normalize(self.plan, self.topic, partition, records, lambda group: self._is_ours(partition, group))
        gathered = Gathered(letters=found.dead_letters)
        gathered.count("foreign_site", found.foreign_sites)
        gathered.count("rerouted", len(found.strays))
        touched = self._apply(state, found)
        if records:
            state.append_us = max(state.append_us, *(record.append_us for record in records))
            state.next_offset = records[-1].offset + 1
        touched |= self._let_time_pass(state, found.commands)
        self._finish(state, touched, state.append_us, found.readings, gathered)
        for record, command in found.commands:
            self._obey(state, Place(self.topic, partition, record), command, gathered)
        return self._changes(partition, state, found, gathered)

    def unfinished(self, partition: int) -> bool:
        """Whether a command goes on: then `go_on` comes before any other record, and before `tick`."""
        state = self.partitions.get(partition)
        return state is not None and bool(state.recomputing)

    def go_on(self, partition: int) -> Changes:
        """The next pass of what a command began."""
        state, gathered = self.partitions[partition], Gathered()
        recompute(state, self.history, gathered)
        return self._changes(partition, state, NOTHING, gathered)

    def tick(self, partition: int, now_us: int) -> Changes | None:
        """On a silent partition the worker's clock stands in for the append time; None where nothing changes."""
        state = self.partitions[partition]
        if now_us - state.swept_us < SWEEP_US:
            return None
        gathered = Gathered()
        self._finish(state, {}, max(now_us, state.append_us), concatenate([]), gathered)
        if not gathered.moved and not gathered.panes and not gathered.points:
            return None
        return self._changes(partition, state, NOTHING, gathered)

    def _is_ours(self, partition: int, group: str) -> bool:
        return self.partition_of is None or self.partition_of(group) == partition

    def _refill(self, asset: AssetState, *, stale: bool) -> None:
        """Panes of another form (the site file changed) are computed again from the readings behind them."""
        if asset.closed_us is None:
            return
        odd = asset.closed_us % asset.plan.pane_us
        if odd:
            needed_us = asset.closed_us - asset.plan.reach_us
            asset.closed_us -= odd
            asset.buffer.insert(0, whole(self.history.readings(asset.plan.series, needed_us - odd, needed_us)))
        if stale or odd:
            reach = (asset.closed_us - asset.kept_back_us, asset.closed_us)
            asset.panes = alone(asset, lambda: recompute_panes(asset, *reach, self.history)) or asset.panes

    def _let_time_pass(
        self, state: PartitionState, commands: Iterable[tuple[Record, Command]]
    ) -> dict[int, AssetState]:
        """What the plant said until a command came is judged before it, however the records were cut into passes."""
        numbers = {self.plan.tag_assets[command.asset].number for _, command in commands}
        named = {number: state.assets[number] for number in numbers & state.assets.keys()}
        for asset in named.values():
            asset.advance(watermark(asset.plan, state.reaches, state.append_us))
        return named

    def _obey(self, state: PartitionState, place: Place, command: Command, gathered: Gathered) -> None:
        if self.history.obeyed(command.command_id):
            gathered.count("repeated_commands", 1)
            return
        number = self.plan.tag_assets[command.asset].number
        obey(state, state.assets.get(number), number, command, place, gathered)

    def _apply(self, state: PartitionState, found: Normalized) -> dict[int, AssetState]:
        """Hand each record's rows to the assets that may use them, and move their watermarks, in order of arrival."""
        touched: dict[int, AssetState] = {}
        bounds = bounds_of(found, self.plan)
        now_us = state.append_us
        rows = zip(found.spans, bounds.oldest_us, bounds.newest_us, bounds.newest, strict=True)
        for span, oldest_us, newest_us, newest in rows:
            before_us, now_us = now_us, max(now_us, span.append_us)
            self._follow(state, found, span, oldest_us, newest_us)
            if oldest_us is None:
                continue
            for plan in span.asset.users:
                asset = state.assets[plan.number]
                if before_us >= asset.awake_until_us and any_idle(plan, state.reaches, before_us):
                    asset.advance(watermark(plan, state.reaches, before_us))
            for slot, ts_us in newest:
                self._see(state, slot, ts_us, now_us)
            for plan in span.asset.users:
                asset = state.assets[plan.number]
                self._await_sources(state, plan, now_us)
                keep(asset, span, found.readings, oldest_us)
                asset.advance(watermark(plan, state.reaches, now_us))
                begin(asset)
                touched[plan.number] = asset
        return touched

    def _follow(
        self, state: PartitionState, found: Normalized, span: Span, oldest_us: int | None, newest_us: int | None
    ) -> None:
        slot = Slot(span.asset.number, span.stream.source)
        if slot in self.plan.known_slots:
            state.moved.add(slot)
            state.told[slot], gap = follow(span.asset.id, state.told.get(slot), span, oldest_us, newest_us)
            if gap is not None:
                found.gaps.append((span.asset.number, gap))

    def _see(self, state: PartitionState, slot: Slot, ts_us: int, now_us: int) -> None:
        if slot not in state.reaches:
            state.reaches.update(unseen([slot], now_us))
        state.reaches[slot].see(ts_us, now_us)
        state.moved.add(slot)

    def _await_sources(self, state: PartitionState, plan: AssetPlan, now_us: int) -> None:
        for slot in plan.slots:
            if slot not in state.reaches:
                state.reaches.update(unseen([slot], now_us))
                state.moved.add(slot)

    def _finish(
        self,
        state: PartitionState,
        touched: dict[int, AssetState],
        now_us: int,
        batch: Columns,
        gathered: Gathered,
    ) -> None:
        """Close what has passed, then make again what late readings touch."""
        if now_us - state.swept_us >= SWEEP_US:
            state.swept_us = now_us
            touched = touched | self._sweep(state, now_us)
        due = [asset for asset in touched.values() if _is_due(asset)]
        for group in kinds(due):
            for asset, panes, points in together(group, close, _give_up):
                gathered.fresh[asset.plan.number] = (panes, points)
                gathered.take(asset, panes, points)
        for asset in touched.values():
            if asset.late:
                self._revise(asset, batch, gathered)

    def _sweep(self, state: PartitionState, now_us: int) -> dict[int, AssetState]:
        """Let time pass for the assets that it alone may move on; those whose sources were all awake stand still."""
        moved = {number: asset for number, asset in state.assets.items() if now_us >= asset.awake_until_us}
        for asset in moved.values():
            asset.advance(watermark(asset.plan, state.reaches, now_us))
            asset.awake_until_us = awake_until_us(asset.plan, state.reaches)
        return moved

    def _revise(self, asset: AssetState, batch: Columns, gathered: Gathered) -> None:
        accepted, asset.late = concatenate([whole(part) for part in asset.late]), []
        old, asset.too_late = concatenate([whole(part) for part in asset.too_late]), []
        gathered.count("late", len(accepted))
        gathered.count("too_late", len(old))
        gathered.queue(asset, old)
        reopen(asset, accepted)
        if not len(accepted) or asset.closed_us is None:
            return
        fresh, points = gathered.fresh.get(asset.plan.number, (PaneMemory.empty(asset.layout.width), []))
        made: dict[PointKey, Point] = {(point.window, point.window_end_us): point for point in points}
        revision = alone(asset, lambda: revise(asset, accepted, batch, fresh, made, self.history))
        if revision is None:
            gathered.queue(asset, accepted)
            return
        replaced = {(point.window, point.window_end_us) for point in revision.points} & made.keys()
        gathered.points = [
            (number, point)
            for number, point in gathered.points
            if number != asset.plan.number or (point.window, point.window_end_us) not in replaced
        ]
        ends = set(revision.panes.end_us.tolist())
        gathered.panes = [pane for pane in gathered.panes if pane.asset != asset.plan.number or pane.end_us not in ends]
        gathered.take(asset, revision.panes, revision.points)

    def _changes(self, partition: int, state: PartitionState, found: Normalized, gathered: Gathered) -> Changes:
        outbox = outgoing(
            partition, state.next_seq, gathered.letters, found.strays, found.gaps, gathered.points, gathered.transitions
        )
        state.next_seq += len(outbox)
        plans = [self.plan.assets[number] for number, _ in gathered.points]
        documents = {plan.provenance: plan.provenance_document for plan in plans}
        fresh = {key: document for key, document in documents.items() if key not in state.provenance}
        state.provenance.update(fresh)
        progress = [row for asset in gathered.moved.values() if (row := asset.progress()) is not None]
        changes = Changes(
            next_offset=state.next_offset,
            next_seq=state.next_seq,
            append_us=state.append_us,
            readings=sorted_once(found.readings),
            panes=gathered.panes,
            points=gathered.points,
            watermarks=state.watermarks(),
            progress=progress,
            alarms=list(gathered.alarms.values()),
            transitions=gathered.transitions,
            gaps=found.gaps,
            dead_letters=gathered.letters,
            recompute=gathered.recompute,
            recomputed=gathered.recomputed,
            commands=gathered.commands,
            provenance=fresh,
            outbox=outbox,
            tally=gathered.tally,
        )
        state.moved.clear()
        return changes


def _is_stale(pane: Pane, asset: AssetState | None) -> bool:
    """Whether a stored pane has another form than its asset's have now."""
    return asset is not None and (pane.layout, pane.length_us) != (asset.layout.name, asset.plan.pane_us)


def _is_due(asset: AssetState) -> bool:
    """Whether a pane's end has passed."""
    watermark_us = asset.watermark_us
    if watermark_us is None or not begin(asset) or asset.closed_us is None:
        return False
    return floor_us(watermark_us, asset.plan.pane_us) > asset.closed_us


def _give_up(asset: AssetState) -> tuple[AssetState, PaneMemory, list[Point]]:
    """One pane that says what happened, and the windows over it."""
    after_us, to_us = asset.closed_us or 0, asset.boundary_us or 0
    columns = np.zeros((1, asset.layout.width))
    pane = PaneMemory(np.array([to_us], np.int64), columns, [INTERNAL_ERROR])
    known = asset.panes.merged(pane)
    points = make_points([asset], [known], [after_us], [to_us])[0]
    asset.panes = known.between(to_us - asset.kept_back_us, to_us)
    asset.closed_us = to_us
    left = concatenate(asset.buffer)
    asset.buffer = []
    asset.hold(take(left, left.ts_us >= to_us - asset.plan.reach_us))
    return asset, pane, points
