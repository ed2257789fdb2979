"""What calculations tell Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class CalculationMetrics:
    """The counters of one process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.queue_depth = Gauge(
            "calculation_queue_depth",
            "Calculations that wait for a worker process",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.active = Gauge(
            "active_calculations",
            "Calculations in worker processes",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.redis_errors = Counter(
            "redis_connection_errors_total", "Questions that Redis did not answer", registry=registry
        )
        self.answers = Counter(
            "thermaliq_calculations_total",
            "Calculations by outcome: computed, cached, joined (another's computation), refused, unavailable",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("computed", "cached", "joined", "refused", "unavailable"):
            self.answers.labels(outcome)
