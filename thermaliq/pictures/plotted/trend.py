"""A trend for Plotly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from schemas.point import PointQuality
from thermaliq.pictures import palette
from thermaliq.pictures.plotted.layout import Plot, axis, empty, plot, said
from thermaliq.pictures.trend import Trend, TrendPoint, has_band, has_eta, of_quality, runs

SIGNS: Final[dict[PointQuality, str]] = {"GOOD": "circle", "UNCERTAIN": "triangle-up-open", "BAD": "x-thin-open"}


def plot_trend(trend: Trend) -> Plot:
    """The figure; gaps stay gaps."""
    if not trend.points:
        return empty(trend.note)
    lines: list[TrendPoint | None] = []
    for run in runs(trend, has_eta):
        lines += [*run, None]
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": trend.name,
        "connectgaps": False,
        "x": [None if point is None else _ms(point) for point in lines],
        "y": [None if point is None else point.eta for point in lines],
        "line": {"color": palette.LINE, "width": 2},
        "hoverinfo": "skip",
    }
    bands = [_band(run, first=n == 0) for n, run in enumerate(runs(trend, has_band))]
    known = [point for point in trend.points if point.eta is not None]
    none = [point for point in trend.points if point.eta is None]
    marks = [_marks(of_quality(known, quality), quality, trend.name) for quality in ("GOOD", "UNCERTAIN")]
    foot = _marks(none, "BAD", trend.name) | {
        "y": [0.03] * len(none),
        "yaxis": "y2",
        "hovertemplate": "%{text}<extra></extra>",
    }
    span = [trend.from_us / 1e3, trend.to_us / 1e3]
    return plot(
        [*bands, line, *marks, foot],
        xaxis=axis("end of window, UTC", type="date", range=span),
        yaxis=axis(f"{trend.name} (fraction)" if trend.name == "η" else trend.name),
        yaxis2={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
    )


def _band(run: list[TrendPoint], *, first: bool) -> Plot:
    there, back = run, run[::-1]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "95 % uncertainty",
        "legendgroup": "band",
        "showlegend": first,
        "x": [_ms(point) for point in (*there, *back)],
        "y": [*(_edge(point, 1.0) for point in there), *(_edge(point, -1.0) for point in back)],
        "fill": "toself",
        "fillcolor": f"{palette.BAND}a0",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _edge(point: TrendPoint, sign: float) -> float | None:
    return None if point.eta is None or point.eta_u95 is None else point.eta + sign * point.eta_u95


def _marks(points: Sequence[TrendPoint], quality: PointQuality, name: str) -> Plot:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "bad: no value" if quality == "BAD" else quality.lower(),
        "x": [_ms(point) for point in points],
        "y": [point.eta for point in points],
        "text": [said(_told(point)) for point in points],
        "hovertemplate": f"{name} %{{y:.4f}}<br>%{{text}}<extra></extra>",
        "marker": {
            "symbol": SIGNS[quality],
            "color": palette.QUALITIES[quality],
            "size": 4 if quality == "GOOD" else 9,
        },
    }


def _told(point: TrendPoint) -> str:
    parts = (f"± {point.eta_u95:.4f}" if point.eta_u95 is not None else "", point.quality, ", ".join(point.reasons))
    return "\n".join(part for part in parts if part)


def _ms(point: TrendPoint) -> float:
    return point.time_us / 1e3
