"""Rows → state: what a worker needs to go on with a partition, and older rows for late readings and recompute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.rows import dict_row

from schemas.point import Point
from schemas.rows import FIRST_US, LAST_US, point_of, stamp, text, times, whole
from streams.changes import AlarmMemory, Columns, CommandRow, Pane, Progress, Watermark
from streams.session import Session
from streams.statements import statements


@dataclass(frozen=True)
class AssetNeeds:
    """What the pipeline needs of one asset's past: its input series, its longest window, its largest hold limit."""

    asset: int
    series: tuple[int, ...]
    longest_window_us: int
    reach_us: int


@dataclass(frozen=True)
class Standing:
    """The stored state of the assets of one partition."""

    watermarks: Sequence[Watermark]
    progress: Sequence[Progress]
    alarms: Sequence[AlarmMemory]
    panes: Sequence[Pane]
    readings: Columns
    provenance: frozenset[str]
    commands: Sequence[CommandRow]


def load_standing(connection: Connection, assets: Sequence[AssetNeeds]) -> Standing:
    """Everything that `assets` go on from; of an asset without progress every reading that is stored."""
    sql = statements("load")
    numbers = {"asset": whole((needs.asset for needs in assets), np.int32)}
    progress = [Progress(*row) for row in connection.execute(sql["progress"], numbers)]
    closed_us = {stand.asset: stand.closed_us for stand in progress}
    return Standing(
        watermarks=[Watermark(*row) for row in connection.execute(sql["watermarks"], numbers)],
        progress=progress,
        alarms=[AlarmMemory(*row) for row in connection.execute(sql["alarms"], numbers)],
        panes=load_panes(
            connection,
            [
                (needs.asset, closed_us[needs.asset] - needs.longest_window_us, closed_us[needs.asset])
                for needs in assets
                if needs.asset in closed_us
            ],
        ),
        readings=load_readings(connection, _first_needed_us(assets, closed_us), LAST_US),
        provenance=frozenset(hash_ for (hash_,) in connection.execute(sql["provenance"])),
        commands=load_commands(connection, numbers),
    )


def _first_needed_us(assets: Sequence[AssetNeeds], closed_us: Mapping[int, int]) -> dict[int, int]:
    first: dict[int, int] = {}
    for needs in assets:
        from_us = max(closed_us.get(needs.asset, FIRST_US) - needs.reach_us, FIRST_US)
        for series in needs.series:
            first[series] = min(from_us, first.get(series, from_us))
    return first


def load_readings(connection: Connection, from_us: Mapping[int, int], before_us: int) -> Columns:
    """Readings of each series from its time on, before `before_us`, sorted by (series, time)."""
    parameters = {
        "series": whole(from_us, np.int32),
        "from": times(from_us.values()),
        "least": stamp(min(from_us.values(), default=FIRST_US)),
        "before": stamp(before_us),
    }
    with connection.cursor(binary=True) as cursor:
        rows = sorted(cursor.execute(statements("load")["readings"], parameters), key=itemgetter(0))
    series = whole((row[0] for row in rows), np.int32)
    lengths = whole(len(row[1]) for row in rows)
    return Columns(
        series=np.repeat(series, lengths),
        ts_us=_joined([row[1] for row in rows], np.dtype("datetime64[us]")).view(np.int64),
        value=_joined([row[2] for row in rows], np.dtype(np.float64)),
        status=_joined([row[3] for row in rows], np.dtype(np.int64)),
        flag=_joined([row[4] for row in rows], np.dtype(np.int16)),
    )


def _joined(parts: Sequence[NDArray[Any]], dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype), *parts])


def load_panes(connection: Connection, spans: Sequence[tuple[int, int, int]]) -> list[Pane]:
    """Panes that end in (after, until] of each (asset, after, until), by asset, oldest first."""
    if not spans:
        return []
    parameters = {
        "asset": whole((asset for asset, _, _ in spans), np.int32),
        "after": times(after for _, after, _ in spans),
        "until": times(until for _, _, until in spans),
        "least": stamp(min(after for _, after, _ in spans)),
        "most": stamp(max(until for _, _, until in spans)),
    }
    with connection.cursor(binary=True) as cursor:
        rows: list[tuple[Any, ...]] = cursor.execute(statements("load")["panes"], parameters).fetchall()
    return [Pane(*(*numbers, tuple(reasons))) for *numbers, reasons in rows]


def load_points(connection: Connection, asset: int, window: str, after_us: int, until_us: int) -> list[Point]:
    """Latest revisions of points that end in (after, until], oldest first."""
    parameters = {"asset": asset, "window": window, "after": stamp(after_us), "until": stamp(until_us)}
    with connection.cursor(row_factory=dict_row) as cursor:
        return [point_of(row) for row in cursor.execute(statements("load")["points"], parameters)]


def load_commands(connection: Connection, assets: Mapping[str, Any]) -> list[CommandRow]:
    """Commands of `assets` that are under way, in the order of the log."""
    rows = connection.execute(statements("load")["running_commands"], assets)
    return [
        CommandRow(*(*named, request.encode(), _bytes(before), _bytes(after)))
        for *named, request, before, after in rows
    ]


def _bytes(told: str | None) -> bytes | None:
    return None if told is None else told.encode()


class StoredHistory:
    """`streams.changes.History` on the store's connection, each call a transaction of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def readings(self, series: Sequence[int], from_us: int, to_us: int) -> Columns:
        """Readings of `series` in [from_us, to_us)."""
        with self._session.transaction() as connection:
            return load_readings(connection, dict.fromkeys(series, from_us), to_us)

    def panes(self, asset: int, from_us: int, to_us: int) -> Sequence[Pane]:
        """Panes of `asset` that end in (from_us, to_us], oldest first."""
        with self._session.transaction() as connection:
            return load_panes(connection, [(asset, from_us, to_us)])

    def points(self, asset: int, window: str, from_us: int, to_us: int) -> Sequence[Point]:
        """Latest revisions of `asset`'s points of `window` that end in (from_us, to_us], oldest first."""
        with self._session.transaction() as connection:
            return load_points(connection, asset, window, from_us, to_us)

    def obeyed(self, command_id: str) -> bool:
        """Whether a command of this id was applied, or is under way."""
        with self._session.transaction() as connection:
            found = connection.execute(statements("load")["obeyed"], {"command_id": text(command_id)})
            return found.fetchone() is not None
