"""Efficiency over load for Plotly."""

from __future__ import annotations

from schemas.point import PointQuality
from thermaliq.pictures import palette
from thermaliq.pictures.energies import moment_text
from thermaliq.pictures.load_scatter import LoadScatter
from thermaliq.pictures.plotted.layout import Plot, axis, empty, plot, said
from thermaliq.pictures.plotted.trend import SIGNS

SHOWN: tuple[PointQuality, ...] = ("GOOD", "UNCERTAIN", "BAD")


def plot_load_scatter(scatter: LoadScatter) -> Plot:
    """The figure."""
    if not scatter.points:
        return empty(scatter.note)
    traces = [trace for quality in SHOWN if (trace := _trace(scatter, quality))["x"]]
    along = axis(f"{scatter.load_name}, {scatter.unit}", tickformat="~s")
    return plot(traces, xaxis=along, yaxis=axis(f"{scatter.name} (fraction)" if scatter.name == "η" else scatter.name))


def _trace(scatter: LoadScatter, quality: PointQuality) -> Plot:
    points = [point for point in scatter.points if point.quality == quality]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": quality.lower(),
        "x": [point.load_w for point in points],
        "y": [point.eta for point in points],
        "error_y": {"type": "data", "array": [point.eta_u95 or 0.0 for point in points], "color": palette.BAND},
        "text": [said(moment_text(point.time_us)) for point in points],
        "hovertemplate": "%{text}<br>%{x:.4s}W, %{y:.4f}<extra></extra>",
        "marker": {"symbol": SIGNS[quality], "color": palette.QUALITIES[quality], "size": 8},
    }
