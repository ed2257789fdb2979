"""Who may call while there are no keys: this machine alone, under a name that no web page of elsewhere can take."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from schemas.errors import ConfigError
from thermaliq.api.problem import problem_response

PUBLIC = frozenset({"/health", "/ready", "/metrics", "/info"})


def require_loopback(bind: str) -> None:
    """ConfigError where the service would listen off this machine without access control."""
    if not is_loopback(bind):
        raise ConfigError(
            "serve.bind",
            f"THERMALIQ_BIND={bind} would let others in, and there are no keys: make one with `thermaliq keys create` "
            "and set THERMALIQ_API_KEYS_FILE, or set THERMALIQ_BIND=127.0.0.1",
        )


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own; `::ffff:127.0.0.1` is."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def is_local_name(host: str, origins: Sequence[str]) -> bool:
    """Whether a Host header is an address, a name without a domain, or an allowed origin's.

    Any other may be a web page's own name that its DNS points at this machine (DNS rebinding).
    """
    name = urlsplit(f"//{host}").hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(".localhost") or name in {urlsplit(o).hostname for o in origins}
    return True


def origin_allowed(headers: Headers, origins: Sequence[str]) -> bool:
    """Whether a WebSocket's `Origin` is this host's or a listed one; programs send none."""
    origin = headers.get("origin")
    if origin is None or origin in origins:
        return True
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


class LoopbackOnly:
    """Refuses every caller that is not on this machine; health and metrics are public."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4403, "reason": refusal[1][:120]})
        else:
            await problem_response(403, *refusal)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[str, str] | None:
        """(code, detail) where the caller is not let in."""
        if scope["type"] not in {"http", "websocket"} or scope["path"].removeprefix("/api/v1") in PUBLIC:
            return None
        peer = scope.get("client")
        if peer is not None and not is_loopback(peer[0]):
            return "access.loopback_only", "without keys only callers on this machine are let in"
        headers = Headers(scope=scope)
        if not is_local_name(headers.get("host", ""), self._origins):
            return "access.host", "this name is not one of this machine's: call it by its address, or as localhost"
        return None
