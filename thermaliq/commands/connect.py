"""`thermaliq connect`: run the connectors."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from connectors.source import Source
from thermaliq import stopping
from thermaliq.certificates import CertificateMetrics, certificate_files
from thermaliq.connecting import connect
from thermaliq.health import health_server
from thermaliq.process import begin, tell
from thermaliq.readiness import of_connectors
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
    registry = make_registry()
    CertificateMetrics(certificate_files(settings, loaded), registry)
    running: dict[str, Source] = {}

    async def run(stop: asyncio.Event) -> None:
        async with health_server(settings, loaded, registry, lambda: of_connectors(running), typer.echo):
            await connect(loaded, source, settings, registry, stop, running.update)

    return stopping.run(run)
