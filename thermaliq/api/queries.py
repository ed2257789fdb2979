"""What the service asks the database: a question each, typed on both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from schemas.alarm import AlarmState, Alert
from schemas.point import Point
from schemas.quality import Quality
from schemas.rows import LAST_US, point_of, stamp
from thermaliq.api.database import Database
from thermaliq.api.moment import EPOCH, MICROSECOND

_NAME = re.compile(rb"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements() -> Mapping[str, bytes]:
    """The blocks of `queries.sql` by name."""
    _, *parts = _NAME.split((files("thermaliq.api") / "queries.sql").read_bytes())
    return {name.decode(): text.strip().rstrip(b";") for name, text in zip(parts[::2], parts[1::2], strict=True)}


@dataclass(frozen=True)
class Span:
    """[from_us, to_us) and how many rows of it at most."""

    from_us: int
    to_us: int
    limit: int

    def parameters(self) -> dict[str, Any]:
        """As a query takes it."""
        return {"from": stamp(self.from_us), "to": stamp(self.to_us), "limit": self.limit}


class StoredReading(msgspec.Struct, frozen=True):
    """A reading as `v_reading` shows it, in the plant's unit and in SI."""

    tag: str
    ts_us: int
    value: float | None
    unit: str
    value_si: float | None
    unit_si: str
    status: int
    quality: str
    flag: str | None


class StoredAlert(Alert, frozen=True):
    """An episode with what operators did to it."""

    acknowledged_by: str | None = None
    comment: str | None = None
    shelved_until_us: int | None = None


@dataclass(frozen=True)
class AlertFilter:
    """Which alerts; None: any. `before` is the place that a page goes on behind: transition, asset, name, episode."""

    assets: Sequence[str]
    states: Sequence[str] | None = None
    priorities: Sequence[str] | None = None
    before: tuple[int, str, str, int] = (LAST_US, "", "", 0)


class Queries:
    """Questions about points, readings and alerts; UnavailableError where there is no answer in time."""

    def __init__(self, views: Database, primary: Database) -> None:
        """`views` may be a replica, with the rights of `thermaliq_reader`; `primary` is where the worker writes."""
        self._views = views
        self._primary = primary

    async def newest_point_us(self, asset: str, window: str) -> int | None:
        """End of the asset's newest window of that name."""
        rows = await self._views.rows(statements()["newest_point"], {"asset": asset, "window": window})
        return _us(rows[0]["time"]) if rows else None

    async def newest_point(self, asset: str, window: str, span: Span) -> Point | None:
        """The latest revision of the newest window that ends in the span."""
        parameters = {"asset": asset, "window": window, **span.parameters()}
        rows = await self._views.rows(statements()["newest_point_in"], parameters)
        if not rows:
            return None
        end_us = _us(rows[0]["time"])
        return next(iter(await self.points(asset, window, Span(end_us, end_us + 1, 1))), None)

    async def points(self, asset: str, window: str, span: Span) -> list[Point]:
        """Latest revisions by window end, oldest first."""
        parameters = {"asset": asset, "window": window, **span.parameters()}
        return [point_of(row) for row in await self._views.rows(statements()["points"], parameters)]

    async def latest_points(self, asset: str, windows: Sequence[str]) -> list[Point]:
        """The newest point of each window that has one, in the order of `windows`."""
        parameters = {"asset": asset, "windows": list(windows)}
        return [point_of(row) for row in await self._views.rows(statements()["latest_points"], parameters)]

    async def newest_reading_us(self, asset: str, tags: Sequence[str]) -> int | None:
        """Time of the newest reading of any of `tags`."""
        rows = await self._views.rows(statements()["newest_reading"], {"asset": asset, "tags": list(tags)})
        return _us(rows[0]["time"]) if rows[0]["time"] is not None else None

    async def readings(self, asset: str, tags: Sequence[str], span: Span, after_tag: str) -> list[StoredReading]:
        """By time and tag; at `span.from_us` itself only tags behind `after_tag`."""
        parameters = {"asset": asset, "tags": list(tags), "after_tag": after_tag, **span.parameters()}
        rows = await self._views.rows(statements()["readings"], parameters)
        return [StoredReading(quality=Quality(min(row["status"] >> 30, 2)).name, **row) for row in rows]

    async def alerts(self, wanted: AlertFilter, limit: int) -> list[StoredAlert]:
        """Episodes of alarms, the newest transition first."""
        before_us, asset, name, episode_us = wanted.before
        parameters = {
            "assets": list(wanted.assets),
            "states": None if wanted.states is None else list(wanted.states),
            "priorities": None if wanted.priorities is None else list(wanted.priorities),
            "before": stamp(before_us),
            "asset": asset,
            "name": name,
            "episode": stamp(episode_us),
            "limit": limit,
        }
        return [StoredAlert(**row) for row in await self._primary.rows(statements()["alerts"], parameters)]

    async def alert_state(self, asset: str, name: str, episode_us: int) -> AlarmState | None:
        """The state that an episode of an alarm is in; None where there was none."""
        parameters = {"asset": asset, "name": name, "episode": stamp(episode_us)}
        rows = await self._primary.rows(statements()["alert_state"], parameters)
        return rows[0]["state"] if rows else None


def _us(moment: Any) -> int:
    return int((moment - EPOCH) // MICROSECOND)
