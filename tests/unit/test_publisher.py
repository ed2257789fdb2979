"""Scans become batches that are durable before anyone is told so."""

import asyncio
import json
import math

import pytest
from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.publisher import Publisher, Route
from connectors.source import GapSeen, Refusal, Sample, Scan
from schemas import codec
from schemas.reading import READINGS_MAX, ReadingBatch
from schemas.topics import DEAD_LETTER_BYTES_MAX, RECORD_BYTES_MAX, Topics
from tests.fix_connectors import ListRecordLog, ManualClock, until

GROUPS = {"mill/boiler1": "mill/powerhouse", "mill/boiler2": "mill/powerhouse"}


def publisher(
    log: ListRecordLog,
    clock: ManualClock,
    events: Events,
    readings_max: int = READINGS_MAX,
    unacknowledged_bytes_max: int = 1 << 20,
) -> Publisher:
    route = Route(log, Topics(), GROUPS, "01SESSION")
    return Publisher(
        "plc",
        route,
        clock,
        events,
        linger_s=0.001,
        readings_max=readings_max,
        unacknowledged_bytes_max=unacknowledged_bytes_max,
        close_timeout_s=0.05,
    )


def scan_of(*tags: str, ts_us: int = 1) -> Scan:
    return Scan([Sample(tag, ts_us, 1.0) for tag in tags])


def batches(log: ListRecordLog) -> list[ReadingBatch]:
    return [codec.decode_batch(record.value)[0] for record in log.records if record.topic == "thermaliq.readings"]


async def test_a_scan_becomes_one_batch_an_asset(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog()
    async with publisher(log, clock, events) as sink:
        await (await sink.put(scan_of("mill/boiler1/a", "mill/boiler2/a", "mill/boiler1/b")))
    first, second = batches(log)
    assert [reading.tag for reading in first.readings] == ["a", "b"]
    assert (first.asset, first.source, first.session, first.sequence) == ("mill/boiler1", "plc", "01SESSION", 0)
    assert (second.asset, second.origin, second.sent_us) == ("mill/boiler2", "source", clock.us)
    assert {record.key for record in log.records} == {b"mill/powerhouse"}
    assert log.records[0].headers == [("schema", b"reading_batch/1")]


async def test_sequences_count_by_asset_from_zero(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog()
    async with publisher(log, clock, events) as sink:
        for _ in range(3):
            await (await sink.put(scan_of("mill/boiler1/a")))
        await (await sink.put(scan_of("mill/boiler2/a")))
    assert [(batch.asset[-1], batch.sequence) for batch in batches(log)] == [("1", 0), ("1", 1), ("1", 2), ("2", 0)]


async def test_scans_within_the_linger_travel_together(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog()
    async with publisher(log, clock, events) as sink:
        futures = [await sink.put(scan_of("mill/boiler1/a", ts_us=ts_us)) for ts_us in range(10)]
        await asyncio.gather(*futures)
    assert [len(batch.readings) for batch in batches(log)] == [10]


async def test_another_origin_is_another_batch_and_the_order_stays(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog()
    async with publisher(log, clock, events) as sink:
        await sink.put(scan_of("mill/boiler1/a", ts_us=1))
        await sink.put(Scan([Sample("mill/boiler1/a", 2, 1.0)], "held"))
        await (await sink.put(scan_of("mill/boiler1/a", ts_us=3)))
    assert [(batch.origin, batch.readings[0].ts_us) for batch in batches(log)] == [
        ("source", 1),
        ("held", 2),
        ("source", 3),
    ]


async def test_a_scan_without_samples_is_a_heartbeat(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog()
    async with publisher(log, clock, events) as sink:
        await (await sink.put(Scan((), assets=("mill/boiler1", "mill/boiler2"))))
    assert [(batch.asset, batch.readings) for batch in batches(log)] == [("mill/boiler1", []), ("mill/boiler2", [])]


async def test_a_batch_keeps_within_its_bounds(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog()
    long_tag = "mill/boiler1/" + "x" * 400
    many = Scan([Sample("mill/boiler1/a", ts_us, 1.0) for ts_us in range(12_001)])
    wide = Scan([Sample(long_tag, 10**15 + ts_us, -1.2345678901234567e-300, 2**32 - 1) for ts_us in range(4_000)])
    async with publisher(log, clock, events) as sink:
        await (await sink.put(many))
        assert [len(batch.readings) for batch in batches(log)] == [5_000, 5_000, 2_001]
        await (await sink.put(wide))
    assert sum(len(batch.readings) for batch in batches(log)) == 16_001
    assert max(len(record.value) for record in log.records) < RECORD_BYTES_MAX - 100_000


async def test_a_smaller_bound_of_readings_holds(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog()
    async with publisher(log, clock, events, readings_max=2) as sink:
        await (await sink.put(Scan([Sample("mill/boiler1/a", ts_us, 1.0) for ts_us in range(5)])))
    assert [len(batch.readings) for batch in batches(log)] == [2, 2, 1]


async def test_a_future_is_done_only_when_every_batch_is_durable(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog(durable=False)
    async with publisher(log, clock, events) as sink:
        future = await sink.put(scan_of("mill/boiler1/a", "mill/boiler2/a"))
        await until(lambda: len(log.records) == 2)
        assert not future.done()
        one, other = log.records
        log.records = [one]
        log.acknowledge()
        await asyncio.sleep(0)
        assert not future.done()
        log.records = [other]
        log.acknowledge()
        await future


async def test_put_waits_while_too_much_is_unacknowledged(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog(durable=False)
    async with publisher(log, clock, events, unacknowledged_bytes_max=1_000) as sink:
        puts = [asyncio.create_task(sink.put(scan_of("mill/boiler1/a"))) for _ in range(50)]
        await asyncio.sleep(0.02)
        accepted = sum(put.done() for put in puts)
        assert 0 < accepted < 20
        while not all(put.done() for put in puts):
            log.acknowledge()
            await asyncio.sleep(0.001)
        log.durable = True
        log.acknowledge()
    assert sum(len(batch.readings) for batch in batches(log)) == 50


async def test_closing_waits_only_so_long_and_then_cancels(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog(durable=False)
    async with publisher(log, clock, events) as sink:
        future = await sink.put(scan_of("mill/boiler1/a"))
    assert future.cancelled()
    assert len(batches(log)) == 1


async def test_a_refusal_is_a_dead_letter_of_stage_connect(
    clock: ManualClock, events: Events, registry: CollectorRegistry
) -> None:
    log = ListRecordLog()
    async with publisher(log, clock, events) as sink:
        await (await sink.refuse(Refusal(b"key", b"\xff", "decode.not_json", "no JSON", "plant/boiler1")))
        await (await sink.refuse(Refusal(None, b"", "bad_time", "no time")))
    named, unnamed = log.records
    assert (named.topic, named.key, named.value) == ("thermaliq.dead_letters", b"key", b"\xff")
    assert dict(named.headers) == {
        "code": b"decode.not_json",
        "stage": b"connect",
        "topic": b"plant/boiler1",
        "partition": b"0",
        "offset": b"0",
        "detail": b"no JSON",
    }
    assert dict(unnamed.headers)["topic"] == b"plc"
    assert registry.get_sample_value("thermaliq_refused_payloads_total", {"source": "plc", "code": "bad_time"}) == 1


async def test_a_payload_too_long_for_a_dead_letter_is_cut_and_says_so(clock: ManualClock, events: Events) -> None:
    log = ListRecordLog()
    async with publisher(log, clock, events) as sink:
        await (await sink.refuse(Refusal(b"k" * 1_000, b"x" * (5 << 20), "decode.not_json", "d" * 9_000)))
    (letter,) = log.records
    size = len(letter.value) + len(letter.key or b"") + sum(len(name) + len(text) for name, text in letter.headers)
    assert size < DEAD_LETTER_BYTES_MAX
    assert dict(letter.headers)["detail"].endswith(b"of 5242880 bytes)")


async def test_a_gap_is_told_for_each_asset(clock: ManualClock, events: Events, registry: CollectorRegistry) -> None:
    log = ListRecordLog()
    async with publisher(log, clock, events) as sink:
        await (await sink.gap(GapSeen(("mill/boiler1", "mill/boiler2"), 5, 9, "no_communication")))
    assert [(record.topic, record.key) for record in log.records] == [
        ("thermaliq.readings", GROUPS.get(asset, asset).encode()) for asset in ("mill/boiler1", "mill/boiler2")
    ]
    assert json.loads(log.records[0].value) == {
        "asset": "mill/boiler1",
        "source": "plc",
        "from_us": 5,
        "to_us": 9,
        "reason": "no_communication",
        "backfilled": False,
    }
    assert log.records[0].headers == [("schema", b"gap/1")]
    labels = {"source": "plc", "reason": "no_communication"}
    assert registry.get_sample_value("thermaliq_gaps_total", labels) == 2


async def test_durable_readings_are_counted_by_status_class(
    clock: ManualClock, events: Events, registry: CollectorRegistry
) -> None:
    log = ListRecordLog()
    tag = "mill/boiler1/a"
    samples = [Sample(tag, 1, 1.0), Sample(tag, 2, 1.0, 0x40000000), Sample(tag, 3, None, 0x80310000)]
    async with publisher(log, clock, events) as sink:
        await (await sink.put(Scan([*samples, Sample(tag, 4, 1.0)])))
    counts = {
        status: registry.get_sample_value("thermaliq_readings_total", {"source": "plc", "status": status})
        for status in ("GOOD", "UNCERTAIN", "BAD")
    }
    assert counts == {"GOOD": 2, "UNCERTAIN": 1, "BAD": 1}
    assert registry.get_sample_value("thermaliq_batches_total", {"source": "plc"}) == 1
    assert math.isclose(registry.get_sample_value("thermaliq_publish_latency_seconds_count", {"source": "plc"}) or 0, 1)


async def test_a_publisher_that_does_not_run_takes_nothing(clock: ManualClock, events: Events) -> None:
    sink = publisher(ListRecordLog(), clock, events)
    with pytest.raises(RuntimeError, match="does not run"):
        await sink.put(scan_of("mill/boiler1/a"))
