"""The local services are the real ones, and `make services` keeps its promises."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import psycopg
import pytest
import redis
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from paho.mqtt.enums import CallbackAPIVersion

CHECKOUT = Path(__file__).resolve().parents[2]
SERVICES = ("kafka", "timescaledb", "redis", "mosquitto")


async def create_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    config = {"message.timestamp.type": "LogAppendTime"}
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1, topic_configs=config)])
    await admin.close()


async def metadata(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.close()


async def send(bootstrap: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, value, timestamp_ms=1)


async def first_record(bootstrap: str, topic: str) -> tuple[bytes, int]:
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        record = await consumer.getone()
        return record.value, record.timestamp


async def test_the_broker_stamps_a_record_with_its_append_time(kafka_bootstrap: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}round-trip"
    await create_topic(kafka_bootstrap, topic)
    before_ms = int(time.time() * 1000)
    await send(kafka_bootstrap, topic, b"steam")
    value, timestamp_ms = await first_record(kafka_bootstrap, topic)
    assert value == b"steam"
    assert before_ms <= timestamp_ms <= int(time.time() * 1000)


def test_the_role_makes_hypertables_and_roles_without_being_superuser(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION timescaledb")
        connection.execute("CREATE TABLE reading (ts timestamptz PRIMARY KEY, value double precision)")
        connection.execute("SELECT create_hypertable('reading', by_range('ts', interval '1 day'))")
        connection.execute("INSERT INTO reading SELECT now() - i * interval '1 day', i FROM generate_series(0, 4) i")
        chunks = connection.execute("SELECT count(*) FROM show_chunks('reading')").fetchone()
        rights = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert chunks == (5,)
    assert rights == (False, True, True)


def test_redis_keeps_what_it_is_given(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        key = f"test:{os.getpid()}"
        assert client.ping()
        client.set(key, b"h_pT", ex=60)
        assert client.getdel(key) == b"h_pT"


def test_mosquitto_delivers_at_least_once(mqtt_url: str) -> None:
    address, topic = urlsplit(mqtt_url), f"test/{os.getpid()}"
    subscribed, received = Queue[int](), Queue[bytes]()
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_subscribe = lambda _client, _data, mid, _codes, _properties: subscribed.put(mid)
    client.on_message = lambda _client, _data, message: received.put(bytes(message.payload))
    client.connect(address.hostname or "", address.port or 0)
    client.loop_start()
    try:
        client.subscribe(topic, qos=1)
        subscribed.get(timeout=5)
        client.publish(topic, b"11.2", qos=1).wait_for_publish(timeout=5)
        assert received.get(timeout=5) == b"11.2"
    finally:
        client.disconnect()
        client.loop_stop()


def make(checkout: Path, target: str) -> str:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", target], cwd=checkout, env=plain, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def pids(checkout: Path) -> dict[str, int]:
    return {name: int((checkout / ".services" / name / "pid").read_text()) for name in SERVICES}


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text()


def settings(output: str) -> dict[str, str]:
    lines = [re.fullmatch(r"export (THERMALIQ_\w+)=(\S+)", line) for line in output.splitlines()]
    assert all(lines), output
    return {match[1]: match[2] for match in lines if match}


@pytest.fixture
def second_checkout(tmp_path: Path) -> Iterator[Path]:
    """Another checkout on the same machine: what happens to its services happens to nobody else's."""
    shutil.copytree(CHECKOUT / "deploy" / "local", tmp_path / "deploy" / "local")
    shutil.copy(CHECKOUT / "Makefile", tmp_path)
    yield tmp_path
    make(tmp_path, "services-down")
    shutil.rmtree(tmp_path / ".services")


async def test_make_services_starts_what_is_missing_and_only_that(second_checkout: Path, kafka_bootstrap: str) -> None:
    first = settings(make(second_checkout, "services"))
    bootstrap = first["THERMALIQ_KAFKA"]
    assert bootstrap != kafka_bootstrap, "two checkouts never share a broker"
    before = pids(second_checkout)
    assert settings(make(second_checkout, "services")) == first
    assert pids(second_checkout) == before, "the second call leaves all as it is"

    await create_topic(bootstrap, "kept")
    await send(bootstrap, "kept", b"before the kill")
    os.kill(before["kafka"], signal.SIGKILL)
    assert settings(make(second_checkout, "services")) == first
    after = pids(second_checkout)
    assert [name for name in SERVICES if after[name] != before[name]] == ["kafka"]
    assert (await first_record(bootstrap, "kept"))[0] == b"before the kill"

    make(second_checkout, "services-down")
    assert not any(alive(pid) for pid in after.values())
    await metadata(kafka_bootstrap)
