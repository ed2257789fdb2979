"""A record log on this machine's disk: one segment log a topic and partition (the demo, one small gateway)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiokafka.partitioner import murmur2

from connectors.events import Events
from connectors.frame import Record
from connectors.group_commit import GroupCommit
from connectors.record_log import Headers, Position
from connectors.segment_log import SegmentLog
from connectors.source import Clock
from schemas.errors import UnavailableError

_RETRY_S = 0.2


class SegmentRecordLog:
    """Topics as folders `<topic>/<partition>` under one folder; a full one makes its senders wait."""

    def __init__(
        self, folder: Path, clock: Clock, events: Events, *, partitions: int = 1, bytes_max: int = 1 << 30
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._events = events
        self._partitions = partitions
        self._bytes_max = bytes_max
        self._logs: dict[tuple[str, int], GroupCommit] = {}

    def log(self, topic: str, partition: int = 0) -> GroupCommit:
        """The partition's log, to read from and to truncate; opened on first use."""
        log = self._logs.get((topic, partition))
        if log is None:
            folder = self._folder / topic / str(partition)
            segments = SegmentLog(folder, self._clock, bytes_max=self._bytes_max)
            if segments.torn_bytes:
                self._events.log_torn(topic, segments.torn_bytes)
            if segments.quarantined:
                self._events.log_damaged(topic, segments.quarantined)
            log = self._logs[topic, partition] = GroupCommit(segments)
        return log

    def read(self, topic: str, offset: int, records_max: int = 500, partition: int = 0) -> list[Record]:
        """Durable records from `offset` on; raises what `SegmentLog.read` raises."""
        segments = self.log(topic, partition).log
        damaged = segments.quarantined
        records = segments.read(offset, records_max)
        if segments.quarantined > damaged:
            self._events.log_damaged(topic, segments.quarantined - damaged)
        return records

    async def send(
        self, topic: str, key: bytes | None, value: bytes, headers: Headers, partition: int | None = None
    ) -> asyncio.Future[Position]:
        """Append and return a future that is done after the fsync; waits while the log is full."""
        if partition is None:
            partition = 0 if key is None else (murmur2(key) & 0x7FFF_FFFF) % self._partitions
        return _positioned(await self._append(topic, partition, key, value, headers), partition)

    async def _append(
        self, topic: str, partition: int, key: bytes | None, value: bytes, headers: Headers
    ) -> asyncio.Future[int]:
        log = self.log(topic, partition)
        waited = False
        while True:
            try:
                appended = log.append(key, value, headers)
            except UnavailableError as error:
                if not waited:
                    self._events.log_lost(topic, error.code, error.detail)
                waited = True
                await asyncio.sleep(_RETRY_S)
            else:
                if waited:
                    self._events.log_back(topic)
                return appended

    async def close(self) -> None:
        """Sync and close every log."""
        for log in self._logs.values():
            await log.close()
        self._logs.clear()


def _positioned(appended: asyncio.Future[int], partition: int) -> asyncio.Future[Position]:
    durable: asyncio.Future[Position] = asyncio.get_running_loop().create_future()

    def pass_on(done: asyncio.Future[int]) -> None:
        if durable.done():
            return
        if done.cancelled() or done.exception() is not None:
            durable.cancel()
        else:
            durable.set_result(Position(partition, done.result()))

    appended.add_done_callback(pass_on)
    return durable
