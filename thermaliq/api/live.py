"""`WS /live`: points and alert transitions as they are committed, from now on or from a cursor on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from schemas.errors import ThermaliqError, UnavailableError
from thermaliq.api.access import origin_allowed
from thermaliq.api.catalog import Catalog, covers
from thermaliq.api.feed import PAGE, Client, Feed, message_of, written
from thermaliq.api.token import unpack_cursor

CLOSE_WITHIN_S: Final = 5.0
POLICY_VIOLATION: Final = 1008
TRY_LATER: Final = 1013
FORBIDDEN: Final = 4403
UNKNOWN_SINCE: Final = 4410


class Refusal(Exception):  # noqa: N818 - it ends a connection in good order
    """Why a live connection is closed."""

    def __init__(self, close_code: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.close_code, self.code, self.detail = close_code, code, detail


class Live:
    """The live socket of one process."""

    def __init__(self, feed: Feed, catalog: Catalog, origins: Sequence[str]) -> None:
        self._feed = feed
        self._catalog = catalog
        self._origins = origins

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from its handshake to its end."""
        await socket.accept()
        try:
            client, since = await self._admit(socket)
            await self._until_over(socket, client, since)
        except Refusal as refusal:
            await _close(socket, refusal)
        except WebSocketDisconnect:
            return

    async def _admit(self, socket: WebSocket) -> tuple[Client, dict[int, int] | None]:
        if not origin_allowed(socket.headers, self._origins):
            raise Refusal(FORBIDDEN, "live.origin", "this page may not listen here")
        if self._feed.stand is None or len(self._feed.clients) >= self._feed.clients_max:
            raise Refusal(TRY_LATER, "live.unavailable", "no room, or the database was not there yet; try again")
        patterns = socket.query_params.getlist("asset")
        for pattern in patterns:
            if not any(covers(pattern, asset) for asset in self._catalog.items):
                raise Refusal(POLICY_VIOLATION, "asset.unknown", f"no asset is called {pattern[:100]}")
        token = socket.query_params.get("since")
        since = None if token is None else await self._known(token)
        return Client(self._catalog.matching(patterns)), since

    async def _known(self, token: str) -> dict[int, int]:
        since = unpack_cursor(token)
        try:
            if since is not None and await self._feed.outbox.keeps(since):
                return since
        except UnavailableError as error:
            raise Refusal(TRY_LATER, error.code, "the database is away; try again") from error
        raise Refusal(UNKNOWN_SINCE, "live.unknown_since", "what came after this cursor is not kept: read it anew")

    async def _until_over(self, socket: WebSocket, client: Client, since: dict[int, int] | None) -> None:
        try:
            await _first_of(self._send(socket, client, since), _drain(socket), _watch(client))
        except ThermaliqError as error:
            raise Refusal(TRY_LATER, error.code, "the database is away; try again") from error
        finally:
            self._feed.leave(client)

    async def _send(self, socket: WebSocket, client: Client, since: dict[int, int] | None) -> None:
        facts = {"assets": sorted(client.assets), "time_us": self._feed.now_us()}
        if since is None:
            stand = self._feed.join(client)
            await socket.send_text(written("ready", stand, facts))
        else:
            await socket.send_text(written("ready", since, facts))
            async for text in self._missed(client, since):
                await socket.send_text(text)
        while True:
            await socket.send_text(await client.next())

    async def _missed(self, client: Client, stand: dict[int, int]) -> AsyncIterator[str]:
        """What came after `stand`; at the end of it the client has joined the feed, right behind."""
        upto = dict(self._feed.stand or {})
        joined = False
        while True:
            rows = await self._feed.outbox.rows(stand, upto, PAGE)
            for row in rows:
                stand[row.origin] = row.seq
                message = message_of(row, stand)
                if client.wants(message):
                    yield message.text
            if len(rows) == PAGE:
                continue
            stand |= upto
            if joined:
                return
            upto, joined = self._feed.join(client), True


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Run side by side until the first ends or fails; the others are cancelled."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()


async def _drain(socket: WebSocket) -> None:
    """Notice when the client goes; what it says is not listened to."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))


async def _watch(client: Client) -> None:
    await client.too_slow.wait()
    raise Refusal(TRY_LATER, "live.too_slow", "more waited than is kept for one client: come back with `since`")


async def _close(socket: WebSocket, refusal: Refusal) -> None:
    """Tell why, and hang up; not for ever, for a slow client may never read it."""
    error = written("error", None, {"code": refusal.code, "detail": refusal.detail})
    try:
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await socket.send_text(error)
            await socket.close(refusal.close_code, refusal.code)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        return
