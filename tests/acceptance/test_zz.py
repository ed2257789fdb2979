"""Connectors are killed and Kafka goes away; what was handed over stands in the database, once."""

from __future__ import annotations

import asyncio
import signal
import json
import subprocess
from collections.abc import Iterable, Iterator
from itertools import islice

import pytest

from connectors.simulator.row import Row
from connectors.simulator.steam_boiler import COLUMNS, rows
from schemas.site import Site
from tests.boiler_play import Playing, play_to, quiet_servers, served
from tests.fix_own_kafka import OwnKafka, _taken
import os
class DebugKafka(OwnKafka):
    def _run(self, verb):
        script = str(self._folder / "deploy" / "local" / "kafka.sh")
        environment = os.environ | {"SERVICES_KAFKA_PORT": str(self._port)}
        done = subprocess.run(["bash", "-x", script, verb], env=environment, capture_output=True, text=True, timeout=150, check=False)
        assert done.returncode == 0, done.stderr
        if verb == "up" and not _taken(self._port):
            print("UP BUT NOT", done.stderr[-6000:])
            raise AssertionError
        return done.stdout

@pytest.fixture
def own_kafka(tmp_path):
    broker = DebugKafka(tmp_path / "checkout")
    broker.start()
    yield broker
    broker.stop()
from tests.fix_product import Product
from tests.kafka_records import read

PACE_S = 0.02
WELL = 0
STORED = (
    "SELECT asset || '/' || tag, (extract(epoch FROM time) * 1000000)::bigint, value_si, status "
    "FROM thermaliq.v_reading"
)
Told = tuple[str, int, float | None, int]
"""Tag, time, value, status."""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet_servers():
        yield


def tags_of(site: Site, protocol: str) -> list[str]:
    """The tags that a protocol carries."""
    return [tag.id for source in site.sources if source.protocol == protocol for tag in source.tags]


def served_of(shown: Iterable[Row], tags: Iterable[str]) -> set[Told]:
    """What a source that misses nothing tells of the rows."""
    return {(tag, row.ts_us, row.values[tag], 0) for row in shown for tag in tags}


async def show(playing: Playing, shown: Iterable[Row]) -> None:
    """The plant goes on, whoever listens."""
    for row in shown:
        await playing.servers.show(row)
        await asyncio.sleep(PACE_S)


async def handed_over(product: Product) -> list[Told]:
    """Every reading that stands in the readings topic, in its order."""
    told: list[Told] = []
    for record in await read(product, "readings"):
        batch = json.loads(record.value)
        told += [
            (f"{batch['asset']}/{each['tag']}", each["ts_us"], each["value"], each.get("status", 0))
            for each in batch["readings"]
        ]
    return told


def stored(product: Product) -> list[Told]:
    """Every reading of the database."""
    return product.query(STORED)  # type: ignore[return-value]


async def until_stored(product: Product, wanted: set[Told]) -> None:
    """Wait until all of `wanted` stands in the database."""
    for _ in range(600):
        if wanted <= set(stored(product)):
            return
        await asyncio.sleep(0.1)
    missing = wanted - set(stored(product))
    example = min(missing, key=repr)
    pytest.fail(f"{len(missing)} of {len(wanted)} readings never came, as {example}\n{product.all_said()}")


async def test_a_connector_that_is_killed_twice_loses_nothing_that_was_handed_over(
    product: Product, mqtt_url: str
) -> None:
    """The broker keeps for its durable session what came while the connector was dead; what Kafka had, stays."""
    data = list(islice(rows(), 400))
    async with served(data[0], mqtt_url, product.folder) as playing:
        worker = product.start("work", str(playing.file))
        connector = product.start("connect", str(playing.file))
        await play_to(product, playing, [])
        seen: set[Told] = set()
        for alive, dead in ((data[1:121], data[121:161]), (data[161:281], data[281:321])):
            await show(playing, alive)
            product.kill(connector)
            seen |= set(await handed_over(product))
            await show(playing, dead)
            connector = product.start("connect", str(playing.file))
        await play_to(product, playing, data[321:])
        assert await asyncio.to_thread(product.stop, connector) == WELL

        told = await handed_over(product)
        await until_stored(product, set(told))
        assert await asyncio.to_thread(product.stop, worker) == WELL

    found = stored(product)
    assert len(found) == len(set(found)) == len({(tag, ts_us) for tag, ts_us, *_ in found}), "nothing twice"
    assert set(found) == set(told), "everything that Kafka has, and nothing else"
    assert seen <= set(found), "what Kafka had when the connector was killed"
    assert served_of(data, tags_of(playing.site, "mqtt")) <= set(found), "every message that the broker took"
    assert set(found) <= served_of(data, COLUMNS), "no value and no time that was not served"
    polled = {tag: sum(each[0] == tag for each in found) for tag in tags_of(playing.site, "modbus")}
    assert all(80 <= count < len(data) for count in polled.values()), "polled before, between and after the deaths"


async def test_connector_and_worker_wait_for_a_kafka_that_was_killed_and_go_on(
    product: Product, own_kafka: DebugKafka, mqtt_url: str
) -> None:
    mine = product.with_settings(KAFKA=own_kafka.bootstrap)
    mine.run("topics", "--create")
    data = list(islice(rows(), 300))
    async with served(data[0], mqtt_url, product.folder) as playing:
        worker = mine.start("work", str(playing.file))
        connector = mine.start("connect", str(playing.file))
        await play_to(mine, playing, data[1:50])
        own_kafka.kill()
        await show(playing, data[50:150])
        await mine.heard(connector, "records wait")
        await asyncio.to_thread(own_kafka.start)
        await play_to(mine, playing, data[150:])
        kept = [*tags_of(playing.site, "mqtt"), *tags_of(playing.site, "opcua")]
        await until_stored(product, served_of(data, kept))
        assert len({(tag, ts_us) for tag, ts_us, *_ in stored(product)}) == len(stored(product)), "nothing twice"
        assert mine.said(connector).count("records wait") == 1
        assert mine.said(connector).count("records flow again") == 1
        assert mine.said(worker).count("kafka is away") == mine.said(worker).count("kafka is back") <= 1

        own_kafka.kill()
        await show(playing, data[:5])
        await mine.heard(worker, "kafka is away", times=1 + mine.said(worker).count("kafka is back"))
        for process in (connector, worker):
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(8)
            if process.poll() is None:
                process.send_signal(signal.SIGUSR1)
                await asyncio.sleep(1)
                print(mine.said(process))
                process.kill()
                pytest.fail("hung")
            assert process.wait() == 0
