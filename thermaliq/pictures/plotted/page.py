"""Figures in a page that stands alone: Plotly's script lies in it, nothing is fetched, nothing else may run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec

from thermaliq.pictures.plotted.layout import Plot

TEMPLATES: Final = Path(str(files("thermaliq.pictures") / "templates"))
PLOTLY: Final = "plotly/package_data/plotly.min.js"


class Figure(msgspec.Struct, frozen=True):
    """A figure by name, and in words for those who do not see it."""

    name: str
    said: str
    plot: Plot


def page(title: str, caption: str, fact: str, note: str, figure: Figure, description: object) -> bytes:
    """One picture as HTML; `description` is what `format=json` answers, and goes along."""
    told = {"title": title, "caption": caption, "fact": fact, "note": note}
    return written("page.html", [figure], description, told)


def written(template: str, figures: Sequence[Figure], description: object, more: Mapping[str, Any]) -> bytes:
    """A template filled in."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - worker processes alone
    from markupsafe import Markup  # noqa: PLC0415

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["data"] = lambda value: Markup(data_block(value))  # noqa: S704 - what could end it is escaped
    environment.filters["pretty"] = lambda value: msgspec.json.format(msgspec.json.encode(value)).decode()
    place = Markup('<div class="picture" role="img" data-figure="{}" aria-label="{}"></div>')
    made = environment.get_template(template).render(
        figures=figures,
        description=description,
        picture=lambda figure: place.format(figure.name, figure.said),
        policy=inner_policy(),
        plotly=Markup(plotly_script()),  # noqa: S704 - the library itself
        start=Markup(start_script()),  # noqa: S704 - a file of ours
        **more,
    )
    return made.encode()


def data_block(value: object) -> str:
    """JSON that may stand within a script element."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def plotly_script() -> str:
    """Plotly's own bundle, as its Python package brings it."""
    return Path(str(distribution("plotly").locate_file(PLOTLY))).read_text(encoding="utf-8")


def start_script() -> str:
    """Has Plotly draw what lies in the page."""
    return (TEMPLATES / "start.js").read_text(encoding="utf-8")


def page_policy() -> str:
    """Content-Security-Policy of the answer that brings such a page."""
    return f"{inner_policy()}; frame-ancestors 'none'"


@cache
def inner_policy() -> str:
    """The policy in the page itself, kept when it is saved: two scripts by hash, Plotly's styles, no network."""
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in (plotly_script(), start_script()))
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
