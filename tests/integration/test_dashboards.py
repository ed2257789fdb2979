"""Every query of every dashboard answers, on TimescaleDB and on plain PostgreSQL, with the reader's rights alone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg import sql

from schemas.dead_letter import DeadLetter
from schemas.gap import Gap
from streams.changes import AlarmMemory
from streams.store import Store
from tests.fix_api import APP, BOILER, OTHER, alert, plant
from tests.fix_database import MINUTE_US, T0_US, TOPIC, changes, columns, point
from tests.fix_services import empty_database
from tests.grafana_queries import Statement, View, expanded, statements
from thermaliq.migrate import connected, migrate

STATEMENTS = list(statements())
VIEW = View(T0_US - MINUTE_US, T0_US + 60 * MINUTE_US, {"site": "mill", "asset": BOILER, "window": "5min"})
NEEDED = {"annotation": {"time", "text"}, "time_series": {"time"}}
READER = f"test_{secrets.token_hex(8)}"
UNCERTAIN, BAD = 0x40000000, 0x80000000


def seed(url: str) -> None:
    """Two boilers for an hour: points of every quality, readings of every class, an alarm, a gap, a dead letter."""
    with connected(url) as connection:
        migrate(connection)
    store = Store(url, APP, "cluster", TOPIC)
    numbers = store.register([plant()])
    boiler, flow = numbers.assets[BOILER], numbers.series[f"{BOILER}/steam_flow"]
    points = [
        (numbers.assets[asset], msgspec.structs.replace(made, asset=asset, residual_j=2e7))
        for asset in (BOILER, OTHER)
        for minute in range(5, 60)
        for made in (point(T0_US + minute * MINUTE_US, eta=None if minute == 7 else 0.86),)
    ]
    revised = point(T0_US + 5 * MINUTE_US, revision=1, eta=0.85)
    rows = [(flow, T0_US + n * 10_000_000, 3.0 + n / 100, (0, UNCERTAIN, BAD)[n % 3], n % 5) for n in range(300)]
    transitions = [alert("efficiency_low", "unacknowledged", 20), alert("efficiency_low", "normal", 40)]
    memory = AlarmMemory(
        boiler, "efficiency_low", "unacknowledged", "high", T0_US, T0_US + MINUTE_US, 0.8, 0.82, None, T0_US, 0
    )
    epoch = store.take(0, []).epoch
    made = changes(
        1,
        columns(*rows),
        points=points,
        alarms=[memory],
        transitions=[(boiler, made) for made in transitions],
        gaps=[(boiler, Gap(BOILER, "dcs", T0_US + MINUTE_US, T0_US + 2 * MINUTE_US, "connection_lost"))],
        dead_letters=[DeadLetter(None, b"{", "reading_batch.not_json", "decode", TOPIC, 0, 7)],
    )
    store.commit(0, epoch, made)
    store.commit(0, epoch, changes(2, points=[(boiler, revised)]))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE thermaliq.dead_letter SET time = to_timestamp(%s)", [T0_US / 1e6 + 60])
    store.close()


@contextmanager
def seeded(admin_url: str) -> Iterator[str]:
    """A database with those rows, and a login of the reader's group."""
    with empty_database(admin_url) as url:
        seed(url)
        with psycopg.connect(url, autocommit=True) as admin:
            reader = sql.Identifier(READER)
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN IN ROLE thermaliq_reader").format(reader))
            try:
                yield url
            finally:
                admin.execute(sql.SQL("DROP ROLE {}").format(reader))


@pytest.fixture(scope="module")
def timescale_url(database_admin_url: str) -> Iterator[str]:
    with seeded(database_admin_url) as url:
        yield url


@pytest.fixture(scope="module")
def plain_url(plain_postgres_url: str) -> Iterator[str]:
    with seeded(plain_postgres_url) as url:
        yield url


def answer(url: str, statement: Statement, view: View) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows, as a login of the reader's group sees them."""
    with psycopg.connect(url, user=READER, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = on")
        cursor = connection.execute(expanded(statement.text, view).encode())
        return [column.name for column in cursor.description or ()], cursor.fetchall()


def check(url: str, statement: Statement, view: View) -> None:
    names, rows = answer(url, statement, view)
    assert rows
    assert len(set(names)) == len(names)
    assert NEEDED.get(statement.form, set()) <= set(names)
    if statement.form == "variable":
        assert len(names) == 1
        assert view.chosen[statement.place.rpartition("$")[2]] in [row[0] for row in rows]
    if statement.form == "time_series":
        times = [row[names.index("time")] for row in rows]
        assert times == sorted(times)
        assert any(isinstance(value, int | float) or hasattr(value, "as_tuple") for value in rows[-1][1:])


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda made: made.place)
def test_a_query_answers_on_timescaledb(timescale_url: str, statement: Statement) -> None:
    check(timescale_url, statement, VIEW)
    check(timescale_url, statement, replace(VIEW, timescaledb=True))


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda made: made.place)
def test_a_query_answers_on_plain_postgresql(plain_url: str, statement: Statement) -> None:
    check(plain_url, statement, VIEW)


def test_a_name_with_a_quote_is_text_and_no_statement(timescale_url: str) -> None:
    wicked = {"site": "mill", "asset": "x' OR true --", "window": "5min"}
    for statement in STATEMENTS:
        if "${asset" in statement.text:
            assert answer(timescale_url, statement, replace(VIEW, chosen=wicked))[1] == []


def test_a_panel_sees_no_table(timescale_url: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        answer(timescale_url, Statement("", "table", "SELECT * FROM thermaliq.point"), VIEW)
