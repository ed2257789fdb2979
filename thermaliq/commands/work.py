"""`thermaliq work`: run one Faust worker."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from streams.owner import Owner
from thermaliq import stopping
from thermaliq.certificates import CertificateMetrics, certificate_files
from thermaliq.health import health_server
from thermaliq.process import begin, tell
from thermaliq.readiness import of_worker
from thermaliq.site_files import read_sites
from thermaliq.wiring import make_registry
from thermaliq.worker_metrics import WorkerMetrics
from thermaliq.working import work


def command(
    sites: Annotated[list[Path] | None, typer.Argument(metavar="SITE.toml…", help="Files, or folders of them.")] = None,
) -> int:
    """Compute efficiencies from the readings topic into the database until SIGTERM; start as many as wished."""
    settings = begin()
    loaded, warnings = read_sites(settings.need_sites(tuple(sites or ())))
    tell(tuple(warnings))
    registry = make_registry()
    CertificateMetrics(certificate_files(settings, loaded), registry)
    owners: list[Owner] = []

    def started(owner: Owner) -> None:
        owners.append(owner)
        WorkerMetrics(owner, registry)

    def peer_up(peer: str) -> bool | None:
        value = registry.get_sample_value("thermaliq_peer_up", {"peer": peer})
        return None if value is None else value > 0

    async def run(stop: asyncio.Event) -> None:
        readiness = lambda: of_worker(owners[0] if owners else None, peer_up)  # noqa: E731 - asked at every call
        async with health_server(settings, loaded, registry, readiness, typer.echo):
            await work(loaded, settings, registry, stop, started)

    return stopping.run(run)
