"""A TCP relay before a service that others use too: its line can be cut and joined, the service never notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from connectors.simulator.servers import free_port


class Relay:
    """Nobody listens on its port until it is joined."""

    def __init__(self, host: str, port: int) -> None:
        self.port = free_port()
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self) -> None:
        """Listen and carry."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """Hang up on everyone and listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._open):
            writer.transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _serve(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            far_in, far_out = await asyncio.open_connection(self._host, self._port)
            for source, target in ((near_in, far_out), (far_in, near_out)):
                self._open.add(target)
                task = asyncio.create_task(self._carry(source, target))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(1 << 16):
                target.write(data)
                await target.drain()
        self._open.discard(target)
        target.transport.abort()


@pytest.fixture
async def database_relay(database_url: str) -> AsyncIterator[tuple[Relay, str]]:
    """A relay, not yet joined, before the test's database; and the database's URL through it."""
    parts = urlsplit(database_url)
    relay = Relay(parts.hostname or "", parts.port or 5432)
    yield relay, parts._replace(netloc=f"{parts.username}@127.0.0.1:{relay.port}").geturl()
    await relay.cut()
