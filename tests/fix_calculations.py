"""Calculations on peers of the test's own: bodies, a Redis that can be killed, services that share one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec
import pytest
from prometheus_client import CollectorRegistry

from calc.asset_types import ASSET_TYPES
from calc.example_states import EXAMPLES
from connectors.simulator.servers import free_port
from tests.fix_api import FREE_PORTS
from thermaliq.calculations.assembly import assemble
from thermaliq.calculations.metrics import CalculationMetrics
from thermaliq.calculations.request import Request, read_request
from thermaliq.calculations.service import Calculations
from thermaliq.serving import Service, serving

Body = dict[str, Any]
Result = TypeVar("Result")
VERSIONS: Mapping[str, str] = {"thermaliq": "test"}
PATH = "/api/v1/calculations"
REDIS_UP_WITHIN_S = 10.0


def boiler(**inputs: Any) -> Body:
    """A boiler's body; inputs that are None are left out."""
    given = {
        "steam_flow": "10.8 t/h",
        "fuel_flow": {"value": 0.16, "unit": "kg/s", "accuracy": "1 %"},
        "p_steam": "41 bar(a)",
        "T_feedwater": "105 degC",
        **inputs,
    }
    left = {name: value for name, value in given.items() if value is not None}
    return {"type": "boiler_direct", "inputs": left, "parameters": {"LHV": "50 MJ/kg"}}


def example(name: str) -> Body:
    """The worked example of an asset type as a body."""
    kind, given = ASSET_TYPES[name], EXAMPLES[name]
    units: dict[str, str | None] = {item.name: item.unit for item in kind.parameters}
    units |= {item.name: item.unit for item in kind.inputs} | dict(given.units)
    numbers = {key: {"value": value, "unit": units[key] or "1"} for key, value in given.inputs.items()}
    parameters = {
        key: value if isinstance(value, str) else {"value": value, "unit": units[key] or "1"}
        for key, value in given.parameters.items()
    }
    return {"type": name, "inputs": numbers, "parameters": parameters}


def asked(body: object) -> Request:
    """A body, read."""
    return read_request(msgspec.json.encode(body), VERSIONS)


@dataclass
class Here:
    """Runs calculations in this process and counts them; `hold` is awaited before each."""

    runs: int = 0
    hold: Callable[[], Any] | None = None

    def require_room(self) -> None:
        """There is."""

    async def run(self, function: Callable[[], Result], *, begun: Callable[[], None] = lambda: None) -> Result:
        """Here."""
        begun()
        self.runs += 1
        if self.hold is not None:
            await self.hold()
        return function()


@dataclass
class OwnRedis:
    """A Redis on a port of its own that can be killed and started again."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    log: list[Path] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        server = shutil.which("redis-server") or pytest.fail("redis-server is not installed: run make services")
        options = ("--save", "", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder))
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen([server, *options], stdout=log, stderr=log)
        for _ in range(int(REDIS_UP_WITHIN_S / 0.05)):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail("redis-server does not come up")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    made = OwnRedis(free_port(), tmp_path)
    made.start()
    yield made
    made.kill()


@asynccontextmanager
async def calculating(
    runner: Here, redis_url: str | None = None, registry: CollectorRegistry | None = None
) -> AsyncIterator[Calculations]:
    """Calculations of one process, without a database."""
    metrics = CalculationMetrics(registry or CollectorRegistry())
    made = assemble(runner, redis_url, None, metrics, time.monotonic)
    async with made.opened():
        yield made


@asynccontextmanager
async def service_on(
    database_url: str, redis_url: str | None, registry: CollectorRegistry | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of a service on free ports."""
    service = Service([], database_url, "app", "topic", ports=FREE_PORTS, redis_url=redis_url)
    async with (
        serving(service, registry or CollectorRegistry()) as served,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.ports.http}", timeout=60) as client,
    ):
        yield client


@pytest.fixture
async def calculator(migrated_url: str, own_redis: OwnRedis) -> AsyncIterator[httpx.AsyncClient]:
    """A service on the real database and a Redis of its own."""
    async with service_on(migrated_url, own_redis.url) as client:
        yield client
