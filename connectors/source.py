"""The face that every protocol shows: a source samples its plant and hands over scans.

A source knows nothing of Kafka. It calls `sink.put(scan)` and, where its protocol can acknowledge (MQTT's PUBACK),
waits for the returned future of that scan before it does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from schemas.reading import Origin

SourceState = Literal["starting", "up", "degraded", "lost"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One converted value: tag id (asset/measurand), source time, SI value or None, whole status code."""

    tag: str
    ts_us: int
    value: float | None
    status: int = 0


@dataclass(frozen=True)
class Scan:
    """What a source saw at one go; samples may belong to several assets. No sample: a heartbeat of `assets`."""

    samples: Sequence[Sample]
    origin: Origin = "source"
    assets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A payload that does not decode: kept with its bytes as a dead letter of stage `connect`."""

    key: bytes | None
    value: bytes
    code: str
    detail: str
    topic: str = ""


@dataclass(frozen=True)
class GapSeen:
    """A time of which `assets` of this source told nothing, on the source's clock."""

    assets: tuple[str, ...]
    from_us: int
    to_us: int
    reason: str


class Sink(Protocol):
    """Where a source's scans go. A returned future is done when the records are durable (Kafka's acks=all, fsynced).

    `put` waits while the sink is full: back-pressure reaches the plant's protocol, nothing is dropped.
    """

    async def put(self, scan: Scan) -> asyncio.Future[None]:
        """Hand over a scan."""
        ...

    async def refuse(self, refusal: Refusal) -> asyncio.Future[None]:
        """Hand over a payload that does not decode."""
        ...

    async def gap(self, gap: GapSeen) -> asyncio.Future[None]:
        """Hand over a gap."""
        ...


class Clock(Protocol):
    """Time, passed in."""

    def now_us(self) -> int:
        """Wall clock, epoch microseconds UTC."""
        ...

    def monotonic_s(self) -> float:
        """A clock that never steps."""
        ...


@dataclass
class SourceStatus:
    """What a source tells about itself; read by health and metrics."""

    state: SourceState = "starting"
    detail: str = ""
    readings_total: dict[str, int] = field(default_factory=dict)
    """Readings by quality class."""


class Source(Protocol):
    """One configured source of a site."""

    name: str
    status: SourceStatus

    async def run(self, sink: Sink) -> None:
        """Connect and deliver until cancelled (or, for a replay, until the file ends: it returns then).

        Raises `UnavailableError` when the peer is away: the supervisor backs off and calls again.
        """
        ...

    async def scan_once(self) -> list[Sample]:
        """One sample of every tag, for `thermaliq test`; sends nothing. Raises `UnavailableError`."""
        ...
