"""COPY's binary rows and array parameters are what PostgreSQL documents, built at one go."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.adapt import PyFormat

from streams.changes import Columns
from streams.copy_format import EPOCH_US, ArrayDumper, ArrayLoader, ListDumper, pack_readings
from streams.write import in_chunk_order

READING = st.tuples(
    st.integers(1, 2**31 - 1),
    st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999),
    st.floats(),
    st.integers(0, 2**32 - 1),
    st.integers(0, 4),
)


def columns(rows: list[tuple[int, int, float, int, int]]) -> Columns:
    return Columns(
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
        np.array([row[3] for row in rows], np.int64),
        np.array([row[4] for row in rows], np.int16),
    )


def packed_one_by_one(rows: list[tuple[int, int, float, int, int]]) -> bytes:
    """The same body by the book, field after field."""
    parts = [b"PGCOPY\n\xff\r\n\0", struct.pack(">ii", 0, 0)]
    for series, ts_us, value, status, flag in rows:
        number = struct.pack(">i", -1) if math.isnan(value) else struct.pack(">id", 8, value)
        parts += [
            struct.pack(">hii", 5, 4, series),
            struct.pack(">iq", 8, ts_us - EPOCH_US),
            number,
            struct.pack(">iq", 8, status),
            struct.pack(">ih", 2, flag),
        ]
    return b"".join([*parts, struct.pack(">h", -1)])


@given(st.lists(READING, max_size=30))
def test_rows_are_packed_as_copy_wants_them(rows: list[tuple[int, int, float, int, int]]) -> None:
    assert pack_readings(columns(rows)) == packed_one_by_one(rows)


@given(st.lists(READING, min_size=1, max_size=30))
def test_the_order_by_chunks_loses_and_invents_nothing(rows: list[tuple[int, int, float, int, int]]) -> None:
    def listed(readings: Columns) -> list[str]:
        parts = (readings.series, readings.ts_us, readings.value, readings.status, readings.flag)
        return [str(row) for row in zip(*(part.tolist() for part in parts), strict=True)]

    ordered = in_chunk_order(columns(rows))
    assert sorted(listed(ordered)) == sorted(listed(columns(rows)))
    chunks = (ordered.ts_us // 86_400_000_000).tolist()
    keys = list(zip(chunks, ordered.series.tolist(), ordered.ts_us.tolist(), strict=True))
    assert keys == sorted(keys)


@pytest.mark.parametrize("dtype", [np.bool_, np.int16, np.int32, np.int64, np.float64, "datetime64[us]"])
@pytest.mark.parametrize("length", [0, 3])
def test_arrays_come_back_as_they_went(dtype: str, length: int) -> None:
    sent = np.arange(length).astype(dtype)
    dumper = ArrayDumper(np.ndarray).upgrade(sent, PyFormat.AUTO)
    back = ArrayLoader(dumper.oid).load(dumper.dump(sent))
    assert back.dtype == sent.dtype
    assert back.tobytes() == sent.tobytes()


def test_a_missing_time_goes_as_minus_infinity() -> None:
    sent = np.array(["NaT", "2000-01-01T00:00:00.000001"], "datetime64[us]")
    body = bytes(ArrayDumper(np.ndarray).upgrade(sent, PyFormat.AUTO).dump(sent))
    assert struct.unpack(">iqiq", body[20:]) == (8, -(2**63), 8, 1)


def test_a_list_of_texts_or_bytes_may_have_nulls() -> None:
    body = bytes(ListDumper(list).upgrade([None, "ä"], PyFormat.AUTO).dump([None, "ä"]))
    assert body == struct.pack(">iiiiii", 1, 1, 25, 2, 1, -1) + struct.pack(">i", 2) + "ä".encode()
    blobs = ListDumper(list).upgrade([None, b"\0"], PyFormat.AUTO)
    assert (blobs.oid, bytes(blobs.dump([b"\0"]))) == (1001, struct.pack(">iiiiii", 1, 0, 17, 1, 1, 1) + b"\0")
