"""A Sankey: streams as wide as their energy, in from the left, out to the right; the residual hatched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from thermaliq.pictures import palette
from thermaliq.pictures.drawn.canvas import ImageForm, heading, image, nothing
from thermaliq.pictures.drawn.spread import spread
from thermaliq.pictures.energies import unknown
from thermaliq.pictures.sankey import MACHINE, Link, Sankey

WIDTH_IN: Final = 10.0
FLOW: Final = 0.72
"""Share of the height that all of the energy takes."""
GAP: Final = 0.05
LABEL: Final = 0.115
LEFT, MIDDLE, RIGHT, BAR = 0.235, 0.49, 0.715, 0.014


@dataclass(frozen=True)
class End:
    """One link at the outside: its label, and its upper edges at the outer bar and at the machine."""

    link: Link
    label: str
    outer: float
    inner: float
    height: float


def draw_sankey(sankey: Sankey, form: ImageForm) -> bytes:
    """The picture."""
    rows = max(
        sum(link.target == MACHINE for link in sankey.links), sum(link.source == MACHINE for link in sankey.links)
    )
    height_in = max(5.2, 2.2 + 0.62 * rows)

    def draw(figure: Figure) -> None:
        heading(figure, sankey.title, sankey.caption, sankey.fact, sankey.note if sankey.links else "")
        axes = figure.add_axes((0.0, 0.42 / height_in, 1.0, 1.0 - 1.3 / height_in))
        axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
        axes.set_axis_off()
        if not sankey.links:
            nothing(axes, unknown(sankey.note))
            return
        _flows(axes, sankey)

    return image(draw, (WIDTH_IN, height_in), form, sankey)


def _flows(axes: Axes, sankey: Sankey) -> None:
    entering = [link for link in sankey.links if link.target == MACHINE]
    leaving = [link for link in sankey.links if link.source == MACHINE]
    scale = FLOW / (max(sum(link.value for link in entering), sum(link.value for link in leaving)) or 1.0)
    labels = {node.id: node.label for node in sankey.nodes}
    for side, links in ((LEFT, entering), (RIGHT, leaving)):
        ends = _ends(links, labels, scale, of=MACHINE)
        texts = spread([end.outer - end.height / 2.0 for end in ends], LABEL, 0.04, 0.96)
        for end, at in zip(ends, texts, strict=True):
            _flow(axes, end, side)
            _label(axes, end, side, at)
    axes.add_patch(
        Rectangle((MIDDLE - 0.011, 0.5 - FLOW / 2.0), 0.022, FLOW, facecolor=palette.STEEL, edgecolor="none")
    )
    axes.text(
        MIDDLE, 0.5 + FLOW / 2.0 + 0.035, labels[MACHINE], ha="center", va="bottom", fontweight="bold", fontsize=11
    )


def _ends(links: Sequence[Link], labels: dict[str, str], scale: float, of: str) -> list[End]:
    """The links of a side from above: close together at the machine, apart at the outside."""
    outer = 0.5 + (sum(link.value for link in links) * scale + GAP * (len(links) - 1)) / 2.0
    inner = 0.5 + FLOW / 2.0
    found = []
    for link in links:
        height = link.value * scale
        name = link.source if link.target == of else link.target
        found.append(End(link, labels[name], outer, inner, height))
        outer -= height + GAP
        inner -= height
    return found


def _flow(axes: Axes, end: End, side: float) -> None:
    """A ribbon from the machine to its bar outside."""
    colour, hatch = palette.KINDS[end.link.kind], "////" if end.link.kind == "residual" else None
    near = MIDDLE + (0.011 if side == RIGHT else -0.011)
    bend, top, low = (near + side) / 2.0, (near, end.inner), (near, end.inner - end.height)
    verts = [
        top,
        (bend, end.inner),
        (bend, end.outer),
        (side, end.outer),
        (side, end.outer - end.height),
        (bend, end.outer - end.height),
        (bend, end.inner - end.height),
        low,
        top,
    ]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    ribbon = PathPatch(Path(verts, codes), facecolor=palette.pale(colour), edgecolor=colour, linewidth=0.6, hatch=hatch)
    ribbon.set_gid(f"{end.link.source}-{end.link.target}")
    axes.add_patch(ribbon)
    x = side if side == RIGHT else side - BAR
    axes.add_patch(
        Rectangle((x, end.outer - end.height), BAR, end.height, facecolor=colour, edgecolor=colour, linewidth=0.8)
    )


def _label(axes: Axes, end: End, side: float, at: float) -> None:
    """Name and amount beside the bar, with a thin line where they had to move."""
    name, _, amount = end.label.partition("\n")
    towards = 1.0 if side == RIGHT else -1.0
    edge, x = side + towards * BAR, side + towards * (BAR + 0.022)
    axes.plot((edge, x - towards * 0.006), (end.outer - end.height / 2.0, at), color=palette.STEEL, linewidth=0.7)
    align = "left" if side == RIGHT else "right"
    axes.text(x, at + 0.004, name, ha=align, va="bottom", fontweight="bold", fontsize=10.5)
    axes.text(x, at - 0.004, amount, ha=align, va="top", fontsize=10)
