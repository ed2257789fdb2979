"""The applications of the service's ports, made of what they are handed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from schemas.point import Point
from thermaliq.access.gate import Gate
from thermaliq.access.opening import Rules, open_gate
from thermaliq.api.access import LoopbackOnly
from thermaliq.api.body_limit import BodyLimit
from thermaliq.api.catalog import AssetItem, Catalog
from thermaliq.api.client_address import ClientAddress
from thermaliq.api.contract import PREFIX, describe
from thermaliq.api.dispatch import Dispatch
from thermaliq.api.doors import doors_of
from thermaliq.api.feed import Feed
from thermaliq.api.guard import AccessMetrics, Guard
from thermaliq.api.live import Live
from thermaliq.api.measured import HttpMetrics, Measured
from thermaliq.api.problem import answer_problems
from thermaliq.api.queries import Queries, StoredReading
from thermaliq.api.routers import (
    admin,
    alert_actions,
    alerts,
    asset_types,
    assets,
    calculations,
    fluids,
    live,
    ops,
    page,
    pictures,
    points,
    provenance,
    push,
    readings,
)
from thermaliq.api.security_headers import SecurityHeaders
from thermaliq.calculations.service import Calculations
from thermaliq.calculations.workers import Workers
from thermaliq.health import Probe

CORS_METHODS: Final = ("GET", "POST", "PUT", "DELETE")
CORS_SENT: Final = ("Accept", "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-API-Key")
CORS_SEEN: Final = ("ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate")


@dataclass(frozen=True)
class Parts:
    """What the applications stand on."""

    catalog: Catalog
    queries: Queries
    feed: Feed
    probe: Probe
    metrics: HttpMetrics
    calculations: Calculations
    workers: Workers
    access_metrics: AccessMetrics
    dispatch: Dispatch
    pushing: push.Pushing
    new_id: Callable[[], str]
    """Names commands."""
    cors_origins: Sequence[str] = ()
    trusted_proxies: Sequence[str] = ()
    gate: Gate = field(default_factory=lambda: open_gate(Rules()))


def create_app(parts: Parts) -> FastAPI:
    """Port 8000: the API, the live socket and the page."""
    app = FastAPI(openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None, redirect_slashes=False)
    app.include_router(ops.router(parts.probe, ""), include_in_schema=False)
    app.include_router(ops.router(parts.probe, PREFIX))
    app.include_router(assets.router(parts.catalog))
    app.include_router(points.router(parts.catalog, parts.queries))
    app.include_router(readings.router(parts.catalog, parts.queries))
    app.include_router(pictures.of_assets(parts.catalog, parts.queries, parts.workers))
    app.include_router(assets.single(parts.catalog))
    app.include_router(alerts.router(parts.catalog, parts.queries))
    app.include_router(alert_actions.router(parts.queries, parts.dispatch, parts.new_id))
    app.include_router(push.router(parts.pushing, parts.dispatch))
    app.include_router(calculations.router(parts.calculations))
    app.include_router(pictures.of_calculations(parts.calculations, parts.workers))
    app.include_router(fluids.router(parts.workers))
    app.include_router(asset_types.router())
    app.include_router(provenance.router(parts.calculations.store))
    app.include_router(live.router(_live(parts)))
    app.include_router(page.router())
    app.mount("/web", page.PageFiles(directory=page.FOLDER), name="web")
    records = (AssetItem, Point, StoredReading, alerts.AlertItem)
    described = (*calculations.STRUCTS, *pictures.STRUCTS, *fluids.STRUCTS, *push.STRUCTS, *alert_actions.STRUCTS)
    describe(app, (*records, *described))
    return _around(app, parts)


def create_live_app(parts: Parts) -> FastAPI:
    """Port 8003: the live socket alone."""
    app = _small(parts)
    app.include_router(live.router(_live(parts)))
    return _around(app, parts)


def create_admin_app(parts: Parts) -> FastAPI:
    """Port 8002: what the admin role alone may do."""
    app = _small(parts)
    app.include_router(admin.router(parts.catalog, parts.dispatch, parts.new_id))
    return _around(app, parts)


def _small(parts: Parts) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for prefix in ("", PREFIX):
        app.include_router(ops.router(parts.probe, prefix))
    return app


def _live(parts: Parts) -> Live:
    return Live(parts.feed, parts.catalog, parts.cors_origins, parts.gate)


def _around(app: FastAPI, parts: Parts) -> FastAPI:
    """What every request passes, the last named first."""
    answer_problems(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Guard, gate=parts.gate, doors=doors_of(app), metrics=parts.access_metrics)
    if parts.gate.is_open:
        app.add_middleware(LoopbackOnly, origins=parts.cors_origins)
    if parts.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(parts.cors_origins),
            allow_methods=CORS_METHODS,
            allow_headers=CORS_SENT,
            expose_headers=CORS_SEEN,
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured, metrics=parts.metrics)
    if parts.trusted_proxies:
        app.add_middleware(ClientAddress, trusted=parts.trusted_proxies)
    return app
