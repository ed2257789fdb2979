"""The applications of the service's ports, made of what they are handed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from schemas.point import Point
from thermaliq.api.access import LoopbackOnly
from thermaliq.api.body_limit import BodyLimit
from thermaliq.api.catalog import AssetItem, Catalog
from thermaliq.api.contract import PREFIX, describe
from thermaliq.api.feed import Feed
from thermaliq.api.live import Live
from thermaliq.api.measured import HttpMetrics, Measured
from thermaliq.api.problem import answer_problems
from thermaliq.api.queries import Queries, StoredReading
from thermaliq.api.routers import (
    alerts,
    asset_types,
    assets,
    calculations,
    fluids,
    live,
    ops,
    page,
    points,
    provenance,
    readings,
)
from thermaliq.api.security_headers import SecurityHeaders
from thermaliq.calculations.service import Calculations
from thermaliq.calculations.workers import Workers
from thermaliq.health import Probe


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
    cors_origins: Sequence[str] = ()


def create_app(parts: Parts) -> FastAPI:
    """Port 8000: the API, the live socket and the page."""
    app = FastAPI(openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None, redirect_slashes=False)
    app.include_router(ops.router(parts.probe, ""), include_in_schema=False)
    app.include_router(ops.router(parts.probe, PREFIX))
    app.include_router(assets.router(parts.catalog))
    app.include_router(points.router(parts.catalog, parts.queries))
    app.include_router(readings.router(parts.catalog, parts.queries))
    app.include_router(assets.single(parts.catalog))
    app.include_router(alerts.router(parts.catalog, parts.queries))
    app.include_router(calculations.router(parts.calculations))
    app.include_router(fluids.router(parts.workers))
    app.include_router(asset_types.router())
    app.include_router(provenance.router(parts.calculations.store))
    app.include_router(live.router(_live(parts)))
    app.include_router(page.router())
    app.mount("/web", page.PageFiles(directory=page.FOLDER), name="web")
    records = (AssetItem, Point, StoredReading, alerts.AlertItem)
    describe(app, (*records, *calculations.STRUCTS, *fluids.STRUCTS))
    return _around(app, parts)


def create_live_app(parts: Parts) -> FastAPI:
    """Port 8003: the live socket alone."""
    app = _small(parts)
    app.include_router(live.router(_live(parts)))
    return _around(app, parts)


def create_admin_app(parts: Parts) -> FastAPI:
    """Port 8002: health and metrics, until there are roles that may do more."""
    return _around(_small(parts), parts)


def _small(parts: Parts) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for prefix in ("", PREFIX):
        app.include_router(ops.router(parts.probe, prefix))
    return app


def _live(parts: Parts) -> Live:
    return Live(parts.feed, parts.catalog, parts.cors_origins)


def _around(app: FastAPI, parts: Parts) -> FastAPI:
    """What every request passes, the last named first."""
    answer_problems(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(LoopbackOnly, origins=parts.cors_origins)
    if parts.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=list(parts.cors_origins), allow_methods=["GET"])
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured, metrics=parts.metrics)
    return app
