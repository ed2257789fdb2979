"""Everything that can happen to a connector: one call each, its log line and its counter together.

Labels are bounded: sources, status classes and codes, never a tag.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import get_args

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from connectors.source import SourceState
from schemas.quality import Quality

log = logging.getLogger("thermaliq.connectors")

_LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


class Events:
    """One a process, on the registry that the process serves."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._readings = Counter(
            "thermaliq_readings", "Durable readings by source and status class", ["source", "status"], registry=registry
        )
        self._batches = Counter("thermaliq_batches", "Durable reading batches", ["source"], registry=registry)
        self._publish_s = Histogram(
            "thermaliq_publish_latency_seconds",
            "From handing a batch over to its being durable",
            ["source"],
            buckets=_LATENCY_BUCKETS_S,
            registry=registry,
        )
        self._gaps = Counter("thermaliq_gaps", "Gaps by source and reason", ["source", "reason"], registry=registry)
        self._refusals = Counter(
            "thermaliq_refused_payloads", "Payloads that did not decode", ["source", "code"], registry=registry
        )
        self._state = Gauge(
            "thermaliq_source_state",
            "1 for the state in which a source is",
            ["source", "state"],
            multiprocess_mode="livemax",
            registry=registry,
        )
        self._losses = Counter(
            "thermaliq_source_losses", "Times that a source was lost, by code", ["source", "code"], registry=registry
        )
        self._overruns = Counter(
            "thermaliq_poll_overruns",
            "Polls left out because the one before took too long",
            ["source"],
            registry=registry,
        )
        self._skipped = Counter(
            "thermaliq_replay_skipped", "Empty and NaN cells of replayed files", ["source"], registry=registry
        )
        self._log_losses = Counter(
            "thermaliq_record_log_losses", "Times that records had to wait, by code", ["code"], registry=registry
        )
        self._quarantined = Counter(
            "thermaliq_segment_log_quarantined", "Damaged pieces of a segment log, copied aside", registry=registry
        )

    def batch_durable(self, source: str, statuses: Iterable[int], seconds: float) -> None:
        """A batch is durable; `statuses` of its readings."""
        counts: dict[int, int] = {}
        for status in statuses:
            quality = min(status >> 30, 2)
            counts[quality] = counts.get(quality, 0) + 1
        for quality, count in counts.items():
            self._readings.labels(source, Quality(quality).name).inc(count)
        self._batches.labels(source).inc()
        self._publish_s.labels(source).observe(seconds)

    def gap(self, source: str, reason: str, assets: int) -> None:
        """A source told nothing for a while."""
        log.warning("%s: a gap, %s", source, reason, extra={"source": source, "reason": reason, "assets": assets})
        self._gaps.labels(source, reason).inc(assets)

    def refused(self, source: str, code: str, detail: str) -> None:
        """A payload does not decode; its bytes go to the dead letters."""
        log.warning("%s: %s: %s", source, code, detail, extra={"source": source, "code": code})
        self._refusals.labels(source, code).inc()

    def source_state(self, source: str, state: SourceState) -> None:
        """A source is in this state and no other."""
        for name in get_args(SourceState):
            self._state.labels(source, name).set(name == state)

    def source_lost(self, source: str, code: str, detail: str, *, first: bool) -> None:
        """A source's peer is away; logged once a loss, counted at every try."""
        self._losses.labels(source, code).inc()
        if first:
            log.warning("%s: lost, %s: %s; trying on", source, code, detail, extra={"source": source, "code": code})

    def source_back(self, source: str, away_s: float) -> None:
        """A source that was lost delivers again."""
        log.info("%s: back after %.1f s", source, away_s, extra={"source": source, "away_s": away_s})

    def source_failed(self, source: str, error: Exception) -> None:
        """A source broke in a way that it does not know; it is started again."""
        self._losses.labels(source, "failed").inc()
        log.error("%s: failed, starting it again", source, exc_info=error, extra={"source": source, "code": "failed"})

    def source_ended(self, source: str) -> None:
        """A source has delivered all that it had."""
        log.info("%s: ended", source, extra={"source": source})

    def poll_overrun(self, source: str, polls: int) -> None:
        """`polls` were left out."""
        log.debug("%s: %d polls left out", source, polls, extra={"source": source})
        self._overruns.labels(source).inc(polls)

    def replay_skipped(self, source: str, cells: int) -> None:
        """`cells` of a file are empty or NaN."""
        self._skipped.labels(source).inc(cells)

    def replay_stepped_back(self, source: str, row: int, back_s: float) -> None:
        """A row of a file is older than the one before it."""
        log.warning("%s: row %d: the time steps back by %g s", source, row, back_s, extra={"source": source})

    def log_torn(self, topic: str, torn_bytes: int) -> None:
        """A segment log had a torn end, as a crash leaves it; what was durable is there."""
        log.warning("%s: %d torn bytes cut", topic, torn_bytes, extra={"topic": topic})

    def log_damaged(self, topic: str, pieces: int) -> None:
        """Bytes of a segment log do not read back; they were copied aside and their records are lost."""
        log.error("%s: %d damaged pieces copied aside", topic, pieces, extra={"topic": topic})
        self._quarantined.inc(pieces)

    def log_lost(self, name: str, code: str, detail: str) -> None:
        """Records wait: Kafka is away, or a segment log full."""
        log.warning("%s: %s: %s; records wait", name, code, detail, extra={"code": code})
        self._log_losses.labels(code).inc()

    def log_back(self, name: str) -> None:
        """Records flow again."""
        log.info("%s: back, records flow again", name)
