"""What every process tells about itself over HTTP: `/health /ready /metrics /info`, with and without `/api/v1`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Final

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.site import Site
from thermaliq.api.problem import answer_problems
from thermaliq.api.security_headers import SecurityHeaders
from thermaliq.commit import commit_of
from thermaliq.http_server import bind_socket, in_thread, url_of
from thermaliq.pod import PodMetrics
from thermaliq.readiness import Readiness
from thermaliq.settings import Settings
from thermaliq.wiring import SystemClock

SILENT_MAX_S: Final = 30.0
BEAT_S: Final = 1.0
PREFIXES: Final = ("", "/api/v1")
PACKAGES: Final = (
    "aiokafka",
    "coolprop",
    "fastapi",
    "faust-streaming",
    "numpy",
    "psycopg",
    "scipy",
    "seuif97",
    "uvicorn",
)


@dataclass(frozen=True)
class Info:
    """Facts about a process that do not change."""

    version: str
    commit: str | None
    python: str
    packages: Mapping[str, str]
    sites: Sequence[str]
    started_us: int


def info_of(sites: Sequence[Site], started_us: int) -> Info:
    """The facts about this process."""
    installed = {found.name.lower(): found.version for found in distributions()}
    return Info(
        version=version("thermaliq"),
        commit=commit_of(Path(__file__).resolve().parents[1]),
        python=sys.version.split()[0],
        packages={name: installed[name] for name in PACKAGES if name in installed},
        sites=[site.id for site in sites],
        started_us=started_us,
    )


class Heartbeat:
    """Tells how long an event loop has made no progress; asked from another thread too."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._beaten_s = monotonic_s()

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            self._beaten_s = self._monotonic_s()
            await asyncio.sleep(BEAT_S)

    def silent_s(self) -> float:
        """Seconds since the last beat."""
        return self._monotonic_s() - self._beaten_s


@dataclass(frozen=True)
class Probe:
    """The four answers of one process."""

    heartbeat: Heartbeat
    readiness: Callable[[], Readiness]
    info: Info
    registry: CollectorRegistry
    schema: Callable[[], Mapping[str, object]] = dict
    """`schema_version` and `edition`, where the process knows a database."""

    def health(self) -> Response:
        """200 as long as the event loop moves on."""
        silent_s = self.heartbeat.silent_s()
        stuck = silent_s > SILENT_MAX_S
        body = {"status": "stuck" if stuck else "ok", "silent_s": round(silent_s, 3)}
        return _json(body, 503 if stuck else 200)

    def ready(self) -> Response:
        """503 only where the process does not do its work."""
        readiness = self.readiness()
        return _json(readiness, 503 if readiness.status == "not_ready" else 200)

    def metrics(self) -> Response:
        """Prometheus' text format."""
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    def facts(self) -> Response:
        """Version, packages, sites, schema."""
        known = {"schema_version": None, "edition": None, **self.schema()}
        return _json(msgspec.to_builtins(self.info) | known)

    def answers(self) -> Mapping[str, Callable[[], Response]]:
        """Path → answer."""
        return {"/health": self.health, "/ready": self.ready, "/metrics": self.metrics, "/info": self.facts}


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def create_probe_app(probe: Probe) -> Starlette:
    """The four answers as an application of their own."""

    def route(path: str, answer: Callable[[], Response]) -> Route:
        async def endpoint(_request: Request) -> Response:
            return answer()

        return Route(path, endpoint, methods=["GET"])

    answers = probe.answers().items()
    app = Starlette(routes=[route(prefix + path, answer) for prefix in PREFIXES for path, answer in answers])
    answer_problems(app)
    app.add_middleware(SecurityHeaders)
    return app


@asynccontextmanager
async def health_server(
    settings: Settings,
    sites: Sequence[Site],
    registry: CollectorRegistry,
    readiness: Callable[[], Readiness],
    say: Callable[[str], None],
) -> AsyncIterator[int]:
    """Serve what a process tells about itself on METRICS_PORT, unset or 0: any free one; say where; the port.

    It runs in a thread of its own: a stuck event loop is told, not shared.
    """
    clock = SystemClock()
    PodMetrics(registry)
    probe = Probe(Heartbeat(clock.monotonic_s), readiness, info_of(sites, clock.now_us()), registry)
    listening = bind_socket(settings.bind, settings.metrics_port or 0, "METRICS_PORT")
    bound: int = listening.getsockname()[1]
    beating = asyncio.create_task(probe.heartbeat.run(), name="heartbeat")
    try:
        async with in_thread(create_probe_app(probe), listening):
            say(f"health and metrics on {url_of(settings.bind, bound)}")
            yield bound
    finally:
        beating.cancel()
