"""Colours that the colour-blind can tell apart, on a light ground; never the only sign of what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from schemas.point import PointQuality
from thermaliq.pictures.balance import Kind

INK: Final = "#1f2933"
MUTED: Final = "#52606d"
GRID: Final = "#d9dee4"
GROUND: Final = "#ffffff"
LINE: Final = "#0b5394"
BAND: Final = "#a9c8e8"
STEEL: Final = "#3e4c59"
KINDS: Final[Mapping[Kind, str]] = {
    "input": "#2f6db5",
    "output": "#2e8b57",
    "loss": "#cf6a1c",
    "residual": "#7b8794",
}
QUALITIES: Final[Mapping[PointQuality, str]] = {"GOOD": LINE, "UNCERTAIN": "#b35900", "BAD": "#b3261e"}
ISOBARS: Final = ("#2f6db5", "#cf6a1c", "#2e8b57", "#8e4585", "#7a6a00", "#00838f")


def pale(colour: str, share: float = 0.38) -> str:
    """The colour thinned with the ground: opaque, for an SVG's hatching knows no transparency."""
    channels = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + share * (channel - 255)):02x}" for channel in channels)
