"""T–s and h–s: the dome, the isobars, the way of the water, and its states by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from thermaliq.pictures import palette
from thermaliq.pictures.drawn.canvas import ImageForm, heading, image
from thermaliq.pictures.drawn.spread import spread
from thermaliq.pictures.state_chart import StateChart, StateMark

WIDTH_IN: Final = 10.0


def draw_state_chart(chart: StateChart, form: ImageForm) -> bytes:
    """The picture."""
    height_in = max(6.2, 2.0 + 0.52 * len(chart.states))

    def draw(figure: Figure) -> None:
        heading(figure, chart.title, chart.caption, chart.fact, chart.note)
        axes = figure.add_axes((0.08, 0.75 / height_in, 0.6, 1.0 - 1.75 / height_in))
        _lines(axes, chart)
        _numbers(axes, chart.states)
        axes.set(xlabel=chart.x_name, ylabel=chart.y_name)
        axes.grid(visible=True)
        axes.legend(loc="upper left", fontsize=8.5, frameon=True, framealpha=0.9, edgecolor="none")
        _table(figure, chart.states, height_in)

    return image(draw, (WIDTH_IN, height_in), form, chart)


def _lines(axes: Axes, chart: StateChart) -> None:
    axes.plot(chart.dome.x, chart.dome.y, color=palette.STEEL, linewidth=1.6, label="saturation", gid="dome")
    for n, isobar in enumerate(chart.isobars):
        colour, dashes = palette.ISOBARS[n % len(palette.ISOBARS)], (4 + 2 * (n % 3), 2 + n // 3)
        axes.plot(isobar.x, isobar.y, color=colour, linewidth=1.0, dashes=dashes, label=isobar.label, alpha=0.85)
    for n, way in enumerate(chart.ways):
        axes.plot(way.x, way.y, color=palette.INK, linewidth=2.0, gid=f"way-{n}", solid_capstyle="round")


def _numbers(axes: Axes, states: Sequence[StateMark]) -> None:
    """The states by number; where two coincide, their numbers stand beside each other."""
    axes.plot(
        [m.x for m in states], [m.y for m in states], "o", color=palette.INK, markersize=6, zorder=4, gid="states"
    )
    width, height = (abs(high - low) for low, high in (axes.get_xlim(), axes.get_ylim()))
    placed: list[StateMark] = []
    for mark in states:
        near = sum(abs(m.x - mark.x) < 0.025 * width and abs(m.y - mark.y) < 0.03 * height for m in placed)
        axes.annotate(
            str(mark.number),
            (mark.x, mark.y),
            (9 + 18 * near, 9),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=9,
            fontweight="bold",
            bbox={
                "boxstyle": "circle,pad=0.22",
                "facecolor": palette.GROUND,
                "edgecolor": palette.INK,
                "linewidth": 0.8,
            },
            zorder=5,
        )
        placed.append(mark)


def _table(figure: Figure, states: Sequence[StateMark], height_in: float) -> None:
    """Number, name and numbers of each state beside the chart."""
    step = 0.52 / height_in
    top = 1.0 - 1.15 / height_in
    for mark, y in zip(states, spread([top - n * step for n in range(len(states))], step, 0.02, top), strict=True):
        state = mark.state
        dryness = "" if state.x is None else f",  x {state.x:.3f}"
        figure.text(0.705, y, f"{mark.number}  {state.label}", fontsize=9.5, fontweight="bold", va="center")
        facts = f"{state.p / 1e5:.4g} bar(a),  {state.T - 273.15:.1f} °C,  {state.h / 1e3:.0f} kJ/kg{dryness}"
        figure.text(0.725, y - 0.19 / height_in, facts, fontsize=8, color=palette.MUTED, va="center")
