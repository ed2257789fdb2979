"""`thermaliq dead-letters`: what could not be processed, and a second try of the failed readings alone."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from psycopg import Connection
from psycopg.rows import dict_row

from connectors.events import Events
from connectors.record_log import RecordLog
from schemas.codec import schema_header
from schemas.errors import ConfigError, MalformedError
from streams.second_try import failed_alone, schema_of_stage
from streams.statements import statements
from thermaliq.migrate import connected, require_schema
from thermaliq.printing import console_of, counted, print_json, print_rows
from thermaliq.process import begin
from thermaliq.settings import Settings
from thermaliq.wiring import SystemClock, make_kafka_log, make_registry

COLUMNS = ("id", "time", "code", "stage", "topic", "kafka_partition", "kafka_offset", "failures", "replayed", "detail")

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Code = Annotated[str | None, typer.Option(help="Only those with this code.")]

command = typer.Typer(no_args_is_help=True)


@command.command("list")
def list_letters(
    *,
    code: Code = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The newest so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Dead letters, the newest first."""
    with connected(begin().need_database_url()) as connection:
        require_schema(connection)
        print_rows(_rows(connection, "list", {"code": code, "limit": limit}), COLUMNS, as_json=as_json)


@command.command("show")
def show(number: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """One dead letter with its bytes, as JSON; bytes that are no UTF-8 are shown escaped."""
    with connected(begin().need_database_url()) as connection:
        require_schema(connection)
        rows = _rows(connection, "show", {"id": number})
    if not rows:
        raise ConfigError("dead_letters.unknown", f"there is no dead letter {number}")
    (row,) = rows
    print_json({**row, "key": _readable(row["key"]), "value": _readable(row["value"])})


@command.command("replay")
def replay(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="ID…", help="Which; absent: all not tried yet.")
    ] = None,
    *,
    code: Code = None,
) -> None:
    """Send the failed readings to the readings topic once more, after the site file or the plant was mended."""
    settings = begin()
    sent, unreadable = asyncio.run(_replay(settings, Choice(settings.topics.readings, code, numbers or None)))
    console_of(sys.stdout).print(f"{counted(sent, 'dead letter')} replayed, {unreadable} unreadable")


@dataclass(frozen=True)
class Choice:
    """Which dead letters are tried again."""

    topic: str
    code: str | None
    ids: list[int] | None


async def _replay(settings: Settings, choice: Choice) -> tuple[int, int]:
    events = Events(make_registry())
    sent = unreadable = after = 0
    with connected(settings.need_database_url()) as connection:
        require_schema(connection)
        async with make_kafka_log(settings.kafka, settings.kafka_security, SystemClock(), events) as log:
            while letters := _untried(connection, choice, after):
                after = letters[-1].id
                done = await _send(log, choice.topic, letters)
                connection.execute(statements("dead_letters")["mark_replayed"], {"ids": done})
                sent += len(done)
                unreadable += len(letters) - len(done)
    return sent, unreadable


@dataclass(frozen=True)
class Letter:
    """A stored dead letter, as far as a second try needs it."""

    id: int
    stage: str
    key: bytes | None
    value: bytes
    failures: str | None

    def record(self) -> bytes:
        """What is sent."""
        return failed_alone(self.value, None if self.failures is None else tuple(json.loads(self.failures)))


def _untried(connection: Connection, choice: Choice, after: int) -> list[Letter]:
    parameters = {"topic": choice.topic, "code": choice.code, "ids": choice.ids, "after": after}
    return [Letter(*row) for row in connection.execute(statements("dead_letters")["untried"], parameters)]


async def _send(log: RecordLog, topic: str, letters: list[Letter]) -> list[int]:
    """Numbers of the letters that Kafka has again."""
    done, futures = [], []
    for letter in letters:
        try:
            value = letter.record()
        except MalformedError:
            continue
        headers = schema_header(schema_of_stage(letter.stage))
        futures.append(await log.send(topic, letter.key, value, headers))
        done.append(letter.id)
    await asyncio.gather(*futures)
    return done


def _rows(connection: Connection, name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statements("dead_letters")[name], parameters).fetchall()


def _readable(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "backslashreplace")
