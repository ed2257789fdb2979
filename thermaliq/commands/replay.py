"""`thermaliq replay`: send a file through a site's replay source."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from connectors.replay.source import ReplaySummary
from thermaliq import exits, stopping
from thermaliq.printing import console_of, counted
from thermaliq.process import begin, tell
from thermaliq.replaying import Replay, parse_speed, play, replay_source
from thermaliq.settings import Settings
from thermaliq.site_files import read_sites


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, Parquet or a .mos table.")],
    *,
    site: Annotated[list[Path] | None, typer.Option(metavar="SITE.toml", help="File, or folder of them.")] = None,
    source: Annotated[str | None, typer.Option(help="The replay source, where the site has several.")] = None,
    speed: Annotated[str, typer.Option(help="Times the file's own pace, or max.")] = "1",
) -> int:
    """Send a file with its own timestamps to Kafka; end when Kafka has all of it."""
    settings = begin()
    sites, warnings = read_sites(settings.need_sites(tuple(site or ())))
    tell(tuple(warnings))
    return run(Replay(file, replay_source(sites, source), parse_speed(speed), sites), settings)


def run(replay: Replay, settings: Settings) -> int:
    """Play with a progress bar; the exit code."""
    console = console_of(sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    summaries: list[ReplaySummary] = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(replay.file.name, total=None)

        async def work(stop: asyncio.Event) -> None:
            summaries.append(
                await play(replay, settings, stop, lambda row, rows: bar.update(task, completed=row, total=rows))
            )

        code = stopping.run(work)
    if not summaries:
        return code or exits.FAILED
    print_summary(summaries[0])
    return code


def print_summary(summary: ReplaySummary) -> None:
    """What Kafka has now."""
    parts = (counted(summary.rows, "row"), counted(summary.readings, "reading"), f"{summary.skipped} cells skipped")
    console_of(sys.stdout).print(f"{', '.join(parts)}, {summary.seconds:.1f} s")
