"""What a server's notifications tell, over all of its sessions: readings, held values, losses and gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from connectors.held import Held
from connectors.opcua.values import NodeValue, overflowed, si_of_node, time_of
from connectors.source import GapSeen, Sample, Scan
from schemas.quality import quality_of
from schemas.reading import Origin
from schemas.site import Tag, TimeSource

SKEW_S_MAX = 60.0


class Report:
    """Notifications → scans and gaps, one source's."""

    def __init__(self, tags: Sequence[Tag], whose: TimeSource) -> None:
        self._whose = whose
        self._asset_of = {tag.id: tag.asset for tag in tags}
        self._held = Held({tag.id: tag.hold_limit_us for tag in tags})
        self._lost_us: int | None = None
        self.readings: Counter[str] = Counter()
        """Readings told so far, by quality class."""
        self.skew_s = 0.0
        """How far the source's clock was ahead of ours (or behind) when a newer time of it last came."""

    def scans(self, notified: Sequence[tuple[Tag, NodeValue]], receipt_us: int, proof_s: float) -> list[Scan]:
        """The notifications that are news, those of one origin together."""
        timed = [(*time_of(value, self._whose, receipt_us), tag, value) for tag, value in notified]
        scans: list[Scan] = []
        before_us = self._held.clock.newest_us
        for origin, group in groupby(timed, key=lambda each: each[1]):
            samples = [Sample(tag.id, ts_us, *si_of_node(tag, value)) for ts_us, _, tag, value in group]
            scans += self._scan(self._held.seen(samples, proof_s), origin)
        newest_us = self._held.clock.newest_us
        if newest_us is not None and before_us is not None and newest_us > before_us:
            self.skew_s = (newest_us - receipt_us) / 1e6
        return scans

    def overflows(self, notified: Sequence[tuple[Tag, NodeValue]], receipt_us: int) -> list[GapSeen]:
        """What the server's queues dropped: from the tag's reading before to the first that came through."""
        gaps: list[GapSeen] = []
        for tag, value in notified:
            from_us, to_us = self._held.newest_us(tag.id), time_of(value, self._whose, receipt_us)[0]
            if overflowed(value.status) and from_us is not None and from_us < to_us:
                gaps.append(GapSeen((tag.asset,), from_us, to_us, "queue_overflow"))
        return gaps

    def held(self, now_s: float, proof_s: float) -> list[Scan]:
        """The values to repeat."""
        return self._scan(self._held.due(now_s, proof_s), "held")

    def refusals(self, statuses: Mapping[str, int], now_us: int, monotonic_s: float) -> list[Scan]:
        """One null for each tag whose node the server refuses, on the source's clock."""
        ts_us = self._held.clock.at(monotonic_s) or now_us
        return self._scan([Sample(tag, ts_us, None, status) for tag, status in statuses.items()], "connector")

    def loss(self, lost_s: float) -> list[Scan]:
        """The session is lost: one null a tag."""
        nulls = self._held.lost(lost_s)
        if nulls:
            self._lost_us = min(sample.ts_us for sample in nulls)
        return self._scan(nulls, "connector")

    def gap(self, scans: Sequence[Scan], proof_s: float) -> GapSeen | None:
        """The first values after a loss end its gap: at their newest time, or now where they are older than it."""
        back_us = self._held.clock.at(proof_s)
        if self._lost_us is None or back_us is None:
            return None
        newest_us = max((sample.ts_us for scan in scans for sample in scan.samples), default=0)
        lost_us, self._lost_us = self._lost_us, None
        to_us = newest_us if newest_us > lost_us else max(back_us, lost_us + 1)
        return GapSeen(tuple(dict.fromkeys(self._asset_of.values())), lost_us, to_us, "link_lost")

    def _scan(self, samples: Sequence[Sample], origin: Origin) -> list[Scan]:
        self.readings.update(quality_of(sample.status).name for sample in samples)
        return [Scan(samples, origin)] if samples else []
