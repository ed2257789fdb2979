"""A waterfall: what goes in, step by step down to what comes out; the residual hatched."""

from __future__ import annotations

from textwrap import fill
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from thermaliq.pictures import palette
from thermaliq.pictures.amount import Scale, scale_of
from thermaliq.pictures.drawn.canvas import ImageForm, heading, image, nothing, panel
from thermaliq.pictures.energies import unknown
from thermaliq.pictures.waterfall import Waterfall

WIDE: Final = 0.62


def draw_waterfall(waterfall: Waterfall, form: ImageForm) -> bytes:
    """The picture."""

    def draw(figure: Figure) -> None:
        heading(figure, waterfall.title, waterfall.caption, waterfall.fact, waterfall.note if waterfall.bars else "")
        axes = panel(figure, bottom_in=0.8)
        if waterfall.bars:
            _bars(axes, waterfall)
        else:
            nothing(axes, unknown(waterfall.note))

    return image(draw, (max(8.0, 1.25 * len(waterfall.bars) + 1.2), 5.6), form, waterfall)


def _bars(axes: Axes, waterfall: Waterfall) -> None:
    edges = [edge for bar in waterfall.bars for edge in (bar.start, bar.end)]
    scale = scale_of(edges, waterfall.unit)
    low, high = scale.shown(min(0.0, *edges)), scale.shown(max(0.0, *edges)) or 1.0
    room = 0.16 * (high - low)
    axes.set(xlim=(-0.6, len(waterfall.bars) - 0.4), ylim=(low - (room if low < 0.0 else 0.0), high + room))
    for n, bar in enumerate(waterfall.bars):
        start, end = scale.shown(bar.start), scale.shown(bar.end)
        hatch = "////" if bar.kind == "residual" else None
        colour = palette.KINDS[bar.kind]
        face = palette.pale(colour, 0.38 if hatch else 0.8)
        axes.bar(n, end - start, WIDE, start, color=face, edgecolor=colour, hatch=hatch, gid=bar.id)
        axes.text(n, max(start, end) + 0.015 * (high - low), bar.text, ha="center", va="bottom", fontsize=9)
        if n + 1 < len(waterfall.bars):
            axes.plot(
                (n + WIDE / 2.0, n + 1 - WIDE / 2.0), (end, end), color=palette.MUTED, linewidth=0.8, dashes=(3, 2)
            )
    _axes(axes, waterfall, scale)


def _axes(axes: Axes, waterfall: Waterfall, scale: Scale) -> None:
    axes.axhline(0.0, color=palette.STEEL, linewidth=0.8)
    axes.set_xticks(range(len(waterfall.bars)), [fill(bar.label, 15) for bar in waterfall.bars], fontsize=9.5)
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel(f"{'power' if waterfall.unit == 'W' else 'energy'} in {scale.unit}")
    axes.grid(axis="y")
