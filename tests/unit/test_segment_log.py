"""The segment log keeps what was synced, and says what it could not keep."""

import os
from pathlib import Path

import pytest

from connectors.segment_log import SegmentLog
from schemas.errors import RefusedError, UnavailableError
from tests.fix_connectors import ManualClock


def open_log(
    folder: Path, clock: ManualClock, bytes_max: int = 1 << 20, segment_bytes_max: int = 1 << 16
) -> SegmentLog:
    return SegmentLog(folder, clock, bytes_max=bytes_max, segment_bytes_max=segment_bytes_max)


def values(log: SegmentLog, offset: int | None = None) -> list[bytes]:
    return [record.value for record in log.read(log.first_offset if offset is None else offset, 10_000)]


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.segment"))


def fill(log: SegmentLog, count: int, size: int = 100) -> None:
    for number in range(count):
        log.append(b"key", str(number).encode().rjust(size, b"."))
    log.sync()


def test_a_record_comes_back_whole(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock)
    headers = (("schema", b"reading_batch/1"), ("größe", b""))
    offset = log.append(None, b"value", headers)
    assert log.append(b"", b"") == offset + 1
    log.sync()
    first, second = log.read(offset)
    assert (first.offset, first.key, first.value, first.headers) == (offset, None, b"value", headers)
    assert (second.key, second.value, second.headers, second.append_us) == (b"", b"", (), clock.us)
    log.close()


def test_what_is_not_synced_is_not_read(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock)
    log.append(None, b"a")
    assert log.sync() == 1
    log.append(None, b"b")
    assert values(log) == [b"a"]
    log.sync()
    assert values(log) == [b"a", b"b"]
    log.close()


def test_reading_starts_at_the_offset_and_stops_at_the_number(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock, segment_bytes_max=2_000)
    fill(log, 100)
    assert [record.offset for record in log.read(42, 30)] == list(range(42, 72))
    assert len(segments(tmp_path)) > 5
    log.close()


def test_large_records_are_read_across_chunks(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock, bytes_max=64 << 20, segment_bytes_max=32 << 20)
    large = [bytes([number]) * (700_000 + number) for number in range(8)] + [b"x" * 5_000_000, b"tail"]
    for value in large:
        log.append(b"k", value)
    log.sync()
    assert values(log) == large
    log.close()


def test_offsets_and_append_times_go_on_after_reopening(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock)
    fill(log, 3)
    log.close()
    clock.us -= 60_000_000
    log = open_log(tmp_path, clock)
    assert log.append(None, b"after") == 3
    log.sync()
    times = [record.append_us for record in log.read(0)]
    assert times == sorted(times)
    log.close()


def test_truncation_deletes_whole_segments_only(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock, segment_bytes_max=2_000)
    fill(log, 100)
    before = log.size_bytes
    log.truncate_head(50)
    assert 0 < log.first_offset <= 50
    assert log.size_bytes < before
    assert [record.offset for record in log.read(50, 1)] == [50]
    with pytest.raises(RefusedError) as refused:
        log.read(log.first_offset - 1)
    assert refused.value.code == "segment_log.offset_gone"
    log.truncate_head(1_000)
    assert log.next_offset == 100
    assert len(segments(tmp_path)) == 1
    log.close()
    log = open_log(tmp_path, clock)
    assert log.next_offset == 100
    log.close()


def test_a_full_log_refuses_until_its_head_is_truncated(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock, bytes_max=10_000, segment_bytes_max=1_000)
    with pytest.raises(UnavailableError) as full:
        fill(log, 1_000)
    assert full.value.code == "segment_log.full"
    log.sync()
    kept = log.next_offset
    assert log.size_bytes <= 10_000
    assert len(values(log)) == kept
    log.truncate_head(kept)
    assert log.append(None, b"again") == kept
    log.close()


def test_a_large_record_does_not_stand_in_its_own_way(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock, bytes_max=10_000)
    log.append(None, b"x" * 9_000)
    with pytest.raises(UnavailableError):
        log.append(None, b"y" * 9_000)
    log.truncate_head(log.sync())
    assert log.append(None, b"y" * 9_000) == 1
    log.close()


def test_a_record_that_can_never_fit_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock, bytes_max=1_000)
    with pytest.raises(RefusedError) as refused:
        log.append(None, b"x" * 1_000)
    assert refused.value.code == "segment_log.too_large"
    log.close()


def test_a_flipped_bit_in_the_middle_costs_one_record(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock)
    fill(log, 10)
    log.close()
    data = bytearray(segments(tmp_path)[0].read_bytes())
    data[data.index(b"...4") + 1] ^= 1
    segments(tmp_path)[0].write_bytes(data)
    log = open_log(tmp_path, clock)
    assert [record.offset for record in log.read(0)] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert log.quarantined == 1
    aside = list((tmp_path / "quarantine").iterdir())
    assert len(aside) == 1
    assert b"..." in aside[0].read_bytes()
    log.close()


def test_a_flipped_bit_in_an_old_segment_is_found_when_it_is_read(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock, segment_bytes_max=2_000)
    fill(log, 50)
    log.close()
    data = bytearray(segments(tmp_path)[0].read_bytes())
    data[data.index(b"...4") + 1] ^= 1
    segments(tmp_path)[0].write_bytes(data)
    log = open_log(tmp_path, clock, segment_bytes_max=2_000)
    assert log.quarantined == 0
    assert len(values(log)) == 49
    assert len(values(log)) == 49
    assert log.quarantined == 1
    log.close()


def test_an_offset_that_a_reader_may_have_seen_is_never_given_again(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock)
    fill(log, 10)
    log.close()
    data = bytearray(segments(tmp_path)[0].read_bytes())
    data[-1] ^= 1
    segments(tmp_path)[0].write_bytes(data)
    log = open_log(tmp_path, clock)
    assert len(values(log)) == 9
    assert log.quarantined == 1
    offset = log.append(None, b"new")
    assert offset > 9
    log.sync()
    assert [record.value for record in log.read(10)] == [b"new"]
    log.close()


def test_a_torn_tail_is_cut_and_is_no_damage(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock)
    fill(log, 10)
    log.close()
    with segments(tmp_path)[0].open("r+b") as file:
        file.truncate(segments(tmp_path)[0].stat().st_size - 20)
    log = open_log(tmp_path, clock)
    assert len(values(log)) == 9
    assert (log.quarantined, log.torn_bytes > 0) == (0, True)
    log.close()


def test_a_frame_inside_a_payload_is_no_record(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock)
    fill(log, 3)
    inner = segments(tmp_path)[0].read_bytes()
    log.append(None, inner)
    log.sync()
    log.close()
    with segments(tmp_path)[0].open("r+b") as file:
        file.truncate(segments(tmp_path)[0].stat().st_size - 1)
    log = open_log(tmp_path, clock)
    assert [record.offset for record in log.read(0)] == [0, 1, 2]
    log.close()


def test_a_folder_is_open_in_one_place_only(tmp_path: Path, clock: ManualClock) -> None:
    log = open_log(tmp_path, clock)
    with pytest.raises(UnavailableError) as taken:
        open_log(tmp_path, clock)
    assert taken.value.code == "segment_log.in_use"
    log.close()
    open_log(tmp_path, clock).close()


def test_after_a_failed_sync_nothing_is_taken_on_trust(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = open_log(tmp_path, clock)
    fill(log, 1)
    log.append(None, b"b")

    def fail(_file: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.fdatasync", fail)
    with pytest.raises(UnavailableError) as broken:
        log.sync()
    assert broken.value.code == "segment_log.broken"
    monkeypatch.undo()
    with pytest.raises(UnavailableError):
        log.append(None, b"c")
    assert values(log)[1:] == []
    log.close()


def test_a_full_disk_leaves_whole_records(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    log = open_log(tmp_path, clock)
    fill(log, 2)
    write = os.write
    parts = iter([10])

    def half(file: int, data: bytes) -> int:
        for part in parts:
            return write(file, data[:part])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.write", half)
    with pytest.raises(UnavailableError) as full:
        log.append(None, b"third")
    assert full.value.code == "segment_log.full"
    monkeypatch.undo()
    assert log.append(None, b"third") == 2
    log.sync()
    assert values(log)[2] == b"third"
    log.close()
