"""`thermaliq start`, the entry of the container: what it checks and what it becomes; several processes at once."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import httpx
import pytest

from connectors.simulator.plant import plant_site_toml
from tests.fix_database import TOPIC
from tests.fix_prometheus import free_port
from tests.fix_services import empty_database

PORTS = ("HTTP_PORT", "METRICS_PORT", "ADMIN_PORT", "LIVE_PORT")


@pytest.fixture
def settings(tmp_path: Path, migrated_url: str) -> dict[str, str]:
    site = tmp_path / "plant.toml"
    site.write_text(plant_site_toml(modbus_port=15020, opcua_port=14840, mqtt_port=11883))
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("THERMALIQ_", "PROMETHEUS_"))}
    own = {"SITE": str(site), "DATABASE_URL": migrated_url, "DATA_DIR": str(tmp_path / "data"), "GROUP_ID": TOPIC}
    own |= {name: str(free_port()) for name in PORTS}
    return plain | {"TMPDIR": str(tmp_path)} | {f"THERMALIQ_{name}": value for name, value in own.items()}


def started(settings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "thermaliq.cli", "start", *words]
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=False, timeout=60)


def refused(settings: dict[str, str], *words: str) -> str:
    """The one line with which it ends."""
    done = started(settings, *words)
    assert done.returncode == 78, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "WARNING" not in line]
    return line


def test_help_needs_nothing() -> None:
    done = started({"PATH": os.environ["PATH"]}, "work", "--help")
    assert done.returncode == 0
    assert "thermaliq work" in done.stdout


def test_the_name_of_the_program_may_stand_before_the_command(settings: dict[str, str]) -> None:
    done = started(settings, "thermaliq", "migrate", "--check")
    assert (done.returncode, done.stdout.count("schema version")) == (0, 1)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HTTP_PORT", "99999", "THERMALIQ_HTTP_PORT"),
        ("DATABASE_URL_FILE", "/nowhere/url", "THERMALIQ_DATABASE_URL_FILE"),
        ("SITE", "/nowhere/plant.toml", "/nowhere/plant.toml"),
        ("BIND", "0.0.0.0", "THERMALIQ_BIND"),
        ("API_KEYS_FILE", "/nowhere/keys.toml", "/nowhere/keys.toml"),
        ("DATA_DIR", "/proc/data", "THERMALIQ_DATA_DIR"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(settings: dict[str, str], name: str, value: str, said: str) -> None:
    if name.endswith("_URL_FILE"):
        del settings["THERMALIQ_DATABASE_URL"]
    settings[f"THERMALIQ_{name}"] = value
    assert said in refused(settings, "uvicorn", "thermaliq.main:app")


def test_a_key_file_that_everybody_reads_is_refused(settings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text("")
    file.chmod(0o644)
    settings["THERMALIQ_API_KEYS_FILE"] = str(file)
    assert "chmod o-r" in refused(settings, "serve")


@pytest.mark.parametrize("command", ["uvicorn", "serve", "work"])
def test_a_database_without_the_schema_is_refused(
    settings: dict[str, str], database_admin_url: str, command: str
) -> None:
    with empty_database(database_admin_url) as settings["THERMALIQ_DATABASE_URL"]:
        assert "thermaliq migrate" in refused(settings, command)


@pytest.mark.parametrize("name", PORTS)
def test_a_port_in_use_is_refused(settings: dict[str, str], name: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        settings[f"THERMALIQ_{name}"] = str(taken.getsockname()[1])
        assert f"THERMALIQ_{name}" in refused(settings, "serve")


@asynccontextmanager
async def two_processes(settings: dict[str, str], log: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    """The service in two processes under uvicorn, once all of its ports answer."""
    command = [sys.executable, "-m", "thermaliq.cli", "start", "uvicorn", "thermaliq.main:app", "--workers", "2"]
    with log.open("wb") as said:
        process = await asyncio.to_thread(
            subprocess.Popen, command, env=settings, stdout=said, stderr=said, stdin=subprocess.DEVNULL
        )
    try:
        for name in PORTS:
            await answers(settings, name)
        await until(lambda: log.read_text().count("Application startup complete") == 2)
        yield process
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


async def until(reached: Callable[[], bool], within_s: float = 60) -> None:
    for _ in range(int(within_s / 0.1)):
        if reached():
            return
        await asyncio.sleep(0.1)
    pytest.fail("not reached")


async def answers(settings: dict[str, str], name: str, within_s: float = 60) -> None:
    """Return once the port is well."""
    async with httpx.AsyncClient() as client:
        for _ in range(int(within_s / 0.2)):
            with suppress(httpx.TransportError):
                if (await client.get(url_of(settings, name, "health"))).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.2)
    pytest.fail(f"{name} does not answer")


def url_of(settings: dict[str, str], name: str, path: str) -> str:
    return f"http://127.0.0.1:{settings[f'THERMALIQ_{name}']}/api/v1/{path}"


def children_of(pid: int) -> list[int]:
    """The processes that serve; multiprocessing's tracker is none."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def elected(pid: int) -> int:
    """The process that holds the lock."""
    locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    (holder,) = {int(line[4]) for line in locks if int(line[4]) in children_of(pid)}
    return holder


async def metric(settings: dict[str, str], pattern: str) -> float:
    async with httpx.AsyncClient() as client:
        text = (await client.get(url_of(settings, "METRICS_PORT", "metrics"))).text
    found = re.search(rf"(?m)^{pattern} (\S+)$", text)
    return float(found[1]) if found else 0.0


async def test_processes_share_the_work_and_their_metrics_are_summed(settings: dict[str, str], tmp_path: Path) -> None:
    asked = r'http_requests_total\{method="GET",route="/api/v1/assets",status="200"\}'
    async with two_processes(settings, tmp_path / "log") as process:
        for _ in range(40):  # a connection each, so that both processes answer some
            async with httpx.AsyncClient() as client:
                assert (await client.get(url_of(settings, "HTTP_PORT", "assets"))).status_code == httpx.codes.OK
        assert await metric(settings, asked) == 40
        pool = 'thermaliq_database_connections_max\\{pool="query"\\}'
        assert await metric(settings, pool) == 16
        assert len(children_of(process.pid)) == 2
    assert process.returncode == 0


async def test_another_process_takes_the_ports_of_one_that_died(settings: dict[str, str], tmp_path: Path) -> None:
    async with two_processes(settings, tmp_path / "log") as process:
        first = elected(process.pid)
        os.kill(first, signal.SIGKILL)
        await until(lambda: not Path(f"/proc/{first}").exists())
        for name in PORTS:
            await answers(settings, name)
        assert elected(process.pid) != first
        pool = 'thermaliq_database_connections_max\\{pool="query"\\}'
        for _ in range(100):  # the dead one's share is forgotten, its successor's counted
            if len(children_of(process.pid)) == 2 and await metric(settings, pool) == 16:
                break
            await asyncio.sleep(0.2)
        assert await metric(settings, pool) == 16
