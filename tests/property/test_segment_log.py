"""Whatever a crash leaves of the file, the log opens to a prefix of what was appended."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.segment_log import SegmentLog
from tests.fix_connectors import ManualClock

records = st.lists(
    st.tuples(
        st.none() | st.binary(max_size=20),
        st.binary(max_size=300),
        st.lists(st.tuples(st.text(max_size=8), st.binary(max_size=8)), max_size=2),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(records, st.data())
def test_any_crash_prefix_opens_to_a_prefix(
    appended: list[tuple[bytes | None, bytes, list[tuple[str, bytes]]]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = ManualClock()
        log = SegmentLog(Path(folder), clock, segment_bytes_max=600)
        for key, value, headers in appended:
            log.append(key, value, headers)
        log.close()
        tail = max(Path(folder).glob("*.segment"))
        size = tail.stat().st_size
        with tail.open("r+b") as file:
            file.truncate(data.draw(st.integers(0, size)))
        log = SegmentLog(Path(folder), clock, segment_bytes_max=600)
        found = [(r.key, r.value, list(r.headers)) for r in log.read(0, 1_000)]
        assert found == appended[: len(found)]
        assert [r.offset for r in log.read(0, 1_000)] == list(range(len(found)))
        offset = log.append(None, b"after the crash")
        assert offset >= len(found)
        log.sync()
        assert log.read(offset)[0].value == b"after the crash"
        assert log.quarantined == 0
        log.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=10), st.data())
def test_any_flipped_bit_costs_no_other_record(values: list[bytes], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = SegmentLog(Path(folder), ManualClock())
        for value in values:
            log.append(b"k", value)
        log.close()
        segment = max(Path(folder).glob("*.segment"))
        content = bytearray(segment.read_bytes())
        bit = data.draw(st.integers(0, 8 * len(content) - 1))
        content[bit // 8] ^= 1 << bit % 8
        segment.write_bytes(content)
        log = SegmentLog(Path(folder), ManualClock())
        found = {record.offset: record.value for record in log.read(0, 1_000)}
        assert len(found) == len(values) - 1
        assert all(values[offset] == value for offset, value in found.items())
        assert log.next_offset >= len(values)
        log.close()
