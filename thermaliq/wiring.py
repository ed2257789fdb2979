"""Puts the parts together: the only place that knows every room's classes."""

from __future__ import annotations

import asyncio
import os
import random
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from importlib.metadata import version

from aiokafka.helpers import create_ssl_context
from prometheus_client import CollectorRegistry

from calc.asset_types import ASSET_TYPES
from connectors.backoff import Backoff
from connectors.events import Events
from connectors.kafka_record_log import KafkaRecordLog, kafka_producer
from connectors.modbus.source import ModbusSource
from connectors.mqtt.source import MqttSource
from connectors.opcua.source import OpcuaSource
from connectors.publisher import Publisher, Route
from connectors.record_log import RecordLog
from connectors.session import session_id
from connectors.source import Sink, Source
from connectors.supervisor import run_all
from schemas import site as sites
from schemas.errors import ConfigError
from schemas.topics import Topics
from streams.plan import Plan, compile_plan
from streams.register import Registry
from thermaliq.settings import KafkaSecurity

PASSED_OVER = frozenset({"push", "replay"})
"""Protocols that `connect` has nothing to do for: others bring their readings."""
PROVENANCE_PACKAGES = ("thermaliq", "numpy", "CoolProp", "seuif97")


class SystemClock:
    """The machine's clocks."""

    def now_us(self) -> int:
        """Wall clock, epoch microseconds UTC."""
        return time.time_ns() // 1000

    def monotonic_s(self) -> float:
        """A clock that never steps."""
        return time.monotonic()


def versions() -> dict[str, str]:
    """Versions of what a number depends on, for provenance."""
    return {package: version(package) for package in PROVENANCE_PACKAGES}


def make_plan(loaded: Sequence[sites.Site], registry: Registry) -> Plan:
    """The loaded sites with their database numbers."""
    return compile_plan(loaded, registry.assets, registry.series, ASSET_TYPES, versions())


def make_source(config: sites.Source, clock: SystemClock, events: Events) -> Source:
    """The connector of one configured source; ConfigError names what is not built yet."""
    match config.protocol:
        case "modbus":
            return ModbusSource(config, clock, events)
        case "opcua":
            return OpcuaSource(config, clock)
        case "mqtt":
            return MqttSource(config, clock)
        case _:
            raise ConfigError("connect.protocol", f"source {config.name}: {config.protocol} is no connector")


def chosen_sources(loaded: Iterable[sites.Site], name: str | None) -> list[sites.Source]:
    """Sources that `connect` runs; ConfigError where `name` is none of them."""
    found = [source for site in loaded for source in site.sources if source.protocol not in PASSED_OVER]
    if name is None:
        return found
    named = [source for source in found if source.name == name]
    if not named:
        known = ", ".join(source.name for source in found) or "none"
        raise ConfigError("connect.source", f"no source named {name} to connect; known: {known}")
    return named


def kafka_client_options(security: KafkaSecurity) -> dict[str, object]:
    """Keyword arguments of aiokafka's clients."""
    options: dict[str, object] = {"security_protocol": security.protocol}
    if security.protocol.endswith("SSL"):
        options["ssl_context"] = _ssl_context(security)
    if security.protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": security.mechanism,
            "sasl_plain_username": security.username,
            "sasl_plain_password": security.password,
        }
    return options


def _ssl_context(security: KafkaSecurity) -> ssl.SSLContext:
    context: ssl.SSLContext = create_ssl_context(
        cafile=str(security.ca_file) if security.ca_file else None,
        certfile=str(security.certificate) if security.certificate else None,
        keyfile=str(security.private_key) if security.private_key else None,
    )
    return context


def make_backoff() -> Backoff:
    """Delays between attempts at a peer."""
    return Backoff(random.random)


def make_kafka_log(bootstrap: str, security: KafkaSecurity, clock: SystemClock, events: Events) -> KafkaRecordLog:
    """The record log on Kafka."""
    options = kafka_client_options(security)
    return KafkaRecordLog(lambda: kafka_producer(bootstrap, options), clock, make_backoff(), events)


def make_route(log: RecordLog, topics: Topics, loaded: Iterable[sites.Site], clock: SystemClock) -> Route:
    """Where the connectors' records go, with a name of its own for this run."""
    groups: dict[str, str] = {}
    for site in loaded:
        groups |= site.groups()
    return Route(log, topics, groups, session_id(clock.now_us(), os.urandom(10)))


async def run_sources(
    configs: Sequence[sites.Source],
    route: Route,
    clock: SystemClock,
    events: Events,
    started: Callable[[Mapping[str, Source]], None] = lambda _sources: None,
) -> None:
    """Run connectors until cancelled; each hands its scans to a publisher of its own."""
    made = [make_source(config, clock, events) for config in configs]
    started({source.name: source for source in made})
    async with AsyncExitStack() as stack:
        publishers = [await stack.enter_async_context(Publisher(source.name, route, clock, events)) for source in made]
        pairs: list[tuple[Source, Sink]] = list(zip(made, publishers, strict=True))
        try:
            await run_all(pairs, clock, make_backoff, events)
        finally:  # together: in turn, each would wait its full time for a Kafka that is away
            await asyncio.gather(*(publisher.close() for publisher in publishers))


async def until(stop: asyncio.Event, work: asyncio.Task[None]) -> None:
    """Let `work` run until `stop` is set, then cancel it and wait; its own failure is passed on."""
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, work}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    work.cancel()
    done, _ = await asyncio.wait({work})
    for task in done:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


def make_registry() -> CollectorRegistry:
    """The metrics of one process."""
    return CollectorRegistry()
