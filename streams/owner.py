"""The owner of partitions: takes them with the fence, runs each fetched batch through the pipeline, commits, publishes.

Kafka's worker and the demo's log reader both drive it. One pass runs at a time, in a thread, so that the event loop
keeps its heartbeats while numpy and the database work.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from typing import Protocol

from schemas.errors import RefusedError, ThermaliqError, UnavailableError
from streams.changes import Changes, Loaded, Record
from streams.commands import passes
from streams.events import StreamEvents
from streams.guard import whole_pass
from streams.load import AssetNeeds
from streams.pipeline import Pipeline
from streams.store import FencedError

log = logging.getLogger("thermaliq.streams")

SILENT_S = 1.0
PAUSE_S = 1.0
"""After a pass that failed."""
RETRY_S = (0.2, 0.5, 1.0, 2.0)
"""With an attempt to connect that is under way, the last is short enough to stop within ten seconds."""


class PartitionStore(Protocol):
    """What the owner needs of `streams.store.Store`."""

    def take(self, partition: int, assets: Sequence[AssetNeeds]) -> Loaded:
        """Raise the fence and load the state."""
        ...

    def commit(self, partition: int, epoch: int, changes: Changes) -> int:
        """One transaction under the fence."""
        ...


class Log(Protocol):
    """Where records come from: Kafka or the segment log."""

    async def bounds(self, partition: int) -> tuple[int, int]:
        """(earliest offset, end offset). Raises `UnavailableError`."""
        ...

    def end(self, partition: int) -> int | None:
        """The end offset as last heard of, without asking; None where nothing was."""
        ...

    async def start_at(self, partition: int, offset: int) -> None:
        """Deliver from `offset` on."""
        ...


class Clock(Protocol):
    """Time, passed in."""

    def monotonic_s(self) -> float:
        """A clock that never steps."""
        ...


@dataclass
class Owned:
    """A partition that was taken."""

    epoch: int
    next_offset: int
    append_us: int
    heard_s: float
    committed: bool = False
    """Whether this owner has written under this epoch."""


class Owner:
    """Owner of the assigned partitions of one readings topic."""

    def __init__(
        self,
        pipeline: Pipeline,
        store: PartitionStore,
        source: Log,
        events: StreamEvents,
        clock: Clock,
        committed: Callable[[int], None],
        owned: dict[int, Owned],
    ) -> None:
        """`committed` is called with a partition whose outbox has new rows; `owned` holds what is owned now."""
        self.pipeline, self.store, self.source = pipeline, store, source
        self.events, self.clock, self.committed = events, clock, committed
        self.owned = owned
        self.stopped: dict[int, str] = {}
        """Partitions that cannot go on without a person, and why."""
        self.assigned: frozenset[int] = frozenset()
        self._pass = asyncio.Lock()
        self._taking: dict[int, asyncio.Task[None]] = {}

    def on_assigned(self, partitions: frozenset[int]) -> None:
        """Take every assigned partition anew; others are forgotten."""
        self.on_revoked(frozenset(self.owned) | frozenset(self._taking))
        self.assigned = partitions
        for partition in sorted(partitions):
            self.retake(partition)

    def on_revoked(self, partitions: frozenset[int]) -> None:
        """Forget partitions; nothing is flushed."""
        self.assigned -= partitions
        for partition in partitions:
            self._forget(partition)
            task = self._taking.pop(partition, None)
            if task is not None:
                task.cancel()

    def retake(self, partition: int, pause_s: float = 0.0) -> None:
        """Load a partition's rows again, after a pause, and go on from them."""
        self._forget(partition)
        task = self._taking.pop(partition, None)
        if task is not None:
            task.cancel()
        self._taking[partition] = asyncio.get_running_loop().create_task(self._take(partition, pause_s))

    def _forget(self, partition: int) -> None:
        self.owned.pop(partition, None)
        self.stopped.pop(partition, None)

    async def close(self) -> None:
        """Finish the pass that runs and take no more."""
        self.on_revoked(frozenset(self.owned) | frozenset(self._taking))
        async with self._pass:
            pass

    async def _take(self, partition: int, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        for delay_s in _delays():
            try:
                if await self._try_take(partition):
                    return
            except UnavailableError as error:
                self.events.lost(_peer(error), error)
            except RefusedError as error:
                self._stop(partition, error.detail)
            await asyncio.sleep(delay_s)

    async def _try_take(self, partition: int) -> bool:
        needs = [
            AssetNeeds(
                number,
                plan.series if (plan := self.pipeline.plan.assets.get(number)) else (),
                plan.longest_us + max(window.advance_us for window in plan.windows) if plan else 0,
                plan.reach_us if plan else 0,
            )
            for number in self.pipeline.numbers_of(partition)
        ]
        # asked before any partition flows: on a connection that carries fetches, each answer waits for one of them
        earliest, end = await self.source.bounds(partition)
        async with self._pass:
            loaded = await asyncio.to_thread(self.store.take, partition, needs)
            start = earliest if loaded.next_offset is None else loaded.next_offset
            if not earliest <= start <= end:
                earliest, end = await self.source.bounds(partition)
            if not earliest <= start <= end:
                self._stop(partition, _gap(partition, start, earliest, end))
                return False
            await asyncio.to_thread(self.pipeline.assign, partition, loaded)
        for peer in ("kafka", "database"):
            self.events.back(peer)
        self.stopped.pop(partition, None)
        self.owned[partition] = Owned(loaded.epoch, start, loaded.append_us, self.clock.monotonic_s())
        self._taking.pop(partition, None)
        self.committed(partition)
        await self.source.start_at(partition, start)
        return True

    def _stop(self, partition: int, why: str) -> None:
        if self.stopped.get(partition) != why:
            log.error("partition %d stands still: %s", partition, why)
        self.stopped[partition] = why

    async def handle(self, partition: int, records: Sequence[Record]) -> bool:
        """One fetched batch: process, commit, publish. False where it was not for this owner (any more)."""
        async with self._pass:
            owned = self.owned.get(partition)
            if owned is None:
                return False
            fresh = [record for record in records if record.offset >= owned.next_offset]
            if not fresh:
                return True
            if fresh[0].offset > owned.next_offset:
                self.retake(partition)
                return False
            owned.heard_s = self.clock.monotonic_s()
            owned.append_us = max(owned.append_us, fresh[-1].append_us)
            for some in passes(fresh):
                if not await self._go_on(partition, owned):
                    return False
                if not await self._run(partition, owned, partial(self.pipeline.process, partition, some)):
                    return False
            return await self._go_on(partition, owned)

    async def _go_on(self, partition: int, owned: Owned) -> bool:
        """Finish what a command began, pass by pass; False where the partition is not this owner's any more."""
        while self.pipeline.unfinished(partition):
            if self.owned.get(partition) is not owned:
                return False
            if not await self._run(partition, owned, partial(self.pipeline.go_on, partition)):
                return False
            # nothing was heard because nobody listened: that is no silence
            for other in self.owned.values():
                other.heard_s = self.clock.monotonic_s()
        return True

    async def tick(self) -> None:
        """Let time go on in partitions that are silent."""
        for partition in list(self.owned):
            async with self._pass:
                owned = self.owned.get(partition)
                if owned is None:
                    continue
                if not await self._go_on(partition, owned):
                    continue
                silent_s = self.clock.monotonic_s() - owned.heard_s
                if silent_s >= SILENT_S and owned.append_us:
                    now_us = owned.append_us + int(silent_s * 1e6)
                    await self._run(partition, owned, partial(self.pipeline.tick, partition, now_us))

    async def _run(self, partition: int, owned: Owned, work: Callable[[], Changes | None]) -> bool:
        try:
            changes = await asyncio.to_thread(whole_pass, work)
            if changes is not None:
                await self._commit(partition, owned, changes)
        except FencedError:
            self._forget(partition)
            self.pipeline.revoke(partition)
            self.events.fenced(partition)
            return False
        except ThermaliqError as error:
            self.events.lost(_peer(error), error)
            if self.owned.get(partition) is owned:
                self.retake(partition, pause_s=PAUSE_S)
            return False
        return True

    async def _commit(self, partition: int, owned: Owned, changes: Changes) -> None:
        started_s = self.clock.monotonic_s()
        conflicting = await self._commit_at_last(partition, owned, changes)
        self.events.back("database")
        owned.next_offset = changes.next_offset
        if not owned.committed:
            owned.committed = True
            self.events.first_commit(partition, owned.epoch, owned.next_offset)
        self.events.committed(changes, conflicting, self.clock.monotonic_s() - started_s)
        if changes.outbox:
            self.committed(partition)

    async def _commit_at_last(self, partition: int, owned: Owned, changes: Changes) -> int:
        """Try for as long as the database is away and the partition is ours."""
        delays = _delays()
        while True:
            try:
                return await asyncio.to_thread(self.store.commit, partition, owned.epoch, changes)
            except UnavailableError as error:
                self.events.lost("database", error)
                await asyncio.sleep(next(delays))
                if self.owned.get(partition) is not owned:
                    raise


def _peer(error: ThermaliqError) -> str:
    """Who is away."""
    return "kafka" if error.code.startswith("kafka.") else "database"


def _delays() -> Iterator[float]:
    """Growing delays, the last one for ever."""
    return chain(RETRY_S, repeat(RETRY_S[-1]))


def _gap(partition: int, start: int, earliest: int, end: int) -> str:
    return (
        f"the stored offset {start} lies outside the log [{earliest}, {end}] of partition {partition}: "
        f"thermaliq checkpoints accept-gap goes on, knowingly"
    )
