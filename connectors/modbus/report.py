"""What a poll's answers tell: whose time they bear, what is new, and what a lost link means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from connectors.held import SourceClock
from connectors.modbus.samples import Answer, device_us, samples_of
from connectors.source import GapSeen, Sample, Scan
from schemas import site
from schemas.quality import BAD_NO_COMMUNICATION, GOOD, quality_of
from schemas.reading import Origin

_SKEW_S_MAX = 60.0


class Report:
    """Answers → scans. A device clock that stands still yields what changed; an asset without news a heartbeat."""

    def __init__(self, tags: Iterable[site.Tag]) -> None:
        self._asset_of = {tag.id: tag.asset for tag in tags}
        self._assets = tuple(dict.fromkeys(self._asset_of.values()))
        self._clock = SourceClock()
        self._last: dict[str, Sample] = {}
        self._lost_us: int | None = None
        self.readings: Counter[str] = Counter()
        """Readings told so far, by quality class."""

    def scans(self, answers: Sequence[Answer]) -> list[Scan]:
        """What one poll tells: at most a scan of the device's time, one of the connector's, and heartbeats."""
        by_origin: dict[Origin, list[Sample]] = {"source": [], "connector": []}
        for samples, origin in self.timed(answers):
            by_origin[origin] += self._news(samples)
        told = {self._asset_of[sample.tag] for samples in by_origin.values() for sample in samples}
        scans = [Scan(samples, origin) for origin, samples in by_origin.items() if samples]
        quiet = tuple(asset for asset in self._assets if asset not in told)
        return [*scans, Scan((), assets=quiet)] if quiet else scans

    def timed(self, answers: Sequence[Answer]) -> list[tuple[list[Sample], Origin]]:
        """The samples of each answer, with the device's own time where it is there, else half way on its clock."""
        times = [device_us(answer) for answer in answers]
        for answer, ts_us in zip(answers, times, strict=True):
            if ts_us is not None:
                self._clock.see(ts_us, answer.midpoint_s)
        timed: list[tuple[list[Sample], Origin]] = []
        for answer, ts_us in zip(answers, times, strict=True):
            if ts_us is not None:
                timed.append((samples_of(answer, ts_us), "source"))
            else:
                timed.append((samples_of(answer, self._now_us(answer.midpoint_us, answer.midpoint_s)), "connector"))
        return timed

    def loss(self, now_us: int, monotonic_s: float) -> Scan | None:
        """The link is lost: one null a tag, now, on the source's clock; None where it was never there."""
        if not self._last or self._lost_us is not None:
            return None
        self._lost_us = self._now_us(now_us, monotonic_s)
        samples = [Sample(tag, self._lost_us, None, BAD_NO_COMMUNICATION) for tag in self._asset_of]
        return Scan(self._news(samples), "connector")

    def gap(self, scans: Sequence[Scan]) -> GapSeen | None:
        """The gap that the first scans after a loss end."""
        times = [sample.ts_us for scan in scans for sample in scan.samples]
        if self._lost_us is None or not times:
            return None
        lost_us, self._lost_us = self._lost_us, None
        return GapSeen(self._assets, lost_us, max(lost_us, *times), "no_communication")

    def faults(self, answers: Sequence[Answer]) -> str:
        """What is not as it should be with these answers; empty where all is well."""
        failed = sum(answer.status != GOOD for answer in answers)
        if failed:
            return f"{failed} of {len(answers)} requests failed"
        for answer in answers:
            ts_us = device_us(answer)
            if answer.request.clock is not None and ts_us is None:
                return "the device's clock holds no time"
            skew_s = 0.0 if ts_us is None else (ts_us - answer.midpoint_us) / 1e6
            if abs(skew_s) > _SKEW_S_MAX:
                return f"the device's clock differs by {skew_s:.0f} s"
        return ""

    def _news(self, samples: Sequence[Sample]) -> list[Sample]:
        news = [sample for sample in samples if self._last.get(sample.tag) != sample]
        for sample in news:
            self._last[sample.tag] = sample
            self.readings[quality_of(sample.status).name] += 1
        return news

    def _now_us(self, now_us: int, monotonic_s: float) -> int:
        on_its_clock = self._clock.at(monotonic_s)
        return now_us if on_its_clock is None else on_its_clock
