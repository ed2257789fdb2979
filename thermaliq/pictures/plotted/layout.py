"""What all Plotly figures share: plain data as Plotly's JSON has it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from thermaliq.pictures import palette

Plot = dict[str, Any]
FONT: Final = {"family": "DejaVu Sans, Verdana, sans-serif", "size": 13, "color": palette.INK}


def plot(data: list[Plot], height_px: int = 520, **layout: Any) -> Plot:
    """A figure of traces."""
    shared = {
        "font": FONT,
        "paper_bgcolor": palette.GROUND,
        "plot_bgcolor": palette.GROUND,
        "margin": {"l": 70, "r": 30, "t": 20, "b": 60},
        "height": height_px,
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0.5, "xanchor": "center", "y": -0.2},
    }
    return {"data": data, "layout": shared | layout}


def axis(title: str, **more: Any) -> Plot:
    """An axis with its name."""
    named: Mapping[str, Any] = {"title": {"text": escape(title)}, "gridcolor": palette.GRID, "zeroline": False}
    return {**named, "linecolor": palette.STEEL, "showline": True, "automargin": True, **more}


def said(text: str) -> str:
    """Text as Plotly takes it: its few tags are ours alone."""
    return escape(text, quote=False).replace("\n", "<br>")


def empty(text: str) -> Plot:
    """A figure that says why there is nothing."""
    note = {"text": said(text), "showarrow": False, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
    hidden = {"visible": False}
    return plot(
        [], 260, annotations=[note | {"font": {"size": 15, "color": palette.MUTED}}], xaxis=hidden, yaxis=hidden
    )
