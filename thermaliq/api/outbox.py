"""The worker's outbox as the live socket reads it: committed points and alerts, numbered within their origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from thermaliq.api.database import Database
from thermaliq.api.queries import statements

Stand = Mapping[int, int]
"""Origin (a partition of the readings topic) → the number up to which everything was seen."""


class OutboxRow(NamedTuple):
    """One committed point or alert, as its topic carries it."""

    origin: int
    seq: int
    topic: str
    value: bytes


class Outbox:
    """What one application's workers committed from one readings topic."""

    def __init__(self, database: Database, app: str, readings_topic: str) -> None:
        self._database = database
        self._place = {"app": app, "topic": readings_topic}

    async def heads(self) -> dict[int, int]:
        """The newest number of every origin."""
        return {row["origin"]: row["seq"] for row in await self._rows("outbox_heads", {})}

    async def rows(self, after: Stand, upto: Stand, limit: int) -> list[OutboxRow]:
        """Points and alerts in (after, upto], by origin and number; fewer than `limit`: these are all."""
        moved = [origin for origin, seq in upto.items() if seq > after.get(origin, 0)]
        if not moved:
            return []
        parameters = {
            "origins": moved,
            "after": [after.get(origin, 0) for origin in moved],
            "upto": [upto[origin] for origin in moved],
            "limit": limit,
        }
        return [OutboxRow(**row) for row in await self._rows("outbox_rows", parameters)]

    async def keeps(self, since: Stand) -> bool:
        """Whether everything after `since` is still there, and `since` was ever reached."""
        heads = await self.heads()
        if any(seq < 0 or seq > heads.get(origin, -1) for origin, seq in since.items()):
            return False
        behind = [origin for origin, head in heads.items() if since.get(origin, 0) < head]
        found = await self._rows("outbox_oldest", {"origins": behind}) if behind else []
        oldest = {row["origin"]: row["seq"] for row in found}
        return all(oldest[origin] is not None and oldest[origin] <= since.get(origin, 0) + 1 for origin in behind)

    async def _rows(self, name: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        return await self._database.rows(statements()[name], self._place | dict(parameters))
