"""Records on a real Kafka: durable, in order, and patient while it is away."""

import asyncio
import logging

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from connectors.backoff import Backoff
from connectors.events import Events
from connectors.kafka_record_log import KafkaRecordLog, kafka_producer
from connectors.publisher import Publisher, Route
from connectors.source import Sample, Scan
from schemas import codec
from schemas.topics import Topics
from tests.fix_connectors import WallClock, until

PARTITIONS = 4


async def create(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    finally:
        await admin.close()


async def read_all(bootstrap: str, topic: str, count: int) -> list[tuple[int, bytes | None, bytes]]:
    """(partition, key, value) of at least `count` records, in each partition's order."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, partition) for partition in range(PARTITIONS)])
    await consumer.start()
    records: list[tuple[int, bytes | None, bytes]] = []
    try:
        async with asyncio.timeout(20):
            while len(records) < count:
                for place, fetched in (await consumer.getmany(timeout_ms=200)).items():
                    records += [(place.partition, record.key, record.value) for record in fetched]
    finally:
        await consumer.stop()
    return records


@pytest.fixture
async def topic(kafka_bootstrap: str, topic_prefix: str) -> str:
    name = f"{topic_prefix}readings"
    await create(kafka_bootstrap, name)
    return name


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Our own log lines; aiokafka has many of its own."""
    return [record.getMessage() for record in caplog.records if record.name == "thermaliq.connectors"]


def quick() -> Backoff:
    return Backoff(lambda: 0.0, first_s=0.05, max_s=0.1)


async def test_records_of_a_key_keep_their_order_in_the_keys_partition(
    kafka_bootstrap: str, topic: str, events: Events
) -> None:
    async with KafkaRecordLog(lambda: kafka_producer(kafka_bootstrap, {}), WallClock(), quick(), events) as log:
        sent = [await log.send(topic, b"mill/%d" % (n % 7), b"%d" % n, [("schema", b"x/1")]) for n in range(700)]
        positions = await asyncio.gather(*sent)
    records = await read_all(kafka_bootstrap, topic, 700)
    assert len(records) == 700
    for key in {record[1] for record in records}:
        assert key is not None
        mine = [(partition, int(value)) for partition, found, value in records if found == key]
        assert {partition for partition, _ in mine} == {(murmur2(key) & 0x7FFFFFFF) % PARTITIONS}
        assert [number for _, number in mine] == sorted(number for _, number in mine)
    assert all(
        positions[number].partition == partition for partition, _, value in records if (number := int(value)) >= 0
    )


async def test_a_named_partition_wins_over_the_key(kafka_bootstrap: str, topic: str, events: Events) -> None:
    async with KafkaRecordLog(lambda: kafka_producer(kafka_bootstrap, {}), WallClock(), quick(), events) as log:
        assert [(await (await log.send(topic, b"k", b"v", (), p))).partition for p in range(PARTITIONS)] == [0, 1, 2, 3]


async def test_records_wait_for_a_topic_and_nothing_is_lost(
    kafka_bootstrap: str, topic_prefix: str, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "thermaliq.connectors")
    topic = f"{topic_prefix}late"
    options = {"request_timeout_ms": 500}

    def impatient() -> AIOKafkaProducer:
        return AIOKafkaProducer(bootstrap_servers=kafka_bootstrap, acks="all", enable_idempotence=True, **options)

    async with KafkaRecordLog(impatient, WallClock(), quick(), events) as log:
        sent = [await log.send(topic, b"k", b"%d" % n, ()) for n in range(20)]
        await until(lambda: bool(ours(caplog)))
        await create(kafka_bootstrap, topic)
        await asyncio.wait_for(asyncio.gather(*sent), 20)
    messages = ours(caplog)
    assert len(messages) == 2
    assert messages[0].startswith("kafka: kafka.UnknownTopicOrPartitionError")
    assert messages[1] == "kafka: back, records flow again"
    assert len(await read_all(kafka_bootstrap, topic, 20)) == 20


async def test_kafka_may_be_away_at_the_start(
    kafka_bootstrap: str, topic: str, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "thermaliq.connectors")
    addresses = iter(["127.0.0.1:1"] * 3)

    def producer() -> AIOKafkaProducer:
        return kafka_producer(next(addresses, kafka_bootstrap), {})

    async with KafkaRecordLog(producer, WallClock(), quick(), events) as log:
        await asyncio.wait_for(await log.send(topic, b"k", b"v", ()), 20)
    messages = ours(caplog)
    assert [message.split(":")[0] for message in messages] == ["kafka", "kafka"]


async def test_a_producer_that_breaks_is_replaced_and_the_order_stays(
    kafka_bootstrap: str, topic: str, events: Events
) -> None:
    made: list[AIOKafkaProducer] = []

    class Breaking(AIOKafkaProducer):  # type: ignore[misc]
        """Its third record fails after it was handed over."""

        sent = 0

        async def send(self, *args: object, **kwargs: object) -> asyncio.Future[object]:
            self.sent += 1
            if self.sent == 3:
                failed: asyncio.Future[object] = asyncio.get_running_loop().create_future()
                failed.set_exception(KafkaError("broken"))
                return failed
            future: asyncio.Future[object] = await super().send(*args, **kwargs)
            return future

    def producer() -> AIOKafkaProducer:
        kind = AIOKafkaProducer if made else Breaking
        made.append(kind(bootstrap_servers=kafka_bootstrap, acks="all", enable_idempotence=True))
        return made[-1]

    async with KafkaRecordLog(producer, WallClock(), quick(), events) as log:
        sent = [await log.send(topic, b"k", b"%d" % number, ()) for number in range(10)]
        await asyncio.wait_for(asyncio.gather(*sent), 20)
    assert len(made) == 2
    values = [int(value) for _, _, value in await read_all(kafka_bootstrap, topic, 10)]
    last_copies = list(dict.fromkeys(reversed(values)))[::-1]
    assert last_copies == list(range(10))


async def test_closing_with_kafka_away_ends_soon_and_cancels(events: Events) -> None:
    before = asyncio.all_tasks()
    log = KafkaRecordLog(lambda: kafka_producer("127.0.0.1:1", {}), WallClock(), quick(), events, close_timeout_s=0.1)
    async with log:
        sent = await log.send("t", b"k", b"v", ())
    assert sent.cancelled()
    assert asyncio.all_tasks() == before


async def test_senders_wait_while_too_much_is_under_way(events: Events) -> None:
    log = KafkaRecordLog(
        lambda: kafka_producer("127.0.0.1:1", {}),
        WallClock(),
        quick(),
        events,
        unacknowledged_bytes_max=3_000,
        close_timeout_s=0.05,
    )
    async with log:
        sends = [asyncio.create_task(log.send("t", b"k", b"v" * 800, ())) for _ in range(10)]
        await asyncio.sleep(0.05)
        assert sum(send.done() for send in sends) == 3
        for send in sends:
            send.cancel()
        await asyncio.wait(sends)


async def test_a_publishers_batches_stand_in_the_topic(kafka_bootstrap: str, topic_prefix: str, events: Events) -> None:
    topics = Topics(topic_prefix)
    await create(kafka_bootstrap, topics.readings)
    async with KafkaRecordLog(lambda: kafka_producer(kafka_bootstrap, {}), WallClock(), quick(), events) as log:
        route = Route(log, topics, {"mill/boiler1": "mill/powerhouse"}, "01S")
        async with Publisher("plc", route, WallClock(), events) as sink:
            for ts_us in range(100):
                await sink.put(Scan([Sample("mill/boiler1/flow", ts_us, 1.5)]))
    records = await read_all(kafka_bootstrap, topics.readings, 1)
    batches = [codec.decode_batch(value)[0] for _, _, value in records]
    assert {key for _, key, _ in records} == {b"mill/powerhouse"}
    assert [reading.ts_us for batch in batches for reading in batch.readings] == list(range(100))
    assert [batch.sequence for batch in batches] == list(range(len(batches)))
