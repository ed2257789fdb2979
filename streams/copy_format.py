"""numpy columns ↔ PostgreSQL's binary formats: COPY of readings, and arrays as query parameters.

A row of COPY is its field count, then the length and the bytes of each field, all big-endian; a null has length −1 and
no bytes. Times are microseconds since 2000-01-01. A structured array lays out all rows at once.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper, Loader, PyFormat
from psycopg.pq import Format

from streams.changes import Columns

EPOCH_US: Final = 946_684_800_000_000
"""2000-01-01 in epoch microseconds."""

_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_FIELDS: Final = (("series", ">i4"), ("ts", ">i8"), ("value", ">f8"), ("status", ">i8"), ("flag", ">i2"))
_ROW: Final = np.dtype(
    [("fields", ">i2")] + [pair for name, kind in _FIELDS for pair in ((f"{name}_len", ">i4"), (name, kind))]
)
_VALUE_AT: Final = 2 + 4 + 4 + 4 + 8 + 4
"""Where in a row the bytes of its value begin."""


def pack_readings(readings: Columns) -> bytes:
    """The body of `COPY … (series_id, ts, value, status, flag) FROM STDIN (FORMAT BINARY)`; NaN becomes null."""
    rows = np.empty(len(readings), _ROW)
    rows["fields"] = len(_FIELDS)
    for name, kind in _FIELDS:
        rows[f"{name}_len"] = np.dtype(kind).itemsize
    rows["series"] = readings.series
    rows["ts"] = readings.ts_us - EPOCH_US
    rows["value"] = readings.value
    rows["status"] = readings.status
    rows["flag"] = readings.flag
    return _SIGNATURE + _without_null_values(rows, np.isnan(readings.value)) + _TRAILER


def _without_null_values(rows: NDArray[np.void], null: NDArray[np.bool_]) -> bytes:
    if not null.any():
        return rows.tobytes()
    rows["value_len"][null] = -1
    kept = np.ones((len(rows), _ROW.itemsize), np.bool_)
    kept[null, _VALUE_AT : _VALUE_AT + 8] = False
    return rows.view(np.uint8).reshape(len(rows), -1)[kept].tobytes()


_NOT_A_TIME: Final = np.iinfo(np.int64).min
_ARRAYS: Final[
    dict[np.dtype[Any], tuple[int, int, np.dtype[Any]]]
] = {  # numpy's type: the element's and the array's oid, the type on the wire
    np.dtype(np.bool_): (16, 1000, np.dtype(">u1")),
    np.dtype(np.int16): (21, 1005, np.dtype(">i2")),
    np.dtype(np.int32): (23, 1007, np.dtype(">i4")),
    np.dtype(np.int64): (20, 1016, np.dtype(">i8")),
    np.dtype(np.float64): (701, 1022, np.dtype(">f8")),
    np.dtype("datetime64[us]"): (1184, 1185, np.dtype(">i8")),
}
_LISTS: Final[dict[type, tuple[int, int]]] = {str: (25, 1009), bytes: (17, 1001)}
_NULL_LENGTH: Final = b"\xff\xff\xff\xff"
_TYPES: Final = {array: (dtype, wire) for dtype, (_, array, wire) in _ARRAYS.items()}


class ArrayDumper(Dumper):
    """A one-dimensional numpy array as a PostgreSQL array; `NaT` goes as '-infinity', NaN as NaN."""

    format = Format.BINARY

    def __init__(self, cls: type, context: AdaptContext | None = None, dtype: np.dtype[Any] | None = None) -> None:
        super().__init__(cls, context)
        if dtype is not None:
            self.oid = _ARRAYS[dtype][1]

    def get_key(self, obj: NDArray[Any], format: PyFormat) -> tuple[type, Any]:  # noqa: A002, ARG002 (psycopg's names)
        return (self.cls, obj.dtype)

    def upgrade(self, obj: NDArray[Any], format: PyFormat) -> ArrayDumper:  # noqa: A002, ARG002
        return ArrayDumper(self.cls, dtype=obj.dtype)

    def dump(self, obj: NDArray[Any]) -> Buffer:
        element, _, wire = _ARRAYS[obj.dtype]
        if obj.dtype.kind == "M":
            stamps = obj.view(np.int64)
            obj = np.where(stamps == _NOT_A_TIME, stamps, stamps - EPOCH_US)
        items = np.empty(len(obj), [("length", ">i4"), ("item", wire)])
        items["length"] = wire.itemsize
        items["item"] = obj
        return np.array([1, 0, element, len(obj), 1], ">i4").tobytes() + items.tobytes()


class ListDumper(Dumper):
    """A list of texts or of bytes as text[] or bytea[]; None is null. psycopg's own escapes each element by regex."""

    format = Format.BINARY

    def __init__(self, cls: type, context: AdaptContext | None = None, item: type = str) -> None:
        super().__init__(cls, context)
        self._item, self.oid = _LISTS[item]

    def get_key(self, obj: list[Any], format: PyFormat) -> tuple[type, type]:  # noqa: A002, ARG002
        return (self.cls, next((type(item) for item in obj if item is not None), str))

    def upgrade(self, obj: list[Any], format: PyFormat) -> ListDumper:  # noqa: A002
        return ListDumper(self.cls, item=self.get_key(obj, format)[1])

    def dump(self, obj: list[Any]) -> Buffer:
        nullable = any(item is None for item in obj)
        parts = [np.array([1, nullable, self._item, len(obj), 1], ">i4").tobytes()]
        for item in obj:
            if item is None:
                parts.append(_NULL_LENGTH)
            else:
                encoded = item.encode() if isinstance(item, str) else item
                parts += (len(encoded).to_bytes(4, "big"), encoded)
        return b"".join(parts)


class ArrayLoader(Loader):
    """A PostgreSQL array of one dimension and without nulls as a numpy array."""

    format = Format.BINARY

    def load(self, data: Buffer) -> NDArray[Any]:
        dtype, wire = _TYPES[self.oid]
        start = min(len(data), 20)  # an empty array has no dimension
        items = np.frombuffer(data, np.dtype([("length", ">i4"), ("item", wire)]), offset=start)["item"]
        if dtype.kind == "M":
            return (items.astype(np.int64) + EPOCH_US).view(dtype)
        return items.astype(dtype)


def speak_numpy(connection: Connection[Any]) -> None:
    """Let `connection` take columns as parameters (arrays, lists of texts or bytes) and give arrays as numpy's."""
    connection.adapters.register_dumper(np.ndarray, ArrayDumper)
    connection.adapters.register_dumper(list, ListDumper)
    for oid in _TYPES:
        connection.adapters.register_loader(oid, ArrayLoader)
