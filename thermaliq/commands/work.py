"""`thermaliq work`: run one Faust worker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thermaliq import stopping
from thermaliq.process import begin, tell
from thermaliq.site_files import read_sites
from thermaliq.wiring import make_registry
from thermaliq.working import work


def command(
    sites: Annotated[list[Path] | None, typer.Argument(metavar="SITE.toml…", help="Files, or folders of them.")] = None,
) -> int:
    """Compute efficiencies from the readings topic into the database until SIGTERM; start as many as wished."""
    settings = begin()
    loaded, warnings = read_sites(settings.need_sites(tuple(sites or ())))
    tell(tuple(warnings))
    return stopping.run(lambda stop: work(loaded, settings, make_registry(), stop))
