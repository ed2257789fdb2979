"""`thermaliq test`: read every source once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from thermaliq import exits
from thermaliq.printing import print_failure, print_rows
from thermaliq.process import begin, tell
from thermaliq.scanning import COLUMNS, scan
from thermaliq.site_files import read_sites
from thermaliq.wiring import chosen_sources


def command(
    sites: Annotated[list[Path] | None, typer.Argument(metavar="SITE.toml…", help="Files, or folders of them.")] = None,
    *,
    source: Annotated[str | None, typer.Option(help="Only the source of this name.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> int:
    """Print one reading of every tag, in the plant's units; nothing is sent."""
    settings = begin()
    loaded, warnings = read_sites(settings.need_sites(tuple(sites or ())))
    tell(tuple(warnings))
    rows, away = asyncio.run(scan(chosen_sources(loaded, source)))
    print_rows(rows, COLUMNS, as_json=as_json)
    for error in away:
        print_failure(error)
    return exits.UNAVAILABLE if away else 0
