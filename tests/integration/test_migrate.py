"""The schema: numbered migrations on TimescaleDB's Apache edition and on plain PostgreSQL."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import errors, sql

from schemas.errors import ConfigError, RefusedError
from schemas.quality import Flag
from streams.statements import statements
from tests.fix_database import T0_US, logged_in
from thermaliq.migrate import (
    SchemaState,
    connected,
    edition,
    migrate,
    migrations,
    read_migration,
    require_schema,
    schema_state,
)

VIEWS = {
    "v_reading": "time asset tag value unit value_si unit_si status flag",
    "v_point": "time asset type window_name length_s window_start revision eta eta_u95 energy_in_j energy_out_j "
    "losses_j residual_j coverage steady_fraction quality reasons method provenance values",
    "v_alarm": "asset name state priority since episode value limit_value",
    "v_alarm_transition": "time asset name episode state priority value limit_value cause",
    "v_gap": "time time_end asset source reason backfilled",
    "v_dead_letter": "time code stage topic kafka_partition kafka_offset",
}
PROMISED = [
    "asset",
    "series",
    "reading",
    "pane",
    "point",
    "point_revision",
    "alarm",
    "alarm_transition",
    "gap",
    "calculation",
    "checkpoint",
    "outbox",
    "dead_letter",
    "provenance",
]
CATALOG = (
    """SELECT table_name, column_name, data_type, is_nullable, column_default, identity_generation
       FROM information_schema.columns WHERE table_schema = 'thermaliq' ORDER BY table_name, ordinal_position""",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'thermaliq' ORDER BY 1, 2",
    "SELECT viewname, definition FROM pg_views WHERE schemaname = 'thermaliq' ORDER BY 1",
    """SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
       WHERE table_schema = 'thermaliq' ORDER BY 1, 2, 3""",
    """SELECT c.relname, pg_get_userbyid(c.relowner), c.relkind::text FROM pg_class AS c
       JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'thermaliq' ORDER BY 1""",
)


def catalog(url: str) -> list[list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        return [connection.execute(query).fetchall() for query in CATALOG]


def query(url: str, text: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(text.encode()).fetchall()


def test_a_fresh_database_gets_every_table_and_view_that_is_promised(migrated_url: str) -> None:
    found = catalog(migrated_url)[0]
    columns: dict[object, list[object]] = {}
    for table, column, *_ in found:
        columns.setdefault(table, []).append(column)
    assert set(PROMISED) <= set(columns)
    assert {view: " ".join(map(str, columns[view])) for view in VIEWS} == VIEWS
    keys = {table: text for table, name, text in catalog(migrated_url)[1] if str(name).endswith("_pkey")}
    assert "(series_id, ts)" in str(keys["reading"])
    assert "(asset_id, window_name, window_end)" in str(keys["point"])


def test_a_second_run_changes_nothing(migrated_url: str) -> None:
    before = catalog(migrated_url)
    with connected(migrated_url) as connection:
        assert migrate(connection) == []
        assert schema_state(connection).verdict == "ok"
    assert catalog(migrated_url) == before


@pytest.mark.parametrize("prefix", range(1, len(migrations())))
def test_every_prefix_of_the_history_reaches_the_same_schema(
    prefix: int, database_url: str, migrated_twin: str
) -> None:
    with connected(database_url) as connection:
        migrate(connection, migrations()[:prefix])
        assert schema_state(connection).verdict == "older"
        assert [migration.version for migration in migrate(connection)] == list(
            range(prefix + 1, len(migrations()) + 1)
        )
    assert catalog(database_url) == catalog(migrated_twin)


@pytest.fixture(scope="module")
def migrated_twin(database_admin_url: str) -> object:
    """A database that was migrated at one go, for the whole module."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(database_admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = urlsplit(database_admin_url)._replace(path=f"/{name}").geturl()
        with connected(url) as connection:
            migrate(connection)
        yield url
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_two_migrations_at_once_take_turns(database_url: str) -> None:
    def run(_: int) -> int:
        with connected(database_url) as connection:
            return len(migrate(connection))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [0, 0, 0, len(migrations())]


def test_timescaledb_keeps_the_growing_tables_in_chunks_without_default_indexes(migrated_url: str) -> None:
    with connected(migrated_url) as connection:
        assert edition(connection) == "apache"
    found = query(migrated_url, "SELECT hypertable_name FROM timescaledb_information.hypertables ORDER BY 1")
    assert found == [("pane",), ("point",), ("reading",)]
    indexes = query(migrated_url, "SELECT indexname FROM pg_indexes WHERE tablename IN ('reading', 'pane', 'point')")
    assert sorted(indexes) == [("pane_pkey",), ("point_pkey",), ("reading_pkey",)]


def test_plain_postgresql_has_the_same_tables_and_views(plain_postgres_url: str, migrated_url: str) -> None:
    with connected(plain_postgres_url) as connection:
        migrate(connection)
        assert edition(connection) == "postgres"
        assert migrate(connection) == []
    plain, timescale = catalog(plain_postgres_url), catalog(migrated_url)
    assert plain[0] == timescale[0]
    assert [row[0] for row in plain[2]] == [row[0] for row in timescale[2]]


def test_a_database_whose_role_may_not_create_the_extension_stays_plain(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = {**statements("setup"), "create_timescaledb": b"SET ROLE pg_monitor; CREATE EXTENSION timescaledb"}
    monkeypatch.setattr("thermaliq.migrate.statements", lambda _: refused)
    with connected(database_url) as connection:
        migrate(connection)
        assert edition(connection) == "postgres"


def test_the_community_edition_file_fails_by_the_licence_alone(migrated_url: str) -> None:
    text = (files("schemas") / "sql" / "edition_timescale.sql").read_bytes()
    with (
        psycopg.connect(migrated_url) as connection,
        pytest.raises(errors.FeatureNotSupported, match='current "apache" license'),
    ):
        connection.execute(text)


def test_readers_see_the_views_alone_and_writers_write(migrated_url: str) -> None:
    with logged_in(migrated_url, "thermaliq_reader") as reader:
        for view in VIEWS:
            reader.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier("thermaliq", view)))
        for table in PROMISED:
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier("thermaliq", table)))
    with logged_in(migrated_url, "thermaliq_writer") as writer:
        writer.execute("INSERT INTO thermaliq.reading VALUES (1, now(), 1, 0, 0), (1, '2020-01-01', 1, 0, 0)")
        assert writer.execute("DELETE FROM thermaliq.reading").rowcount == 2
        with pytest.raises(errors.InsufficientPrivilege):
            writer.execute("DROP TABLE thermaliq.reading")


def test_another_owner_may_migrate_what_the_first_one_made(migrated_url: str) -> None:
    with logged_in(migrated_url, "thermaliq_owner") as owner:
        assert migrate(owner, [*migrations(), EXTRA]) == [EXTRA]
        assert schema_state(owner).verdict == "newer"


def test_a_writer_may_check_and_not_migrate(migrated_url: str) -> None:
    with logged_in(migrated_url, "thermaliq_writer") as writer:
        assert require_schema(writer).verdict == "ok"
        with pytest.raises(ConfigError, match="roles"):
            migrate(writer)


EXTRA = read_migration(
    f"{len(migrations()) + 1:04}_extra.sql",
    b"-- transaction: on\n-- compatible-from: 1\nALTER TABLE thermaliq.asset ADD COLUMN extra text;\n",
)


def test_without_a_transaction_each_statement_runs_by_itself(migrated_url: str) -> None:
    alone = replace(
        EXTRA,
        in_transaction=False,
        text=b"-- transaction: off\n-- compatible-from: 1\n\n"
        b"CREATE INDEX CONCURRENTLY IF NOT EXISTS one ON thermaliq.asset (site);\n\n"
        b"CREATE INDEX CONCURRENTLY IF NOT EXISTS two ON thermaliq.asset (type);\n",
    )
    with connected(migrated_url) as connection:
        assert migrate(connection, [*migrations(), alone]) == [alone]
    found = query(migrated_url, "SELECT indexname FROM pg_indexes WHERE indexname IN ('one', 'two') ORDER BY 1")
    assert found == [("one",), ("two",)]


def test_a_migration_that_fails_leaves_nothing_behind(migrated_url: str) -> None:
    broken = replace(EXTRA, text=EXTRA.text + b"SELECT 1 / 0;\n")
    with pytest.raises(RefusedError, match="division by zero"), connected(migrated_url) as connection:
        migrate(connection, [*migrations(), broken])
    with connected(migrated_url) as connection:
        assert schema_state(connection).verdict == "ok"
        assert migrate(connection, [*migrations(), EXTRA]) == [EXTRA]


def test_a_migration_that_was_applied_is_never_changed(migrated_url: str) -> None:
    first = replace(migrations()[0], text=migrations()[0].text + b"-- a word more\n")
    with connected(migrated_url) as connection, pytest.raises(ConfigError, match="0001 plant"):
        migrate(connection, [first, *migrations()[1:]])


def test_flags_have_in_the_view_the_names_that_they_have_in_code(migrated_url: str) -> None:
    with psycopg.connect(migrated_url) as connection:
        connection.execute(
            "INSERT INTO thermaliq.asset (asset, site, type, group_key) VALUES ('m/b', 'm', 'none', 'm/b')"
        )
        connection.execute(
            "INSERT INTO thermaliq.series (asset, tag, unit_si, unit, factor, shift, source, name, description) "
            "VALUES ('m/b', 't', 'K', 'degC', 1, 273.15, 's', '', '')"
        )
        for flag in Flag:
            connection.execute(
                "INSERT INTO thermaliq.reading SELECT series_id, to_timestamp(%s), 300.15, 0, %s FROM thermaliq.series",
                (T0_US // 10**6 + flag, int(flag)),
            )
        rows = connection.execute(
            "SELECT value, unit, value_si, flag FROM thermaliq.v_reading ORDER BY time"
        ).fetchall()
    assert [row[3] for row in rows] == [None, *(flag.name.lower() for flag in list(Flag)[1:])]
    assert rows[0][:3] == (27.0, "degC", 300.15)


@pytest.mark.parametrize(
    ("version", "needed", "compatible_from", "verdict"),
    [(0, 5, 0, "missing"), (4, 5, 1, "older"), (5, 5, 1, "ok"), (7, 5, 5, "newer"), (7, 5, 6, "too_new")],
)
def test_a_newer_schema_is_accepted_where_it_says_so(
    version: int, needed: int, compatible_from: int, verdict: str
) -> None:
    state = SchemaState(version, needed, compatible_from)
    assert state.verdict == verdict
    assert state.works == (verdict in {"ok", "newer"})
    assert verdict == "missing" or str(version) in str(state)


def test_a_schema_that_is_too_new_or_missing_is_a_configuration_error(migrated_url: str) -> None:
    incompatible = replace(EXTRA, compatible_from=EXTRA.version)
    with connected(migrated_url) as connection:
        migrate(connection, [*migrations(), incompatible])
        with pytest.raises(ConfigError, match=f"version {EXTRA.version} needs"):
            require_schema(connection)


def test_an_empty_database_is_told_what_to_run(database_url: str) -> None:
    with connected(database_url) as connection, pytest.raises(ConfigError, match="run thermaliq migrate"):
        require_schema(connection)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("1_short.sql", b"-- transaction: on\n-- compatible-from: 1\n"),
        ("0001_x.sql", b"-- transaction: maybe\n-- compatible-from: 1\n"),
        ("0001_x.sql", b"SELECT 1;"),
    ],
)
def test_a_migration_without_its_header_is_refused(name: str, text: bytes) -> None:
    with pytest.raises(ConfigError, match="compatible-from"):
        read_migration(name, text)


def test_the_history_is_numbered_without_a_hole() -> None:
    assert [migration.version for migration in migrations()] == list(range(1, len(migrations()) + 1))
    assert all(migration.compatible_from <= migration.version for migration in migrations())
