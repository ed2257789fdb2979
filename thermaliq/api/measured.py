"""Counts and times every request by method, route and status; a route is its template, never a path."""

from __future__ import annotations

import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class HttpMetrics:
    """The counters of one process, shared by its ports."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "http_requests_total", "Requests answered", ["method", "route", "status"], registry=registry
        )
        self.duration_s = Histogram(
            "http_request_duration_seconds",
            "From a request to the end of its answer",
            ["method", "route"],
            buckets=BUCKETS_S,
            registry=registry,
        )


class LiveMetrics:
    """The live socket's counters of one process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.clients = Gauge("thermaliq_live_clients", "Clients that are told live", registry=registry)
        self.messages = Counter("thermaliq_live_messages_total", "Points and alerts read to be told", registry=registry)
        self.too_slow = Counter("thermaliq_live_too_slow_total", "Clients closed, too slow", registry=registry)


class Measured:
    """Measures what passes."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started_s = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = route_of(scope)
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.duration_s.labels(method, route).observe(time.perf_counter() - started_s)


def route_of(scope: Scope) -> str:
    """The template of the route that answered."""
    template = getattr(scope.get("route"), "path_format", None) or getattr(scope.get("route"), "path", None)
    return template if isinstance(template, str) else "unmatched"
