"""`thermaliq migrate`, `checkpoints` and `dead-letters` at the prompt."""

import asyncio
import json
from typing import Any

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer

from schemas.dead_letter import DeadLetter
from streams.store import FencedError, Store
from tests.fix_database import T0_US, changes, columns
from thermaliq.cli import main


class Prompt:
    """Runs commands with an environment of its own; returns exit code and standard output."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self._monkeypatch.setenv(f"THERMALIQ_{name}", value)

    def __call__(self, *arguments: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, self.error = self._capsys.readouterr()
        return left.value.code or 0, out

    def json(self, *arguments: str) -> Any:
        code, out = self(*arguments, "--json")
        assert code == 0
        return json.loads(out)


@pytest.fixture
def prompt(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Prompt:
    made = Prompt(monkeypatch, capsys)
    made.set(DATABASE_URL=database_url, GROUP_ID="app")
    return made


def test_migrate_makes_the_schema_and_check_says_what_stands(prompt: Prompt) -> None:
    code, _ = prompt("migrate", "--check")
    assert code == 78
    assert "run thermaliq migrate" in prompt.error
    code, out = prompt("migrate")
    assert (code, "apache" in out) == (0, True)
    assert "applied 0001 plant" in prompt.error
    assert prompt("migrate") == (0, out)
    assert prompt.error == ""
    assert prompt("migrate", "--check") == (0, out)


def test_a_newer_schema_is_left_alone_and_one_that_is_too_new_refused(prompt: Prompt, migrated_url: str) -> None:
    add = (
        "INSERT INTO thermaliq.schema_migration (version, name, checksum, compatible_from) VALUES (%s, 'later', '', %s)"
    )
    with psycopg.connect(migrated_url) as connection:
        connection.execute(add, (900, 1))
    assert prompt("migrate")[0] == 0
    assert prompt("migrate", "--check")[0] == 0
    with psycopg.connect(migrated_url) as connection:
        connection.execute(add, (901, 901))
    assert prompt("migrate")[0] == 78
    assert "901" in prompt.error


def test_a_database_that_is_away_ends_with_69(prompt: Prompt) -> None:
    prompt.set(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert prompt("migrate")[0] == 69
    assert prompt("checkpoints", "list")[0] == 69


def test_checkpoints_are_listed_and_a_gap_is_accepted(prompt: Prompt, store: Store) -> None:
    epoch = store.take(2, []).epoch
    store.commit(2, epoch, changes(40))
    (row,) = prompt.json("checkpoints", "list")
    assert (row["app"], row["partition"], row["epoch"], row["next_offset"], row["unpublished"]) == ("app", 2, 1, 40, 0)
    assert prompt.json("checkpoints", "accept-gap", "2", "--offset", "77")[0]["next_offset"] == 77
    with pytest.raises(FencedError):
        store.commit(2, epoch, changes(41))
    assert store.take(2, []).next_offset == 77
    assert prompt.json("checkpoints", "accept-gap", "2")[0]["next_offset"] is None
    assert prompt("checkpoints", "accept-gap", "5")[0] == 78


def letters(store: Store, topic: str) -> None:
    batch = b'{"asset":"mill/boiler1","source":"dcs","session":"s","sequence":0,"readings":[{"tag":"a"},{"tag":"b"}]}'
    made = [
        DeadLetter(b"mill/boiler1", batch, "normalize.unknown_tag", "normalize", topic, 0, 4, (1,)),
        DeadLetter(None, b"\xff", "decode.not_json", "decode", topic, 0, 5),
        DeadLetter(None, b"[]", "normalize.unknown_tag", "normalize", topic, 0, 6, (0,)),
        DeadLetter(None, b"payload", "mqtt.json", "connect", topic, 0, 7),
    ]
    store.commit(0, store.take(0, []).epoch, changes(8, columns((1, T0_US, 1.0, 0, 0)), dead_letters=made))


def test_dead_letters_are_listed_and_shown(prompt: Prompt, store: Store) -> None:
    letters(store, "thermaliq.readings")
    listed = prompt.json("dead-letters", "list")
    assert [row["kafka_offset"] for row in listed] == [7, 6, 5, 4]
    assert listed[3]["failures"] == "[1]"
    assert listed[3]["time"] == "2025-11-23T10:00:00Z"
    only = prompt.json("dead-letters", "list", "--code", "decode.not_json", "--limit", "5")
    assert [row["code"] for row in only] == ["decode.not_json"]
    code, out = prompt("dead-letters", "show", str(only[0]["id"]))
    assert (code, json.loads(out)["value"]) == (0, "\\xff")
    assert prompt("dead-letters", "show", "999")[0] == 78


async def consumed(bootstrap: str, topic: str, number: int) -> list[tuple[bytes | None, bytes, dict[str, bytes]]]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        return [(m.key, m.value, dict(m.headers)) for m in [await consumer.getone() for _ in range(number)]]
    finally:
        await consumer.stop()


async def test_a_second_try_sends_the_failed_readings_alone_and_once(
    prompt: Prompt, store: Store, kafka_bootstrap: str, topic_prefix: str
) -> None:
    prompt.set(KAFKA=kafka_bootstrap, TOPIC_PREFIX=topic_prefix, PARTITIONS="1")
    topic = f"{topic_prefix}readings"
    letters(store, topic)

    def at_the_prompt() -> None:
        assert prompt("topics", "--create")[0] == 0
        assert prompt("dead-letters", "replay") == (0, "2 dead letters replayed, 1 unreadable\n")
        assert prompt("dead-letters", "replay") == (0, "0 dead letters replayed, 1 unreadable\n")

    await asyncio.to_thread(at_the_prompt)
    assert await consumed(kafka_bootstrap, topic, 2) == [
        (
            b"mill/boiler1",
            b'{"asset":"mill/boiler1","source":"dcs","session":"s","sequence":0,"readings":[{"tag":"b"}]}',
            {"schema": b"reading_batch/1"},
        ),
        (None, b"\xff", {"schema": b"reading_batch/1"}),
    ]
