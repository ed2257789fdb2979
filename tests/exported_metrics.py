"""Everything that the product tells Prometheus, each metric once, from the code that tells it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from connectors.events import Events
from schemas.dead_letter import DeadLetter
from schemas.errors import UnavailableError
from streams.changes import AlarmMemory
from streams.events import StreamEvents
from streams.owner import Owned, Owner
from tests.fix_database import T0_US, changes, point
from tests.oracle.bench import PARTITION, Bench, plan_of
from tests.oracle.plant import SECOND_US, Feed, Machine, Parcel, Plant, Sample, Signal, Span
from tests.oracle.toy import HEAT_OF_FUEL, formula
from thermaliq.api.database import Database, PoolMetrics
from thermaliq.api.measured import HttpMetrics, LiveMetrics
from thermaliq.calculations.metrics import CalculationMetrics
from thermaliq.certificates import CertificateMetrics
from thermaliq.pod import PodMetrics
from thermaliq.wiring import SystemClock
from thermaliq.worker_metrics import WorkerMetrics

BOILER = "mill/boiler"
END = 130
"""Offset at which the partition's log ends."""


@dataclass
class Pipe:
    """The log of one partition, as a worker's metrics see it."""

    end_offset: int | None = END

    async def bounds(self, _partition: int) -> tuple[int, int]:
        return 0, END

    def end(self, _partition: int) -> int | None:
        return self.end_offset

    async def start_at(self, _partition: int, _offset: int) -> None:
        return None


def boiler_owner(source: Pipe, events: StreamEvents) -> Owner:
    """A worker whose boiler has been heard of until 20 s, in records that came up to 25 s later."""
    feed = Feed("plc", 5 * SECOND_US, 10**9 * SECOND_US)
    tags = {name: f"{BOILER}/{name}" for name in ("steam_flow", "fuel_flow")}
    machine = Machine(
        id=BOILER,
        type="toy",
        inputs=tags,
        required=tuple(tags),
        drivers=("fuel_flow",),
        formula=formula(),
        windows=(Span("10s", 10 * SECOND_US, 10 * SECOND_US),),
        parameters={"LHV": HEAT_OF_FUEL, "fuel_cutoff": 0.0},
        bound=1.0,
    )
    signals = tuple(Signal(tag, "plc", 60 * SECOND_US) for tag in tags.values())
    bench = Bench(plan_of(Plant((feed,), signals, (machine,), 3600 * SECOND_US)))
    for second in (0, 20):
        samples = [Sample(tag, T0_US + second * SECOND_US, 1.0, 0) for tag in tags.values()]
        bench.run([Parcel(BOILER, "plc", T0_US + (second + 25) * SECOND_US, samples)])
    (asset,) = bench.pipeline.partitions[PARTITION].assets.values()
    alarm = AlarmMemory(asset.plan.number, "low", "unacknowledged", "high", T0_US, T0_US, 0.8, 0.82, None, T0_US, 0)
    asset.alarms["low"] = alarm
    next_offset = bench.pipeline.partitions[PARTITION].next_offset
    owned = {PARTITION: Owned(1, next_offset, T0_US, 0.0)}
    return Owner(bench.pipeline, bench.store, source, events, SystemClock(), lambda _: None, owned)  # type: ignore[arg-type]


def connector_metrics(registry: CollectorRegistry) -> None:
    """A connector that has seen everything."""
    events = Events(registry)
    events.batch_durable("dcs", [0, 0x40000000, 0x80000000], 0.02)
    events.gap("dcs", "connection_lost", 1)
    events.refused("dcs", "mqtt.payload", "")
    events.source_state("dcs", "up")
    events.source_lost("dcs", "timeout", "", first=True)
    events.poll_overrun("dcs", 1)
    events.log_lost("kafka", "kafka.away", "")


def worker_metrics(registry: CollectorRegistry) -> None:
    """A worker that has committed everything."""
    events = StreamEvents(registry)
    letter = DeadLetter(None, b"", "normalize.time", "normalize", "thermaliq.readings", 0, 0)
    tally = {"late": 1, "too_late": 1, "revisions": 1}
    events.committed(changes(1, points=[(1, point(T0_US))], dead_letters=[letter], tally=tally), 0, 0.01)
    events.lost("kafka", UnavailableError("kafka.away", ""))
    events.back("database")
    events.fenced(0)
    WorkerMetrics(boiler_owner(Pipe(), events), registry)


def service_metrics(registry: CollectorRegistry, certificate: Path) -> None:
    """A service that has answered, and refused."""
    http, live, calculations = HttpMetrics(registry), LiveMetrics(registry), CalculationMetrics(registry)
    for status in ("200", "503"):
        http.requests.labels("GET", "/api/v1/assets", status).inc()
    http.duration_s.labels("GET", "/api/v1/assets").observe(0.01)
    live.clients.set(1)
    calculations.answers.labels("computed").inc()
    PoolMetrics([Database("query", "postgresql://thermaliq@127.0.0.1:1/thermaliq", 8)], registry)
    PodMetrics(registry)
    CertificateMetrics({"mill.dcs.certificate": certificate}, registry)


def whole_product(certificate: Path) -> CollectorRegistry:
    """All of it on one registry."""
    registry = CollectorRegistry()
    connector_metrics(registry)
    worker_metrics(registry)
    service_metrics(registry, certificate)
    return registry
