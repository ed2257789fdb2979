"""The door of the live socket: whose page it is, who listens, and whether they may go on listening."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from schemas.errors import UnavailableError
from thermaliq.access.gate import Gate
from thermaliq.access.principal import Denied, Principal
from thermaliq.access.rights import API, WEBSOCKET, right_of
from thermaliq.api.credential import credential_of

AUTH_WITHIN_S: Final = 5.0
LOOK_EVERY_S: Final = 5.0
BEARER: Final = "bearer"
"""The subprotocol of which the next one is the token: `new WebSocket(url, ["bearer", token])`."""

POLICY_VIOLATION: Final = 1008
TRY_LATER: Final = 1013
UNAUTHORIZED: Final = 4401
FORBIDDEN: Final = 4403
UNKNOWN_SINCE: Final = 4410


class Refusal(Exception):  # noqa: N818 - it ends a connection in good order
    """Why a live connection is closed."""

    def __init__(self, close_code: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.close_code, self.code, self.detail = close_code, code, detail


class _Auth(msgspec.Struct, tag="auth", tag_field="type"):
    """The first message of a client that has shown nothing yet."""

    token: str


_auth_decoder = msgspec.json.Decoder(_Auth)


async def accept(socket: WebSocket) -> None:
    """Accept, in the subprotocol that carries a token where one is offered."""
    await socket.accept(BEARER if _offered(socket) is not None else None)


async def admit(socket: WebSocket, gate: Gate) -> Principal:
    """Who listens; Refusal where they may not."""
    try:
        principal = await gate.admit(None if gate.is_open else await _credential(socket))
    except Denied as denied:
        raise Refusal(UNAUTHORIZED, denied.code, denied.detail) from denied
    except UnavailableError as error:
        raise Refusal(TRY_LATER, error.code, error.detail) from error
    verdict = await gate.limiter.take(principal)
    if verdict is not None and not verdict.allowed:
        raise Refusal(TRY_LATER, "access.rate", f"{verdict.limit} requests in any minute are let in; come back later")
    if not right_of(WEBSOCKET, f"{API}/live").allows(principal):
        raise Refusal(FORBIDDEN, "access.role", f"this is not for the role {principal.role}")
    return principal


async def watch(gate: Gate, principal: Principal) -> None:
    """Return never; Refusal once the caller may not stay."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        if not gate.may_stay(principal):
            raise Refusal(UNAUTHORIZED, "auth.over", "the key is revoked or expired, or has changed")


def _offered(socket: WebSocket) -> str | None:
    protocols: list[str] = socket.scope.get("subprotocols", [])
    return protocols[1] if len(protocols) == 2 and protocols[0] == BEARER else None


async def _credential(socket: WebSocket) -> str:
    """From the headers, which programs can set; a subprotocol; or the first message."""
    return credential_of(socket.headers) or _offered(socket) or await _first_message(socket)


async def _first_message(socket: WebSocket) -> str:
    wanted = f'send {{"type": "auth", "token": …}} within {AUTH_WITHIN_S:g} s'
    try:
        async with asyncio.timeout(AUTH_WITHIN_S):
            message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        return _auth_decoder.decode(message.get("text") or "").token
    except (TimeoutError, msgspec.MsgspecError) as error:
        raise Denied("auth.missing", wanted) from error
