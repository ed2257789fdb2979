"""The store when the database goes away, is full or read-only, loses its answer, or a worker stands still."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from schemas.errors import RefusedError, UnavailableError
from streams import session
from streams.changes import Changes, OutboxRow
from streams.statements import statements
from streams.store import FencedError, Store
from tests.fix_database import T0_US, TOPIC, DatabaseWire, changes, columns, dump, point, site


def one_pass(next_offset: int = 10) -> Changes:
    return changes(
        next_offset,
        columns((1, T0_US + next_offset, 1.0, 0, 0)),
        next_seq=2,
        points=[(1, point(T0_US))],
        outbox=[OutboxRow(1, "points", b"k", b"v", ())],
    )


@pytest.fixture
def through_wire(database_wire: DatabaseWire) -> Iterator[Store]:
    store = Store(database_wire.url, "app", "cluster", TOPIC)
    store.register([site()])
    yield store
    store.close()


def test_where_the_answer_to_commit_is_lost_trying_again_changes_nothing(
    through_wire: Store, database_wire: DatabaseWire, migrated_url: str
) -> None:
    epoch = through_wire.take(0, []).epoch
    database_wire.cut_after_commit = True
    with pytest.raises(UnavailableError):
        through_wire.commit(0, epoch, one_pass())
    before = committed(migrated_url)
    assert through_wire.commit(0, epoch, one_pass()) == 0
    assert dump(migrated_url) == before
    assert through_wire.take(0, []).next_offset == 10


def committed(url: str) -> dict[str, list[str]]:
    """What stands once the server has carried out the COMMIT whose answer nobody heard."""
    for _ in range(100):
        found = dump(url)
        if found["point"]:
            return found
        time.sleep(0.05)
    raise AssertionError("the first commit never came through")


def test_a_killed_connection_is_made_anew(store: Store, migrated_url: str) -> None:
    store.register([site()])
    epoch = store.take(0, []).epoch
    with psycopg.connect(migrated_url, autocommit=True) as other:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'thermaliq/app'"
        ).fetchall()
    assert ended == [(True,)]
    with pytest.raises(UnavailableError) as caught:
        store.commit(0, epoch, one_pass())
    assert caught.value.code == "store.unavailable"
    assert store.commit(0, epoch, one_pass()) == 0
    assert store.take(0, []).next_offset == 10


def test_nobody_listening_is_unavailable() -> None:
    store = Store("postgresql://nobody@127.0.0.1:1/none", "app", "cluster", TOPIC)
    with pytest.raises(UnavailableError):
        store.take(0, [])


def test_a_read_only_database_is_unavailable_until_it_is_writable_again(
    store: Store, migrated_url: str, database_admin_url: str
) -> None:
    store.register([site()])
    epoch = store.take(0, []).epoch
    name = sql.Identifier(migrated_url.rsplit("/", 1)[1])
    with psycopg.connect(database_admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name))
        store.close()
        with pytest.raises(UnavailableError, match="25006"):
            store.commit(0, epoch, one_pass())
        admin.execute(sql.SQL("ALTER DATABASE {} RESET default_transaction_read_only").format(name))
    store.close()
    assert store.commit(0, epoch, one_pass()) == 0


def test_a_database_without_the_schema_refuses(database_url: str) -> None:
    store = Store(database_url, "app", "cluster", TOPIC)
    with pytest.raises(RefusedError, match="42P01") as caught:
        store.take(0, [])
    assert caught.value.code == "store.refused"
    store.close()


@pytest.mark.parametrize("during_copy", [False, True])
def test_a_worker_stopped_within_its_transaction_does_not_hold_the_partition(
    during_copy: bool, store: Store, migrated_url: str
) -> None:
    """SIGSTOP leaves the session as it is: a lock, and a server that waits for its client."""
    epoch = store.take(0, []).epoch
    place = {"app": "app", "cluster_id": "cluster", "topic": TOPIC, "partition": 0, "epoch": epoch}
    stopped = psycopg.connect(migrated_url)
    bystander = psycopg.connect(migrated_url)
    bystander.execute(statements("store")["take_fence"], place | {"partition": 1})
    stopped.execute(statements("store")["advance"], place | {"next_offset": 99, "next_seq": 9, "append_us": 9})
    if during_copy:
        stopped.pgconn.exec_(statements("store")["copy_readings"])
    loaded = store.take(0, [])
    assert (loaded.epoch, loaded.next_offset) == (epoch + 1, None)
    assert stopped.info.backend_pid not in sessions(migrated_url)
    assert bystander.info.backend_pid in sessions(migrated_url), "it holds another partition"
    stopped.close()
    bystander.close()


def sessions(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [pid for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity")]


def test_a_live_worker_is_waited_for(store: Store, migrated_url: str) -> None:
    """Another worker's commit under way is not broken off: the new owner takes the partition after it."""
    epoch = store.take(0, []).epoch
    place = {"app": "app", "cluster_id": "cluster", "topic": TOPIC, "partition": 0, "epoch": epoch}
    with psycopg.connect(migrated_url) as live:
        live.execute(statements("store")["advance"], place | {"next_offset": 99, "next_seq": 9, "append_us": 9})
        timer = threading.Timer(0.5, live.commit)
        timer.start()
        loaded = store.take(0, [])
        timer.join()
    assert (loaded.epoch, loaded.next_offset) == (epoch + 1, 99)


def test_a_zombie_that_goes_on_within_its_transaction_is_fenced(store: Store, migrated_url: str) -> None:
    """It had begun before the partition was taken, and commits after: the row lock puts one before the other."""
    epoch = store.take(0, []).epoch
    zombie = Store(migrated_url, "app", "cluster", TOPIC)
    outcomes: list[str] = []
    with psycopg.connect(migrated_url) as taking:
        taking.execute(
            statements("store")["take_fence"], {"app": "app", "cluster_id": "cluster", "topic": TOPIC, "partition": 0}
        )

        def commit() -> None:
            try:
                zombie.commit(0, epoch, one_pass())
            except FencedError as error:
                outcomes.append(error.code)

        thread = threading.Thread(target=commit)
        thread.start()
        time.sleep(0.3)
        assert not outcomes, "it waits for the row"
    thread.join()
    assert outcomes == ["store.fenced"]
    assert dump(migrated_url)["reading"] == []
    zombie.close()


def test_of_several_hosts_the_one_that_takes_writes_is_used() -> None:
    one = session.writable("postgresql://u@a:1/db")
    two = session.writable("postgresql://u@a:1,b:2/db?connect_timeout=2")
    assert "target_session_attrs" not in one
    assert (two["target_session_attrs"], two["connect_timeout"]) == ("read-write", "2")
