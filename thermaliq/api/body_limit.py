"""Bodies have a bound: what is larger is answered 413 before it is read, or once it has been counted."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thermaliq.api.problem import Problem, problem_response

BODY_BYTES_MAX: Final = 1 << 20


class BodyLimit:
    """Counts what a request sends."""

    def __init__(self, app: ASGIApp, bytes_max: int = BODY_BYTES_MAX) -> None:
        self._app = app
        self._bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isascii() or not told.isdigit() or int(told) > self._bytes_max:
            await problem_response(413, "http.too_large", self._detail())(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._bytes_max:
                raise Problem(413, "http.too_large", self._detail())
            return message

        await self._app(scope, counted, send)

    def _detail(self) -> str:
        return f"a body has {self._bytes_max} bytes at most"
