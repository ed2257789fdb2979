"""Faust's transport, delivering one event per (partition, fetched batch).

Stock Faust costs some 100 µs an event and can commit past a message in flight; this subclass hands over the whole list
of records as one event's value and acknowledges first in, first out. Where a partition starts is not Kafka's business:
the database knows, so an assigned partition stays paused until `on_assigned` has taken it and sought its offset.
`tests/tidy/test_faust_names.py` keeps watch over every private name that is overridden or used here.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any, cast

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage

NO_PARTITION_WAIT_S = 0.01
FETCH_TIMEOUT_S = 1.0
STOP_TIMEOUT_S = 2.0
"""Twice this is what a Kafka that is away may take of the ten seconds in which a worker ends."""


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """The consumer's thread, which ends while Kafka is away too."""

    async def on_thread_stop(self) -> None:
        """aiokafka's fetcher then raises the cancellation of its own requests, and Faust would wait for ever."""
        stopping = asyncio.ensure_future(super().on_thread_stop())
        done, _ = await asyncio.wait({stopping}, timeout=STOP_TIMEOUT_S)
        if not done or stopping.cancelled():
            stopping.cancel()
            await self._ensure_consumer()._client.close()  # noqa: SLF001 - what its `stop` did not come to
        await asyncio.gather(stopping, return_exceptions=True)


class BatchConsumer(driver.Consumer):
    """A consumer whose messages are batches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pending: dict[TP, deque[tuple[int, int]]] = defaultdict(deque)
        """(generation, last offset) of delivered batches, oldest first."""

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    @property
    def batches(self) -> BatchTransport:
        """The transport, as what it is."""
        return cast(BatchTransport, self.transport)

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self.should_stop or fetcher.should_stop):
                await asyncio.sleep(0)
                records, active = await self._wait_next_records(FETCH_TIMEOUT_S)
                if records and self.flow_active:
                    await self._deliver(records, active or set())
        except self.consumer_stopped_errors:
            if not self.transport.app.should_stop:
                raise

    async def _deliver(self, records: Mapping[Any, list[Any]], active: set[TP]) -> None:
        generation = self.app.consumer_generation_id
        for topic_partition, batch in records.items():
            tp = TP(topic_partition.topic, topic_partition.partition)
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            if tp not in active and tp not in self._buffered_partitions:
                continue
            wanted = self._read_offset[tp]
            fresh = [record for record in batch if wanted is None or record.offset >= wanted]
            if fresh:
                self._pending[tp].append((generation, fresh[-1].offset))
                await self.callback(self._batch_message(tp, fresh, generation))
                self._read_offset[tp] = fresh[-1].offset + 1

    def _batch_message(self, tp: TP, records: list[Any], generation: int) -> ConsumerMessage:
        last = records[-1]
        return ConsumerMessage(
            last.topic,
            last.partition,
            last.offset,
            last.timestamp / 1000.0,
            last.timestamp_type,
            last.headers,
            None,
            cast(bytes, records),  # what Faust passes on as it is: `value_serializer="raw"`
            None,
            0,
            0,
            tp,
            generation_id=generation,
        )

    async def _wait_next_records(self, timeout: float) -> tuple[Any, set[TP] | None]:  # noqa: ASYNC109 - Faust's
        """The stock method sleeps for a whole second while every partition is held back."""
        if self.flow_active and not self._get_active_partitions():
            await asyncio.sleep(NO_PARTITION_WAIT_S)
            return {}, set()
        return cast(tuple[Any, set[TP] | None], await super()._wait_next_records(timeout))

    def _new_offset(self, tp: TP) -> int | None:
        """First in, first out: never past the oldest batch that is not acknowledged."""
        acked, pending = self._acked_index[tp], self._pending[tp]
        generation, last = self.app.consumer_generation_id, None
        while pending and (pending[0][0] != generation or pending[0][1] in acked):
            of_generation, offset = pending.popleft()
            acked.discard(offset)
            last = offset if of_generation == generation else last
        if last is None:
            return None
        self._acked[tp][:] = [offset for offset in self._acked[tp] if offset > last]
        return last + 1

    async def on_stop(self) -> None:
        """A last commit of offsets, for lag tools only: where Kafka is away it is tried for ever, cancelled or not."""
        stopping = asyncio.ensure_future(super().on_stop())
        await asyncio.wait({stopping}, timeout=STOP_TIMEOUT_S)
        stopping.cancel()

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Kafka's committed offsets are for lag tools only: pause everything and tell the owner what is assigned."""
        assigned = {TP(tp.topic, tp.partition) for tp in self.assignment()}
        self.pause_partitions(assigned)
        for tp in assigned:
            self.forget_pending(tp)
        self.batches.on_assigned(frozenset(tp.partition for tp in assigned))
        return {}

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Nothing is flushed: what is not committed to the database did not happen."""
        self.batches.on_revoked(frozenset(tp.partition for tp in revoked))
        for tp in revoked:
            self.forget_pending(tp)
        await super().on_partitions_revoked(revoked)

    def forget_pending(self, tp: TP) -> None:
        """After a seek older batches are never acknowledged; they must not block the queue."""
        self._pending.pop(tp, None)
        self._acked[tp].clear()
        self._acked_index[tp].clear()

    async def start_at(self, tp: TP, offset: int) -> None:
        """Seek and let the partition flow."""
        self.forget_pending(tp)
        await self.seek(tp, offset)
        self._read_offset[tp] = offset
        self.resume_partitions({tp})


class BatchTransport(driver.Transport):
    """The transport with our consumer, and whom it tells of assignments."""

    Consumer = BatchConsumer

    def __init__(
        self,
        app: faust.App,
        on_assigned: Callable[[frozenset[int]], None],
        on_revoked: Callable[[frozenset[int]], None],
    ) -> None:
        super().__init__(app.conf.broker, app, loop=app.loop)
        self.on_assigned, self.on_revoked = on_assigned, on_revoked
