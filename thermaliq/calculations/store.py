"""Calculations in the table `calculation`, their provenance beside them. The database may be off or away."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from schemas.errors import RefusedError, UnavailableError
from streams.statements import statements
from thermaliq.api.database import Database
from thermaliq.calculations.answer import Answer, Job
from thermaliq.calculations.away import Peer
from thermaliq.calculations.canonical import canonical_json
from thermaliq.calculations.refusal import Refusal
from thermaliq.calculations.request import Request

LOST_AFTER_S: Final = 120.0
"""A calculation that is on its way for so long was lost with its process."""


class Store:
    """Rows by id; `database` None: switched off."""

    def __init__(self, database: Database | None, peer: Peer) -> None:
        self._database = database
        self._peer = peer

    @property
    def is_away(self) -> bool:
        """Whether it is switched on and did not answer just now."""
        return self._database is not None and self._peer.left_alone

    async def open(self) -> None:
        """Begin to connect."""
        if self._database is not None:
            await self._database.open()

    async def close(self) -> None:
        """Hang up."""
        if self._database is not None:
            await self._database.close()

    async def keep(self, record: Answer | Job, request: Request) -> bool:
        """Store an answer, or a job without one; False where that should be and the database does not answer.

        An answer that stands is never replaced.
        """
        canonical = request.canonical
        parameters = {
            "id": record.id,
            "type": canonical.type,
            "status": record.status,
            "request": msgspec.json.encode(request.written).decode(),
            "answer": msgspec.json.encode(record).decode(),
            "provenance": canonical.provenance,
            "document": canonical_json(canonical.provenance_document).decode(),
        }
        return await self._ask("keep", parameters) is not None or self._database is None

    async def find(self, number: str) -> Answer | Job | None:
        """What stands under an id; UnavailableError where the database does not answer."""
        rows = await self._ask("find", {"id": number, "lost_after_s": LOST_AFTER_S})
        if rows is None:
            self._require()
        if not rows:
            return None
        if rows[0]["status"] == "done":
            return msgspec.json.decode(rows[0]["answer"], type=Answer)
        if rows[0]["lost"]:
            return Job(number, "failed", [Refusal("calculation.lost", "", "its process ended before it was done")])
        return msgspec.json.decode(rows[0]["answer"], type=Job)

    async def provenance(self, digest: str) -> msgspec.Raw | None:
        """The document behind a hash; UnavailableError where the database does not answer."""
        rows = await self._ask("provenance", {"hash": digest})
        if rows is None:
            self._require()
        return msgspec.Raw(rows[0]["document"]) if rows else None

    def _require(self) -> None:
        if self._database is not None:
            raise UnavailableError("store.unavailable", "the database does not answer; try again")

    async def _ask(self, statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]] | None:
        """Rows; None where there is no answer, or no right to ask."""
        if self._database is None or self._peer.left_alone:
            return None
        try:
            rows = await self._database.rows(statements("calculations")[statement], parameters)
        except (UnavailableError, RefusedError) as error:
            self._peer.failed(error.detail)
            return None
        self._peer.answered()
        return rows
