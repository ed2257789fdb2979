"""`thermaliq check`: validate site files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import Finding
from schemas.site import Site
from thermaliq import exits
from thermaliq.printing import console_of, counted, print_findings, print_json
from thermaliq.process import begin
from thermaliq.site_files import check_sites


def command(
    sites: Annotated[list[Path] | None, typer.Argument(metavar="SITE.toml…", help="Files, or folders of them.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Check the files of the command line, else those of THERMALIQ_SITE."""
    paths = tuple(sites) if sites else begin().need_sites(())
    read, findings = check_sites(paths)
    if as_json:
        print_json(findings)
    else:
        _print(read, findings)
    return exits.CONFIGURATION if any(not finding.warning for finding in findings) else 0


def _print(sites: Sequence[Site], findings: Sequence[Finding]) -> None:
    console = console_of(sys.stdout)
    for site in sites:
        parts = (
            counted(len(site.sources), "source"),
            counted(len(site.tags()), "tag"),
            counted(len(site.assets), "asset"),
            counted(len(site.alarms), "alarm"),
        )
        console.print(f"{site.id}: {', '.join(parts)}")
    if findings:
        print_findings(console, findings)
