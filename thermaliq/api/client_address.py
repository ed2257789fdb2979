"""Whose address a request comes from: the peer's, or, behind proxies that are trusted, the one that they tell."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

HEADER = "x-forwarded-for"
Address = IPv4Address | IPv6Address


class ClientAddress:
    """Puts the caller's own address in the place of a trusted proxy's."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted = [ip_network(network, strict=False) for network in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] in {"http", "websocket"} and scope.get("client"):
            host, port = scope["client"]
            told = [part for line in Headers(scope=scope).getlist(HEADER) for part in line.split(",")]
            caller = self._caller(host, told)
            scope["client"] = (caller, 0 if caller != host else port)
        await self._app(scope, receive, send)

    def _caller(self, peer: str, told: list[str]) -> str:
        """The first address, counted from us, that is no trusted proxy's; what lies behind it may be invented."""
        caller = peer
        for hop in reversed(told):
            if not self._is_trusted(caller):
                break
            address = _address(hop.strip())
            if address is None:
                break
            caller = str(address)
        return caller

    def _is_trusted(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(
            address in network for network in self._trusted if network.version == address.version
        )


def _address(text: str) -> Address | None:
    """An address, with or without a port; an IPv4 one within IPv6 is taken out."""
    for written in (text, urlsplit(f"//{text}").hostname if "[" in text or text.count(":") == 1 else None):
        try:
            address = ip_address(written or "")
        except ValueError:
            continue
        return getattr(address, "ipv4_mapped", None) or address
    return None
