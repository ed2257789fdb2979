"""`thermaliq demo`: a simulated plant over real protocols into the whole product, nothing to install."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import psycopg
from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.group_commit import GroupCommit
from connectors.simulator import steam_boiler, synthetic
from connectors.simulator.broker import mqtt_broker
from connectors.simulator.playback import play, show_live
from connectors.simulator.row import Row
from connectors.simulator.servers import PlantServers, free_port
from connectors.source import Source
from schemas.site import Site
from schemas.site_file import SiteText, load_sites
from thermaliq.delivery import Delivery
from thermaliq.embedded import Embedded, connectors_of, embedded_pipeline, embedded_postgres, scratch_folder
from thermaliq.site_files import VOCABULARY
from thermaliq.wiring import SystemClock, until

UP = frozenset({"up", "degraded"})
LIVE_PERIOD_S = 1.0
DATASETS = ("steam_boiler",)


@dataclass(frozen=True)
class Totals:
    """What a demo did; `lost` are readings that the log holds and the database does not."""

    readings: int
    points: int
    alerts: int
    lost: int

    def lines(self) -> tuple[str, ...]:
        """The last lines of the demo."""
        return (f"readings {self.readings}", f"points {self.points}", f"alerts {self.alerts}", f"lost {self.lost}")


@dataclass
class Demo:
    """A running demo: its site, the pipeline behind it and the sources in front."""

    site: Site
    pipeline: Embedded
    sources: dict[str, Source] = field(default_factory=dict)

    async def subscribed(self) -> None:
        """Return once every connector is up."""
        while not self.sources or any(source.status.state not in UP for source in self.sources.values()):
            await asyncio.sleep(0.02)

    def readings_log(self) -> GroupCommit:
        """The log that stands where the readings topic stands."""
        return self.pipeline.log.log(self.pipeline.topics.readings)


async def demo(
    dataset: str | None,
    speed: float | None,
    duration_s: float | None,
    stop: asyncio.Event,
    serving: Callable[[Demo], Sequence[asyncio.Task[None]]],
) -> Totals:
    """Run the demo until `stop`, its duration, or the end of the data set; `serving` starts what shows it."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        url = stack.enter_context(embedded_postgres(folder / "database"))
        running = await stack.enter_async_context(_plant(dataset, url, folder / "log"))
        show, started = running
        for task in serving(started):
            stack.callback(task.cancel)
        if duration_s is not None:
            handle = asyncio.get_running_loop().call_later(duration_s, stop.set)
            stack.callback(handle.cancel)
        await until(stop, asyncio.create_task(show(speed)))
        await started.pipeline.drain()
        return await asyncio.to_thread(_totals, url, started)


Show = Callable[[float | None], "asyncio.Future[None]"]


@asynccontextmanager
async def _plant(dataset: str | None, url: str, folder: Path) -> AsyncIterator[tuple[Show, Demo]]:
    ports = {"modbus_port": free_port(), "opcua_port": free_port(), "mqtt_port": free_port()}
    text = steam_boiler.boiler_site_toml(**ports) if dataset else synthetic.plant_site_toml(**ports)
    site = parse_site("demo.toml", text)
    registry, clock = CollectorRegistry(), SystemClock()
    events = Events(registry)
    rows = steam_boiler.rows() if dataset else iter([synthetic.row_at(clock.now_us())])
    first = next(rows)
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(mqtt_broker(ports["mqtt_port"]))
        servers = await stack.enter_async_context(
            PlantServers(site, first, broker, modbus_port=ports["modbus_port"], opcua_port=ports["opcua_port"])
        )
        pipeline = await stack.enter_async_context(embedded_pipeline([site], url, folder, registry, events))
        running = Demo(site, pipeline)
        await stack.enter_async_context(connectors_of([site], pipeline.log, events, running.sources.update))

        async def show(speed: float | None) -> None:
            if dataset is None:
                await running.subscribed()
                await show_live(synthetic.row_at, servers, clock, LIVE_PERIOD_S)
            else:
                await _play(chain([first], rows), servers, running, clock, speed)

        yield show, running  # type: ignore[misc]


async def _play(
    rows: "chain[Row]", servers: PlantServers, running: Demo, clock: SystemClock, speed: float | None
) -> None:
    delivery = Delivery(source.name for source in running.site.sources)
    tail = asyncio.create_task(delivery.follow(running.readings_log()))
    try:
        await play(rows, servers, clock, subscribed=running.subscribed, delivered=delivery.reached, speed=speed)
    finally:
        tail.cancel()


def parse_site(name: str, text: str) -> Site:
    """A site of our own; its file is checked like any other."""
    sites, findings = load_sites([SiteText(name, ".", text.encode())], VOCABULARY, lambda path: Path(path).is_file())
    if not sites:
        raise ValueError("\n".join(map(str, findings)))
    return sites[0]
