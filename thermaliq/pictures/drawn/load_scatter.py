"""Efficiency over load: a sign a window, its shape and colour by quality."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from schemas.point import PointQuality
from thermaliq.pictures import palette
from thermaliq.pictures.amount import Scale, scale_of
from thermaliq.pictures.drawn.canvas import ImageForm, heading, image, nothing, panel
from thermaliq.pictures.drawn.trend import MARKERS
from thermaliq.pictures.load_scatter import LoadScatter

SIZE_IN: Final = (8.0, 5.6)
BARS_MAX: Final = 100
SHOWN: Final[tuple[PointQuality, ...]] = ("GOOD", "UNCERTAIN", "BAD")


def draw_load_scatter(scatter: LoadScatter, form: ImageForm) -> bytes:
    """The picture."""
    scale = scale_of([point.load_w for point in scatter.points], scatter.unit)

    def draw(figure: Figure) -> None:
        heading(figure, scatter.title, scatter.caption, scatter.fact, scatter.note)
        axes = panel(figure, bottom_in=1.1)
        if not scatter.points:
            nothing(axes, scatter.note)
            return
        for quality in SHOWN:
            _marks(axes, scatter, quality, scale)
        axes.set_xlabel(f"{scatter.load_name}, {scale.unit}")
        axes.set_ylabel(f"{scatter.name} (fraction)" if scatter.name == "η" else scatter.name)
        axes.margins(0.08, 0.12)
        axes.grid(visible=True)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3, fontsize=9)

    return image(draw, SIZE_IN, form, scatter)


def _marks(axes: Axes, scatter: LoadScatter, quality: PointQuality, scale: Scale) -> None:
    """The windows of one quality; with their uncertainty where that does not hide them."""
    points = [point for point in scatter.points if point.quality == quality]
    if not points:
        return
    few = len(scatter.points) <= BARS_MAX
    colour = palette.QUALITIES[quality]
    x, y = [scale.shown(point.load_w) for point in points], [point.eta for point in points]
    if few and any(point.eta_u95 for point in points):
        bars = [point.eta_u95 or 0.0 for point in points]
        axes.errorbar(x, y, bars, fmt="none", ecolor=palette.BAND, elinewidth=1.4, zorder=1)
    axes.plot(
        x,
        y,
        MARKERS[quality],
        color=colour,
        markerfacecolor="none" if quality == "UNCERTAIN" else colour,
        markersize=6.0 if few or quality != "GOOD" else 3.5,
        alpha=0.8 if few else 0.55,
        label=f"{quality.lower()}{', bar: 95 % uncertainty' if few and quality == 'GOOD' else ''}",
    )
