"""`thermaliq connect`: the plant's sources → Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.source import Source
from schemas.errors import ConfigError
from schemas.site import Site
from thermaliq.settings import Settings
from thermaliq.wiring import SystemClock, chosen_sources, make_kafka_log, make_route, run_sources, until


async def connect(
    sites: Sequence[Site],
    name: str | None,
    settings: Settings,
    registry: CollectorRegistry,
    stop: asyncio.Event,
    started: Callable[[Mapping[str, Source]], None] = lambda _sources: None,
) -> None:
    """Run the sites' sources (or the one called `name`) until `stop` is set."""
    configs = chosen_sources(sites, name)
    if not configs:
        raise ConfigError("connect.no_sources", "no source to connect: the site files have push and replay ones only")
    clock, events = SystemClock(), Events(registry)
    async with make_kafka_log(settings.kafka, settings.kafka_security, clock, events) as log:
        route = make_route(log, settings.topics, sites, clock)
        await until(stop, asyncio.create_task(run_sources(configs, route, clock, events, started)))
