"""Values of a source that reports only changes: which still stand, and the source's own clock to say since when."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.source import Sample
from schemas.quality import BAD_NO_COMMUNICATION, Quality, quality_of

_CODE_BITS = 0xFFFF_0000
"""The status code without its flags: an overflow happened once and is not repeated."""


@dataclass
class SourceClock:
    """The source's newest time and when it arrived; a source that lives in another year is not torn apart."""

    newest_us: int | None = None
    arrived_s: float = 0.0

    def see(self, ts_us: int, monotonic_s: float) -> None:
        """A time of the source arrived."""
        if self.newest_us is None or ts_us > self.newest_us:
            self.newest_us, self.arrived_s = ts_us, monotonic_s

    def at(self, monotonic_s: float) -> int | None:
        """The source's time at that moment: its newest plus what passed since it arrived; None before any."""
        if self.newest_us is None:
            return None
        return self.newest_us + round(max(0.0, monotonic_s - self.arrived_s) * 1e6)


@dataclass
class _Told:
    """What was last told of a tag; `alive` until the link is lost, `first` until a session's first value is judged."""

    latest: Sample
    told_us: int
    told_s: float
    alive: bool = True
    first: bool = True


class Held:
    """The last value of each tag: repeated while the source is proven alive, ended when it is lost."""

    def __init__(self, hold_limits_us: Mapping[str, int]) -> None:
        self.clock = SourceClock()
        self._hold_limits_us = hold_limits_us
        self._told: dict[str, _Told] = {}

    def newest_us(self, tag: str) -> int | None:
        """The newest time that was told of a tag."""
        told = self._told.get(tag)
        return told.told_us if told else None

    def seen(self, samples: Sequence[Sample], monotonic_s: float) -> list[Sample]:
        """Note what arrived; returns it without what was told before, word for word (a new session's first values)."""
        return [sample for sample in samples if self._is_news(sample, monotonic_s)]

    def _is_news(self, sample: Sample, monotonic_s: float) -> bool:
        self.clock.see(sample.ts_us, monotonic_s)
        told = self._told.get(sample.tag)
        if told is None:
            self._told[sample.tag] = _Told(sample, sample.ts_us, monotonic_s)
            return True
        news = told.latest != sample
        told.latest, told.first, told.alive = sample, not told.alive, True
        if sample.ts_us < told.told_us:
            told.told_s = -math.inf  # a held value or a loss stands after it: to be repeated at once
        else:
            told.told_us, told.told_s = sample.ts_us, monotonic_s
        return news

    def due(self, monotonic_s: float, proof_s: float) -> list[Sample]:
        """Every GOOD value that was not told for half its hold limit, at the time of the last proof of life.

        A session's first values may be old already: they are repeated as soon as the source's clock shows it.
        """
        proof_us = self.clock.at(proof_s)
        if proof_us is None:
            return []
        due = [told for told in self._told.values() if self._is_due(told, monotonic_s, proof_us)]
        for told in self._told.values():
            told.first = False
        return [self._repeat(told, proof_us, monotonic_s) for told in due]

    def _is_due(self, told: _Told, monotonic_s: float, proof_us: int) -> bool:
        if not told.alive or told.latest.value is None or proof_us <= told.told_us:
            return False
        if quality_of(told.latest.status) is not Quality.GOOD:
            return False
        half_limit_us = self._hold_limits_us[told.latest.tag] // 2
        rested_us = (monotonic_s - told.told_s) * 1e6
        return rested_us >= half_limit_us or (told.first and proof_us - told.told_us >= half_limit_us)

    def _repeat(self, told: _Told, proof_us: int, monotonic_s: float) -> Sample:
        told.told_us, told.told_s = proof_us, monotonic_s
        return Sample(told.latest.tag, proof_us, told.latest.value, told.latest.status & _CODE_BITS)

    def lost(self, lost_s: float) -> list[Sample]:
        """One null a tag at the time of the loss on the source's clock, after everything that was told of it."""
        lost_us = self.clock.at(lost_s)
        if lost_us is None:
            return []
        return [self._end(tag, lost_us) for tag in self._hold_limits_us]

    def _end(self, tag: str, lost_us: int) -> Sample:
        told = self._told.get(tag)
        if told is None:
            return Sample(tag, lost_us, None, BAD_NO_COMMUNICATION)
        told.told_us, told.alive = max(lost_us, told.told_us + 1), False
        return Sample(tag, told.told_us, None, BAD_NO_COMMUNICATION)
