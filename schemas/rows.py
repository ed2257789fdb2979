"""Structs ↔ rows: the columns of each table as parameters of `schemas/sql/store.sql`, and points read back.

Numbers and times are numpy arrays (NaN and NaT stand for null), texts are lists. Text from outside is made storable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from schemas.alarm import Alert
from schemas.dead_letter import DeadLetter
from schemas.gap import Gap
from schemas.point import Point

Row = Mapping[str, Any]
Column = NDArray[Any] | Sequence[str | None] | Sequence[bytes | None]
Columns = dict[str, Column]

FIRST_US: Final = -62_135_596_800_000_000
"""Year 1: no stored time is earlier."""
LAST_US: Final = 253_402_300_799_999_999
"""The last microsecond of year 9999: none is later."""


def text(value: str) -> str:
    """`value` as PostgreSQL can store it: no NUL, no half of a surrogate pair."""
    if value.isascii() and "\0" not in value:
        return value
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def floats(values: Iterable[float | None]) -> NDArray[np.float64]:
    """A column of numbers; None as NaN."""
    return np.array([np.nan if value is None else value for value in values], np.float64)


def whole(values: Iterable[int], kind: type[np.signedinteger[Any]] = np.int64) -> NDArray[Any]:
    """A column of whole numbers."""
    return np.fromiter(values, kind)


def times(values_us: Iterable[int | None]) -> NDArray[np.datetime64]:
    """A column of times from epoch microseconds; None as NaT."""
    missing = np.iinfo(np.int64).min
    return np.fromiter((missing if us is None else us for us in values_us), np.int64).view("datetime64[us]")


def stamp(us: int) -> str:
    """One time as PostgreSQL reads it, to the microsecond, held within the years 1 to 9999."""
    return f"{np.datetime64(min(max(us, FIRST_US), LAST_US), 'us')}+00"


def lines(values: Iterable[Sequence[str]]) -> list[str]:
    """Lists of texts as one text each, a line an element."""
    return ["\n".join(value) for value in values]


def point_columns(rows: Sequence[tuple[int, Point]]) -> Columns:
    """Columns of `write_points`."""
    points = [point for _, point in rows]
    return {
        "asset": whole((asset for asset, _ in rows), np.int32),
        "window_name": [point.window for point in points],
        "window_end": times(point.window_end_us for point in points),
        "window_start": times(point.window_start_us for point in points),
        "length_s": floats(point.length_s for point in points),
        "type": [point.type for point in points],
        "revision": whole((point.revision for point in points), np.int32),
        "eta": floats(point.eta for point in points),
        "eta_u95": floats(point.eta_u95 for point in points),
        "energy_in_j": floats(point.energy_in_j for point in points),
        "energy_out_j": floats(point.energy_out_j for point in points),
        "losses_j": [msgspec.json.encode(point.losses_j).decode() for point in points],
        "residual_j": floats(point.residual_j for point in points),
        "values": [msgspec.json.encode(point.values).decode() for point in points],
        "coverage": floats(point.coverage for point in points),
        "steady_fraction": floats(point.steady_fraction for point in points),
        "quality": [point.quality for point in points],
        "reasons": lines(point.reasons for point in points),
        "method": [point.method for point in points],
        "provenance": [point.provenance for point in points],
    }


def point_of(row: Row) -> Point:
    """A point read back by `points` of `schemas/sql/load.sql`."""
    numbers = {name: {key: float(value) for key, value in row[name].items()} for name in ("losses_j", "values")}
    return Point(**{**row, **numbers})


def transition_columns(rows: Sequence[tuple[int, Alert]]) -> Columns:
    """Columns of `write_transitions`."""
    alerts = [alert for _, alert in rows]
    return {
        "asset": whole((asset for asset, _ in rows), np.int32),
        "name": [alert.name for alert in alerts],
        "episode": times(alert.episode_us for alert in alerts),
        "state": [alert.state for alert in alerts],
        "priority": [alert.priority for alert in alerts],
        "value": floats(alert.value for alert in alerts),
        "limit_value": floats(alert.limit for alert in alerts),
        "window_end": times(alert.window_end_us for alert in alerts),
        "transition": times(alert.transition_us for alert in alerts),
        "cause": [alert.cause for alert in alerts],
        "revision": whole((alert.revision for alert in alerts), np.int32),
    }


def gap_columns(rows: Iterable[tuple[int, Gap]]) -> Columns:
    """Columns of `write_gaps`; of one gap told twice the later telling."""
    told = {(asset, text(gap.source), gap.from_us, text(gap.reason)): gap for asset, gap in rows}
    return {
        "asset": whole((asset for asset, _, _, _ in told), np.int32),
        "source": [source for _, source, _, _ in told],
        "from_ts": times(from_us for _, _, from_us, _ in told),
        "to_ts": times(gap.to_us for gap in told.values()),
        "reason": [reason for _, _, _, reason in told],
        "backfilled": np.array([gap.backfilled for gap in told.values()], np.bool_),
    }


def dead_letter_columns(letters: Sequence[DeadLetter]) -> Columns:
    """Columns of `write_dead_letters`."""
    return {
        "code": [letter.code for letter in letters],
        "stage": [letter.stage for letter in letters],
        "topic": [letter.topic for letter in letters],
        "kafka_partition": whole((letter.partition for letter in letters), np.int32),
        "kafka_offset": whole(letter.offset for letter in letters),
        "key": [letter.key for letter in letters],
        "value": [letter.value for letter in letters],
        "failures": [_failures(letter) for letter in letters],
        "detail": [text(letter.detail) for letter in letters],
    }


def _failures(letter: DeadLetter) -> str | None:
    return None if letter.failures is None else msgspec.json.encode(letter.failures).decode()


def header_text(headers: Sequence[tuple[str, bytes]]) -> str:
    """Record headers as JSON text; their bytes in base64, for they may be any."""
    return msgspec.json.encode(headers).decode()


def headers_of(stored: str) -> list[tuple[str, bytes]]:
    """Record headers that `header_text` wrote."""
    return msgspec.json.decode(stored, type=list[tuple[str, bytes]])
