"""Numbers → the bytes of a picture: one plain function for worker processes; Matplotlib is imported in them alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from thermaliq.pictures.description import Description, Numbers, describe
from thermaliq.pictures.plotted.picture import picture_page
from thermaliq.pictures.report import ReportNumbers, report_of, report_page

Kind = Literal["sankey", "waterfall", "trend", "load_scatter", "Ts", "hs"]
Form = Literal["svg", "png", "html", "json"]
MEDIA_TYPES: Final[Mapping[Form, str]] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}


def render(kind: Kind, numbers: Numbers, form: Form) -> bytes:
    """The picture: SVG and PNG by Matplotlib, HTML by Plotly, JSON its description; all of the same numbers."""
    description = describe(kind, numbers)
    if form == "json":
        return msgspec.json.encode(description)
    if form == "html":
        return picture_page(description)
    return _image(description, form)


def render_report(numbers: ReportNumbers, form: Literal["html", "json"]) -> bytes:
    """The report of a calculation."""
    return report_page(numbers) if form == "html" else msgspec.json.encode(report_of(numbers))


def _image(description: Description, form: Literal["svg", "png"]) -> bytes:
    from thermaliq.pictures.drawn.picture import draw_picture  # noqa: PLC0415 - Matplotlib, for worker processes

    return draw_picture(description, form)
