"""Many appends, one fsync: the segment log for an event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from connectors.segment_log import SegmentLog
from schemas.errors import UnavailableError


class GroupCommit:
    """A future for each append, done when the record is on the disk; `grown` waits for more records."""

    def __init__(self, log: SegmentLog) -> None:
        self.log = log
        self._waiting: deque[tuple[int, asyncio.Future[int]]] = deque()
        self._commit: asyncio.Task[None] | None = None
        self._grown = asyncio.Event()

    def append(self, key: bytes | None, value: bytes, headers: Iterable[tuple[str, bytes]] = ()) -> asyncio.Future[int]:
        """Append now; the future brings the offset when it is durable. Raises what `SegmentLog.append` raises."""
        offset = self.log.append(key, value, headers)
        durable: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((offset, durable))
        if self._commit is None:
            self._commit = asyncio.create_task(self._commit_all())
        return durable

    async def grown(self, offset: int) -> None:
        """Return when the record `offset` (or a later one) is durable."""
        while self.log.durable_offset <= offset:
            await self._grown.wait()

    async def close(self) -> None:
        """Sync what was appended and close the log."""
        while self._commit is not None:
            await asyncio.wait([self._commit])
        self.log.close()

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                durable_offset = await asyncio.to_thread(self.log.sync)
                while self._waiting and self._waiting[0][0] < durable_offset:
                    _resolve(*self._waiting.popleft())
                self._grown.set()
                self._grown = asyncio.Event()
        except UnavailableError as error:
            for _, durable in self._waiting:
                if not durable.done():
                    durable.set_exception(error)
            self._waiting.clear()
        finally:
            self._commit = None


def _resolve(offset: int, durable: asyncio.Future[int]) -> None:
    if not durable.done():
        durable.set_result(offset)
