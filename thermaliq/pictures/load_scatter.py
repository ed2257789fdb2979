"""Points → efficiency over load: how a machine does at part load."""

from __future__ import annotations

import msgspec

from schemas.point import PointQuality
from thermaliq.pictures.trend import TrendNumbers
from thermaliq.pictures.wording import words_of


class LoadPoint(msgspec.Struct, frozen=True):
    """One window: its mean output and its efficiency."""

    time_us: int
    load_w: float
    eta: float
    eta_u95: float | None
    quality: PointQuality


class LoadScatter(msgspec.Struct, frozen=True):
    """Efficiency over mean output; windows without an efficiency are left out, and `note` counts them."""

    title: str
    caption: str
    fact: str
    note: str
    name: str
    load_name: str
    unit: str
    points: tuple[LoadPoint, ...]


def load_scatter_of(numbers: TrendNumbers) -> LoadScatter:
    """The picture's description."""
    words = words_of(numbers.type)
    points = tuple(
        LoadPoint(point.window_end_us, point.energy_out_j / point.length_s, point.eta, point.eta_u95, point.quality)
        for point in numbers.points
        if point.eta is not None and point.energy_out_j is not None
    )
    left_out = len(numbers.points) - len(points)
    return LoadScatter(
        title=numbers.asset,
        caption=numbers.caption,
        fact=f"{len(points)} windows",
        note=numbers.note or (f"{left_out} windows without an efficiency are left out" if left_out else ""),
        name=words.eta,
        load_name=f"{words.energy_out}, mean over the window",
        unit="W",
        points=points,
    )
