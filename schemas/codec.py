"""Bytes ↔ structs with the `schema` header: the only user of msgspec on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from schemas.alarm import Alert
from schemas.command import Command
from schemas.errors import MalformedError
from schemas.gap import Gap
from schemas.point import Point
from schemas.reading import READINGS_MAX, Origin, Reading, ReadingBatch

READING_BATCH: Final = "reading_batch/1"
COMMAND: Final = "command/1"
POINT: Final = "point/1"
ALERT: Final = "alert/1"
GAP: Final = "gap/1"

Headers = Iterable[tuple[str, bytes]]

_encoder = msgspec.json.Encoder(order="deterministic")
_batch_decoder = msgspec.json.Decoder(ReadingBatch)
_command_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_gap_decoder = msgspec.json.Decoder(Gap)
_reading_decoder = msgspec.json.Decoder(Reading)


class _LooseBatch(msgspec.Struct, frozen=True):
    """A batch whose readings are looked at one by one."""

    asset: str
    source: str
    session: str
    sequence: int
    readings: list[msgspec.Raw]
    origin: Origin = "source"
    sent_us: int = 0


_loose_decoder = msgspec.json.Decoder(_LooseBatch)


def schema_of(headers: Headers) -> str:
    """The record's schema; `reading_batch/1` where the header is absent."""
    for name, value in headers:
        if name == "schema":
            return value.decode("utf-8", "replace")
    return READING_BATCH


def encode(record: ReadingBatch | Command | Point | Alert | Gap) -> bytes:
    """JSON, UTF-8; the same record is always the same bytes."""
    return _encoder.encode(record)


def schema_header(schema: str) -> list[tuple[str, bytes]]:
    """The one header that every record carries."""
    return [("schema", schema.encode())]


def decode_batch(value: bytes) -> tuple[ReadingBatch, tuple[int, ...]]:
    """A batch and the indices of the readings that do not decode; those are left out of it.

    Raises `MalformedError` where the whole record is wrong (`decode.not_json`, `decode.schema`).
    """
    try:
        batch = _batch_decoder.decode(value)
        failures: tuple[int, ...] = ()
    except (msgspec.MsgspecError, RecursionError) as error:
        batch, failures = _decode_reading_by_reading(value, error)
    if len(batch.readings) + len(failures) > READINGS_MAX:
        raise MalformedError("decode.schema", f"more than {READINGS_MAX} readings in one batch")
    return batch, failures


def _decode_reading_by_reading(value: bytes, error: Exception) -> tuple[ReadingBatch, tuple[int, ...]]:
    try:
        loose = _loose_decoder.decode(value)
    except msgspec.ValidationError as whole:
        raise MalformedError("decode.schema", str(whole)) from error
    except (msgspec.DecodeError, RecursionError) as whole:
        raise MalformedError("decode.not_json", str(whole)) from error
    readings: list[Reading] = []
    failures: list[int] = []
    for index, raw in enumerate(loose.readings):
        try:
            readings.append(_reading_decoder.decode(raw))
        except (msgspec.MsgspecError, RecursionError):
            failures.append(index)
    batch = ReadingBatch(
        asset=loose.asset,
        source=loose.source,
        session=loose.session,
        sequence=loose.sequence,
        readings=readings,
        origin=loose.origin,
        sent_us=loose.sent_us,
    )
    return batch, tuple(failures)


def decode_gap(value: bytes) -> Gap:
    """A gap that a connector saw; `MalformedError` with `decode.schema` where it is none."""
    try:
        return _gap_decoder.decode(value)
    except msgspec.MsgspecError as error:
        raise MalformedError("decode.schema", str(error)) from error


def decode_command(value: bytes) -> Command:
    """A command; `MalformedError` with `command.malformed` where it is none or of an unknown kind."""
    try:
        return _command_decoder.decode(value)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise MalformedError("command.malformed", str(error)) from error
