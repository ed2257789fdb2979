"""The audit of commands and what alarms keep of them, in the database."""

from dataclasses import replace

import psycopg
import pytest

from schemas import codec
from schemas.command import Recompute, Shelve
from streams.changes import AlarmMemory, CommandRow
from streams.load import AssetNeeds
from streams.store import Store
from tests.fix_database import MINUTE_US, T0_US, changes, dump, site

NEEDS = [AssetNeeds(1, (1, 2), 60 * MINUTE_US, 30_000_000)]
SHELVED = AlarmMemory(
    asset=1,
    name="low",
    state="shelved",
    priority="high",
    episode_us=T0_US,
    since_us=T0_US + 1,
    value=None,
    limit=0.82,
    pending_since_us=None,
    judged_us=T0_US,
    revision=0,
    acknowledged_by="ann",
    comment="soot blowing",
    shelved_until_us=T0_US + 2 * MINUTE_US,
    beneath="returned_unacknowledged",
)


def row(command_id: str, outcome: str = "applied", **more: object) -> CommandRow:
    """A shelving as the pipeline tells it."""
    command = Shelve(command_id, "mill/boiler1", "low", 7200.0, "soot \x00 blowing", "ann")
    told = CommandRow(
        command_id=command_id,
        kind="shelve",
        asset=1,
        alarm="low",
        requested_by="ann",
        comment=command.comment,
        offset=41,
        append_us=T0_US + 7,
        outcome=outcome,
        request=codec.encode(command),
        before=b'{"state":"acknowledged"}',
        after=b'{"state":"shelved"}',
    )
    return replace(told, **more)  # type: ignore[arg-type]


@pytest.fixture
def taken(store: Store) -> tuple[Store, int]:
    store.register([site()])
    return store, store.take(0, NEEDS).epoch


def test_an_alarm_keeps_what_operators_did(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    store.commit(0, epoch, changes(1, alarms=[SHELVED]))
    assert store.take(0, NEEDS).alarms == [SHELVED]


def test_a_command_stands_once_and_is_known_again(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    assert not store.history.obeyed("c1")
    made = changes(1, commands=[row("c1")])
    store.commit(0, epoch, made)
    store.commit(0, epoch, made)
    assert store.history.obeyed("c1")
    store.commit(0, epoch, changes(2, commands=[row("c1", comment="another")]))
    with psycopg.connect(migrated_url) as connection:
        query = "SELECT kind, alarm, requested_by, comment, kafka_offset, outcome, before, after FROM thermaliq.command"
        (stored,) = connection.execute(query).fetchall()
    told = ("shelve", "low", "ann", "soot � blowing", 41, "applied")
    assert stored == (*told, {"state": "acknowledged"}, {"state": "shelved"})


def test_a_refused_command_is_not_known_and_may_come_again(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    store.commit(0, epoch, changes(1, commands=[row("c1", "command.wrong_state", before=None, after=None)]))
    assert not store.history.obeyed("c1")
    store.commit(0, epoch, changes(2, commands=[row("c1")]))
    assert store.history.obeyed("c1")
    assert len(dump(migrated_url)["command"]) == 1


def test_a_recompute_under_way_is_loaded_and_goes_on(taken: tuple[Store, int]) -> None:
    store, epoch = taken
    command = Recompute("r1", "mill/boiler1", T0_US, T0_US + MINUTE_US, "eve")
    running = row("r1", "running", kind="recompute", alarm=None, request=codec.encode(command), before=None)
    other = row("r2", "running", asset=2)
    store.commit(0, epoch, changes(1, commands=[row("c1"), running, other]))
    (loaded,) = store.take(0, NEEDS).commands
    assert codec.decode_command(loaded.request) == command
    assert (loaded.outcome, loaded.append_us, loaded.offset, loaded.before) == ("running", T0_US + 7, 41, None)
    store.commit(0, epoch + 1, changes(2, commands=[replace(loaded, outcome="applied")]))
    assert store.take(0, NEEDS).commands == []


def test_what_was_recomputed_leaves_the_queue(taken: tuple[Store, int], migrated_url: str) -> None:
    store, epoch = taken
    spans = [(1, T0_US, T0_US + 10), (1, T0_US + 5, T0_US + 30), (2, T0_US, T0_US + 10)]
    store.commit(0, epoch, changes(1, recompute=spans))
    store.commit(0, epoch, changes(2, recomputed=[(1, T0_US, T0_US + 20)]))
    assert len(dump(migrated_url)["recompute_queue"]) == 2
