"""A waterfall for Plotly."""

from __future__ import annotations

from thermaliq.pictures import palette
from thermaliq.pictures.energies import unknown
from thermaliq.pictures.plotted.layout import Plot, axis, empty, plot, said
from thermaliq.pictures.waterfall import Waterfall


def plot_waterfall(waterfall: Waterfall) -> Plot:
    """The figure; values are those of the description, in SI."""
    bars = waterfall.bars
    if not bars:
        return empty(unknown(waterfall.note))
    trace = {
        "type": "bar",
        "x": [said(bar.label) for bar in bars],
        "y": [bar.end - bar.start for bar in bars],
        "base": [bar.start for bar in bars],
        "text": [said(bar.text) for bar in bars],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{x}<br>%{text}<extra></extra>",
        "marker": {
            "color": [palette.KINDS[bar.kind] for bar in bars],
            "pattern": {"shape": ["/" if bar.kind == "residual" else "" for bar in bars]},
        },
    }
    name = "power" if waterfall.unit == "W" else "energy"
    up = axis(f"{name} in {waterfall.unit}", tickformat="~s")
    return plot([trace], 480, xaxis=axis("", type="category"), yaxis=up, margin={"l": 80, "r": 30, "t": 50, "b": 60})
