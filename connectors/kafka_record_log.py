"""A record log on Kafka: idempotent, acknowledged by all replicas, patient while Kafka is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

from connectors.backoff import Backoff
from connectors.budget import Budget
from connectors.events import Events
from connectors.record_log import Headers, Position
from connectors.source import Clock
from schemas.topics import DEAD_LETTER_BYTES_MAX

_SILENCE_S = 5.0
"""Longer than that without an acknowledgement: Kafka is away."""
_HANG_UP_S = 1.0
"""So long may a request that is under way still take when its producer is stopped."""


def kafka_producer(bootstrap: str, security: Mapping[str, object]) -> AIOKafkaProducer:
    """An unstarted producer: acks=all, idempotent, the default partitioner (murmur2 of the key)."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=512 << 10,
        max_request_size=DEAD_LETTER_BYTES_MAX + 4096,
        request_timeout_ms=6000,
        **security,
    )


@dataclass(frozen=True)
class _Waiting:
    """A record that is not yet durable."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers
    partition: int | None
    since_s: float
    durable: asyncio.Future[Position] = field(compare=False)

    @property
    def size(self) -> int:
        return len(self.value) + 200


class KafkaRecordLog:
    """Keeps every record until Kafka has it; a producer that breaks is replaced and they are sent again, in order.

    `new_producer` makes an unstarted producer with acks=all and idempotence. Around a break a record may stand twice in
    the topic, which changes nothing downstream: the order of each key's last copies is the order of sending.
    """

    def __init__(
        self,
        new_producer: Callable[[], AIOKafkaProducer],
        clock: Clock,
        backoff: Backoff,
        events: Events,
        *,
        unacknowledged_bytes_max: int = 64 << 20,
        close_timeout_s: float = 1.0,
    ) -> None:
        self._new_producer = new_producer
        self._clock = clock
        self._backoff = backoff
        self._events = events
        self._close_timeout_s = close_timeout_s
        self._budget = Budget(unacknowledged_bytes_max)
        self._waiting: dict[int, _Waiting] = {}
        self._acknowledged: set[int] = set()
        self._next = 0
        self._changed = asyncio.Event()
        self._broken: KafkaError | None = None
        self._acknowledged_s = 0.0
        self._lost = False
        self._delivery: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._delivery = asyncio.create_task(self._deliver_for_ever(), name="kafka delivery")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is under way, but not for ever."""
        pending = [waiting.durable for waiting in self._waiting.values()]
        if pending:
            await asyncio.wait(pending, timeout=self._close_timeout_s)
        if self._delivery is not None:
            self._delivery.cancel()
            await asyncio.wait([self._delivery])
        for waiting in self._waiting.values():
            waiting.durable.cancel()

    async def send(
        self, topic: str, key: bytes | None, value: bytes, headers: Headers, partition: int | None = None
    ) -> asyncio.Future[Position]:
        """Hand over a record; waits while too many bytes are under way."""
        durable: asyncio.Future[Position] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(topic, key, value, headers, partition, self._clock.monotonic_s(), durable)
        await self._budget.take(waiting.size)
        self._waiting[self._next] = waiting
        self._next += 1
        self._changed.set()
        return durable

    async def _deliver_for_ever(self) -> None:
        while True:
            producer = self._new_producer()
            try:
                await producer.start()
                await self._deliver(producer)
            except KafkaError as error:
                self._lose(type(error).__name__, str(error))
            finally:
                await _stop(producer)
            await asyncio.sleep(self._backoff.next_s())

    async def _deliver(self, producer: AIOKafkaProducer) -> None:
        """Hand all records to this producer, oldest first, until it breaks."""
        self._broken = None
        number = next(iter(self._waiting), self._next)
        while self._broken is None:
            while number < self._next and self._broken is None:
                await self._hand_over(producer, number)
                number += 1
            if self._broken is None:
                self._changed.clear()
                await self._wait_for_change()
        raise self._broken

    async def _hand_over(self, producer: AIOKafkaProducer, number: int) -> None:
        waiting = self._waiting.get(number)
        if waiting is None:
            return
        sent = await producer.send(
            waiting.topic, waiting.value, waiting.key, waiting.partition, headers=list(waiting.headers)
        )
        sent.add_done_callback(lambda done: self._sent(number, done))

    def _sent(self, number: int, done: asyncio.Future[RecordMetadata]) -> None:
        if done.cancelled():
            return
        if (error := done.exception()) is not None:
            self._broken = error if isinstance(error, KafkaError) else KafkaError(repr(error))
            self._changed.set()
            return
        if (waiting := self._waiting.get(number)) is None:
            return
        metadata = done.result()
        self._acknowledged.add(number)
        if not waiting.durable.done():
            waiting.durable.set_result(Position(metadata.partition, metadata.offset))
        self._forget_head()
        self._acknowledged_s = self._clock.monotonic_s()
        self._backoff.reset()
        if self._lost:
            self._lost = False
            self._events.log_back("kafka")

    def _forget_head(self) -> None:
        """Only the oldest are forgotten: what follows a record that fails is sent again after it, to keep the order."""
        while self._waiting and (oldest := next(iter(self._waiting))) in self._acknowledged:
            self._acknowledged.discard(oldest)
            self._budget.give(self._waiting.pop(oldest).size)

    async def _wait_for_change(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), _SILENCE_S if self._waiting else None)
        oldest = next(iter(self._waiting.values()), None)
        if oldest is not None:
            silent_since_s = max(oldest.since_s, self._acknowledged_s)
            if self._clock.monotonic_s() - silent_since_s >= _SILENCE_S:
                self._lose("silent", "no acknowledgement")

    def _lose(self, code: str, detail: str) -> None:
        if not self._lost:
            self._lost = True
            self._events.log_lost("kafka", f"kafka.{code}", detail)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Stop without the last flush of `producer.stop()`, which waits for a Kafka that is away: its records are here."""
    producer._closed = True  # noqa: SLF001 - else its finalizer warns
    sender = producer._sender  # noqa: SLF001 - only its flush can be reached by a public way
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(sender.close(), _HANG_UP_S)
    finally:
        await producer.client.close()
