"""`thermaliq demo`: a simulated plant over real protocols into the whole product, nothing to install."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.group_commit import GroupCommit
from connectors.simulator import plant, steam_boiler
from connectors.simulator.broker import mqtt_broker
from connectors.simulator.playback import play, show_live
from connectors.simulator.row import Row
from connectors.simulator.servers import PlantServers, free_port
from connectors.source import Source
from schemas.errors import RefusedError
from schemas.site import Site
from schemas.site_file import SiteText, load_sites
from thermaliq.delivery import Delivery
from thermaliq.embedded import Embedded, connectors_of, embedded_pipeline, embedded_postgres, scratch_folder
from thermaliq.site_files import VOCABULARY
from thermaliq.totals import Totals, totals
from thermaliq.wiring import SystemClock

UP = frozenset({"up", "degraded"})
LIVE_PERIOD_S = 1.0
PLANT_SEED = 9


@dataclass
class Demo:
    """A running demo: its site, the pipeline behind it, the sources in front and the metrics of all."""

    site: Site
    url: str
    pipeline: Embedded
    registry: CollectorRegistry
    events: Events
    sources: dict[str, Source] = field(default_factory=dict)

    async def subscribed(self) -> None:
        """Return once every connector is up."""
        while not self.sources or any(source.status.state not in UP for source in self.sources.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    def readings_log(self) -> GroupCommit:
        """The log that stands where the readings topic stands."""
        return self.pipeline.log.log(self.pipeline.topics.readings)


Serving = Callable[[Demo], AbstractAsyncContextManager[None]]
"""What shows a running demo to people."""


async def demo(
    dataset: str | None, speed: float | None, duration_s: float | None, stop: asyncio.Event, serving: Serving
) -> Totals:
    """Run until `stop`, the duration, or the end of the data set; then wait until all of the log is stored."""
    async with AsyncExitStack() as stack:
        running, show = await _open(stack, dataset, speed)
        events = running.events
        connectors = connectors_of([running.site], running.pipeline.log, events, running.sources.update)
        async with connectors, serving(running):
            await _over(stop, running.pipeline.failed, show(), duration_s)
        await running.pipeline.drain()
        return await asyncio.to_thread(totals, running.url, running.readings_log().log)


async def _open(
    stack: AsyncExitStack, dataset: str | None, speed: float | None
) -> tuple[Demo, Callable[[], Awaitable[None]]]:
    """Database, broker, plant and pipeline on `stack`; the demo, and what lets its plant live."""
    clock, registry = SystemClock(), CollectorRegistry()
    events = Events(registry)
    folder = stack.enter_context(scratch_folder())
    url = stack.enter_context(embedded_postgres(folder / "database"))
    ports = {"modbus_port": free_port(), "opcua_port": free_port(), "mqtt_port": free_port()}
    site = parse_site("demo.toml", (steam_boiler.boiler_site_toml if dataset else plant.plant_site_toml)(**ports))
    rows = steam_boiler.rows() if dataset else iter([plant.row_at(clock.now_us(), PLANT_SEED)])
    first = next(rows)
    broker = await stack.enter_async_context(mqtt_broker(ports["mqtt_port"]))
    servers = PlantServers(site, first, broker, modbus_port=ports["modbus_port"], opcua_port=ports["opcua_port"])
    await stack.enter_async_context(servers)
    pipeline = await stack.enter_async_context(embedded_pipeline([site], url, folder / "log", registry, events))
    running = Demo(site, url, pipeline, registry, events)
    if dataset:
        return running, lambda: _play(chain([first], rows), servers, running, speed)
    return running, lambda: _live(servers, running)


async def _over(stop: asyncio.Event, failed: asyncio.Event, show: Awaitable[None], duration_s: float | None) -> None:
    """Until `stop`, the end of the show or of the time; RefusedError where a part of the demo has `failed`."""
    showing = asyncio.ensure_future(show)
    waiting = {showing, asyncio.ensure_future(stop.wait()), asyncio.ensure_future(failed.wait())}
    done, _ = await asyncio.wait(waiting, timeout=duration_s, return_when=asyncio.FIRST_COMPLETED)
    error = showing.exception() if showing in done else None
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    if error is not None:
        raise error
    if failed.is_set():
        raise RefusedError("demo.failed", "a part of the demo has ended by itself; the log above tells which")


async def _live(servers: PlantServers, running: Demo) -> None:
    await running.subscribed()
    await show_live(lambda ts_us: plant.row_at(ts_us, PLANT_SEED), servers, SystemClock(), LIVE_PERIOD_S)


async def _play(rows: Iterable[Row], servers: PlantServers, running: Demo, speed: float | None) -> None:
    delivery = Delivery(source.name for source in running.site.sources)
    tail = asyncio.create_task(delivery.follow(running.readings_log()))
    try:
        await play(rows, servers, SystemClock(), subscribed=running.subscribed, delivered=delivery.reached, speed=speed)
    finally:
        tail.cancel()


def parse_site(name: str, text: str) -> Site:
    """A site of our own; its file is checked like any other."""
    sites, findings = load_sites([SiteText(name, ".", text.encode())], VOCABULARY, lambda path: Path(path).is_file())
    if not sites:
        raise ValueError("\n".join(map(str, findings)))
    return sites[0]
