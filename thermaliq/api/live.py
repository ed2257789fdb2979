"""`WS /live`: points and alert transitions as they are committed, from now on or from a cursor on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from schemas.errors import ThermaliqError, UnavailableError
from thermaliq.access.gate import Gate
from thermaliq.access.principal import Principal
from thermaliq.api.access import origin_allowed
from thermaliq.api.catalog import Catalog
from thermaliq.api.feed import PAGE, Client, Feed, message_of, written
from thermaliq.api.live_door import FORBIDDEN, POLICY_VIOLATION, TRY_LATER, UNKNOWN_SINCE, Refusal, accept, admit, watch
from thermaliq.api.token import unpack_cursor

CLOSE_WITHIN_S: Final = 5.0
NOT_YET_IN_MAX: Final = 200


class Live:
    """The live socket of one process."""

    def __init__(self, feed: Feed, catalog: Catalog, origins: Sequence[str], gate: Gate) -> None:
        self._feed = feed
        self._catalog = catalog
        self._origins = origins
        self._gate = gate
        self._not_yet_in = 0

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from its handshake to its end."""
        await accept(socket)
        try:
            principal = await self._admit(socket)
            client = self._client(socket, principal)
            token = socket.query_params.get("since")
            since = None if token is None else await self._known(token)
            await self._until_over(socket, client, since, principal)
        except Refusal as refusal:
            await _close(socket, refusal)
        except WebSocketDisconnect:
            return

    async def _admit(self, socket: WebSocket) -> Principal:
        if not origin_allowed(socket.headers, self._origins):
            raise Refusal(FORBIDDEN, "live.origin", "this page may not listen here")
        if self._feed.stand is None or len(self._feed.clients) >= self._feed.clients_max:
            raise Refusal(TRY_LATER, "live.unavailable", "no room, or the database was not there yet; try again")
        if self._not_yet_in >= NOT_YET_IN_MAX:
            raise Refusal(TRY_LATER, "live.unavailable", "too many are at the door; try again")
        self._not_yet_in += 1
        try:
            return await admit(socket, self._gate)
        finally:
            self._not_yet_in -= 1

    def _client(self, socket: WebSocket, principal: Principal) -> Client:
        """The assets asked for, as far as the caller may know of them; a pattern that is left with none is unknown."""
        patterns = socket.query_params.getlist("asset")
        for pattern in patterns:
            if not principal.known(self._catalog.matching([pattern])):
                code = POLICY_VIOLATION if "*" in principal.assets else FORBIDDEN
                raise Refusal(code, "asset.unknown", f"no asset is called {pattern[:100]}")
        return Client(principal.known(self._catalog.matching(patterns)))

    async def _known(self, token: str) -> dict[int, int]:
        since = unpack_cursor(token)
        try:
            if since is not None and await self._feed.outbox.keeps(since):
                return since
        except UnavailableError as error:
            raise Refusal(TRY_LATER, error.code, "the database is away; try again") from error
        raise Refusal(UNKNOWN_SINCE, "live.unknown_since", "what came after this cursor is not kept: read it anew")

    async def _until_over(
        self, socket: WebSocket, client: Client, since: dict[int, int] | None, principal: Principal
    ) -> None:
        try:
            staying = watch(self._gate, principal)
            await _first_of(self._send(socket, client, since), _drain(socket), _watch(client), staying)
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
