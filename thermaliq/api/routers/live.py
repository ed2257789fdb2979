"""`WS /live`."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.websockets import WebSocket

from thermaliq.api.contract import PREFIX
from thermaliq.api.live import Live


def router(live: Live) -> APIRouter:
    """The live socket."""
    made = APIRouter(prefix=PREFIX)

    @made.websocket("/live")
    async def follow(socket: WebSocket) -> None:
        await live.serve(socket)

    return made
