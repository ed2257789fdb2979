"""`thermaliq checkpoints`: where each partition stands, and going on after lost offsets, knowingly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from psycopg.rows import dict_row

from schemas.errors import ConfigError
from streams.statements import statements
from thermaliq.migrate import connected, require_schema
from thermaliq.printing import Row, print_rows
from thermaliq.process import begin

COLUMNS = ("app", "cluster_id", "topic", "partition", "epoch", "next_offset", "unpublished", "taken", "committed")
ACCEPTED = ("app", "cluster_id", "topic", "partition", "epoch", "next_offset")

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]

command = typer.Typer(no_args_is_help=True)


@command.command("list")
def list_checkpoints(*, as_json: AsJson = False) -> None:
    """Every partition that was read: its fence, the offset it goes on from, rows not yet published."""
    with connected(begin().need_database_url()) as connection, connection.cursor(row_factory=dict_row) as cursor:
        require_schema(connection)
        rows: Sequence[Row] = cursor.execute(statements("checkpoints")["list"]).fetchall()
    print_rows(rows, COLUMNS, as_json=as_json)


@command.command("accept-gap")
def accept_gap(
    partition: Annotated[int, typer.Argument(min=0, help="Partition of the readings topic.")],
    *,
    offset: Annotated[int | None, typer.Option(min=0, help="Go on from here; absent: from the earliest.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Kafka's cluster id, where it is another one now.")] = None,
    as_json: AsJson = False,
) -> None:
    """Go on although offsets between the stored one and the log are lost: what they held is missing for ever."""
    settings = begin()
    parameters = {
        "app": settings.group_id,
        "topic": settings.topics.readings,
        "partition": partition,
        "next_offset": offset,
        "cluster_id": cluster,
    }
    with connected(settings.need_database_url()) as connection, connection.cursor(row_factory=dict_row) as cursor:
        require_schema(connection)
        rows: Sequence[Row] = cursor.execute(statements("checkpoints")["accept_gap"], parameters).fetchall()
    if not rows:
        raise ConfigError(
            "checkpoints.unknown",
            f"partition {partition} of {settings.topics.readings} was never read by {settings.group_id}",
        )
    print_rows(rows, ACCEPTED, as_json=as_json)
