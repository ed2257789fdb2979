"""`thermaliq recompute`: points again from stored readings, by the worker that owns them."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from psycopg import Connection
from psycopg.rows import dict_row
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from connectors.events import Events
from connectors.record_log import Position, RecordLog
from connectors.session import session_id
from schemas import codec
from schemas.command import Recompute
from schemas.errors import ConfigError, RefusedError
from schemas.site import Site
from streams.statements import statements
from thermaliq import exits, stopping
from thermaliq.api.moment import parse_us
from thermaliq.migrate import connected, require_schema
from thermaliq.printing import Row, console_of, counted, print_json, print_rows
from thermaliq.process import begin, tell
from thermaliq.recomputing import recomputes
from thermaliq.settings import Settings
from thermaliq.site_files import read_sites
from thermaliq.wiring import SystemClock, make_kafka_log, make_registry, until

log = logging.getLogger("thermaliq.recompute")

POLL_S = 0.2
SAY_AFTER_S = 10.0
QUEUED = ("asset", "from", "to", "queued")


@dataclass
class Summary:
    """What was compared so far, and how many points have a new revision."""

    points: int = 0
    revised: int = 0
    done: int = 0


def command(
    sites: Annotated[list[Path] | None, typer.Argument(metavar="SITE.toml…", help="Files, or folders of them.")] = None,
    *,
    asset: Annotated[str | None, typer.Option(help="Whose points.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="T", help="RFC 3339 or epoch µs: windows that end after it …")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="T", help="… and not after this.")] = None,
    queued: Annotated[bool, typer.Option("--queued", help="List what came too late and waits for this.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> int:
    """Points again from stored readings for windows that end in (from, to], revision + 1 where they differ."""
    settings = begin()
    loaded, warnings = read_sites(settings.need_sites(tuple(sites or ())))
    tell(tuple(warnings))
    if queued:
        _list_queued(settings, loaded, as_json=as_json)
        return 0
    if asset is None or from_ is None or to is None:
        raise typer.BadParameter("--asset, --from and --to are needed, or --queued")
    return run(settings, commands_of(loaded, asset, from_, to), loaded, as_json=as_json)


def commands_of(sites: Sequence[Site], asset: str, from_: str, to: str) -> list[Recompute]:
    """The commands, a day each; ConfigError for an unknown asset, BadParameter for what is no span of time."""
    known = [item.id for site in sites for item in site.assets if item.type != "none"]
    if asset not in known:
        raise ConfigError("recompute.asset", f"no asset {asset} is computed; there are: {', '.join(known) or 'none'}")
    clock, who = SystemClock(), os.environ.get("USER") or "command line"
    try:
        span = parse_us(from_), parse_us(to)
        return recomputes(asset, *span, who, lambda: session_id(clock.now_us(), os.urandom(10)))
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"--from {from_} --to {to}: {error}") from error
    except RefusedError as error:
        raise typer.BadParameter(f"--from {from_} --to {to}: {error.detail}") from error


def run(settings: Settings, commands: Sequence[Recompute], sites: Sequence[Site], *, as_json: bool) -> int:
    """Send one command after the other, each once the one before is done; the exit code."""
    summary, started_s = Summary(), time.monotonic()
    console = console_of(sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(commands[0].asset, total=len(commands))

        async def work(stop: asyncio.Event) -> None:
            sending = _send_all(settings, commands, sites, summary, partial(bar.advance, task))
            await until(stop, asyncio.create_task(sending))

        code = stopping.run(work)
    _print(summary, len(commands), time.monotonic() - started_s, as_json=as_json)
    return code or (0 if summary.done == len(commands) else exits.FAILED)


def _print(summary: Summary, days: int, seconds: float, *, as_json: bool) -> None:
    if as_json:
        print_json({"points": summary.points, "revised": summary.revised, "done": summary.done, "commands": days})
        return
    parts = f"{counted(summary.points, 'point')} compared, {summary.revised} revised"
    left = "" if summary.done == days else f", {counted(days - summary.done, 'day')} not done"
    console_of(sys.stdout).print(f"{parts}{left}, {seconds:.1f} s")


async def _send_all(
    settings: Settings, commands: Sequence[Recompute], sites: Sequence[Site], summary: Summary, advance: partial[None]
) -> None:
    groups = {asset: group for site in sites for asset, group in site.groups().items()}
    with connected(settings.need_database_url()) as connection:
        require_schema(connection)
        events = Events(make_registry())
        async with make_kafka_log(settings.kafka, settings.kafka_security, SystemClock(), events) as kafka:
            for item in commands:
                place = await _send(kafka, settings.topics.readings, groups[item.asset], item)
                points, revised = await _applied(connection, settings.topics.readings, item, place)
                summary.points += points
                summary.revised += revised
                summary.done += 1
                advance()


async def _send(kafka: RecordLog, topic: str, group: str, item: Recompute) -> Position:
    headers = codec.schema_header(codec.COMMAND)
    return await (await kafka.send(topic, group.encode(), codec.encode(item), headers))


async def _applied(connection: Connection, topic: str, item: Recompute, place: Position) -> tuple[int, int]:
    """(points compared, points revised) once a worker has done it; RefusedError where it will not."""
    parameters = {
        "command_id": item.command_id,
        "topic": topic,
        "partition": place.partition,
        "offset": place.offset,
    }
    waited_s = 0.0
    while True:
        row = await asyncio.to_thread(_outcome, connection, parameters)
        if row is not None and row[0] == "applied":
            return row[1] or 0, row[2] or 0
        if row is not None and row[0] != "running":
            raise RefusedError(row[0], f"the worker did not carry it out ({item.asset}, command {item.command_id})")
        if row is None and waited_s <= SAY_AFTER_S < waited_s + POLL_S:
            log.warning("no worker has taken it up yet: is one running (thermaliq work)?")
        await asyncio.sleep(POLL_S)
        waited_s += POLL_S


def _outcome(connection: Connection, parameters: dict[str, object]) -> tuple[str, int | None, int | None] | None:
    row: tuple[str, int | None, int | None] | None = connection.execute(
        statements("commands")["outcome"], parameters
    ).fetchone()
    return row


def _list_queued(settings: Settings, sites: Sequence[Site], *, as_json: bool) -> None:
    assets = [asset.id for site in sites for asset in site.assets]
    with connected(settings.need_database_url()) as connection, connection.cursor(row_factory=dict_row) as cursor:
        require_schema(connection)
        rows: Sequence[Row] = cursor.execute(statements("commands")["queued"], {"assets": assets}).fetchall()
    print_rows(rows, QUEUED, as_json=as_json)
