"""The service answers without its database and is well again with it; what is wrong ends it with one clear line."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from prometheus_client import CollectorRegistry

from schemas.errors import ConfigError
from tests.fix_api import BOILER, FREE_PORTS, plant, running
from tests.fix_product import Product
from thermaliq.serving import Service, serve

SITE = """
[site]
id = "mill"
[[source]]
name = "gateways"
protocol = "push"
  [[source.tag]]
  id = "mill/boiler1/steam_flow"
  unit = "t/h"
[[asset]]
id = "mill/boiler1"
type = "none"
"""


async def ready_as(client: httpx.AsyncClient, status: str) -> dict[str, Any]:
    """The answer of `/ready` once it has that status."""
    async with asyncio.timeout(30):
        while True:
            answer: dict[str, Any] = (await client.get("/ready")).json()
            if answer["status"] == status:
                return answer
            await asyncio.sleep(0.05)


@asynccontextmanager
async def relay(url: str, listening: socket.socket) -> AsyncIterator[None]:
    """Whoever connects to `listening` speaks with the database."""
    there = urlsplit(url)
    tasks: set[asyncio.Task[None]] = set()

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(1 << 16):
                target.write(data)
        finally:
            target.close()

    async def both(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, out = await asyncio.open_connection(there.hostname, there.port)
        tasks.update((asyncio.create_task(copy(reader, out)), asyncio.create_task(copy(back, writer))))

    server = await asyncio.start_server(both, sock=listening)
    try:
        yield
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_without_its_database_it_answers_and_comes_back_without_a_restart(migrated_url: str) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    listening.close()
    there = urlsplit(migrated_url)
    url = there._replace(netloc=f"{there.username}@127.0.0.1:{port}").geturl()
    async with (
        running(url) as served,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.ports.http}", timeout=30) as client,
    ):
        answer = await ready_as(client, "degraded")
        assert {name: part["state"] for name, part in answer["components"].items()} == {
            "database": "down",
            "kafka": "off",
            "redis": "off",
        }
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/api/v1/assets")).status_code == 200
        refused = await client.get(f"/api/v1/assets/{BOILER}/points")
        assert (refused.status_code, refused.json()["code"]) == (503, "store.unavailable")
        assert int(refused.headers["retry-after"]) > 0
        async with relay(migrated_url, socket.create_server(("127.0.0.1", port))):
            await ready_as(client, "ready")
            async with asyncio.timeout(30):
                while (await client.get(f"/api/v1/assets/{BOILER}/points")).status_code != 200:
                    continue
            assert (await client.get("/info")).json()["schema_version"] is not None


async def test_a_schema_that_is_missing_ends_it(database_url: str) -> None:
    service = Service([plant()], database_url, "app", "topic", ports=FREE_PORTS)
    with pytest.raises(ConfigError) as refused:
        await serve(service, CollectorRegistry(), asyncio.Event())
    assert refused.value.code == "migrate.missing"


async def test_a_schema_that_becomes_too_new_is_not_ready(migrated_url: str) -> None:
    async with (
        running(migrated_url) as served,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.ports.http}", timeout=30) as client,
    ):
        await ready_as(client, "ready")
        with psycopg.connect(migrated_url, autocommit=True) as connection:
            connection.execute(
                "INSERT INTO thermaliq.schema_migration (version, name, checksum, compatible_from) "
                "VALUES (999, 'of_tomorrow', '0', 999)"
            )
        answer = await ready_as(client, "not_ready")
        assert "999" in answer["components"]["database"]["detail"]
        assert (await client.get("/ready")).status_code == 503


def test_the_command_serves_until_it_is_told_to_stop(product: Product, tmp_path: Path) -> None:
    site = tmp_path / "mill.toml"
    site.write_text(SITE)
    ports = dict.fromkeys(("HTTP_PORT", "METRICS_PORT", "ADMIN_PORT", "LIVE_PORT"), "0")
    process = product.with_settings(**ports).start("serve", str(site))
    url = wait_for_line(product, process, "http ").split()[1]
    assert httpx.get(f"{url}api/v1/assets").json()["items"][0]["id"] == "mill/boiler1"
    assert product.stop(process) == 0


@pytest.mark.parametrize(("name", "value"), [("BIND", "0.0.0.0"), ("BIND", "::")])
def test_it_refuses_to_listen_off_this_machine(product: Product, tmp_path: Path, name: str, value: str) -> None:
    (tmp_path / "mill.toml").write_text(SITE)
    product.with_settings(**{name: value}).run("serve", str(tmp_path / "mill.toml"), expect=78)


def test_a_port_that_is_taken_is_one_clear_line(product: Product, tmp_path: Path) -> None:
    (tmp_path / "mill.toml").write_text(SITE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = product.with_settings(HTTP_PORT=str(port)).start("serve", str(tmp_path / "mill.toml"))
        assert process.wait(30) == 78
    (line,) = product.said(process).strip().splitlines()
    assert f"port {port} on 127.0.0.1 is taken" in line
    assert "THERMALIQ_HTTP_PORT" in line


def wait_for_line(product: Product, process: subprocess.Popen[bytes], start: str) -> str:
    """The first line that a command prints with that start."""
    while process.poll() is None:
        for line in product.said(process).splitlines():
            if line.startswith(start):
                return line
    pytest.fail(product.said(process))
