"""Tells a player how far each source's readings have come in the readings log."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from connectors.group_commit import GroupCommit
from schemas import codec
from schemas.errors import MalformedError


class Delivery:
    """Newest reading time of each source in the log; `reached` waits until all have come to a time."""

    def __init__(self, sources: Iterable[str]) -> None:
        self._newest_us = dict.fromkeys(sources, -1)
        self._changed = asyncio.Event()

    def see(self, value: bytes) -> None:
        """A record stands in the log."""
        try:
            batch, _ = codec.decode_batch(value)
        except MalformedError:
            return
        if batch.source in self._newest_us and batch.readings:
            newest = max(reading.ts_us for reading in batch.readings)
            if newest > self._newest_us[batch.source]:
                self._newest_us[batch.source] = newest
                self._changed.set()

    async def reached(self, ts_us: int) -> None:
        """Return when every source has a reading of `ts_us` or later."""
        while min(self._newest_us.values()) < ts_us:
            self._changed.clear()
            await self._changed.wait()

    async def follow(self, log: GroupCommit) -> None:
        """See every record of an embedded log, until cancelled."""
        offset = log.log.first_offset
        while True:
            await log.grown(offset)
            for record in log.log.read(offset):
                self.see(record.value)
                offset = record.offset + 1
