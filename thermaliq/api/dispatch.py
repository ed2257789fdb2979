"""Records on their way to the readings topic: a caller is answered once the log has them, or told that it has not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from connectors.record_log import RecordLog
from schemas import codec
from schemas.command import Command
from thermaliq.api.problem import Problem

DURABLE_WITHIN_S: Final = 5.0

LogContext = AbstractAsyncContextManager[RecordLog]


class Dispatch:
    """Sends to one topic while `opened`."""

    def __init__(
        self, log: LogContext | None, topic: str, groups: Mapping[str, str], within_s: float = DURABLE_WITHIN_S
    ) -> None:
        """`log` None: there is none, and nothing can be sent. `groups`: asset → key."""
        self._context = log
        self._topic = topic
        self._groups = groups
        self._within_s = within_s
        self._log: RecordLog | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The log, open until left."""
        if self._context is None:
            yield
            return
        async with self._context as opened:
            self._log = opened
            try:
                yield
            finally:
                self._log = None

    async def command(self, command: Command) -> None:
        """Send a command to the owner of its asset's group."""
        await self.commands([command])

    async def commands(self, commands: Sequence[Command]) -> None:
        """Send commands in their order."""
        await self.send([(self._groups[item.asset], codec.encode(item)) for item in commands], codec.COMMAND)

    async def send(self, records: Sequence[tuple[str, bytes]], schema: str) -> None:
        """Send (group, record)s in their order; a 503 problem where the log does not have all of them in time.

        What it has not confirmed by then may still arrive: records are made so that twice is as good as once.
        """
        if self._log is None:
            raise _unavailable()
        headers = codec.schema_header(schema)
        try:
            async with asyncio.timeout(self._within_s):
                sent = [await self._log.send(self._topic, key.encode(), value, headers) for key, value in records]
                if sent:
                    await asyncio.wait(sent)
        except TimeoutError as error:
            raise _unavailable() from error
        if any(durable.cancelled() for durable in sent):
            raise _unavailable()


def _unavailable() -> Problem:
    return Problem(503, "log.unavailable", "Kafka does not take it in time; send the same again")
