"""Records of a segment as bytes: mark, length, checksum, body. Finds whole records again behind damaged bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MARK = b"TQr1"
_HEAD = struct.Struct("<4sII")
_BODY = struct.Struct("<qqiH")
_LENGTHS = struct.Struct("<HI")
HEAD_BYTES = _HEAD.size
FRAME_BYTES_MIN = _HEAD.size + _BODY.size


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the log; `append_us` is the log's clock and never steps back."""

    offset: int
    append_us: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes [start, end) of a segment: a whole record, or None where they hold none."""

    start: int
    end: int
    record: Record | None


def size_of(record: Record) -> int:
    """The bytes of the record's frame."""
    headers = sum(_LENGTHS.size + len(name.encode()) + len(text) for name, text in record.headers)
    return FRAME_BYTES_MIN + headers + len(record.key or b"") + len(record.value)


def encode(record: Record, position: int) -> bytes:
    """The record as one frame that stands at `position` of its segment, and is valid only there."""
    key = record.key
    parts = [_BODY.pack(record.offset, record.append_us, -1 if key is None else len(key), len(record.headers))]
    for name, text in record.headers:
        name_bytes = name.encode()
        parts += (_LENGTHS.pack(len(name_bytes), len(text)), name_bytes, text)
    parts += (key or b"", record.value)
    body = b"".join(parts)
    return _HEAD.pack(MARK, len(body), _checksum(body, position)) + body


def scan(data: bytes, position: int, *, complete: bool) -> Iterator[Span]:
    """The spans of `data`, which stands at `position`; if not `complete`, without a tail that more bytes may mend."""
    start = 0
    while start < len(data):
        end, record = _frame_at(data, start, position)
        if record is None:
            if not complete and is_torn(data[start:]):
                return
            end = _next_frame(data, start + 1, position)
            if end == len(data) and not complete:
                return
        yield Span(position + start, position + end, record)
        start = end


def is_torn(data: bytes) -> bool:
    """Whether `data` is the beginning of a frame whose rest is missing."""
    if len(data) < HEAD_BYTES:
        return MARK.startswith(data[: len(MARK)])
    mark, length, _ = _HEAD.unpack_from(data)
    return bool(mark == MARK and HEAD_BYTES + length > len(data))


def _frame_at(data: bytes, start: int, position: int) -> tuple[int, Record | None]:
    if len(data) - start < FRAME_BYTES_MIN:
        return start, None
    mark, length, checksum = _HEAD.unpack_from(data, start)
    end = start + HEAD_BYTES + length
    if mark != MARK or length < _BODY.size or end > len(data):
        return start, None
    body = data[start + HEAD_BYTES : end]
    if _checksum(body, position + start) != checksum:
        return start, None
    return end, _decode(body)


def _next_frame(data: bytes, start: int, position: int) -> int:
    while (start := data.find(MARK, start)) >= 0:
        if _frame_at(data, start, position)[1] is not None:
            return start
        start += 1
    return len(data)


def _checksum(body: bytes, position: int) -> int:
    """CRC-32 seeded with the position: a frame inside a payload, or left over elsewhere, is none."""
    return zlib.crc32(body, position & 0xFFFF_FFFF)


def _decode(body: bytes) -> Record:
    offset, append_us, key_length, header_count = _BODY.unpack_from(body)
    position = _BODY.size
    headers = []
    for _ in range(header_count):
        name_length, text_length = _LENGTHS.unpack_from(body, position)
        name_end = position + _LENGTHS.size + name_length
        name = body[position + _LENGTHS.size : name_end].decode()
        position = name_end + text_length
        headers.append((name, body[name_end:position]))
    key_end = position + max(key_length, 0)
    key = None if key_length < 0 else body[position:key_end]
    return Record(offset, append_us, key, body[key_end:], tuple(headers))
