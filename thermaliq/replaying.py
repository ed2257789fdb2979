"""`thermaliq replay`: a file → Kafka, with its own timestamps."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.publisher import Publisher
from connectors.replay.source import ReplaySource, ReplaySummary
from schemas.errors import ConfigError
from schemas.site import Site, Source
from thermaliq.settings import Settings
from thermaliq.wiring import SystemClock, make_kafka_log, make_route, until

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Replay:
    """What to play, and how fast."""

    file: Path
    source: Source
    speed: float
    sites: Sequence[Site]


def replay_source(sites: Sequence[Site], name: str | None) -> Source:
    """The sites' replay source, the one called `name` where they have several; ConfigError where that is not one."""
    found = [source for site in sites for source in site.sources if source.protocol == "replay"]
    named = [source for source in found if name in (None, source.name)]
    if len(named) == 1:
        return named[0]
    known = ", ".join(source.name for source in found)
    if not found:
        raise ConfigError("replay.source", 'the site has no source with protocol = "replay"')
    if name is not None:
        raise ConfigError("replay.source", f"no replay source named {name}; known: {known}")
    raise ConfigError("replay.source", f"the site has several replay sources: choose one by --source; known: {known}")


def parse_speed(text: str) -> float:
    """A factor of the file's own pace, or `max`."""
    if text == "max":
        return math.inf
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < math.inf:
        raise ConfigError("replay.speed", f"--speed {text}: write a number above 0, or max")
    return speed


READINGS_A_BATCH = 200
"""At full speed the linger would else merge batches up to the largest that a record may carry."""


async def play(replay: Replay, settings: Settings, stop: asyncio.Event, progress: Progress) -> ReplaySummary:
    """Play until the file's end or until `stop` is set; Kafka has all that the summary counts."""
    clock, events = SystemClock(), Events(CollectorRegistry())
    source = ReplaySource(replay.source, replay.file, replay.speed, clock, events, progress=progress)
    async with make_kafka_log(settings.kafka, settings.kafka_security, clock, events) as log:
        route = make_route(log, settings.topics, replay.sites, clock)
        async with Publisher(source.name, route, clock, events, readings_max=READINGS_A_BATCH) as sink:
            await until(stop, asyncio.create_task(source.run(sink)))
    return source.summary
