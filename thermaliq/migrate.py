"""The database's schema: numbered migrations, then the edition's file; and whether a program can work with it.

A migration is `schemas/sql/NNNN_name.sql` with the header lines `-- transaction: on|off` and `-- compatible-from: N`,
the oldest version that still works after it. With `off` each statement (they are parted by blank lines) runs by
itself, so it must bear to be run again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import psycopg
from psycopg import Connection, errors

from schemas.errors import ConfigError
from streams.session import translated, writable
from streams.statements import statements

Edition = Literal["timescale", "apache", "postgres"]
Verdict = Literal["ok", "missing", "older", "newer", "too_new"]

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")
_HEADER = re.compile(rb"-- transaction: (on|off)\n-- compatible-from: (\d+)\n")


@dataclass(frozen=True)
class Migration:
    """One numbered file."""

    version: int
    name: str
    text: bytes
    in_transaction: bool
    compatible_from: int

    @property
    def checksum(self) -> str:
        """sha256 of the file."""
        return hashlib.sha256(self.text).hexdigest()


@dataclass(frozen=True)
class SchemaState:
    """What version stands, and what that means to a program that needs `needed`."""

    version: int
    needed: int
    compatible_from: int

    @property
    def verdict(self) -> Verdict:
        """`newer` still works, `missing`, `older` and `too_new` do not."""
        if self.version == 0:
            return "missing"
        if self.version < self.needed:
            return "older"
        if self.version == self.needed:
            return "ok"
        return "newer" if self.compatible_from <= self.needed else "too_new"

    @property
    def works(self) -> bool:
        """Whether the program may go on."""
        return self.verdict in {"ok", "newer"}

    def __str__(self) -> str:
        match self.verdict:
            case "missing":
                return f"the database has no schema yet, version {self.needed} is needed: run thermaliq migrate"
            case "older":
                return (
                    f"schema version {self.version} is older than {self.needed}, which is needed: run thermaliq migrate"
                )
            case "too_new":
                return (
                    f"schema version {self.version} needs programs of version {self.compatible_from} at least, "
                    f"this one is of version {self.needed}: install a newer THERMALIQ"
                )
            case "newer":
                return f"schema version {self.version} is newer than {self.needed}, and works"
        return f"schema version {self.version}"


def read_migration(file: str, text: bytes) -> Migration:
    """A migration of its file's name and bytes."""
    named, header = _FILE.fullmatch(file), _HEADER.match(text)
    if named is None or header is None:
        raise ConfigError("migrate.header", f"{file}: not NNNN_name.sql with `-- transaction` and `-- compatible-from`")
    return Migration(int(named[1]), named[2], text, header[1] == b"on", int(header[2]))


@cache
def migrations() -> tuple[Migration, ...]:
    """The product's own, in order."""
    found = [entry for entry in (files("schemas") / "sql").iterdir() if _FILE.fullmatch(entry.name)]
    return tuple(sorted((read_migration(entry.name, entry.read_bytes()) for entry in found), key=lambda m: m.version))


def needed_version() -> int:
    """The schema version that this program was written for."""
    return migrations()[-1].version


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection for migrations and checks; errors are ours."""
    with translated(), psycopg.connect(**writable(url), autocommit=True) as connection:
        yield connection


def schema_state(connection: Connection, needed: int | None = None) -> SchemaState:
    """What stands in the database."""
    applied = _applied(connection)
    return SchemaState(
        version=max((version for version, *_ in applied), default=0),
        needed=needed_version() if needed is None else needed,
        compatible_from=max((compatible_from for *_, compatible_from in applied), default=0),
    )


def require_schema(connection: Connection) -> SchemaState:
    """What stands in the database, `ConfigError` where this program cannot work with it."""
    state = schema_state(connection)
    if not state.works:
        raise ConfigError(f"migrate.{state.verdict}", str(state))
    return state


def edition(connection: Connection) -> Edition:
    """Which TimescaleDB the database has, if any."""
    found: list[tuple[Edition]] = connection.execute(statements("setup")["edition"]).fetchall()
    return found[0][0]


def migrate(connection: Connection, wanted: Sequence[Migration] | None = None) -> list[Migration]:
    """Bring the schema to the newest of `wanted` and return what was applied; twice in a row changes nothing.

    `connection` is in autocommit mode; other migrations of the same database wait.
    """
    wanted = migrations() if wanted is None else wanted
    setup = statements("setup")
    connection.execute(setup["lock"])
    try:
        _prepare(connection)
        connection.execute(setup["become_owner"])
        try:
            with connection.transaction():
                connection.execute(setup["create_schema"])
            missing = _missing(connection, wanted)
            for migration in missing:
                _apply(connection, migration)
            _apply_edition(connection)
        finally:
            _if_alive(connection, setup["leave_owner"])
    finally:
        _if_alive(connection, setup["unlock"])
    return missing


def _prepare(connection: Connection) -> None:
    setup = statements("setup")
    try:
        for block in ("create_roles", "join_owner", "open_database"):
            connection.execute(setup[block])
    except errors.InsufficientPrivilege as error:
        raise ConfigError(
            "migrate.privilege",
            f"{error.diag.message_primary}: migrate as a role that may create roles and owns the database, or have the "
            "roles thermaliq_owner, thermaliq_writer and thermaliq_reader made and thermaliq_owner granted to it",
        ) from error
    ((loaded,),) = connection.execute(setup["may_have_timescaledb"]).fetchall()
    if loaded and not _applied(connection):
        _create_timescaledb(connection)


def _create_timescaledb(connection: Connection) -> None:
    try:
        connection.execute(statements("setup")["create_timescaledb"])
    except errors.InsufficientPrivilege:
        return  # the database stays plain PostgreSQL, which is complete too


def _applied(connection: Connection) -> list[tuple[int, str, str, int]]:
    setup = statements("setup")
    ((present,),) = connection.execute(setup["has_migrations"]).fetchall()
    return connection.execute(setup["list_migrations"]).fetchall() if present else []


def _missing(connection: Connection, wanted: Sequence[Migration]) -> list[Migration]:
    applied = {version: checksum for version, _, checksum, _ in _applied(connection)}
    for migration in wanted:
        if applied.get(migration.version, migration.checksum) != migration.checksum:
            raise ConfigError(
                "migrate.changed",
                f"migration {migration.version:04} {migration.name} is not the one that the database was made with: "
                "a migration that was applied somewhere is never changed, a new one follows it",
            )
    return [migration for migration in wanted if migration.version not in applied]


def _apply(connection: Connection, migration: Migration) -> None:
    record = {
        "version": migration.version,
        "name": migration.name,
        "checksum": migration.checksum,
        "compatible_from": migration.compatible_from,
    }
    if migration.in_transaction:
        with connection.transaction():
            connection.execute(migration.text)
            connection.execute(statements("setup")["record_migration"], record)
        return
    for statement in migration.text.split(b"\n\n"):
        connection.execute(statement)
    connection.execute(statements("setup")["record_migration"], record)


def _apply_edition(connection: Connection) -> None:
    chosen = edition(connection)
    for name in {"timescale": ("apache", "timescale"), "apache": ("apache",), "postgres": ("postgres",)}[chosen]:
        with connection.transaction():
            connection.execute((files("schemas") / "sql" / f"edition_{name}.sql").read_bytes())


def _if_alive(connection: Connection[Any], statement: bytes) -> None:
    if not connection.closed:
        connection.execute(statement)
