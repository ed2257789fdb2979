"""A figure in the house's style → SVG or PNG; the same picture is always the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final, Literal

import matplotlib as mpl
import msgspec
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

from thermaliq.pictures import palette

ImageForm = Literal["svg", "png"]
PNG_DPI: Final = 144
STYLE: Final[dict[RcKeyType, Any]] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "font.size": 10.0,
    "text.color": palette.INK,
    "text.parse_math": False,
    "axes.edgecolor": palette.STEEL,
    "axes.labelcolor": palette.INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": palette.GRID,
    "grid.linewidth": 0.8,
    "xtick.color": palette.STEEL,
    "ytick.color": palette.STEEL,
    "legend.frameon": False,
    "hatch.linewidth": 0.8,
    "path.simplify": False,
    "svg.fonttype": "none",  # text stays text: to be searched, read aloud and copied
    "svg.hashsalt": "thermaliq",
}


def image(draw: Callable[[Figure], None], size_in: tuple[float, float], form: ImageForm, described: object) -> bytes:
    """The image that `draw` makes; its numbers go along as JSON in the file's description."""
    said = msgspec.json.encode(described).decode()
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size_in, facecolor=palette.GROUND)
        draw(figure)
        written = io.BytesIO()
        metadata = {"Description": said, "Creator": "THERMALIQ", "Date": None}
        if form == "png":
            metadata = {"Description": said, "Software": "THERMALIQ"}
        figure.savefig(written, format=form, dpi=PNG_DPI if form == "png" else 72, metadata=metadata)
    return written.getvalue()


def heading(figure: Figure, title: str, caption: str, fact: str = "", note: str = "") -> None:
    """Title and caption on the left, the fact that matters on the right, what a reader must know at the foot."""
    height = figure.get_figheight()
    figure.text(0.03, 1.0 - 0.32 / height, title, fontsize=13, fontweight="bold", va="center")
    figure.text(0.03, 1.0 - 0.60 / height, caption, fontsize=9.5, color=palette.MUTED, va="center")
    figure.text(0.97, 1.0 - 0.44 / height, fact, fontsize=12.5, fontweight="bold", va="center", ha="right")
    if note:
        figure.text(0.03, 0.18 / height, f"Note: {note}", fontsize=9, color=palette.MUTED, va="center")


def panel(figure: Figure, left_in: float = 0.85, right_in: float = 0.35, bottom_in: float = 0.85) -> Axes:
    """Axes below the heading."""
    width, height = figure.get_figwidth(), figure.get_figheight()
    low, high = bottom_in / height, 1.0 - 0.95 / height
    return figure.add_axes((left_in / width, low, 1.0 - (left_in + right_in) / width, high - low))


def nothing(axes: Axes, said: str) -> None:
    """An empty picture that says why."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, said, transform=axes.transAxes, ha="center", va="center", fontsize=12, color=palette.MUTED)
