"""`thermaliq serve`: the service's ports in one process."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, Final

from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.session import session_id
from schemas.errors import ConfigError
from schemas.site import Site
from thermaliq.access.opening import Rules, open_gate, rules_of
from thermaliq.api.access import require_loopback
from thermaliq.api.app import Parts, create_admin_app, create_app, create_live_app
from thermaliq.api.catalog import Catalog
from thermaliq.api.database import Database, PoolMetrics, opened
from thermaliq.api.dispatch import DURABLE_WITHIN_S, Dispatch, LogContext
from thermaliq.api.feed import Feed
from thermaliq.api.guard import AccessMetrics
from thermaliq.api.idempotency import Answers
from thermaliq.api.measured import HttpMetrics, LiveMetrics
from thermaliq.api.outbox import Outbox
from thermaliq.api.queries import Queries
from thermaliq.api.routers.push import Pushing, PushMetrics
from thermaliq.api.standing import Standing, redis_addresses
from thermaliq.calculations.assembly import assemble
from thermaliq.calculations.metrics import CalculationMetrics
from thermaliq.calculations.redis_client import client_of
from thermaliq.calculations.workers import Workers, bounds_of
from thermaliq.health import Heartbeat, Probe, create_probe_app, info_of
from thermaliq.http_server import bind_socket, in_thread, run_until, server_of
from thermaliq.pod import PodMetrics
from thermaliq.pushing import make_router
from thermaliq.settings import Settings
from thermaliq.wiring import SystemClock, make_kafka_log

log = logging.getLogger("thermaliq.api")

METRICS_PORT: Final = 8001
QUERY_CONNECTIONS: Final = 8
LIVE_CONNECTIONS: Final = 4
CALCULATION_CONNECTIONS: Final = 4


@dataclass(frozen=True)
class Ports:
    """Where the service listens; 0: any free one."""

    http: int = 8000
    metrics: int = METRICS_PORT
    admin: int = 8002
    live: int = 8003


@dataclass(frozen=True)
class Service:
    """What a service shows, whence, and where."""

    sites: Sequence[Site]
    database_url: str = field(repr=False)
    app: str
    """Whose outbox is told live: the workers' group id."""
    readings_topic: str
    read_url: str | None = field(default=None, repr=False)
    bind: str = "127.0.0.1"
    ports: Ports = Ports()
    cors_origins: Sequence[str] = ()
    redis_url: str | None = field(default=None, repr=False)
    access: Rules = field(default_factory=Rules)
    processes: int = 1
    """How many processes of the service share this machine."""
    open_log: Callable[[CollectorRegistry], LogContext] | None = field(default=None, repr=False)
    """Where pushed readings and commands go; None: nowhere, they are answered 503."""
    durable_within_s: float = DURABLE_WITHIN_S
    peers: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"kafka": (), "redis": ()})
    """Name → `host:port` addresses; none: switched off."""


def service_of(settings: Settings, sites: Sequence[Site]) -> Service:
    """The service that the environment asks for."""
    metrics = METRICS_PORT if settings.metrics_port is None else settings.metrics_port
    return Service(
        sites=sites,
        database_url=settings.need_database_url(),
        app=settings.group_id,
        readings_topic=settings.topics.readings,
        read_url=settings.database_read_url,
        bind=settings.bind,
        ports=Ports(settings.http_port, metrics, settings.admin_port, settings.live_port),
        cors_origins=settings.cors_origins,
        redis_url=settings.redis_url,
        access=rules_of(settings),
        processes=settings.api_processes,
        open_log=lambda registry: make_kafka_log(
            settings.kafka, settings.kafka_security, SystemClock(), Events(registry)
        ),
        peers={"kafka": settings.kafka.split(","), "redis": redis_addresses(settings.redis_url)},
    )


@dataclass(frozen=True)
class Served:
    """A service that runs."""

    ports: Ports
    failed: asyncio.Future[None]
    """Done once a part of it has ended by itself, which none should."""


async def serve(
    service: Service,
    registry: CollectorRegistry,
    stop: asyncio.Event,
    bound: Callable[[Ports], None] = lambda _ports: None,
) -> None:
    """Serve until `stop` is set; `bound` is told the ports. Raises as `serving` does."""
    async with serving(service, registry) as served:
        bound(served.ports)
        told = asyncio.create_task(stop.wait())
        try:
            waited: set[asyncio.Future[Any]] = {told, served.failed}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()


@asynccontextmanager
async def serving(service: Service, registry: CollectorRegistry) -> AsyncIterator[Served]:
    """The service, in this event loop, from its ports being bound until left.

    ConfigError where it would listen off this machine or a port is taken, and, when left, where the schema cannot be
    worked with. A database that is away is waited for.
    """
    if service.access.is_open:
        require_loopback(service.bind)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # `Standing` tells of the database, once
    sockets = _bind(service)
    if service.access.is_open:
        log.info("without keys: every caller on this machine is admin, and nobody else is let in")
    ports = Ports(**{name: listening.getsockname()[1] for name, listening in sockets.items()})
    try:
        async with _running(service, registry, sockets) as failed:
            yield Served(ports, failed)
    finally:
        for listening in sockets.values():
            listening.close()


@dataclass(frozen=True)
class Backed:
    """What a process's applications stand on, at work."""

    parts: Parts
    standing: Standing
    tasks: Sequence[asyncio.Task[None]]


@asynccontextmanager
async def backed(
    service: Service, registry: CollectorRegistry, shown: CollectorRegistry | None = None
) -> AsyncIterator[Backed]:
    """All but the ports, until left; `/metrics` shows `shown` where other processes count too."""
    standing = Standing(service.peers)
    views = Database("query", service.read_url or service.database_url, QUERY_CONNECTIONS)
    primary = Database("live", service.database_url, LIVE_CONNECTIONS)
    parts = parts_of(service, registry, standing, views, primary)
    if shown is not None:
        parts = replace(parts, probe=replace(parts.probe, registry=shown))
    async with opened(views, primary), parts.calculations.opened(), parts.dispatch.opened():
        works = [parts.probe.heartbeat.run(), parts.feed.run(), standing.watch(service.database_url)]
        works.append(parts.workers.dismiss_idle())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            yield Backed(parts, standing, tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await parts.gate.close()
            await parts.pushing.answers.close()
    for task in tasks:
        if not task.cancelled():
            task.result()


@asynccontextmanager
async def _running(
    service: Service, registry: CollectorRegistry, sockets: Mapping[str, socket.socket]
) -> AsyncIterator[asyncio.Future[None]]:
    async with backed(service, registry) as made, in_thread(create_probe_app(made.parts.probe), sockets["metrics"]):
        parts = made.parts
        apps = {"http": create_app(parts), "admin": create_admin_app(parts), "live": create_live_app(parts)}
        ending = asyncio.Event()
        servers = [asyncio.create_task(run_until(ending, server_of(app), sockets[name])) for name, app in apps.items()]
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for task in (*made.tasks, *servers):
            task.add_done_callback(partial(_tell, failed))
        try:
            yield failed
        finally:
            made.standing.stopping = True
            ending.set()
            await asyncio.wait(servers)
    for task in servers:
        task.result()


def _tell(failed: asyncio.Future[None], _ended: asyncio.Task[None]) -> None:
    if not failed.done():
        failed.set_result(None)


def parts_of(
    service: Service, registry: CollectorRegistry, standing: Standing, views: Database, primary: Database
) -> Parts:
    """What the applications of a service stand on; its metrics go to `registry`."""
    clock = SystemClock()
    calculation_rows = Database("calculations", service.database_url, CALCULATION_CONNECTIONS, read_only=False)
    PoolMetrics((views, primary, calculation_rows), registry)
    PodMetrics(registry)
    heartbeat = Heartbeat(clock.monotonic_s)
    facts = info_of(service.sites, clock.now_us())
    calculation_metrics = CalculationMetrics(registry)
    workers = Workers(calculation_metrics, bounds_of(len(os.sched_getaffinity(0)), service.processes))
    gate = open_gate(service.access, calculation_metrics.redis_errors.inc)
    redis = None if service.redis_url is None else client_of(service.redis_url)
    answers = Answers(redis, clock.monotonic_s, calculation_metrics.redis_errors.inc)
    groups = {asset: group for site in service.sites for asset, group in site.groups().items()}
    log_context = None if service.open_log is None else service.open_log(registry)
    return Parts(
        catalog=Catalog(service.sites),
        queries=Queries(views, primary),
        feed=Feed(Outbox(primary, service.app, service.readings_topic), LiveMetrics(registry), clock.now_us),
        probe=Probe(heartbeat, standing.readiness, facts, registry, standing.schema_facts),
        metrics=HttpMetrics(registry),
        calculations=assemble(workers, service.redis_url, calculation_rows, calculation_metrics, clock.monotonic_s),
        workers=workers,
        access_metrics=AccessMetrics(registry),
        cors_origins=service.cors_origins,
        trusted_proxies=service.access.trusted_proxies,
        gate=gate,
        dispatch=Dispatch(log_context, service.readings_topic, groups, service.durable_within_s),
        pushing=Pushing(make_router(service.sites), answers, PushMetrics(registry), clock.now_us, gate.limiter.spend),
        new_id=lambda: session_id(clock.now_us(), os.urandom(10)),
    )


def _bind(service: Service) -> dict[str, socket.socket]:
    """Every port, or none."""
    sockets: dict[str, socket.socket] = {}
    try:
        for port in fields(Ports):
            setting = f"{port.name.upper()}_PORT"
            sockets[port.name] = bind_socket(service.bind, getattr(service.ports, port.name), setting)
    except ConfigError:
        for listening in sockets.values():
            listening.close()
        raise
    return sockets
