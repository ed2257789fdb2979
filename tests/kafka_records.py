"""Records written to and read from the product's topics by a client that knows nothing of the product's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests.fix_product import Product


@dataclass(frozen=True)
class Sent:
    """A record to send; no partition: where the key's hash says."""

    value: bytes
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()
    partition: int | None = None


def topic_of(product: Product, name: str) -> str:
    """The installation's topic `name`."""
    return product.environment["THERMALIQ_TOPIC_PREFIX"] + name


async def send(product: Product, records: Sequence[Sent]) -> list[tuple[int, int]]:
    """Write to the readings topic, in order; each record's partition and offset."""
    producer = AIOKafkaProducer(bootstrap_servers=product.environment["THERMALIQ_KAFKA"], acks="all")
    await producer.start()
    try:
        sent = [
            await producer.send(
                topic_of(product, "readings"), record.value, record.key, record.partition, headers=list(record.headers)
            )
            for record in records
        ]
        placed = [await future for future in sent]
    finally:
        await producer.stop()
    return [(record.partition, record.offset) for record in placed]


async def read(product: Product, name: str) -> list[Any]:
    """Every record that stands in a topic now, partition by partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=product.environment["THERMALIQ_KAFKA"], enable_auto_commit=False)
    await consumer.start()
    try:
        found: list[Any] = []
        topic = topic_of(product, name)
        await consumer._client.force_metadata_update()
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        ends = await consumer.end_offsets(partitions)
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        for partition, end in ends.items():
            while await consumer.position(partition) < end:
                found += await _next(consumer, partition)
        return found
    finally:
        await consumer.stop()


async def _next(consumer: AIOKafkaConsumer, partition: TopicPartition) -> list[Any]:
    batch: list[Any] = (await consumer.getmany(partition, timeout_ms=1000)).get(partition, [])
    return batch
