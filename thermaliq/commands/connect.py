"""`thermaliq connect`: run the connectors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thermaliq import stopping
from thermaliq.connecting import connect
from thermaliq.process import begin, tell
from thermaliq.site_files import read_sites
from thermaliq.wiring import make_registry


def command(
    sites: Annotated[list[Path] | None, typer.Argument(metavar="SITE.toml…", help="Files, or folders of them.")] = None,
    *,
    source: Annotated[str | None, typer.Option(help="Only the source of this name.")] = None,
) -> int:
    """Read the plant and publish its readings to Kafka until SIGTERM."""
    settings = begin()
    loaded, warnings = read_sites(settings.need_sites(tuple(sites or ())))
    tell(tuple(warnings))
    return stopping.run(lambda stop: connect(loaded, source, settings, make_registry(), stop))
