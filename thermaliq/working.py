"""`thermaliq work`: one Faust worker from the readings topic to the database and the topics behind it."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from prometheus_client import CollectorRegistry

from connectors.events import Events
from schemas.errors import ConfigError, UnavailableError
from schemas.site import Site
from streams.app import KafkaLog, WorkerConfig, create_app
from streams.events import StreamEvents
from streams.outbox import Outbox
from streams.owner import Owned, Owner
from streams.pipeline import Pipeline
from streams.register import Registry
from streams.store import Store
from thermaliq.migrate import connected, require_schema
from thermaliq.publishing import Publishing
from thermaliq.settings import Settings
from thermaliq.stopping import unless
from thermaliq.wiring import SystemClock, kafka_client_options, make_kafka_log, make_plan

log = logging.getLogger("thermaliq.work")

RETRY_S = 1.0
COLLECTED_AFTER = 20_000
"""New objects until the garbage collector comes; as it is set by default, it takes a tenth of the worker's time."""
WATCH_S = 5.0


@dataclass(frozen=True)
class Cluster:
    """What the worker has to know of Kafka before it reads."""

    id: str
    partitions: int


def partition_of(partitions: int) -> Callable[[str], int]:
    """Kafka's default: murmur2 of the key."""
    return cache(lambda group: (murmur2(group.encode()) & 0x7FFF_FFFF) % partitions)


def spare_collector() -> None:
    """Sites and plan live as long as the worker, and a pass makes no cycles: look seldom, and at new objects only."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)


async def describe_cluster(settings: Settings, events: StreamEvents) -> Cluster:
    """Wait for Kafka and for the readings topic."""
    while True:
        try:
            cluster = await _ask_cluster(settings)
        except (KafkaError, OSError) as error:
            events.lost("kafka", UnavailableError("kafka.away", f"{settings.kafka}: {error}"))
        else:
            if cluster.partitions:
                events.back("kafka")
                return cluster
            missing = f"the topic {settings.topics.readings} is not there: thermaliq topics --create makes it"
            events.lost("kafka", UnavailableError("kafka.no_topic", missing))
        await asyncio.sleep(RETRY_S)


async def _ask_cluster(settings: Settings) -> Cluster:
    options = kafka_client_options(settings.kafka_security)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka, **options)
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka, **options)
    try:
        await admin.start()
        described = await admin.describe_cluster()
        await consumer.start()
        partitions = await _partitions(admin, settings.topics.readings)
    finally:
        await consumer.stop()
        await admin.close()
    return Cluster(str(described["cluster_id"]), partitions)


async def watch_cluster(settings: Settings, events: StreamEvents) -> None:
    """Tell when Kafka goes away and when it is back, until cancelled; Faust's own client says neither."""
    while True:
        await asyncio.sleep(WATCH_S)
        try:
            await _ask_cluster(settings)
        except (KafkaError, OSError) as error:
            events.lost("kafka", UnavailableError("kafka.away", f"{settings.kafka}: {error}"))
        else:
            events.back("kafka")


async def _partitions(admin: AIOKafkaAdminClient, topic: str) -> int:
    if topic not in await admin.list_topics():
        return 0
    (described,) = await admin.describe_topics([topic])
    return len(described["partitions"])


async def open_store(
    settings: Settings, cluster: Cluster, sites: Sequence[Site], events: StreamEvents
) -> tuple[Store, Registry]:
    """Wait for the database, refuse a schema that this version cannot work with, and number the sites."""
    url = settings.need_database_url()
    while True:
        try:
            return await asyncio.to_thread(_open_store, url, settings, cluster, sites)
        except UnavailableError as error:
            events.lost("database", error)
        await asyncio.sleep(RETRY_S)


def _open_store(url: str, settings: Settings, cluster: Cluster, sites: Sequence[Site]) -> tuple[Store, Registry]:
    with connected(url) as connection:
        require_schema(connection)
    store = Store(url, settings.group_id, cluster.id, settings.topics.readings)
    return store, store.register(sites)


async def find_peers(
    sites: Sequence[Site], settings: Settings, events: StreamEvents
) -> tuple[Cluster, Store, Registry]:
    """Wait for Kafka, then for the database."""
    cluster = await describe_cluster(settings, events)
    store, numbers = await open_store(settings, cluster, sites, events)
    return cluster, store, numbers


async def work(
    sites: Sequence[Site],
    settings: Settings,
    registry: CollectorRegistry,
    stop: asyncio.Event,
    started: Callable[[Owner], None] = lambda _owner: None,
) -> None:
    """Run until `stop` is set; `started` is told who owns the partitions."""
    if not any(site.assets for site in sites):
        raise ConfigError("work.no_assets", "no site file declares an asset")
    events, clock = StreamEvents(registry), SystemClock()
    peers = await unless(stop, find_peers(sites, settings, events))
    if peers is None:
        return
    cluster, store, numbers = peers
    pipeline = Pipeline(
        make_plan(sites, numbers), settings.topics.readings, store.history, partition_of(cluster.partitions)
    )
    spare_collector()
    outbox_log = make_kafka_log(settings.kafka, settings.kafka_security, clock, Events(registry))
    async with outbox_log:
        outbox = Outbox(settings.need_database_url(), settings.group_id, cluster.id, settings.topics, outbox_log)
        try:
            await _run(settings, pipeline, store, outbox, events, stop, started)
        finally:
            await outbox.close()
            store.close()


async def _run(
    settings: Settings,
    pipeline: Pipeline,
    store: Store,
    outbox: Outbox,
    events: StreamEvents,
    stop: asyncio.Event,
    started: Callable[[Owner], None],
) -> None:
    owned: dict[int, Owned] = {}
    publishing = Publishing(outbox, lambda partition: owned[partition].epoch if partition in owned else None)

    def make_owner(source: KafkaLog) -> Owner:
        return Owner(pipeline, store, source, events, SystemClock(), publishing.wake, owned)

    config = WorkerConfig(settings.group_id, settings.kafka, settings.topics.readings)
    app, owner = create_app(config, make_owner)
    started(owner)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(publishing.run()),
            group.create_task(publishing.prune(lambda: list(owned))),
            group.create_task(watch_cluster(settings, events)),
        ]
        await app.start()
        try:
            await stop.wait()
        finally:
            await owner.close()
            await app.stop()
            await publishing.drain()
            for task in tasks:
                task.cancel()
