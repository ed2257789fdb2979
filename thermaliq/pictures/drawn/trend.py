"""A trend: eta with its uncertainty band; quality by shape and colour; gaps stay gaps."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from schemas.point import PointQuality
from thermaliq.pictures import palette
from thermaliq.pictures.drawn.canvas import ImageForm, heading, image, nothing, panel
from thermaliq.pictures.trend import Trend, TrendPoint, has_band, has_eta, of_quality, runs

SIZE_IN: Final = (10.0, 4.8)
DAY_US: Final = 86_400_000_000
"""Matplotlib counts days since the epoch."""
DOTS_MAX: Final = 150
"""Above that many points the good ones are a line alone."""
MARKERS: Final[dict[PointQuality, str]] = {"GOOD": "o", "UNCERTAIN": "^", "BAD": "x"}


def draw_trend(trend: Trend, form: ImageForm) -> bytes:
    """The picture."""

    def draw(figure: Figure) -> None:
        heading(figure, trend.title, trend.caption, trend.fact)
        axes = panel(figure, bottom_in=0.95)
        if not trend.points:
            nothing(axes, trend.note)
            return
        _lines(axes, trend)
        _marks(axes, trend)
        _axes(axes, trend)

    return image(draw, SIZE_IN, form, trend)


def _lines(axes: Axes, trend: Trend) -> None:
    for n, run in enumerate(runs(trend, has_band)):
        low, high = (
            [p.eta + sign * p.eta_u95 for p in run if p.eta is not None and p.eta_u95 is not None] for sign in (-1, 1)
        )
        axes.fill_between(_times(run), low, high, color=palette.BAND, alpha=0.65, linewidth=0, gid=f"band-{n}")
    for n, run in enumerate(runs(trend, has_eta)):
        axes.plot(_times(run), [p.eta or 0.0 for p in run], color=palette.LINE, linewidth=1.5, gid=f"run-{n}")


def _marks(axes: Axes, trend: Trend) -> None:
    known = [point for point in trend.points if point.eta is not None]
    alone = [run[0] for run in runs(trend, has_eta) if len(run) == 1]
    good = of_quality(known if len(known) <= DOTS_MAX else alone, "GOOD")
    for quality, shown in (("GOOD", good), ("UNCERTAIN", of_quality(known, "UNCERTAIN"))):
        _mark(axes, shown, [p.eta or 0.0 for p in shown], quality)  # type: ignore[arg-type] # a pair of words
    none = [point for point in trend.points if point.eta is None]
    foot = axes.get_xaxis_transform()
    axes.plot(
        _times(none), [0.03] * len(none), "x", color=palette.QUALITIES["BAD"], markersize=6, transform=foot, gid="bad"
    )


def _mark(axes: Axes, shown: list[TrendPoint], values: list[float], quality: PointQuality) -> None:
    colour = palette.QUALITIES[quality]
    face = colour if quality == "GOOD" else palette.GROUND
    size = 3.5 if quality == "GOOD" else 6.5
    axes.plot(
        _times(shown),
        values,
        MARKERS[quality],
        color=colour,
        markerfacecolor=face,
        markersize=size,
        gid=quality.lower(),
        clip_on=False,
    )


def _axes(axes: Axes, trend: Trend) -> None:
    start, end = _time(trend.from_us), _time(trend.to_us)
    axes.set_xlim(start, end)
    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.set_xlabel("end of window, UTC")
    axes.set_ylabel(f"{trend.name} (fraction)" if trend.name == "η" else trend.name)
    axes.grid(visible=True)
    _room(axes, trend)
    _legend(axes)
    if not any(point.eta is not None for point in trend.points):
        axes.text(
            0.5,
            0.5,
            "no efficiency in this span",
            transform=axes.transAxes,
            ha="center",
            fontsize=12,
            color=palette.MUTED,
        )


def _room(axes: Axes, trend: Trend) -> None:
    """A steady trend is drawn as a steady line: its noise does not fill the picture."""
    known = [(p.eta, p.eta_u95 or 0.0) for p in trend.points if p.eta is not None]
    if not known:
        axes.set_ylim(0.0, 1.0)
        return
    low, high = min(eta - u for eta, u in known), max(eta + u for eta, u in known)
    room = max(0.12 * (high - low), 0.01 * max(abs(low), abs(high)), 1e-6)
    axes.set_ylim(low - 1.5 * room, high + room)


def _legend(axes: Axes) -> None:
    def sign(quality: PointQuality) -> Line2D:
        colour = palette.QUALITIES[quality]
        face = palette.GROUND if quality == "UNCERTAIN" else colour
        return Line2D([], [], marker=MARKERS[quality], color=colour, markerfacecolor=face, linestyle="none")

    line, band = Line2D([], [], color=palette.LINE, linewidth=1.5), Patch(color=palette.BAND, alpha=0.65)
    signs = [line, band, sign("GOOD"), sign("UNCERTAIN"), sign("BAD")]
    names = ["value", "95 % uncertainty", "good", "uncertain", "bad: no value"]
    axes.legend(signs, names, loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=5, fontsize=9, columnspacing=1.6)


def _times(points: list[TrendPoint]) -> list[float]:
    return [_time(point.time_us) for point in points]


def _time(us: int) -> float:
    return us / DAY_US
