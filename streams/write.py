"""Changes → rows, on a connection within a transaction. Every statement here may run twice and changes nothing then."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from schemas import rows
from schemas.point import Point
from schemas.rows import floats, stamp, text, times, whole
from streams.changes import AlarmMemory, Changes, Columns, CommandRow, OutboxRow, Pane, Progress, Watermark
from streams.copy_format import pack_readings
from streams.statements import statements

Item = TypeVar("Item")

CHUNK_US: Final = 86_400_000_000
"""Chunk interval of `reading` in `schemas/sql/edition_apache.sql`."""


def copy_readings(connection: Connection, readings: Columns) -> None:
    """Readings of which none is stored yet, by COPY; else `psycopg.errors.UniqueViolation`."""
    with connection.cursor() as cursor, cursor.copy(statements("store")["copy_readings"]) as copy:
        copy.write(pack_readings(in_chunk_order(readings)))


def in_chunk_order(readings: Columns) -> Columns:
    """Sorted by (chunk, series, time): each chunk is opened once and its key is filled in order."""
    chunk, series, ts_us = readings.ts_us // CHUNK_US, readings.series, readings.ts_us
    if chunk.min() == chunk.max() and _rises(series, ts_us):
        return readings
    order = np.lexsort((ts_us, series, chunk))
    return Columns(
        readings.series[order],
        readings.ts_us[order],
        readings.value[order],
        readings.status[order],
        readings.flag[order],
    )


def _rises(series: NDArray[np.int32], ts_us: NDArray[np.int64]) -> bool:
    step = np.diff(series)
    return bool(((step > 0) | ((step == 0) & (np.diff(ts_us) > 0))).all())


def merge_readings(connection: Connection, readings: Columns) -> tuple[int, int]:
    """Readings of which some may be stored; returns how many were, and how many with another value or status."""
    columns = {
        "series": readings.series,
        "ts": readings.ts_us.view("datetime64[us]"),
        "value": readings.value,
        "status": readings.status,
        "flag": readings.flag,
        "least": stamp(int(readings.ts_us.min())),
        "most": stamp(int(readings.ts_us.max())),
    }
    found = connection.execute(statements("store")["merge_readings"], columns).fetchone()
    return found or (0, 0)


def write_rows(connection: Connection, changes: Changes) -> None:
    """All of `changes` but its readings, dead letters and outbox rows, which need to know their partition."""
    for name, columns in (
        ("write_panes", pane_columns(changes.panes)),
        ("write_watermarks", watermark_columns(changes.watermarks)),
        ("write_progress", progress_columns(changes.progress)),
        ("write_alarms", alarm_columns(changes.alarms)),
        ("write_transitions", rows.transition_columns(changes.transitions)),
        ("write_gaps", rows.gap_columns(changes.gaps)),
        ("clear_recompute", recompute_columns(changes.recomputed)),
        ("write_recompute", recompute_columns(changes.recompute)),
        ("write_provenance", provenance_columns(changes)),
    ):
        if len(next(iter(columns.values()))):
            connection.execute(statements("store")[name], columns)
    for points in in_rounds(changes.points):
        write_points(connection, points)


def write_points(connection: Connection, points: Sequence[tuple[int, Point]]) -> None:
    """Points of distinct windows."""
    ends_us = [point.window_end_us for _, point in points]
    span = {"least": stamp(min(ends_us)), "most": stamp(max(ends_us))}
    connection.execute(statements("store")["write_points"], rows.point_columns(points) | span)


def in_rounds(points: Iterable[tuple[int, Point]]) -> list[list[tuple[int, Point]]]:
    """Split so that no round has two revisions of one point: one statement cannot write a row twice."""
    rounds: list[list[tuple[int, Point]]] = []
    seen: dict[tuple[int, str, int], int] = {}
    for asset, point in points:
        key = (asset, point.window, point.window_end_us)
        turn = seen[key] = seen.get(key, -1) + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append((asset, point))
    return rounds


def latest(items: Iterable[Item], key: Callable[[Item], Hashable]) -> list[Item]:
    """The last item of each key."""
    return list({key(item): item for item in items}.values())


def pane_columns(panes: Iterable[Pane]) -> rows.Columns:
    """Columns of `write_panes`: all integrals and sensitivities lie in `numbers`, each pane names its slices of it."""
    kept = latest(panes, lambda pane: (pane.asset, pane.end_us))
    numbers = [part for pane in kept for part in (pane.integrals, pane.sensitivities)]
    last = np.cumsum([0, *(len(part) for part in numbers)]).astype(np.int32)
    counts = ("length_us", "covered_us", "integrated_us", "steady_us", "off_us", "excluded_us", "samples")
    return {
        "asset": whole((pane.asset for pane in kept), np.int32),
        "pane_end": times(pane.end_us for pane in kept),
        **{name: whole(getattr(pane, name) for pane in kept) for name in counts},
        "layout": [pane.layout for pane in kept],
        "numbers": np.concatenate([*numbers, np.empty(0)]),
        "first_integral": last[:-1:2] + np.int32(1),
        "last_integral": last[1::2],
        "last_sensitivity": last[2::2],
        "reasons": rows.lines(pane.reasons for pane in kept),
    }


def watermark_columns(watermarks: Iterable[Watermark]) -> rows.Columns:
    """Columns of `write_watermarks`."""
    kept = latest(watermarks, lambda mark: (mark.asset, text(mark.source)))
    return {
        "asset": whole((mark.asset for mark in kept), np.int32),
        "source": [text(mark.source) for mark in kept],
        "newest": times(mark.newest_us for mark in kept),
        "rose": times(mark.rose_us for mark in kept),
        "session": [text(mark.session) for mark in kept],
        "sequence": whole((mark.sequence for mark in kept), np.int64),
        "told": [None if mark.told_us is None else stamp(mark.told_us) for mark in kept],
    }


def progress_columns(progress: Iterable[Progress]) -> rows.Columns:
    """Columns of `write_progress`."""
    kept = latest(progress, lambda stand: stand.asset)
    return {
        "asset": whole((stand.asset for stand in kept), np.int32),
        "first_ts": times(stand.first_us for stand in kept),
        "closed": times(stand.closed_us for stand in kept),
    }


def alarm_columns(alarms: Iterable[AlarmMemory]) -> rows.Columns:
    """Columns of `write_alarms`."""
    kept = latest(alarms, lambda alarm: (alarm.asset, alarm.name))
    return {
        "asset": whole((alarm.asset for alarm in kept), np.int32),
        "name": [alarm.name for alarm in kept],
        "state": [alarm.state for alarm in kept],
        "priority": [alarm.priority for alarm in kept],
        "episode": times(alarm.episode_us for alarm in kept),
        "since": times(alarm.since_us for alarm in kept),
        "value": floats(alarm.value for alarm in kept),
        "limit_value": floats(alarm.limit for alarm in kept),
        "pending_since": times(alarm.pending_since_us for alarm in kept),
        "judged": times(alarm.judged_us for alarm in kept),
        "revision": whole((alarm.revision for alarm in kept), np.int32),
        "acknowledged_by": [_text(alarm.acknowledged_by) for alarm in kept],
        "comment": [_text(alarm.comment) for alarm in kept],
        "shelved_until": times(alarm.shelved_until_us for alarm in kept),
        "beneath": [alarm.beneath for alarm in kept],
    }


def _text(value: str | None) -> str | None:
    return None if value is None else text(value)


def command_columns(commands: Iterable[CommandRow]) -> rows.Columns:
    """Columns of `write_commands`."""
    kept = latest(commands, lambda row: text(row.command_id))
    return {
        "command_id": [text(row.command_id) for row in kept],
        "kind": [row.kind for row in kept],
        "asset": whole((row.asset for row in kept), np.int32),
        "alarm": [_text(row.alarm) for row in kept],
        "requested_by": [text(row.requested_by) for row in kept],
        "comment": [text(row.comment) for row in kept],
        "kafka_offset": whole(row.offset for row in kept),
        "appended": times(row.append_us for row in kept),
        "outcome": [row.outcome for row in kept],
        "request": [_json(row.request) for row in kept],
        "before": [None if row.before is None else _json(row.before) for row in kept],
        "after": [None if row.after is None else _json(row.after) for row in kept],
    }


def _json(document: bytes) -> str:
    """JSON as PostgreSQL can store it: jsonb holds no NUL."""
    return document.decode().replace("\\u0000", "\\ufffd")


def recompute_columns(spans: Sequence[tuple[int, int, int]]) -> rows.Columns:
    """Columns of `write_recompute`."""
    return {
        "asset": whole((asset for asset, _, _ in spans), np.int32),
        "from_ts": times(from_us for _, from_us, _ in spans),
        "to_ts": times(to_us for _, _, to_us in spans),
    }


def provenance_columns(changes: Changes) -> rows.Columns:
    """Columns of `write_provenance`."""
    return {
        "hash": list(changes.provenance),
        "document": [document.decode() for document in changes.provenance.values()],
    }


def outbox_columns(outbox: Sequence[OutboxRow]) -> rows.Columns:
    """Columns of `write_outbox`."""
    return {
        "seq": whole(row.seq for row in outbox),
        "topic": [row.topic for row in outbox],
        "key": [row.key for row in outbox],
        "value": [row.value for row in outbox],
        "headers": [rows.header_text(row.headers) for row in outbox],
    }
