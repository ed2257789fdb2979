"""The service in one of several processes that share port 8000; the elected one has the other ports."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.types import ASGIApp, Receive, Scope, Send

from schemas.errors import ConfigError, ThermaliqError
from thermaliq.api.access import require_loopback
from thermaliq.api.app import create_admin_app, create_app, create_live_app
from thermaliq.certificates import CertificateMetrics, certificate_files
from thermaliq.health import create_probe_app
from thermaliq.http_server import bind_socket, in_thread, run_until, server_of
from thermaliq.pod import PodMetrics
from thermaliq.process import begin, tell
from thermaliq.serving import Backed, Service, backed, service_of
from thermaliq.site_files import read_sites

log = logging.getLogger("thermaliq.serve")

LOOK_EVERY_S: Final = 1.0
POOL_METRICS: Final = ("database_connections_active", "thermaliq_database_connections_max")
"""What a process collects at a scrape, which no other process would see."""


class Application:
    """ASGI; the service is made at the server's start-up, in its event loop."""

    def __init__(self, folder: Path) -> None:
        """`folder` : what the processes share."""
        self._folder = folder
        self._inner: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._inner is None:
            raise ConfigError("serve.lifespan", "run uvicorn with --lifespan on")
        else:
            await self._inner(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with serving_one(self._folder) as self._inner:
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except ThermaliqError as error:
            log.warning("the service ends: %s: %s", error.code, error.detail)
            await send({"type": "lifespan.startup.failed" if self._inner is None else "lifespan.shutdown.failed"})
            return
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def serving_one(folder: Path) -> AsyncIterator[ASGIApp]:
    """The application of port 8000; in the background this process stands for election."""
    settings = begin()
    sites, warnings = read_sites(settings.need_sites(()))
    tell(tuple(warnings))
    service = service_of(settings, sites)
    if service.access.is_open:
        require_loopback(service.bind)
    registry, shown = CollectorRegistry(), CollectorRegistry()
    MultiProcessCollector(shown, str(folder))  # type: ignore[no-untyped-call]
    PodMetrics(shown)
    CertificateMetrics(certificate_files(settings, sites), shown)
    async with backed(service, registry, shown) as made:
        ending = asyncio.Event()
        tasks = [
            asyncio.create_task(publish_pools(registry)),
            asyncio.create_task(stand_for_election(service, made, folder, ending)),
        ]
        try:
            yield create_app(made.parts)
        finally:
            made.standing.stopping = True
            ending.set()
            tasks[0].cancel()
            await asyncio.wait(tasks)


async def publish_pools(registry: CollectorRegistry) -> None:
    """Write what is collected in this process alone to the common folder, until cancelled."""
    summed = CollectorRegistry()
    gauges = {name: Gauge(name, name, ["pool"], registry=summed, multiprocess_mode="livesum") for name in POOL_METRICS}
    while True:
        for family in registry.collect():
            for sample in family.samples if family.name in gauges else ():
                gauges[family.name].labels(sample.labels["pool"]).set(sample.value)
        await asyncio.sleep(LOOK_EVERY_S)


async def stand_for_election(service: Service, made: Backed, folder: Path, ending: asyncio.Event) -> None:
    """Wait until no other process has the other ports, then serve them until `ending` is set."""
    while not ending.is_set():
        with elected(folder / "elected.lock") as mine:
            if mine:
                await _serve_others(service, made, folder, ending)
        try:
            await asyncio.wait_for(ending.wait(), LOOK_EVERY_S)
        except TimeoutError:
            continue


@contextmanager
def elected(file: Path) -> Iterator[bool]:
    """Whether this process holds the lock; a process that dies lets it go."""
    number = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(number)


async def _serve_others(service: Service, made: Backed, folder: Path, ending: asyncio.Event) -> None:
    apps = {"admin": create_admin_app(made.parts), "live": create_live_app(made.parts)}
    async with AsyncExitStack() as stack:
        try:
            sockets = {
                name: stack.enter_context(
                    bind_socket(service.bind, getattr(service.ports, name), f"{name.upper()}_PORT")
                )
                for name in ("metrics", *apps)
            }
        except ConfigError as error:
            log.warning("%s; trying on", error.detail)
            return
        await stack.enter_async_context(in_thread(create_probe_app(made.parts.probe), sockets["metrics"]))
        servers = [asyncio.create_task(run_until(ending, server_of(app), sockets[name])) for name, app in apps.items()]
        while not ending.is_set():
            forget_the_dead(folder)
            await asyncio.wait(servers, timeout=LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait(servers)


def forget_the_dead(folder: Path) -> None:
    """A process that was killed has no queue and no connections any more."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            mark_process_dead(int(pid), str(folder))  # type: ignore[no-untyped-call]
