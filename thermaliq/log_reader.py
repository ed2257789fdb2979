"""Reads the segment log where the topic would stand, and drives the owner with it."""

from __future__ import annotations

import asyncio

from connectors.group_commit import GroupCommit
from streams.changes import Record
from streams.owner import Owner

PARTITION = 0
RECORDS_MAX = 500
KEEP_RECORDS = 100_000
"""Records that stay in the log behind the stored offset, so that a restart finds its place."""


class LogReader:
    """The one partition of an embedded readings log: `streams.owner.Log`, and the loop that delivers."""

    def __init__(self, commit: GroupCommit) -> None:
        self._commit = commit
        self._offset = 0
        self._started = asyncio.Event()

    async def bounds(self, partition: int) -> tuple[int, int]:  # noqa: ARG002 - the face has several partitions
        """(earliest offset, end offset)."""
        return self._commit.log.first_offset, self._commit.log.durable_offset

    def end(self, partition: int) -> int | None:  # noqa: ARG002
        """The end offset."""
        return self._commit.log.durable_offset

    async def start_at(self, partition: int, offset: int) -> None:  # noqa: ARG002
        """Deliver from `offset` on."""
        self._offset = offset
        self._started.set()

    async def run(self, owner: Owner) -> None:
        """Deliver until cancelled."""
        while True:
            await self._started.wait()
            await self._commit.grown(self._offset)
            offset = self._offset
            found = await asyncio.to_thread(self._commit.log.read, offset, RECORDS_MAX)
            records = [Record(item.offset, item.append_us, item.key, item.value, item.headers) for item in found]
            if not records:
                continue
            if await owner.handle(PARTITION, records):
                self._offset = records[-1].offset + 1
                self._commit.log.truncate_head(self._offset - KEEP_RECORDS)
            elif self._offset == offset and self._started.is_set() and PARTITION not in owner.owned:
                self._started.clear()

    async def drain(self) -> None:
        """Wait until everything durable was handled."""
        while self._offset < self._commit.log.durable_offset:  # noqa: ASYNC110 - at the end of a run only
            await asyncio.sleep(0.02)
