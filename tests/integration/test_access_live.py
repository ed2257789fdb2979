"""The live socket with keys: who shows none in time is closed, who may listen hears of their own assets alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.fix_access import Issuer, entry, key_file, shown
from tests.fix_api import APP, BOILER, FREE_PORTS, OTHER, Writer, plant
from tests.fix_database import TOPIC
from thermaliq.access import key_file as key_files
from thermaliq.access.opening import Rules
from thermaliq.api import live_door
from thermaliq.serving import Served, Service, serving

GOOD = json.dumps({"type": "auth", "token": "secret-viewer"})


@pytest.fixture
async def served(
    migrated_url: str, writer: Writer, tmp_path: Path, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Served]:
    """With keys and tokens; it looks and loses patience sooner than in life."""
    monkeypatch.setattr(live_door, "LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(live_door, "AUTH_WITHIN_S", 0.5)
    monkeypatch.setattr(key_files, "LOOK_EVERY_S", 0.1)
    path = key_file(tmp_path, entry("one", "viewer", [BOILER]))
    rules = Rules(path, issuer.rules, rate_limit=1000)
    origins = ["https://hmi.example"]
    service = Service([plant()], migrated_url, APP, TOPIC, ports=FREE_PORTS, cors_origins=origins, access=rules)
    async with serving(service, CollectorRegistry()) as made:
        await ready(made)
        yield made


async def ready(served: Served) -> None:
    """Wait until the service has seen its database."""
    async with asyncio.timeout(30):
        while True:
            async with socket_of(served, additional_headers=shown("viewer")) as socket:
                if json.loads(await socket.recv())["type"] == "ready":
                    return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def socket_of(served: Served, query: str = "", port: int = 0, **more: Any) -> AsyncIterator[ClientConnection]:
    async with connect(f"ws://127.0.0.1:{port or served.ports.http}/api/v1/live{query}", **more) as socket:
        yield socket


async def first(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(20):
        message: dict[str, Any] = json.loads(await socket.recv())
        return message


async def end_of(socket: ClientConnection) -> tuple[int, str]:
    """Close code and reason."""
    async with asyncio.timeout(20):
        with suppress(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


async def test_a_token_in_the_first_message_lets_in_on_both_ports(served: Served, issuer: Issuer) -> None:
    for port in (served.ports.http, served.ports.live):
        for token in ("secret-viewer", issuer.token()):
            async with socket_of(served, port=port) as socket:
                await socket.send(json.dumps({"type": "auth", "token": token}))
                assert (await first(socket))["data"]["assets"] == [BOILER, OTHER]


async def test_a_token_in_the_subprotocol_or_a_header_lets_in(served: Served, issuer: Issuer) -> None:
    async with socket_of(served, subprotocols=["bearer", issuer.token()]) as socket:
        assert (await first(socket))["type"] == "ready"
        assert socket.subprotocol == "bearer"
    async with socket_of(served, additional_headers={"Authorization": "Bearer secret-viewer"}) as socket:
        assert (await first(socket))["type"] == "ready"


@pytest.mark.parametrize(
    "message",
    [
        "",
        "null",
        "[]",
        "{",
        b"\x00",
        '{"type": "auth"}',
        '{"type": "auth", "token": 3}',
        '{"type": "hello", "token": "secret-viewer"}',
        '{"type": "auth", "token": "wrong"}',
    ],
)
async def test_another_first_message_closes_with_4401(served: Served, message: str | bytes) -> None:
    async with socket_of(served) as socket:
        await socket.send(message)
        assert (await end_of(socket))[0] == 4401


@pytest.mark.parametrize("query", ["", "?token=secret-viewer", "?api_key=secret-viewer&access_token=secret-viewer"])
async def test_who_says_nothing_is_closed_and_the_url_says_nothing(served: Served, query: str) -> None:
    async with socket_of(served, query) as socket:
        assert await end_of(socket) == (4401, "auth.missing")


async def test_a_role_that_may_not_listen_is_closed_with_4403(served: Served, issuer: Issuer) -> None:
    for token in ("secret-gateway", issuer.token(role="nobody")):
        async with socket_of(served) as socket:
            await socket.send(json.dumps({"type": "auth", "token": token}))
            assert await end_of(socket) == (4403, "access.role")


@pytest.mark.parametrize(("origin", "lets_in"), [("https://hmi.example", True), ("https://evil.example", False)])
async def test_a_page_of_elsewhere_may_not_listen_even_with_a_key(served: Served, origin: str, lets_in: bool) -> None:
    async with socket_of(served, origin=origin) as socket:
        with suppress(ConnectionClosed):
            await socket.send(GOOD)
        if lets_in:
            assert (await first(socket))["type"] == "ready"
        else:
            assert await end_of(socket) == (4403, "live.origin")


async def test_only_points_of_one_s_own_assets_are_told(served: Served, writer: Writer) -> None:
    for query in ("", "?asset=mill/*", f"?asset={BOILER}"):
        async with socket_of(served, query, additional_headers=shown("one")) as socket:
            assert (await first(socket))["data"]["assets"] == [BOILER]
            writer.minutes(range(1), asset=OTHER)
            writer.minutes(range(1, 2), asset=BOILER)
            message = await first(socket)
            while message["type"] == "heartbeat":
                message = await first(socket)
            assert message["data"]["asset"] == BOILER


async def test_another_s_asset_is_as_unknown_as_one_that_is_not_there(served: Served) -> None:
    ends = []
    for asset in (OTHER, "mill/nowhere", "other/*"):
        async with socket_of(served, f"?asset={asset}", additional_headers=shown("one")) as socket:
            ends.append(await end_of(socket))
    assert ends == [(4403, "asset.unknown")] * 3


@pytest.mark.parametrize("change", ["revoked", "removed", "other role"])
async def test_who_loses_their_key_is_turned_out(served: Served, tmp_path: Path, change: str) -> None:
    async with socket_of(served, additional_headers=shown("one")) as socket:
        assert (await first(socket))["type"] == "ready"
        entries = {
            "revoked": [entry("one", "viewer", [BOILER], revoked="2026-01-01T00:00:00Z")],
            "removed": [],
            "other role": [entry("one", "gateway", [BOILER])],
        }
        key_file(tmp_path, *entries[change])
        assert await end_of(socket) == (4401, "auth.over")


async def test_who_has_an_expired_token_is_turned_out(
    served: Served, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with socket_of(served, additional_headers={"Authorization": f"Bearer {issuer.token()}"}) as socket:
        assert (await first(socket))["type"] == "ready"
        monkeypatch.setattr("time.time_ns", lambda: 4_000_000_000 * 10**9)
        assert await end_of(socket) == (4401, "auth.over")
