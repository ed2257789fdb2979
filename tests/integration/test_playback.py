"""The simulator's servers and our three sources, joined by real sockets: nothing is lost, nothing comes twice."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import islice

import pytest

from connectors.modbus.source import ModbusSource
from connectors.mqtt.source import MqttSource
from connectors.opcua.source import OpcuaSource
from connectors.simulator import plant
from connectors.simulator.broker import mqtt_broker
from connectors.simulator.playback import play, show_live
from connectors.simulator.row import Row
from connectors.simulator.servers import PlantServers, free_port
from connectors.simulator.steam_boiler import COLUMNS, boiler_site_toml, rows
from connectors.source import Sample, Source
from schemas.site import Site
from schemas.site_file import SiteText, load
from tests.fix_connectors import ListSink, WallClock, until
from thermaliq.site_files import VOCABULARY

PROTOCOLS: Mapping[str, type[ModbusSource | OpcuaSource | MqttSource]] = {
    "modbus": ModbusSource,
    "opcua": OpcuaSource,
    "mqtt": MqttSource,
}


def site_of(toml: str) -> Site:
    site, findings = load(SiteText("site.toml", "/", toml.encode()), VOCABULARY, lambda _path: True)
    assert site is not None, findings
    return site


@pytest.fixture(autouse=True)
def _quiet_libraries() -> Iterator[None]:
    names = ("asyncua", "pymodbus.logging", "amqtt", "transitions")
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    yield
    for name in names:
        logging.getLogger(name).setLevel(logging.NOTSET)


class Connectors:
    """Every source of a site, running into one sink; `newest` time told of each tag."""

    def __init__(self, site: Site, sink: ListSink) -> None:
        self.sources: list[Source] = [PROTOCOLS[source.protocol](source, WallClock()) for source in site.sources]
        self.sink = sink
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(source.run(self.sink)) for source in self.sources]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results), results

    async def subscribed(self) -> None:
        await until(lambda: all(source.status.state in {"up", "degraded"} for source in self.sources))

    async def delivered(self, ts_us: int) -> None:
        await until(
            lambda: {sample.tag for sample in self.sink.samples()[-200:] if sample.ts_us == ts_us} == set(COLUMNS)
        )


@asynccontextmanager
async def served(first: Row) -> AsyncIterator[tuple[PlantServers, Site]]:
    port = free_port()
    async with mqtt_broker(port) as url:
        ports = {"modbus_port": 1, "opcua_port": 1, "mqtt_port": port}
        async with PlantServers(site_of(boiler_site_toml(**ports)), first, url) as servers:
            ports |= {"modbus_port": servers.modbus_port, "opcua_port": servers.opcua_port}
            yield servers, site_of(boiler_site_toml(**ports))


def by_tag(samples: Sequence[Sample]) -> dict[str, list[tuple[int, float | None, int]]]:
    told: dict[str, list[tuple[int, float | None, int]]] = {}
    for sample in samples:
        told.setdefault(sample.tag, []).append((sample.ts_us, sample.value, sample.status))
    return told


def as_served(data: Sequence[Row]) -> dict[str, list[tuple[int, float | None, int]]]:
    return {tag: [(row.ts_us, row.values[tag], 0) for row in data] for tag in COLUMNS}


async def test_every_value_of_every_row_arrives_once_and_bit_for_bit() -> None:
    data = list(islice(rows(), 200))
    async with served(data[0]) as (servers, site):
        connectors = Connectors(site, ListSink())
        connectors.start()
        shown = await play(data, servers, WallClock(), subscribed=connectors.subscribed, delivered=connectors.delivered)
        await connectors.stop()
    assert shown == 200
    assert by_tag(connectors.sink.samples()) == as_served(data)
    assert connectors.sink.refusals == []


async def test_connectors_that_were_stopped_in_the_middle_lose_nothing() -> None:
    data = list(islice(rows(), 60))
    async with served(data[0]) as (servers, site):
        sink = ListSink()
        running = [Connectors(site, sink)]
        running[0].start()

        async def delivered(ts_us: int) -> None:
            await running[-1].delivered(ts_us)
            if ts_us == data[30].ts_us:
                await running[-1].stop()
                running.append(Connectors(site, sink))
                running[-1].start()
                await running[-1].subscribed()

        await play(data, servers, WallClock(), subscribed=running[0].subscribed, delivered=delivered)
        await running[-1].stop()
    told = by_tag(sink.samples())
    assert {tag: sorted(set(readings)) for tag, readings in told.items()} == as_served(data)


async def test_the_synthetic_plant_is_told_in_si_by_all_its_sources() -> None:
    port = free_port()
    async with mqtt_broker(port) as url:
        ports = {"modbus_port": 1, "opcua_port": 1, "mqtt_port": port}
        first = plant.row_at(WallClock().now_us(), 1)
        async with PlantServers(site_of(plant.plant_site_toml(**ports)), first, url) as servers:
            ports |= {"modbus_port": servers.modbus_port, "opcua_port": servers.opcua_port}
            connectors = Connectors(site_of(plant.plant_site_toml(**ports)), ListSink())
            connectors.start()
            await connectors.subscribed()
            live = asyncio.create_task(show_live(lambda ts_us: plant.row_at(ts_us, 1), servers, WallClock(), 0.5))
            await until(lambda: {sample.tag for sample in connectors.sink.samples()} == set(first.values))
            live.cancel()
            await asyncio.wait([live])
            await connectors.stop()
    for sample in connectors.sink.samples():
        assert sample.value == pytest.approx(plant.row_at(sample.ts_us, 1).values[sample.tag], rel=0.02, abs=1e-9)
