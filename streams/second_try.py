"""A dead letter → the record that tries its failed readings once more; the others were stored the first time."""

from __future__ import annotations

from typing import Final

import msgspec

from schemas.codec import COMMAND, READING_BATCH
from schemas.errors import MalformedError

_record: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_readings: Final = msgspec.json.Decoder(list[msgspec.Raw])


def schema_of_stage(stage: str) -> str:
    """The schema of a record that failed at `stage`."""
    return COMMAND if stage == "command" else READING_BATCH


def failed_alone(value: bytes, failures: tuple[int, ...] | None) -> bytes:
    """The record with the failed readings alone, each byte for byte; the whole record where the whole failed."""
    if failures is None:
        return value
    try:
        record = _record.decode(value)
        readings = _readings.decode(record["readings"])
        record["readings"] = msgspec.Raw(msgspec.json.encode([readings[index] for index in failures]))
    except (msgspec.MsgspecError, LookupError) as error:
        raise MalformedError("dead_letters.unreadable", f"readings {list(failures)} are not in the record") from error
    return msgspec.json.encode(record)
