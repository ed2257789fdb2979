"""The database as the state: a partition is taken with a fence, and each pass is one transaction under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection, errors

from schemas.errors import RefusedError, UnavailableError
from schemas.rows import dead_letter_columns, stamp
from schemas.site import Site
from streams import write
from streams.changes import Changes, Loaded
from streams.load import AssetNeeds, StoredHistory, load_standing
from streams.register import Registry, register
from streams.session import Session
from streams.statements import statements


class FencedError(RefusedError):
    """Another worker has taken the partition since: drop it, write nothing."""


class Store:
    """Where one application keeps the state of one readings topic. One thread at a time; others wait their turn."""

    def __init__(self, url: str, app: str, cluster_id: str, topic: str) -> None:
        self._session = Session(url, application=f"thermaliq/{app}"[:63])
        self._place = {"app": app, "cluster_id": cluster_id, "topic": topic}
        self._merging: set[int] = set()
        """Partitions whose last readings were stored in part already, as in a replay."""
        self.history = StoredHistory(self._session)

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def register(self, sites: Sequence[Site]) -> Registry:
        """Numbers of the assets and series of `sites`."""
        with self._session.transaction() as connection:
            return register(connection, sites)

    def take(self, partition: int, assets: Sequence[AssetNeeds]) -> Loaded:
        """Take `partition` from whoever had it, and load what `assets` go on from.

        Raises `RefusedError` with `store.other_cluster` where it was read from another Kafka cluster so far.
        """
        epoch, next_offset, next_seq, append_us = self._take_fence(partition)
        with self._session.transaction() as connection:
            standing = load_standing(connection, assets)
        return Loaded(
            epoch=epoch,
            next_offset=next_offset,
            next_seq=next_seq,
            append_us=append_us,
            watermarks=standing.watermarks,
            progress=standing.progress,
            alarms=standing.alarms,
            panes=standing.panes,
            readings=standing.readings,
            provenance=standing.provenance,
            commands=standing.commands,
        )

    def commit(self, partition: int, epoch: int, changes: Changes) -> int:
        """Write `changes` as one transaction; returns how many stored readings had another value or status.

        Raises `FencedError`; after `UnavailableError` call again with the same `changes`: where only the answer to
        COMMIT was lost, that changes nothing.
        """
        if partition not in self._merging:
            try:
                return self._commit(partition, epoch, changes, merge=False)
            except RefusedError as error:
                if not isinstance(error.__cause__, errors.UniqueViolation):
                    raise
                self._merging.add(partition)
        return self._commit(partition, epoch, changes, merge=True)

    def _take_fence(self, partition: int) -> tuple[int, int | None, int, int]:
        try:
            return self._raise_epoch(partition)
        except UnavailableError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
        with self._session.transaction() as connection:
            connection.execute(statements("store")["evict_stopped"], self._at(partition))
        return self._raise_epoch(partition)

    def _raise_epoch(self, partition: int) -> tuple[int, int | None, int, int]:
        sql, place = statements("store"), self._at(partition)
        with self._session.transaction() as connection:
            connection.execute(sql["set_lock_timeout"])
            clusters = [cluster for (cluster,) in connection.execute(sql["clusters"], place)]
            if clusters and place["cluster_id"] not in clusters:
                raise RefusedError(
                    "store.other_cluster",
                    f"partition {partition} of {place['topic']} was read from cluster {clusters[0]} so far: thermaliq "
                    f"checkpoints accept-gap {partition} --cluster {place['cluster_id']} goes on, knowingly",
                )
            (taken,) = connection.execute(sql["take_fence"], place).fetchall()
        return taken

    def _commit(self, partition: int, epoch: int, changes: Changes, *, merge: bool) -> int:
        standing = conflicting = 0
        with self._session.transaction() as connection:
            self._advance(connection, partition, epoch, changes)
            if merge and len(changes.readings):
                standing, conflicting = write.merge_readings(connection, changes.readings)
            elif len(changes.readings):
                write.copy_readings(connection, changes.readings)
            write.write_rows(connection, changes)
            self._write_records(connection, partition, changes)
        if not standing:
            self._merging.discard(partition)
        return conflicting

    def _advance(self, connection: Connection, partition: int, epoch: int, changes: Changes) -> None:
        parameters = self._at(partition) | {
            "epoch": epoch,
            "next_offset": changes.next_offset,
            "next_seq": changes.next_seq,
            "append_us": changes.append_us,
        }
        if connection.execute(statements("store")["advance"], parameters).rowcount == 0:
            raise FencedError("store.fenced", f"partition {partition} was taken by another worker after epoch {epoch}")

    def _write_records(self, connection: Connection, partition: int, changes: Changes) -> None:
        sql, place = statements("store"), self._at(partition)
        if changes.dead_letters:
            when = {"time": stamp(changes.append_us)}
            connection.execute(sql["write_dead_letters"], place | when | dead_letter_columns(changes.dead_letters))
        if changes.commands:
            connection.execute(sql["write_commands"], place | write.command_columns(changes.commands))
        if changes.outbox:
            origin = {"app": place["app"], "readings_topic": place["topic"], "origin": partition}
            connection.execute(sql["write_outbox"], origin | write.outbox_columns(changes.outbox))

    def _at(self, partition: int) -> dict[str, Any]:
        return self._place | {"partition": partition}
