"""Points → eta over time, with its uncertainty, its quality, and gaps where there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from schemas.point import Point, PointQuality
from thermaliq.pictures.energies import span_text
from thermaliq.pictures.wording import words_of

LATE = 1.5
"""A step of more than this many advances is a gap."""


class TrendPoint(msgspec.Struct, frozen=True):
    """One window, by its end."""

    time_us: int
    eta: float | None
    eta_u95: float | None
    quality: PointQuality
    reasons: tuple[str, ...]


class Trend(msgspec.Struct, frozen=True):
    """Efficiency of an asset over [from_us, to_us)."""

    title: str
    caption: str
    fact: str
    note: str
    name: str
    unit: str
    from_us: int
    to_us: int
    advance_us: int
    points: tuple[TrendPoint, ...]


class TrendNumbers(msgspec.Struct, frozen=True):
    """What a trend is made of."""

    asset: str
    type: str
    window: str
    from_us: int
    to_us: int
    advance_us: int
    points: Sequence[Point]

    @property
    def caption(self) -> str:
        """Window and span."""
        return f"window {self.window}, {span_text(self.from_us, self.to_us)}" if self.points else self.window

    @property
    def note(self) -> str:
        """That there is nothing."""
        return "" if self.points else "no points in this span"


def trend_of(numbers: TrendNumbers) -> Trend:
    """The picture's description."""
    name = words_of(numbers.type).eta
    return Trend(
        title=numbers.asset,
        caption=numbers.caption,
        fact=_latest(numbers.points, name),
        note=numbers.note,
        name=name,
        unit="1",
        from_us=numbers.from_us,
        to_us=numbers.to_us,
        advance_us=numbers.advance_us,
        points=tuple(
            TrendPoint(point.window_end_us, point.eta, point.eta_u95, point.quality, tuple(point.reasons))
            for point in numbers.points
        ),
    )


def _latest(points: Sequence[Point], name: str) -> str:
    """The newest value, with its uncertainty."""
    if not points:
        return ""
    eta, u95 = points[-1].eta, points[-1].eta_u95
    return f"{name} undefined" if eta is None else f"{name} = {eta:.4f}" + ("" if u95 is None else f" ± {u95:.4f}")


def runs(trend: Trend, belongs: Callable[[TrendPoint], bool]) -> list[list[TrendPoint]]:
    """Stretches of neighbouring points that all belong; nothing is drawn from one to the next."""
    found: list[list[TrendPoint]] = []
    last_us: int | None = None
    for point in trend.points:
        if not belongs(point):
            last_us = None
            continue
        if last_us is None or point.time_us - last_us > LATE * trend.advance_us:
            found.append([])
        found[-1].append(point)
        last_us = point.time_us
    return found


def has_eta(point: TrendPoint) -> bool:
    """Whether there is a value to draw."""
    return point.eta is not None


def has_band(point: TrendPoint) -> bool:
    """Whether its uncertainty is known too."""
    return point.eta is not None and point.eta_u95 is not None


def of_quality(points: Iterable[TrendPoint], quality: PointQuality) -> list[TrendPoint]:
    """The points of one quality."""
    return [point for point in points if point.quality == quality]
