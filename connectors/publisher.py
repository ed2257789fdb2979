"""A source's sink: collects its samples for a short linger and makes them durable as reading batches."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

from connectors.budget import Budget
from connectors.collector import Collector, Draft, Handover, size_of
from connectors.events import Events
from connectors.record_log import Headers, Position, RecordLog
from connectors.source import Clock, GapSeen, Refusal, Scan
from schemas import codec
from schemas.dead_letter import DeadLetter
from schemas.gap import Gap
from schemas.reading import READINGS_MAX, ReadingBatch
from schemas.topics import DEAD_LETTER_BYTES_MAX, Topics

_PAYLOAD_BYTES_MAX = DEAD_LETTER_BYTES_MAX - 4096
_DETAIL_MAX = 500
_HEADERS = codec.schema_header(codec.READING_BATCH)
_GAP_HEADERS = codec.schema_header(codec.GAP)


@dataclass(frozen=True)
class Route:
    """Where records go: the log, the topics, the group of each asset and the name of this run."""

    log: RecordLog
    topics: Topics
    groups: Mapping[str, str]
    session: str


class Publisher:
    """The `Sink` of one source. `put` waits while more than `unacknowledged_bytes_max` are under way."""

    def __init__(
        self,
        source: str,
        route: Route,
        clock: Clock,
        events: Events,
        *,
        linger_s: float = 0.005,
        readings_max: int = READINGS_MAX,
        unacknowledged_bytes_max: int = 16 << 20,
        close_timeout_s: float = 2.0,
    ) -> None:
        self._source = source
        self._route = route
        self._clock = clock
        self._events = events
        self._linger_s = linger_s
        self._close_timeout_s = close_timeout_s
        self._collector = Collector(readings_max)
        self._budget = Budget(unacknowledged_bytes_max)
        self._sequences: dict[str, int] = {}
        self._handed_over = asyncio.Event()
        self._closing = asyncio.Event()
        self._under_way: set[asyncio.Future[None]] = set()
        self._sender: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._sender = asyncio.create_task(self._send_for_ever(), name=f"publisher {self._source}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Send what was handed over and wait for it, but not for ever."""
        self._closing.set()
        self._handed_over.set()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._close_timeout_s)
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.wait([self._sender])
        for durable in tuple(self._under_way):
            durable.cancel()

    async def put(self, scan: Scan) -> asyncio.Future[None]:
        """Hand over a scan; the future is done when all its samples are durable."""
        handover, durable = await self._begin(size_of(scan))
        handover.join()
        self._collector.add(scan, handover)
        self._handed_over.set()
        handover.release(durable=True)
        return durable

    async def refuse(self, refusal: Refusal) -> asyncio.Future[None]:
        """Keep a payload that does not decode as a dead letter; what is too long for one is cut, and says so."""
        self._events.refused(self._source, refusal.code, refusal.detail)
        value, detail = refusal.value, refusal.detail[:_DETAIL_MAX]
        room = _PAYLOAD_BYTES_MAX - len(refusal.key or b"")
        if len(value) > room:
            detail = f"{detail} (the first {room} of {len(value)} bytes)"
            value = value[:room]
        letter = DeadLetter(
            refusal.key, value, refusal.code, "connect", refusal.topic or self._source, 0, 0, detail=detail
        )
        handover, durable = await self._begin(len(value))
        await self._send(self._route.topics.dead_letters, refusal.key, value, letter.headers(), handover)
        return durable

    async def gap(self, gap: GapSeen) -> asyncio.Future[None]:
        """Tell a gap of each of its assets among the readings; the worker stores and publishes it."""
        self._events.gap(self._source, gap.reason, len(gap.assets))
        values = [codec.encode(Gap(asset, self._source, gap.from_us, gap.to_us, gap.reason)) for asset in gap.assets]
        handover, durable = await self._begin(sum(map(len, values)))
        handover.join()
        for asset, value in zip(gap.assets, values, strict=True):
            key = self._route.groups.get(asset, asset).encode()
            await self._send(self._route.topics.readings, key, value, _GAP_HEADERS, handover)
        handover.release(durable=True)
        return durable

    async def _begin(self, size: int) -> tuple[Handover, asyncio.Future[None]]:
        if self._sender is None or self._sender.done():
            raise RuntimeError(f"the publisher of {self._source} does not run") from _failure_of(self._sender)
        await self._budget.take(size)
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._under_way.add(durable)

        def end(*, cancel: bool) -> None:
            self._budget.give(size)
            self._under_way.discard(durable)
            if not durable.done():
                durable.cancel() if cancel else durable.set_result(None)

        return Handover(partial(end, cancel=False), partial(end, cancel=True)), durable

    async def _send(self, topic: str, key: bytes | None, value: bytes, headers: Headers, handover: Handover) -> None:
        handover.join()
        sent = await self._route.log.send(topic, key, value, headers)
        sent.add_done_callback(lambda done: handover.release(durable=not done.cancelled()))

    async def _send_for_ever(self) -> None:
        while True:
            await self._handed_over.wait()
            self._handed_over.clear()
            if not self._closing.is_set():
                await asyncio.sleep(self._linger_s)
            for draft in self._collector.drain():
                await self._send_batch(draft)

    async def _send_batch(self, draft: Draft) -> None:
        sequence = self._sequences.get(draft.asset, 0)
        self._sequences[draft.asset] = sequence + 1
        batch = ReadingBatch(
            asset=draft.asset,
            source=self._source,
            session=self._route.session,
            sequence=sequence,
            readings=draft.readings,
            origin=draft.origin,
            sent_us=self._clock.now_us(),
        )
        key = self._route.groups.get(draft.asset, draft.asset).encode()
        started_s = self._clock.monotonic_s()
        sent = await self._route.log.send(self._route.topics.readings, key, codec.encode(batch), _HEADERS)
        sent.add_done_callback(partial(self._sent, draft, started_s))

    def _sent(self, draft: Draft, started_s: float, done: asyncio.Future[Position]) -> None:
        durable = not done.cancelled()
        if durable:
            statuses = (reading.status for reading in draft.readings)
            self._events.batch_durable(self._source, statuses, self._clock.monotonic_s() - started_s)
        draft.release(durable=durable)


def _failure_of(task: asyncio.Task[None] | None) -> BaseException | None:
    if task is None or task.cancelled():
        return None
    return task.exception()
