"""Appends on an event loop: one fsync for many, readers wait, a full log makes senders wait."""

import asyncio
import logging
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.group_commit import GroupCommit
from connectors.record_log import Position
from connectors.segment_log import SegmentLog
from connectors.segment_record_log import SegmentRecordLog
from schemas.errors import UnavailableError
from tests.fix_connectors import ManualClock, until


async def test_a_future_is_done_after_the_fsync(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = GroupCommit(SegmentLog(tmp_path, clock))
    syncs = 0
    sync = SegmentLog.sync

    def counted(self: SegmentLog) -> int:
        nonlocal syncs
        syncs += 1
        return sync(self)

    monkeypatch.setattr(SegmentLog, "sync", counted)
    futures = [log.append(None, str(number).encode()) for number in range(500)]
    assert not any(future.done() for future in futures)
    assert await asyncio.gather(*futures) == list(range(500))
    assert syncs < 10
    assert len(log.log.read(0)) == 500
    await log.close()


async def test_a_reader_waits_for_the_next_record(tmp_path: Path, clock: ManualClock) -> None:
    log = GroupCommit(SegmentLog(tmp_path, clock))
    reader = asyncio.create_task(log.grown(1))
    await log.append(None, b"0")
    assert not reader.done()
    await log.append(None, b"1")
    await asyncio.wait_for(reader, 5)
    assert [record.value for record in log.log.read(1)] == [b"1"]
    await log.close()


async def test_a_failed_fsync_fails_the_appends(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = GroupCommit(SegmentLog(tmp_path, clock))

    def fail(_file: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.fdatasync", fail)
    with pytest.raises(UnavailableError):
        await log.append(None, b"lost")
    monkeypatch.undo()
    await log.close()


async def test_records_of_one_key_share_a_partition_and_their_order(
    tmp_path: Path, clock: ManualClock, events: Events
) -> None:
    log = SegmentRecordLog(tmp_path, clock, events, partitions=4)
    sent = [await log.send("t", f"mill/{number % 5}".encode(), str(number).encode(), ()) for number in range(50)]
    positions = await asyncio.gather(*sent)
    for key in range(5):
        mine = positions[key::5]
        assert len({position.partition for position in mine}) == 1
        offsets = [position.offset for position in mine]
        assert offsets == sorted(offsets)
    assert len({position.partition for position in positions}) > 1
    assert sum(log.log("t", partition).log.next_offset for partition in range(4)) == 50
    await log.close()


async def test_records_survive_the_process(tmp_path: Path, clock: ManualClock, events: Events) -> None:
    log = SegmentRecordLog(tmp_path, clock, events)
    assert await (await log.send("thermaliq.readings", b"k", b"v", [("schema", b"x/1")])) == Position(0, 0)
    await log.close()
    log = SegmentRecordLog(tmp_path, clock, events)
    (record,) = log.read("thermaliq.readings", 0)
    assert (record.key, record.value, record.headers) == (b"k", b"v", (("schema", b"x/1"),))
    await log.close()


async def test_damage_is_counted_wherever_it_is_found(
    tmp_path: Path, clock: ManualClock, events: Events, registry: CollectorRegistry
) -> None:
    log = SegmentRecordLog(tmp_path, clock, events, bytes_max=8_000)
    for _ in range(30):
        await (await log.send("t", b"k", b"x" * 100, ()))
    await log.close()
    for segment in sorted((tmp_path / "t" / "0").glob("*.segment"))[::3]:
        data = bytearray(segment.read_bytes())
        data[60] ^= 1
        segment.write_bytes(data)
    log = SegmentRecordLog(tmp_path, clock, events, bytes_max=8_000)
    records = log.read("t", 0)
    damaged = registry.get_sample_value("thermaliq_segment_log_quarantined_total")
    assert damaged == 30 - len(records) > 0
    await log.close()


async def test_a_full_log_makes_its_sender_wait_and_says_so(
    tmp_path: Path, clock: ManualClock, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    log = SegmentRecordLog(tmp_path, clock, events, bytes_max=5_000)
    segments = log.log("t").log
    accepted = 0

    async def send_all() -> None:
        nonlocal accepted
        for _ in range(60):
            await (await log.send("t", b"k", b"x" * 100, ()))
            accepted += 1

    sender = asyncio.create_task(send_all())
    await until(lambda: bool(caplog.records))
    assert 0 < accepted < 60
    while not sender.done():
        segments.truncate_head(segments.durable_offset)
        await asyncio.sleep(0.01)
    assert accepted == 60
    lost, *_, back = [record.getMessage() for record in caplog.records]
    assert lost.startswith("t: segment_log.full")
    assert back == "t: back, records flow again"
    await log.close()
