"""The Faust application: one agent on the readings topic, and the owner that does the work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import faust
from aiokafka.errors import KafkaError
from faust.types import TP

from schemas.errors import UnavailableError
from streams.changes import Record
from streams.owner import Owner
from streams.transport import BatchConsumer, BatchTransport

TICK_S = 1.0
BATCHES_BUFFERED = 4
RECORDS_POLLED_MAX = 2000


@dataclass(frozen=True)
class WorkerConfig:
    """What Faust has to know."""

    group_id: str
    bootstrap: str
    topic: str
    instance_id: str | None = None
    session_timeout_s: float = 10.0
    heartbeat_s: float = 3.0


class KafkaLog:
    """The readings topic as the owner sees it."""

    def __init__(self, app: faust.App, topic: str) -> None:
        self._app, self._topic = app, topic

    @property
    def _consumer(self) -> BatchConsumer:
        consumer = self._app.consumer
        if not isinstance(consumer, BatchConsumer):
            raise UnavailableError("kafka.not_started", "the consumer has not started")
        return consumer

    async def bounds(self, partition: int) -> tuple[int, int]:
        """(earliest offset, end offset)."""
        tp = TP(self._topic, partition)
        try:
            earliest = await self._consumer.earliest_offsets(tp)
            end = await self._consumer.highwaters(tp)
        except KafkaError as error:
            raise UnavailableError("kafka.away", repr(error)) from error
        return earliest[tp], end[tp] or 0

    def end(self, partition: int) -> int | None:
        """The end offset as the last fetch told it."""
        try:
            return self._consumer.highwater(TP(self._topic, partition))
        except (UnavailableError, AssertionError):  # aiokafka asserts that the partition is assigned
            return None

    async def start_at(self, partition: int, offset: int) -> None:
        """Seek, then let the partition flow."""
        await self._consumer.start_at(TP(self._topic, partition), offset)


def create_app(config: WorkerConfig, make_owner: Callable[[KafkaLog], Owner]) -> tuple[faust.App, Owner]:
    """A Faust app that reads `config.topic` in batches and hands them to its owner."""
    app = faust.App(
        config.group_id,
        broker=f"kafka://{config.bootstrap}",
        store="memory://",
        web_enabled=False,
        autodiscover=False,
        processing_guarantee="at_least_once",
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        stream_wait_empty=False,
        stream_buffer_maxsize=BATCHES_BUFFERED,
        broker_max_poll_records=RECORDS_POLLED_MAX,
        broker_session_timeout=config.session_timeout_s,
        broker_heartbeat_interval=config.heartbeat_s,
        broker_max_poll_interval=3600.0,
        consumer_group_instance_id=config.instance_id,
        consumer_auto_offset_reset="earliest",
    )
    owner = make_owner(KafkaLog(app, config.topic))
    app.transport = BatchTransport(app, owner.on_assigned, owner.on_revoked)
    topic = app.topic(config.topic, value_type=bytes, value_serializer="raw", key_serializer="raw")

    @app.agent(topic, name="readings")
    async def readings(stream: Any) -> None:
        async for event in stream.noack().events():
            records = [_record(item) for item in event.message.value]
            if await owner.handle(event.message.partition, records):
                event.ack()

    async def tick() -> None:
        while not app.should_stop:
            await asyncio.sleep(TICK_S)
            await owner.tick()

    app.task(tick)
    return app, owner


def _record(item: Any) -> Record:
    return Record(item.offset, item.timestamp * 1000, item.key, item.value or b"", item.headers)
