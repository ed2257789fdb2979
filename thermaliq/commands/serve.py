"""`thermaliq serve`: run the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thermaliq import stopping
from thermaliq.certificates import CertificateMetrics, certificate_files
from thermaliq.http_server import url_of
from thermaliq.process import begin, tell
from thermaliq.serving import Ports, serve, service_of
from thermaliq.site_files import read_sites
from thermaliq.wiring import make_registry


def command(
    sites: Annotated[list[Path] | None, typer.Argument(metavar="SITE.toml…", help="Files, or folders of them.")] = None,
) -> int:
    """Serve the API and the page, metrics, admin and the live WebSocket until SIGTERM."""
    settings = begin()
    loaded, warnings = read_sites(settings.need_sites(tuple(sites or ())))
    tell(tuple(warnings))
    service, registry = service_of(settings, loaded), make_registry()
    CertificateMetrics(certificate_files(settings, loaded), registry)

    def say(ports: Ports) -> None:
        for name in ("http", "metrics", "admin", "live"):
            typer.echo(f"{name:<8}{url_of(service.bind, getattr(ports, name))}")

    return stopping.run(lambda stop: serve(service, registry, stop, say))
