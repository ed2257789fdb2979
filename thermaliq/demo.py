"""`thermaliq demo`: a simulated plant over real protocols into the whole product, nothing to install."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from prometheus_client import CollectorRegistry

from connectors.simulator import steam_boiler
from connectors.simulator.broker import mqtt_broker
from connectors.simulator.playback import play
from connectors.simulator.servers import PlantServers, free_port
from connectors.source import Source
from schemas.site import Site
from schemas.site_file import SiteText, load_sites
from thermaliq.delivery import Delivery
from thermaliq.embedded import Embedded, connectors_of, embedded_pipeline, embedded_postgres, scratch_folder
from thermaliq.site_files import VOCABULARY
from thermaliq.wiring import SystemClock


@dataclass
class Totals:
    """What a demo did."""

    readings: int = 0
    points: int = 0
    alerts: int = 0
    lost: int = 0


@dataclass
class Plant:
    """A site whose plant is served on loopback, and the coroutine that lets it live."""

    site: Site
    servers: PlantServers
    sources: dict[str, Source] = field(default_factory=dict)

    async def subscribed(self) -> None:
        """Return once every connector is up."""
        while not self.sources or any(source.status.state not in {"up", "degraded"} for source in self.sources.values()):
            await asyncio.sleep(0.02)


def parse_site(name: str, text: str) -> Site:
    """A site of our own; its file is checked like any other."""
    sites, findings = load_sites([SiteText(name, ".", text.encode())], VOCABULARY, lambda path: Path(path).is_file())
    if not sites:
        raise ValueError("\n".join(map(str, findings)))
    return sites[0]
