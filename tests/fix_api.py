"""The service on a real database, with rows that the real store commits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import msgspec
import pytest
from prometheus_client import CollectorRegistry

from schemas import codec
from schemas.alarm import AlarmState, Alert, Priority
from schemas.point import Point
from schemas.site import Site, Window
from streams.changes import Columns, OutboxRow
from streams.register import Registry
from streams.store import Store
from tests.fix_database import MINUTE_US, T0_US, TOPIC, changes, point, site
from thermaliq.serving import Ports, Served, Service, serving

APP = "app"
BOILER, OTHER = "mill/boiler1", "mill/line2/boiler"
FREE_PORTS = Ports(0, 0, 0, 0)


def plant() -> Site:
    """Two boilers with two windows each."""
    windows = (Window("5min", 5 * MINUTE_US, MINUTE_US), Window("1h", 60 * MINUTE_US, 5 * MINUTE_US))
    made = site(assets=(BOILER, OTHER))
    return replace(made, assets=tuple(replace(asset, windows=windows) for asset in made.assets))


def alert(
    name: str,
    state: AlarmState,
    minute: int,
    *,
    episode: int = 0,
    asset: str = BOILER,
    priority: Priority = "high",
) -> Alert:
    """A transition `minute` minutes after T0, of the episode that began at `episode`."""
    at_us = T0_US + minute * MINUTE_US
    return Alert(asset, name, T0_US + episode * MINUTE_US, state, priority, 0.8, 0.82, at_us, at_us, "condition", 0)


@dataclass
class Writer:
    """A worker that owns partitions and commits what a test says."""

    store: Store
    registry: Registry
    epochs: dict[int, int] = field(default_factory=dict)
    seqs: dict[int, int] = field(default_factory=dict)

    def write(
        self,
        points: Sequence[Point] = (),
        alerts: Sequence[Alert] = (),
        readings: Columns | None = None,
        partition: int = 0,
    ) -> None:
        """One pass: rows and outbox in one transaction."""
        if partition not in self.epochs:
            self.epochs[partition] = self.store.take(partition, []).epoch
        seq = self.seqs.get(partition, 1)
        records = [("points", codec.encode(made)) for made in points] + [
            ("alerts", codec.encode(made)) for made in alerts
        ]
        outbox = [OutboxRow(seq + n, topic, b"key", value, ()) for n, (topic, value) in enumerate(records)]  # type: ignore[arg-type]
        self.seqs[partition] = seq + len(outbox)
        made = changes(
            self.seqs[partition],
            readings,
            next_seq=self.seqs[partition],
            points=[(self.registry.assets[made.asset], made) for made in points],
            transitions=[(self.registry.assets[made.asset], made) for made in alerts],
            outbox=outbox,
        )
        self.store.commit(partition, self.epochs[partition], made)

    def series(self, asset: str = BOILER) -> dict[str, int]:
        """Measurand → number."""
        mine = (tag for tag in self.registry.series if tag.startswith(f"{asset}/"))
        return {tag.removeprefix(f"{asset}/"): self.registry.series[tag] for tag in mine}

    def minutes(self, minutes: range, window: str = "5min", partition: int = 0, **more: Any) -> None:
        """A point at each of those minutes after T0, with other fields where `more` says so."""
        made = [msgspec.structs.replace(point(T0_US + minute * MINUTE_US, window=window), **more) for minute in minutes]
        self.write(made, partition=partition)


async def pages(client: httpx.AsyncClient, path: str, **parameters: Any) -> list[list[dict[str, Any]]]:
    """Every page of a list."""
    found, following = [], None
    while True:
        answer = (await client.get(path, params=parameters | ({"next": following} if following else {}))).json()
        found.append(answer["items"])
        following = answer["next"]
        if following is None:
            return found


@pytest.fixture
def writer(migrated_url: str) -> Iterator[Writer]:
    store = Store(migrated_url, APP, "cluster", TOPIC)
    yield Writer(store, store.register([plant()]))
    store.close()


@asynccontextmanager
async def running(url: str, cors_origins: Sequence[str] = ()) -> AsyncIterator[Served]:
    """The service on `url`, on free ports."""
    service = Service([plant()], url, APP, TOPIC, ports=FREE_PORTS, cors_origins=cors_origins)
    async with serving(service, CollectorRegistry()) as served:
        yield served


@pytest.fixture
async def served(migrated_url: str, writer: Writer) -> AsyncIterator[Served]:
    async with running(migrated_url, ["https://hmi.example"]) as made:
        yield made


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A caller on this machine."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.ports.http}", timeout=30) as made:
        yield made
