"""The MQTT source against a real mosquitto."""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors import supervisor
from connectors.backoff import Backoff
from connectors.events import Events
from connectors.mqtt.source import MqttSource
from connectors.source import Sample
from schemas.errors import ConfigError, UnavailableError
from schemas.quality import BAD_DECODING_ERROR, BAD_NO_DATA
from schemas.site import MqttAddress, MqttOptions, Source, SparkplugAddress, Tag
from tests.fix_connectors import ListSink, ManualClock, WallClock, until
from tests.fix_mqtt import LateSink, OwnBroker, publish

T = 1_500_000_000_000_000
T_MS = T // 1000


def tag(measurand: str, topic: str, **address: Any) -> Tag:
    return Tag(f"mill/b/{measurand}", "mill/b", measurand, "1", "1", MqttAddress(topic=topic, **address))


def timed(measurand: str, topic: str) -> Tag:
    return tag(measurand, topic, value=f"/{measurand}", timestamp="/ts")


def config(url: str, root: str, tags: Sequence[Tag], qos: Any = 1, filters: tuple[str, ...] | None = None) -> Source:
    chosen = (f"{root}/#",) if filters is None else filters
    options = MqttOptions(topic_filters=chosen, qos=qos, client_id=f"thermaliq-{root}")
    return Source("edge", "mqtt", url, options, tuple(tags), 0, 30_000_000)


def message(**values: object) -> bytes:
    return json.dumps(values).encode()


class Running:
    """A source under its supervisor."""

    def __init__(self, source: MqttSource, events: Events, sink: ListSink | None = None) -> None:
        self.source = source
        self.sink = sink or ListSink()
        backoff = Backoff(lambda: 0.5, first_s=0.05, max_s=0.2)
        self.task = asyncio.create_task(supervisor.run(source, self.sink, WallClock(), backoff, events))

    async def until_state(self, state: str) -> None:
        await until(lambda: self.source.status.state == state)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


async def up(source: MqttSource, events: Events, sink: ListSink | None = None) -> Running:
    running = Running(source, events, sink)
    await running.until_state("up")
    return running


async def test_a_message_reaches_all_tags_of_its_topic_with_its_own_time(
    mqtt_url: str, topic_root: str, events: Events
) -> None:
    topic = f"{topic_root}/b/temperatures"
    tags = [timed("a", topic), timed("b", topic), timed("a", f"{topic_root}/other")]
    running = await up(MqttSource(config(mqtt_url, topic_root, tags), WallClock()), events)
    await publish(mqtt_url, topic, message(a=1.5, b=2.5, ts=T_MS))
    await publish(mqtt_url, f"{topic_root}/nobody", b"7")
    await publish(mqtt_url, topic, message(a=1.6, b=2.6, ts="2017-07-14T02:40:01Z"))
    await running.sink.until_samples(4)
    await running.stop()
    assert running.sink.samples() == [
        Sample("mill/b/a", T, 1.5),
        Sample("mill/b/b", T, 2.5),
        Sample("mill/b/a", T + 1_000_000, 1.6),
        Sample("mill/b/b", T + 1_000_000, 2.6),
    ]
    assert {scan.origin for scan in running.sink.scans} == {"source"}


async def test_a_plain_number_has_the_time_of_its_arrival(mqtt_url: str, topic_root: str, events: Events) -> None:
    source = MqttSource(config(mqtt_url, topic_root, [tag("a", f"{topic_root}/a")], filters=()), ManualClock(us=77))
    running = await up(source, events)
    await publish(mqtt_url, f"{topic_root}/a", b"23.5")
    await running.sink.until_samples(1)
    await running.stop()
    assert running.sink.samples() == [Sample("mill/b/a", 77, 23.5)]
    assert running.sink.scans[0].origin == "connector"


async def test_an_unreadable_payload_is_a_null_for_each_tag_and_one_refusal_and_the_source_stays_up(
    mqtt_url: str, topic_root: str, events: Events
) -> None:
    topic = f"{topic_root}/b"
    running = await up(
        MqttSource(config(mqtt_url, topic_root, [timed("a", topic), timed("b", topic)]), WallClock()), events
    )
    await publish(mqtt_url, topic, message(a=1, b=2, ts=T_MS), b"\xff{", message(a=3, b=4, ts=T_MS + 1))
    samples = await running.sink.until_samples(6)
    assert running.source.status.state == "up"
    await running.stop()
    assert [(sample.tag, sample.value, sample.status) for sample in samples[2:4]] == [
        ("mill/b/a", None, BAD_DECODING_ERROR),
        ("mill/b/b", None, BAD_DECODING_ERROR),
    ]
    assert all(T <= sample.ts_us < T + 60_000_000 for sample in samples[2:4]), "on the source's clock"
    (refusal,) = running.sink.refusals
    assert (refusal.value, refusal.code, refusal.topic) == (b"\xff{", "mqtt.payload", topic)


async def test_a_bad_time_is_one_refusal_and_no_reading(mqtt_url: str, topic_root: str, events: Events) -> None:
    topic = f"{topic_root}/b"
    tags = [timed("a", topic), timed("b", topic)]
    running = await up(MqttSource(config(mqtt_url, topic_root, tags), WallClock()), events)
    await publish(mqtt_url, topic, message(a=1, b=2, ts="today"), message(a=3, b=4, ts=T_MS))
    samples = await running.sink.until_samples(2)
    await running.stop()
    assert [sample.value for sample in samples] == [3.0, 4.0]
    assert [refusal.code for refusal in running.sink.refusals] == ["bad_time"]


async def test_a_retained_message_without_a_time_of_its_own_is_no_reading_and_counted(
    mqtt_url: str, topic_root: str, events: Events
) -> None:
    tags = [tag("a", f"{topic_root}/a"), timed("b", f"{topic_root}/b")]
    await publish(mqtt_url, f"{topic_root}/a", b"1", retain=True)
    await publish(mqtt_url, f"{topic_root}/b", message(b=2, ts=T_MS), retain=True)
    source = MqttSource(config(mqtt_url, topic_root, tags), WallClock())
    running = await up(source, events)
    await publish(mqtt_url, f"{topic_root}/a", b"3")
    samples = await running.sink.until_samples(2)
    await running.stop()
    for name in ("a", "b"):
        await publish(mqtt_url, f"{topic_root}/{name}", b"", retain=True)
    assert sorted((sample.tag, sample.value) for sample in samples) == [("mill/b/a", 3.0), ("mill/b/b", 2.0)]
    assert source.retained_total == 1


@pytest.mark.parametrize("qos", [1, 2])
async def test_a_message_is_acknowledged_only_when_its_readings_are_durable(
    mqtt_url: str, topic_root: str, events: Events, qos: int
) -> None:
    topic = f"{topic_root}/b"
    wanted = config(mqtt_url, topic_root, [timed("a", topic)], qos=qos)
    first = await up(MqttSource(wanted, WallClock()), events, late := LateSink())
    await publish(mqtt_url, topic, message(a=1, ts=T_MS), message(a=2, ts=T_MS + 1), qos=qos)
    await late.until_samples(2)
    late.open[0].set_result(None)
    await asyncio.sleep(0.2)
    first.task.cancel()
    await asyncio.wait([first.task])
    second = await up(MqttSource(wanted, WallClock()), events)
    again = await second.sink.until_samples(1)
    await publish(mqtt_url, topic, message(a=3, ts=T_MS + 2), qos=qos)
    again = await second.sink.until_samples(2)
    await second.stop()
    assert [sample.value for sample in again] == [2.0, 3.0], "the first was acknowledged, the second came again"


async def test_what_was_published_while_away_comes_when_the_source_is_back(
    mqtt_url: str, topic_root: str, events: Events
) -> None:
    topic = f"{topic_root}/b"
    wanted = config(mqtt_url, topic_root, [timed("a", topic)])
    first = await up(MqttSource(wanted, WallClock()), events)
    await first.stop()
    await publish(mqtt_url, topic, *(message(a=step, ts=T_MS + step) for step in range(50)))
    second = await up(MqttSource(wanted, WallClock()), events)
    samples = await second.sink.until_samples(50)
    await second.stop()
    assert [sample.value for sample in samples] == [float(step) for step in range(50)]


async def test_a_stop_waits_for_what_is_on_its_way_and_acknowledges_it(
    mqtt_url: str, topic_root: str, events: Events
) -> None:
    topic = f"{topic_root}/b"
    wanted = config(mqtt_url, topic_root, [timed("a", topic)])
    first = await up(MqttSource(wanted, WallClock()), events, late := LateSink())
    await publish(mqtt_url, topic, message(a=1, ts=T_MS))
    await late.until_samples(1)
    first.task.cancel()
    await asyncio.sleep(0.1)
    late.durable()
    await asyncio.wait([first.task])
    second = await up(MqttSource(wanted, WallClock()), events)
    await publish(mqtt_url, topic, message(a=2, ts=T_MS + 1))
    samples = await second.sink.until_samples(1)
    await second.stop()
    assert [sample.value for sample in samples] == [2.0]


async def test_a_killed_broker_comes_back_and_no_acknowledged_message_is_missing(
    own_broker: OwnBroker, topic_root: str, events: Events
) -> None:
    topic = f"{topic_root}/b"
    await own_broker.start()
    running = await up(MqttSource(config(own_broker.url, topic_root, [timed("a", topic)]), WallClock()), events)
    await publish(own_broker.url, topic, message(a=1, ts=T_MS))
    await running.sink.until_samples(1)
    own_broker.kill()
    await running.until_state("lost")
    await own_broker.start()
    await running.until_state("up")
    await publish(own_broker.url, topic, message(a=2, ts=T_MS + 1))
    await until(lambda: {sample.value for sample in running.sink.samples()} == {1.0, 2.0})
    await running.stop()


async def test_more_than_the_inbox_holds_waits_at_the_broker(mqtt_url: str, topic_root: str, events: Events) -> None:
    topic = f"{topic_root}/b"
    wanted = config(mqtt_url, topic_root, [timed("a", topic)])
    running = await up(MqttSource(wanted, WallClock()), events, late := LateSink())
    await publish(mqtt_url, topic, *(message(a=step, ts=T_MS + step) for step in range(3000)))
    async with asyncio.timeout(30):
        while len({sample.value for sample in late.samples()}) < 3000:
            late.durable()
            await asyncio.sleep(0.001)
    late.durable()
    await running.stop()
    assert [sample.value for sample in late.samples()] == [float(step) for step in range(3000)]


async def test_a_scan_tells_what_came_and_what_did_not(mqtt_url: str, topic_root: str) -> None:
    tags = [timed("a", f"{topic_root}/a"), timed("b", f"{topic_root}/b")]
    await publish(mqtt_url, f"{topic_root}/a", message(a=1, ts=T_MS), retain=True)
    samples = await MqttSource(config(mqtt_url, topic_root, tags), WallClock()).scan_once()
    await publish(mqtt_url, f"{topic_root}/a", b"", retain=True)
    assert samples[0] == Sample("mill/b/a", T, 1.0)
    assert (samples[1].tag, samples[1].value, samples[1].status) == ("mill/b/b", None, BAD_NO_DATA)


async def test_no_broker_is_unavailable_and_leaves_no_task(own_broker: OwnBroker, topic_root: str) -> None:
    before = asyncio.all_tasks()
    source = MqttSource(config(own_broker.url, topic_root, [tag("a", f"{topic_root}/a")]), WallClock())
    with pytest.raises(UnavailableError) as refusal:
        await source.run(ListSink())
    assert refusal.value.code == "mqtt.unreachable"
    assert asyncio.all_tasks() == before


async def test_a_stopped_source_leaves_no_task(mqtt_url: str, topic_root: str, events: Events) -> None:
    before = asyncio.all_tasks()
    running = await up(MqttSource(config(mqtt_url, topic_root, [tag("a", f"{topic_root}/a")]), WallClock()), events)
    await running.stop()
    assert asyncio.all_tasks() == before


def test_tls_and_sparkplug_are_not_built_yet_and_are_named() -> None:
    with pytest.raises(ConfigError, match="mqtts") as refusal:
        MqttSource(config("mqtts://h:8883", "x", [tag("a", "x/a")]), WallClock())
    assert refusal.value.code == "mqtt.tls_not_built"
    metric = replace(tag("o2", ""), address=MqttAddress(sparkplug=SparkplugAddress("mill", "gw1", "b", "O2")))
    with pytest.raises(ConfigError, match="mill/b/o2") as refusal:
        MqttSource(config("mqtt://h:1883", "x", [metric]), WallClock())
    assert refusal.value.code == "mqtt.sparkplug_not_built"


async def test_paho_says_nothing_on_its_own(
    own_broker: OwnBroker, topic_root: str, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    await own_broker.start()
    running = await up(
        MqttSource(config(own_broker.url, topic_root, [tag("a", f"{topic_root}/a")]), WallClock()), events
    )
    own_broker.kill()
    await running.until_state("lost")
    await running.stop()
    assert {record.name for record in caplog.records} == {"thermaliq.connectors"}
