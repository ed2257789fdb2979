"""The measured boiler played to a running product: real servers in the test's process, connectors as a process."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from aiokafka import AIOKafkaConsumer
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from connectors.simulator.playback import play
from connectors.simulator.row import Row
from connectors.simulator.servers import PlantServers, free_port
from connectors.simulator.steam_boiler import boiler_site_toml
from schemas.site import Site
from schemas.site_file import SiteText, load
from tests.fix_connectors import WallClock
from tests.fix_product import Product
from thermaliq.delivery import Delivery
from thermaliq.site_files import VOCABULARY

PORT = 1883


@dataclass(frozen=True)
class Playing:
    """A site file whose sources are served, and who serves them."""

    site: Site
    file: Path
    servers: PlantServers
    first: Row


def site_of(toml: str) -> Site:
    """A site file that is well."""
    site, findings = load(SiteText("site.toml", "/", toml.encode()), VOCABULARY, lambda _path: True)
    assert site is not None, findings
    return site


def namespaced(toml: str, name: str) -> str:
    """The site with topics and an MQTT session of its own on a shared broker."""
    toml = re.sub(r'(topic = "|topic_filters = \[")', rf"\g<1>{name}/", toml)
    return toml.replace('protocol = "mqtt"\n', f'protocol = "mqtt"\nclient_id = "{name}"\n')


@contextmanager
def quiet_servers() -> Iterator[None]:
    """The servers' libraries tell every connection that a connector loses."""
    names = ("asyncua", "pymodbus.logging")
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name in names:
            logging.getLogger(name).setLevel(logging.NOTSET)


@asynccontextmanager
async def served(first: Row, mqtt_url: str, folder: Path) -> AsyncIterator[Playing]:
    """The boiler behind real servers, its first row in place; its site file in `folder`."""
    name = f"test-{secrets.token_hex(6)}"
    ports = {
        "modbus_port": free_port(),
        "opcua_port": free_port(),
        "mqtt_port": urlsplit(mqtt_url).port or PORT,
    }
    toml = namespaced(boiler_site_toml(**ports), name)
    site, file = site_of(toml), folder / "boiler.toml"
    file.write_text(toml)
    own = {key: ports[key] for key in ("modbus_port", "opcua_port")}
    async with PlantServers(site, first, mqtt_url, **own) as servers:
        try:
            yield Playing(site, file, servers, first)
        finally:
            await asyncio.to_thread(end_session, mqtt_url, name)


def end_session(mqtt_url: str, client_id: str) -> None:
    """The broker forgets a durable session."""
    parts = urlsplit(mqtt_url)
    client = Client(CallbackAPIVersion.VERSION2, client_id, clean_session=True, protocol=MQTTv311)
    client.connect(parts.hostname or "", parts.port or PORT)
    client.loop(timeout=2.0)
    client.disconnect()


@asynccontextmanager
async def tail(product: Product, delivery: Delivery) -> AsyncIterator[None]:
    """Show `delivery` every record of the readings topic, from the first on."""
    topic = f"{product.environment['THERMALIQ_TOPIC_PREFIX']}readings"
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=product.environment["THERMALIQ_KAFKA"], auto_offset_reset="earliest"
    )

    async def follow() -> None:
        async for record in consumer:
            delivery.see(record.value)

    try:
        await consumer.start()
        task = asyncio.create_task(follow())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
    finally:
        await consumer.stop()


async def play_to(product: Product, playing: Playing, rows: Iterable[Row]) -> int:
    """Show `rows` (the first one stands already), the next when the topic has the one before from every source."""
    delivery = Delivery(source.name for source in playing.site.sources)

    async def subscribed() -> None:
        """Who publishes cannot see subscribers: repeat the first row until it arrives; the same again is no news."""
        while True:
            await playing.servers.publish_first()
            with suppress(TimeoutError):
                return await asyncio.wait_for(delivery.reached(playing.first.ts_us), 1.0)

    async with tail(product, delivery):
        return await play(
            chain([playing.first], rows),
            playing.servers,
            WallClock(),
            subscribed=subscribed,
            delivered=delivery.reached,
        )
