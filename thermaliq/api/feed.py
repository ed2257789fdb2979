"""One reader of the outbox in a process, and the clients that it tells: each in order, none with a hole or a double."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import msgspec

from schemas.errors import ThermaliqError
from thermaliq.api.measured import LiveMetrics
from thermaliq.api.outbox import Outbox, OutboxRow, Stand
from thermaliq.api.token import pack_cursor

log = logging.getLogger("thermaliq.api")

POLL_S: Final = 0.2
HEARTBEAT_S: Final = 5.0
PAGE: Final = 500
WAITING_MAX: Final = 1_000
CLIENTS_MAX: Final = 500
KINDS: Final = {"points": "point", "alerts": "alert"}


class _Subject(msgspec.Struct):
    """What every record says it is about."""

    asset: str


_subject_decoder = msgspec.json.Decoder(_Subject)


class Message(msgspec.Struct, frozen=True):
    """What a client gets, encoded once for all of them; no asset: for everyone."""

    asset: str | None
    text: str


def message_of(row: OutboxRow, stand: Stand) -> Message:
    """The message of an outbox row; `stand` counts it already."""
    data = msgspec.Raw(row.value)
    return Message(_subject_decoder.decode(row.value).asset, written(KINDS[row.topic], stand, data))


def written(kind: str, stand: Stand | None, data: object) -> str:
    """`{type, cursor, data}`."""
    cursor = None if stand is None else pack_cursor(stand)
    return msgspec.json.encode({"type": kind, "cursor": cursor, "data": data}).decode()


class Client:
    """One live client: its assets and what waits for it, bounded."""

    def __init__(self, assets: frozenset[str], waiting_max: int = WAITING_MAX) -> None:
        self.assets = assets
        self.too_slow = asyncio.Event()
        self._waiting: deque[str] = deque()
        self._waiting_max = waiting_max
        self._arrived = asyncio.Event()

    def wants(self, message: Message) -> bool:
        """Whether it is about one of the client's assets, or about none."""
        return message.asset is None or message.asset in self.assets

    def tell(self, message: Message) -> None:
        """Add to what waits; where that is too much already, the client is too slow and everything is dropped."""
        if not self.wants(message):
            return
        if len(self._waiting) >= self._waiting_max:
            self._waiting.clear()
            self.too_slow.set()
            return
        self._waiting.append(message.text)
        self._arrived.set()

    async def next(self) -> str:
        """The oldest that waits."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()


class Feed:
    """Reads what workers commit and tells the clients."""

    def __init__(
        self,
        outbox: Outbox,
        metrics: LiveMetrics,
        now_us: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clients_max: int = CLIENTS_MAX,
    ) -> None:
        self.outbox = outbox
        self._metrics = metrics
        self.now_us = now_us
        self.stand: dict[int, int] | None = None
        """What was told so far; None: the database was never there."""
        self.clients: set[Client] = set()
        self.clients_max = clients_max
        self.state: Literal["up", "down"] = "down"
        self._sleep = sleep
        self._beaten_us = 0

    async def run(self) -> None:
        """Read until cancelled; a database that is away is waited for."""
        while True:
            try:
                await self._read()
            except ThermaliqError as error:
                self._lost(error)
            else:
                self.state = "up"
            self._beat()
            await self._sleep(POLL_S)

    def join(self, client: Client) -> dict[int, int]:
        """Tell `client` everything after the returned stand."""
        self.clients.add(client)
        self._metrics.clients.set(len(self.clients))
        return dict(self.stand or {})

    def leave(self, client: Client) -> None:
        """Tell it no more."""
        self.clients.discard(client)
        self._metrics.clients.set(len(self.clients))

    async def _read(self) -> None:
        heads = await self.outbox.heads()
        if self.stand is None:
            self.stand = heads
            return
        while True:
            rows = await self.outbox.rows(self.stand, heads, PAGE)
            for row in rows:
                self.stand[row.origin] = row.seq
                self._tell(message_of(row, self.stand))
            self._metrics.messages.inc(len(rows))
            if len(rows) < PAGE:
                self.stand |= heads
                return

    def _tell(self, message: Message) -> None:
        for client in tuple(self.clients):
            client.tell(message)
            if client.too_slow.is_set():
                self._metrics.too_slow.inc()
                self.leave(client)

    def _beat(self) -> None:
        now_us = self.now_us()
        if now_us - self._beaten_us >= HEARTBEAT_S * 1e6 and self.stand is not None:
            self._beaten_us = now_us
            self._tell(Message(None, written("heartbeat", self.stand, {"time_us": now_us, "database": self.state})))

    def _lost(self, error: ThermaliqError) -> None:
        if self.state == "up":
            log.warning("live: the database is away (%s: %s); waiting for it", error.code, error.detail)
        self.state = "down"
