"""What can happen in the stream layer: one typed call writes the log line and moves the counter."""

from __future__ import annotations

import logging
from collections import Counter as Count

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from schemas.errors import ThermaliqError
from streams.changes import Changes
from streams.commands import RUNNING

log = logging.getLogger("thermaliq.streams")


class StreamEvents:
    """Counters of one worker; labels are bounded, never a tag id."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._away: set[str] = set()
        self.readings = Counter("thermaliq_stored_readings_total", "Readings committed", registry=registry)
        self.points = Counter("thermaliq_points_total", "Points committed", ["quality"], registry=registry)
        self.late = Counter(
            "thermaliq_late_readings_total", "Readings behind their watermark", ["accepted"], registry=registry
        )
        self.revisions = Counter("thermaliq_revisions_total", "Points made again", registry=registry)
        self.rerouted = Counter(
            "thermaliq_rerouted_records_total", "Records sent on to their group's partition", registry=registry
        )
        self.foreign = Counter(
            "thermaliq_foreign_site_batches_total", "Batches of a site that no loaded file knows", registry=registry
        )
        self.conflicting = Counter(
            "thermaliq_conflicting_readings_total", "Readings whose stored value changed", registry=registry
        )
        self.dead_letters = Counter(
            "thermaliq_dead_letters_total", "Records or readings set aside", ["code"], registry=registry
        )
        self.commands = Counter(
            "thermaliq_commands_total", "Commands and what became of them", ["kind", "outcome"], registry=registry
        )
        self.transitions = Counter(
            "thermaliq_alarm_transitions_total", "Alarm transitions", ["state"], registry=registry
        )
        self.fences = Counter("thermaliq_fenced_total", "Partitions lost to another worker", registry=registry)
        self.commit_s = Histogram("thermaliq_commit_duration_seconds", "Duration of a commit", registry=registry)
        self.up = Gauge("thermaliq_peer_up", "Whether a peer answers", ["peer"], registry=registry)

    def committed(self, changes: Changes, conflicting: int, duration_s: float) -> None:
        """A pass stands in the database."""
        self.readings.inc(len(changes.readings))
        self.commit_s.observe(duration_s)
        self.conflicting.inc(conflicting)
        for quality, number in Count(point.quality for _, point in changes.points).items():
            self.points.labels(quality).inc(number)
        for letter in changes.dead_letters:
            self.dead_letters.labels(letter.code).inc()
        for row in changes.commands:
            if row.outcome != RUNNING:
                self.commands.labels(row.kind, row.outcome).inc()
        for _, alert in changes.transitions:
            self.transitions.labels(alert.state).inc()
        tally = changes.tally
        self.late.labels("yes").inc(tally.get("late", 0))
        self.late.labels("no").inc(tally.get("too_late", 0))
        self.revisions.inc(tally.get("revisions", 0))
        self.rerouted.inc(tally.get("rerouted", 0))
        self.foreign.inc(tally.get("foreign_site", 0))

    def first_commit(self, partition: int, epoch: int, next_offset: int) -> None:
        """A partition that was taken moves on."""
        log.info("partition %d: first commit under epoch %d, up to offset %d", partition, epoch, next_offset)

    def lost(self, peer: str, error: ThermaliqError) -> None:
        """A peer is away; said once."""
        self.up.labels(peer).set(0)
        if peer not in self._away:
            self._away.add(peer)
            log.warning("%s is away (%s: %s); waiting for it", peer, error.code, error.detail)

    def back(self, peer: str) -> None:
        """A peer answers again; said once."""
        self.up.labels(peer).set(1)
        if peer in self._away:
            self._away.discard(peer)
            log.warning("%s is back", peer)

    def fenced(self, partition: int) -> None:
        """Another worker owns the partition now; nothing was written."""
        self.fences.inc()
        log.warning("partition %d was taken by another worker; dropped", partition)
