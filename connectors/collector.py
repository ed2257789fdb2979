"""Scans → drafts of reading batches: one asset, one origin, bounded, in the order in which samples came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.source import Scan
from schemas.ids import split_tag
from schemas.reading import READINGS_MAX, Origin, Reading

_READING_BYTES_MAX = 96
"""Upper bound of a reading's JSON without its tag."""


class Handover:
    """One call of a source: `resolve` is called when all its parts are durable, `abandon` when one cannot be."""

    def __init__(self, resolve: Callable[[], None], abandon: Callable[[], None]) -> None:
        self._resolve = resolve
        self._abandon = abandon
        self._parts = 0
        self._abandoned = False

    def join(self) -> None:
        """One part more."""
        self._parts += 1

    def release(self, *, durable: bool) -> None:
        """One part less to wait for."""
        self._parts -= 1
        self._abandoned = self._abandoned or not durable
        if self._parts == 0:
            (self._abandon if self._abandoned else self._resolve)()


@dataclass
class Draft:
    """A batch in the making."""

    asset: str
    origin: Origin
    readings: list[Reading] = field(default_factory=list)
    size_bytes: int = 0
    handovers: list[Handover] = field(default_factory=list)

    def join(self, handover: Handover) -> None:
        """The batch carries a part of this handover."""
        if not self.handovers or self.handovers[-1] is not handover:
            self.handovers.append(handover)
            handover.join()

    def release(self, *, durable: bool) -> None:
        """The batch is durable, or never will be."""
        for handover in self.handovers:
            handover.release(durable=durable)


def size_of(scan: Scan) -> int:
    """Upper bound of the scan's bytes as JSON."""
    return sum(_READING_BYTES_MAX + len(sample.tag) for sample in scan.samples) + _READING_BYTES_MAX * len(scan.assets)


class Collector:
    """Open drafts by asset; another origin or a full draft starts a new one."""

    def __init__(self, readings_max: int = READINGS_MAX, bytes_max: int = 900_000) -> None:
        self._readings_max = readings_max
        self._bytes_max = bytes_max
        self._full: list[Draft] = []
        self._open: dict[str, Draft] = {}
        self._places: dict[str, tuple[str, str]] = {}

    def add(self, scan: Scan, handover: Handover) -> None:
        """Add a scan; without samples it is a heartbeat of its assets."""
        for sample in scan.samples:
            asset, measurand = self._place_of(sample.tag)
            draft = self._draft(asset, scan.origin)
            draft.readings.append(Reading(measurand, sample.ts_us, sample.value, sample.status))
            draft.size_bytes += _READING_BYTES_MAX + len(measurand)
            draft.join(handover)
        for asset in scan.assets:
            draft = self._open.get(asset) or self._draft(asset, scan.origin)
            draft.join(handover)

    def drain(self) -> list[Draft]:
        """All drafts, and start anew."""
        drafts = self._full + list(self._open.values())
        self._full = []
        self._open = {}
        return drafts

    def _draft(self, asset: str, origin: Origin) -> Draft:
        draft = self._open.get(asset)
        if draft is not None and draft.origin == origin and self._has_room(draft):
            return draft
        if draft is not None:
            self._full.append(self._open.pop(asset))
        draft = self._open[asset] = Draft(asset, origin)
        return draft

    def _has_room(self, draft: Draft) -> bool:
        return len(draft.readings) < self._readings_max and draft.size_bytes < self._bytes_max

    def _place_of(self, tag: str) -> tuple[str, str]:
        place = self._places.get(tag)
        if place is None:
            place = self._places[tag] = split_tag(tag)
        return place
