"""Keeps the outbox empty: what a commit wrote is published right after it, and old rows are pruned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

from streams.outbox import Outbox

KEEP = timedelta(hours=24)
"""So long the live WebSocket can resume."""
PRUNE_EVERY_S = 600.0


class Publishing:
    """One task for all partitions of a worker; `wake` after each commit that wrote outbox rows."""

    def __init__(self, outbox: Outbox, epoch_of: Callable[[int], int | None]) -> None:
        self._outbox, self._epoch_of = outbox, epoch_of
        self._woken: set[int] = set()
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[int]] = set()

    def wake(self, partition: int) -> None:
        """`partition` has rows to publish."""
        self._woken.add(partition)
        self._wake.set()

    async def run(self) -> None:
        """Publish until cancelled."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                woken, self._woken = self._woken, set()
                for partition in woken:
                    epoch = self._epoch_of(partition)
                    if epoch is not None:
                        task = asyncio.create_task(self._outbox.publish(partition, epoch))
                        self._running.add(task)
                        task.add_done_callback(self._running.discard)
        finally:
            for task in self._running:
                task.cancel()

    async def prune(self, partitions: Callable[[], Sequence[int]]) -> None:
        """Delete old rows from time to time until cancelled."""
        while True:
            await asyncio.sleep(PRUNE_EVERY_S)
            for partition in partitions():
                await self._outbox.prune(partition, KEEP)

    async def drain(self) -> None:
        """Wait for what is under way."""
        if self._running:
            await asyncio.wait(self._running, timeout=1.0)
