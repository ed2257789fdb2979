"""T–s and h–s for Plotly."""

from __future__ import annotations

from typing import Any

from thermaliq.pictures import palette
from thermaliq.pictures.plotted.layout import Plot, axis, plot, said
from thermaliq.pictures.state_chart import Curve, StateChart, StateMark


def plot_state_chart(chart: StateChart) -> Plot:
    """The figure."""
    isobars = [
        _line(isobar, width=1, dash="dash", color=palette.ISOBARS[n % len(palette.ISOBARS)])
        for n, isobar in enumerate(chart.isobars)
    ]
    ways = [_line(way, width=3, color=palette.INK) | {"showlegend": False, "hoverinfo": "skip"} for way in chart.ways]
    states = {
        "type": "scatter",
        "mode": "markers+text",
        "name": "states",
        "x": [mark.x for mark in chart.states],
        "y": [mark.y for mark in chart.states],
        "text": [str(mark.number) for mark in chart.states],
        "textposition": "top right",
        "hovertext": [said(_told(mark)) for mark in chart.states],
        "hoverinfo": "text",
        "marker": {"color": palette.INK, "size": 9},
    }
    dome = _line(chart.dome, width=2, color=palette.STEEL)
    return plot([dome, *isobars, *ways, states], 560, xaxis=axis(chart.x_name), yaxis=axis(chart.y_name))


def _line(curve: Curve, **line: Any) -> Plot:
    return {"type": "scatter", "mode": "lines", "name": said(curve.label), "x": curve.x, "y": curve.y, "line": line}


def _told(mark: StateMark) -> str:
    state = mark.state
    dryness = "" if state.x is None else f"\nx {state.x:.3f}"
    heat = f"{state.h / 1e3:.1f} kJ/kg, {state.s / 1e3:.4f} kJ/(kg K)"
    return f"{mark.number} {state.label}\n{state.p / 1e5:.4g} bar(a), {state.T - 273.15:.1f} °C\n{heat}{dryness}"
