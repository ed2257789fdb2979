"""Outbox rows → topics: in order, by the partition's owner, after the commit that wrote them; never one less."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple, Protocol

from psycopg import AsyncConnection

from schemas.errors import RefusedError, UnavailableError
from schemas.rows import headers_of
from schemas.topics import Topics
from streams.session import translated, writable
from streams.statements import statements

BATCH: Final = 500
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 10.0

log = logging.getLogger("thermaliq.streams")


class Sender(Protocol):
    """Hands records to Kafka. A record of the readings topic goes to the partition of its key (murmur2)."""

    async def send(
        self, topic: str, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]]
    ) -> asyncio.Future[Any]:
        """Wait for room; the future is done when Kafka has the record (acks=all).

        Records of one target partition keep the order of the calls. The future may fail with `UnavailableError`, or
        with `RefusedError` where Kafka will never take the record.
        """
        ...


class Pending(NamedTuple):
    """One row that waits."""

    seq: int
    topic: str
    key: bytes | None
    value: bytes
    headers: str


class Outbox:
    """Publishes what `Store.commit` wrote for one readings topic."""

    def __init__(
        self,
        url: str,
        app: str,
        cluster_id: str,
        topics: Topics,
        sender: Sender,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = {**writable(url), "application_name": f"thermaliq-outbox/{app}"[:63]}
        self._place = {"app": app, "cluster_id": cluster_id, "topic": topics.readings}
        self._topics = topics
        self._sender = sender
        self._sleep = sleep
        self._connection: AsyncConnection | None = None
        self._database = asyncio.Lock()
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.refused = 0
        """Records that Kafka will never take; they stay in the database."""

    async def publish(self, partition: int, epoch: int) -> int:
        """Publish all that is pending and return how many; waits for a peer that is away, for ever.

        Where another worker has taken the partition since `epoch`, there is nothing to do for this one.
        """
        async with self._turns[partition]:
            published, wait_s = 0, FIRST_WAIT_S
            while True:
                try:
                    rows = await self._pending(partition, epoch)
                    if not rows:
                        return published
                    done, failure = await self._publish_rows(partition, epoch, rows)
                    published += done
                    if failure is not None:
                        raise failure
                except (UnavailableError, RefusedError) as error:
                    if wait_s == FIRST_WAIT_S:
                        log.warning("outbox of partition %d waits: %s", partition, error.detail)
                    await self._sleep(wait_s)
                    wait_s = min(2 * wait_s, LONGEST_WAIT_S)
                else:
                    if wait_s > FIRST_WAIT_S:
                        log.info("outbox of partition %d goes on", partition)
                    wait_s = FIRST_WAIT_S

    async def prune(self, partition: int, older_than: timedelta) -> int:
        """Delete published rows of that age, if the database is there; returns how many. Until then they can be read
        by (origin, seq), as the live WebSocket does."""
        total = 0
        while True:
            try:
                _, deleted = await self._run("prune", partition, {"older_than": older_than, "limit": BATCH})
            except UnavailableError:
                return total
            total += deleted
            if deleted < BATCH:
                return total

    async def close(self) -> None:
        """Hang up; what is not published waits in the database."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _pending(self, partition: int, epoch: int) -> list[Pending]:
        found, _ = await self._run("pending", partition, {"epoch": epoch, "limit": BATCH})
        return [Pending(*row) for row in found]

    async def _publish_rows(
        self, partition: int, epoch: int, rows: Sequence[Pending]
    ) -> tuple[int, BaseException | None]:
        """Send all; those before the first that failed are done, it and all after it are to be sent again."""
        futures = [
            await self._sender.send(getattr(self._topics, row.topic), row.key, row.value, headers_of(row.headers))
            for row in rows
        ]
        outcomes = await asyncio.gather(*futures, return_exceptions=True)
        done = 0
        failure: BaseException | None = None
        for row, outcome in zip(rows, outcomes, strict=True):
            if isinstance(outcome, RefusedError):
                self.refused += 1
                log.error("outbox row %d of partition %d will never be taken: %s", row.seq, partition, outcome.detail)
            elif isinstance(outcome, BaseException):
                failure = outcome
                break
            done += 1
        if done:
            await self._run("mark_published", partition, {"epoch": epoch, "seq": rows[done - 1].seq})
        return done, failure

    async def _run(self, name: str, partition: int, parameters: dict[str, Any]) -> tuple[list[tuple[Any, ...]], int]:
        async with self._database:
            with translated():
                connection = await self._open()
                cursor = await connection.execute(
                    statements("outbox")[name], self._place | {"partition": partition} | parameters
                )
                return (await cursor.fetchall() if cursor.description else []), cursor.rowcount

    async def _open(self) -> AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(**self._settings, autocommit=True)
        return self._connection
