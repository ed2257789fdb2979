"""The database as the service reads it: bounded pools of connections that cannot write and do not wait for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from streams.session import translated, writable

QUERY_WITHIN_MS: Final = 5_000
WAIT_FOR_CONNECTION_S: Final = 2.0
RECONNECT_WITHIN_S: Final = 10.0

Connections = AsyncConnectionPool[AsyncConnection[DictRow]]


class Database:
    """A pool of connections, read-only unless told otherwise, under a name, which is a metric's label."""

    def __init__(
        self, name: str, url: str, connections_max: int, waiting_max: int = 64, *, read_only: bool = True
    ) -> None:
        self.name = name
        self.connections_max = connections_max
        self._pool: Connections = AsyncConnectionPool(
            "",
            kwargs=_settings(url, name, read_only=read_only),
            min_size=1,
            max_size=connections_max,
            max_waiting=waiting_max,
            timeout=WAIT_FOR_CONNECTION_S,
            reconnect_timeout=RECONNECT_WITHIN_S,
            check=AsyncConnectionPool.check_connection,
            name=name,
            open=False,
        )

    async def open(self) -> None:
        """Begin to connect; the database may be away."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Hang up."""
        await self._pool.close(2.0)

    async def rows(self, statement: bytes, parameters: Mapping[str, Any]) -> list[DictRow]:
        """All rows of a query; UnavailableError where the database is away, busy or too slow."""
        with translated():
            async with self._pool.connection() as connection:
                cursor = await connection.execute(statement, parameters)
                return await cursor.fetchall()

    def active(self) -> int:
        """Connections that are in use."""
        stats = self._pool.get_stats()
        return max(0, stats.get("pool_size", 0) - stats.get("pool_available", 0))


def _settings(url: str, name: str, *, read_only: bool) -> dict[str, Any]:
    settings = writable(url)
    if read_only:
        settings.pop("target_session_attrs", None)
    limits = f"-c default_transaction_read_only={'on' if read_only else 'off'} -c statement_timeout={QUERY_WITHIN_MS}"
    return settings | {
        "options": f"{settings.get('options', '')} {limits}",
        "application_name": f"thermaliq-serve/{name}",
        "autocommit": True,
        "row_factory": dict_row,
    }


class PoolMetrics(Collector):
    """`database_connections_active{pool}` beside what is allowed."""

    def __init__(self, pools: Iterable[Database], registry: CollectorRegistry) -> None:
        self._pools = tuple(pools)
        registry.register(self)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """At each scrape."""
        active = GaugeMetricFamily("database_connections_active", "Connections in use", labels=["pool"])
        most = GaugeMetricFamily("thermaliq_database_connections_max", "Connections allowed", labels=["pool"])
        for pool in self._pools:
            active.add_metric([pool.name], pool.active())
            most.add_metric([pool.name], pool.connections_max)
        return (active, most)


@asynccontextmanager
async def opened(*pools: Database) -> AsyncIterator[None]:
    """The pools, open until left."""
    for pool in pools:
        await pool.open()
    try:
        yield
    finally:
        for pool in pools:
            await pool.close()
