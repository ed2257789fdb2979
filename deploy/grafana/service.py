"""What those look at who run it: the pipeline, and the service with its pods."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard

from deploy.grafana.limits import above, below
from deploy.grafana.panel import Face, curves, stat_panel
from deploy.grafana.query import promql

RATE = "[$__rate_interval]"


def pipeline() -> dashboard.Dashboard:
    """From the sources to the commits."""
    made = dashboard.Dashboard("Pipeline").uid("thermaliq-pipeline").time("now-3h", "now").refresh("30s")
    made.description("Readings on their way: sources, Kafka, workers, database.").tags(["thermaliq", "operations"])
    for face, expression, legend in (
        (
            Face("Readings", "Durable in Kafka, by source and class of status.", "cps"),
            f"sum by (source, status) (rate(thermaliq_readings_total{RATE}))",
            "{{source}} {{status}}",
        ),
        (
            Face("Batches", "Reading batches durable in Kafka, by source.", "cps"),
            f"sum by (source) (rate(thermaliq_batches_total{RATE}))",
            "{{source}}",
        ),
        (
            Face("Publish latency", "p95 from a batch being handed over to its being durable.", "s"),
            f"histogram_quantile(0.95, sum by (le, source) (rate(thermaliq_publish_latency_seconds_bucket{RATE})))",
            "{{source}}",
        ),
        (
            Face("State of the sources", "1 for the state in which a source is."),
            "max by (source, state) (thermaliq_source_state) == 1",
            "{{source}} {{state}}",
        ),
        (
            Face("Sources lost", "Attempts that failed, by code.", "cps"),
            f"sum by (source, code) (rate(thermaliq_source_losses_total{RATE}))",
            "{{source}} {{code}}",
        ),
        (
            Face("Gaps", "Times of which nothing is known, as they are noticed.", "cps"),
            f"sum by (source, reason) (rate(thermaliq_gaps_total{RATE}))",
            "{{source}} {{reason}}",
        ),
        (
            Face("Consumer lag", "Records that wait, by partition.", "short", 0, above("ThermaliqConsumerLag")),
            "max by (partition) (thermaliq_consumer_lag_records)",
            "{{partition}}",
        ),
        (
            Face("Watermark lag", "From event time to arrival, of each type's last asset.", "s"),
            "max by (type) (thermaliq_watermark_lag_seconds)",
            "{{type}}",
        ),
        (
            Face("Points", "Committed, by quality.", "cps"),
            f"sum by (quality) (rate(thermaliq_points_total{RATE}))",
            "{{quality}}",
        ),
        (
            Face("Commits", "p95 of their duration.", "s"),
            f"histogram_quantile(0.95, sum by (le) (rate(thermaliq_commit_duration_seconds_bucket{RATE})))",
            "p95",
        ),
        (
            Face("Late readings", "Behind their watermark, by whether they were still accepted.", "cps"),
            f"sum by (accepted) (rate(thermaliq_late_readings_total{RATE}))",
            "accepted: {{accepted}}",
        ),
        (
            Face("Points made again", "Revisions by late readings and recomputes.", "cps"),
            f"sum(rate(thermaliq_revisions_total{RATE}))",
            "revisions",
        ),
        (
            Face("Dead letters", "What could not be processed, by code.", "cps"),
            f"sum by (code) (rate(thermaliq_dead_letters_total{RATE}))",
            "{{code}}",
        ),
        (
            Face("Alarms", "By the state in which they are.", "short", 0),
            "sum by (state) (thermaliq_alarms)",
            "{{state}}",
        ),
        (Face("Peers", "Whether a worker's peers answer: 1 or 0."), "min by (peer) (thermaliq_peer_up)", "{{peer}}"),
        (
            Face("Fenced", "Partitions that another worker has taken over.", "cps"),
            f"sum(rate(thermaliq_fenced_total{RATE}))",
            "fenced",
        ),
    ):
        made.with_panel(curves(face, promql(expression, legend)))
    return made


def operations() -> dashboard.Dashboard:
    """The service and its pods."""
    made = dashboard.Dashboard("Operations").uid("thermaliq-operations").time("now-3h", "now").refresh("30s")
    made.description("Requests, errors, latencies, calculations, pods.").tags(["thermaliq", "operations"])
    errors = f"""(sum(rate(http_requests_total{{status=~"5.."}}{RATE})) or vector(0))
        / sum(rate(http_requests_total{RATE}))"""
    up = 'sum(up{job="gl-009-thermaliq"})'
    made.with_panel(
        stat_panel(
            Face("Request rate", "Requests answered a second.", "reqps", 1),
            promql(f"sum(rate(http_requests_total{RATE}))", "requests"),
        )
    )
    face = Face("Error rate", "Share of answers that are 5xx.", "percentunit", 2, above("GL009HighErrorRate"))
    made.with_panel(stat_panel(face, promql(errors, "5xx")))
    face = Face("Pods", "API pods that answer Prometheus.", "short", 0, below("GL009PodDown"))
    made.with_panel(stat_panel(face, promql(up, "pods")))
    face = Face("Queue depth", "Calculations that wait.", "short", 0, above("GL009HighQueueDepth"))
    made.with_panel(stat_panel(face, promql("sum(calculation_queue_depth)", "waiting")))
    _service_curves(made)
    _pod_curves(made)
    return made


def _service_curves(made: dashboard.Dashboard) -> None:
    by_status = promql(f"sum by (status) (rate(http_requests_total{RATE}))", "{{status}}")
    made.with_panel(curves(Face("Requests by status", "Answers a second.", "reqps"), by_status))
    by_route = promql(f"topk(10, sum by (route) (rate(http_requests_total{RATE})))", "{{route}}")
    made.with_panel(curves(Face("Requests by route", "The ten busiest routes.", "reqps"), by_route))
    bucket = f"sum by (le) (rate(http_request_duration_seconds_bucket{RATE}))"
    quantiles = [
        promql(f"histogram_quantile({q}, {bucket})", name, ref)
        for q, name, ref in ((0.5, "p50", "A"), (0.95, "p95", "B"), (0.99, "p99", "C"))
    ]
    face = Face("Response time", "p50, p95 and p99 over all routes.", "s", 3, above("GL009HighLatency"))
    made.with_panel(curves(face, *quantiles))
    calculations = [
        promql("sum(active_calculations)", "active", "A"),
        promql("sum(calculation_queue_depth)", "waiting", "B"),
    ]
    face = Face("Active calculations", "In worker processes, and in the queue before them.", "short", 0)
    made.with_panel(curves(face, *calculations))
    answers = promql(f"sum by (outcome) (rate(thermaliq_calculations_total{RATE}))", "{{outcome}}")
    made.with_panel(curves(Face("Calculations", "By how they were answered.", "cps"), answers))
    live = promql("sum(thermaliq_live_clients)", "clients")
    made.with_panel(curves(Face("Live clients", "WebSockets that are told of points and alarms.", "short", 0), live))


def _pod_curves(made: dashboard.Dashboard) -> None:
    for face, expression, legend in (
        (
            Face("Pod CPU", "Cores in use.", "short", 2, above("GL009HighCPUUsage")),
            "max by (job, instance) (pod_cpu_usage)",
            "{{job}} {{instance}}",
        ),
        (
            Face("Pod memory", "Share of what is allowed.", "percentunit", 1, above("GL009HighMemoryUsage")),
            "max by (job, instance) (pod_memory_usage / thermaliq_memory_limit_bytes)",
            "{{job}} {{instance}}",
        ),
        (
            Face(
                "Database connections", "Share in use, by pool.", "percentunit", 1, above("GL009DatabasePoolExhaustion")
            ),
            "max by (pool) (database_connections_active / thermaliq_database_connections_max)",
            "{{pool}}",
        ),
        (
            Face(
                "Redis",
                "Questions in five minutes that it did not answer.",
                "short",
                0,
                above("GL009RedisConnectionFailure"),
            ),
            "sum(increase(redis_connection_errors_total[5m]))",
            "errors",
        ),
    ):
        made.with_panel(curves(face, promql(expression, legend)))
