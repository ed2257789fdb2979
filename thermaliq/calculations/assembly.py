"""The calculations of one process, put together from what it has."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from thermaliq.api.database import Database
from thermaliq.calculations.away import Peer
from thermaliq.calculations.cache import Cache
from thermaliq.calculations.canonical import library_versions
from thermaliq.calculations.metrics import CalculationMetrics
from thermaliq.calculations.redis_client import client_of
from thermaliq.calculations.service import Calculations, Runner
from thermaliq.calculations.store import Store


def assemble(
    runner: Runner,
    redis_url: str | None,
    database: Database | None,
    metrics: CalculationMetrics,
    monotonic_s: Callable[[], float],
) -> Calculations:
    """The service; None switches Redis or the database off."""
    client = None if redis_url is None else client_of(redis_url)
    cache = Cache(client, Peer("redis", monotonic_s), metrics, secrets.token_hex(16))
    store = Store(database, Peer("database", monotonic_s))
    return Calculations(runner, cache, store, metrics, library_versions())
