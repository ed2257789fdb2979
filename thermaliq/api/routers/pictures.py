"""Pictures and reports: Sankey, waterfall, trend, load scatter, T–s and h–s; drawn in worker processes."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.errors import UnavailableError
from schemas.rows import FIRST_US, LAST_US
from thermaliq.api.catalog import AssetItem, Catalog
from thermaliq.api.contract import PREFIX, REF, Responses, answers
from thermaliq.api.moment import time_of
from thermaliq.api.parameters import From, To, span_us
from thermaliq.api.problem import Problem
from thermaliq.api.queries import Queries, Span
from thermaliq.api.routers.calculations import calculation_of, told
from thermaliq.api.routers.points import WindowName, window_of
from thermaliq.calculations.answer import Answer
from thermaliq.calculations.service import Calculations
from thermaliq.calculations.workers import Workers
from thermaliq.pictures.energies import Energies, of_answer, of_nothing, of_point
from thermaliq.pictures.load_scatter import LoadScatter
from thermaliq.pictures.plotted.page import page_policy
from thermaliq.pictures.render import MEDIA_TYPES, Form, render, render_report
from thermaliq.pictures.report import Report, ReportNumbers
from thermaliq.pictures.sankey import Sankey
from thermaliq.pictures.state_chart import StateChart
from thermaliq.pictures.trend import Trend, TrendNumbers
from thermaliq.pictures.waterfall import Waterfall

STRUCTS: Final = (Sankey, Waterfall, Trend, LoadScatter, StateChart, Report)
POINTS_MAX: Final = 5_000
IMAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""An SVG brings its own styles."""
GZIP_LEVEL: Final = 6

PictureForm = Annotated[Form, Query(alias="format", description="Image, page that stands alone, or the numbers of it")]
ReportForm = Annotated[Literal["html", "json"], Query(alias="format")]


@dataclass(frozen=True)
class SpanQuery:
    """Which window of an asset, over which span, in which form."""

    window: WindowName = None
    start: From = None
    to: To = None
    form: PictureForm = "svg"


Asked = Annotated[SpanQuery, Depends()]
Diagram = Annotated[Literal["Ts", "hs"], Query(description="T over s, or h over s")]


def of_calculations(calculations: Calculations, workers: Workers) -> APIRouter:
    """`/calculations/{id}/sankey`, `/waterfall`, `/states`, `/report`."""
    made = APIRouter(prefix=PREFIX, tags=["pictures"])

    @made.get("/calculations/{number}/sankey", responses=_pictured(Sankey))
    async def calculation_sankey(request: Request, number: str, form: PictureForm = "svg") -> Response:
        """Where the energy of a calculation goes; in = out + losses + residual."""
        numbers = of_answer(await _answer(calculations, number))
        return await _answered(workers, request, partial(render, "sankey", numbers, form), form)

    @made.get("/calculations/{number}/waterfall", responses=_pictured(Waterfall))
    async def calculation_waterfall(request: Request, number: str, form: PictureForm = "svg") -> Response:
        """From energy in over each loss and the residual to energy out."""
        numbers = of_answer(await _answer(calculations, number))
        return await _answered(workers, request, partial(render, "waterfall", numbers, form), form)

    @made.get("/calculations/{number}/states", responses=_pictured(StateChart))
    async def calculation_states(
        request: Request, number: str, diagram: Diagram = "Ts", form: PictureForm = "svg"
    ) -> Response:
        """The states of water and steam that the inputs tell, in a T–s or h–s chart."""
        numbers = await _answer(calculations, number)
        return await _answered(workers, request, partial(render, diagram, numbers, form), form)

    @made.get("/calculations/{number}/report", responses=_pictured(Report, ("html", "json")))
    async def calculation_report(request: Request, number: str, form: ReportForm = "html") -> Response:
        """Inputs, method with its source, balance, pictures, warnings, provenance."""
        answer = await _answer(calculations, number)
        numbers = ReportNumbers(answer, await _provenance(calculations, answer.provenance))
        return await _answered(workers, request, partial(render_report, numbers, form), form)

    return made


def of_assets(catalog: Catalog, queries: Queries, workers: Workers) -> APIRouter:
    """`/assets/{id}/sankey`, `/waterfall`, `/trend`, `/load_scatter`."""
    made = APIRouter(prefix=PREFIX, tags=["pictures"])

    @made.get("/assets/{asset:path}/sankey", responses=_pictured(Sankey))
    async def asset_sankey(request: Request, asset: str, asked: Asked) -> Response:
        """Where the energy went in the newest window that ends in [from, to)."""
        numbers = await _energies(queries, catalog.find(asset), asked)
        return await _answered(workers, request, partial(render, "sankey", numbers, asked.form), asked.form)

    @made.get("/assets/{asset:path}/waterfall", responses=_pictured(Waterfall))
    async def asset_waterfall(request: Request, asset: str, asked: Asked) -> Response:
        """The losses of the newest window that ends in [from, to), step by step."""
        numbers = await _energies(queries, catalog.find(asset), asked)
        return await _answered(workers, request, partial(render, "waterfall", numbers, asked.form), asked.form)

    @made.get("/assets/{asset:path}/trend", responses=_pictured(Trend))
    async def asset_trend(request: Request, asset: str, asked: Asked) -> Response:
        """Efficiency over time with its uncertainty and quality; gaps are gaps."""
        numbers = await _trend(queries, catalog.find(asset), asked)
        return await _answered(workers, request, partial(render, "trend", numbers, asked.form), asked.form)

    @made.get("/assets/{asset:path}/load_scatter", responses=_pictured(LoadScatter))
    async def asset_load_scatter(request: Request, asset: str, asked: Asked) -> Response:
        """Efficiency over load."""
        numbers = await _trend(queries, catalog.find(asset), asked)
        return await _answered(workers, request, partial(render, "load_scatter", numbers, asked.form), asked.form)

    return made


async def _answer(calculations: Calculations, number: str) -> Answer:
    """A calculation that is done; 404 where there is none, 409 where it has no answer (yet)."""
    found = await calculation_of(calculations, number)
    if not isinstance(found, Answer):
        raise Problem(409, "calculation.not_done", f"this calculation is {found.status}", value=found.status)
    return found


async def _provenance(calculations: Calculations, digest: str) -> dict[str, Any] | None:
    """The document behind a hash; None where it cannot be had: the report says its hash all the same."""
    try:
        document = await calculations.store.provenance(digest)
    except UnavailableError:
        return None
    return None if document is None else msgspec.json.decode(document, type=dict[str, Any])


async def _energies(queries: Queries, asset: AssetItem, asked: SpanQuery) -> Energies:
    name = window_of(asset, asked.window)
    from_us, to_us = time_of("from", asked.start), time_of("to", asked.to)
    if name is None:
        return of_nothing(asset.id, asset.type, "no windows")
    span = Span(FIRST_US if from_us is None else from_us, LAST_US if to_us is None else to_us, 1)
    point = await queries.newest_point(asset.id, name, span)
    return of_nothing(asset.id, asset.type, f"window {name}") if point is None else of_point(point)


async def _trend(queries: Queries, asset: AssetItem, asked: SpanQuery) -> TrendNumbers:
    """The points of a span; by default the last 24 h of them, and no more than a picture holds."""
    start, to = asked.start, asked.to
    name = window_of(asset, asked.window)
    newest_us = await queries.newest_point_us(asset.id, name) if name is not None and to is None else None
    span = span_us(start, to, newest_us)
    if name is None or span is None:
        return TrendNumbers(asset.id, asset.type, name or "no windows", 0, 0, 1, [])
    advance_us = next(round(item.advance_s * 1e6) for item in asset.windows if item.name == name)
    from_us, to_us = span if start is not None else (max(span[0], span[1] - POINTS_MAX * advance_us), span[1])
    points = await queries.points(asset.id, name, Span(from_us, to_us, POINTS_MAX + 1))
    if len(points) > POINTS_MAX:
        detail = f"from: a picture holds {POINTS_MAX} points; take a shorter span or a longer window"
        raise Problem(422, "picture.too_many_points", detail, field="from", value=start, limit=POINTS_MAX)
    return TrendNumbers(asset.id, asset.type, name, from_us, to_us, advance_us, points)


async def _answered(workers: Workers, request: Request, make: Callable[[], bytes], form: Form) -> Response:
    """What a worker process makes, with what a browser may do with it."""
    headers = {"Content-Security-Policy": page_policy() if form == "html" else IMAGE_POLICY, "Vary": "Accept-Encoding"}
    if form != "png" and "gzip" in request.headers.get("accept-encoding", ""):
        make = partial(_packed, make)
        headers["Content-Encoding"] = "gzip"
    with told():
        body = await workers.run(make)
    return Response(body, headers=headers, media_type=MEDIA_TYPES[form])


def _packed(make: Callable[[], bytes]) -> bytes:
    return gzip.compress(make(), GZIP_LEVEL, mtime=0)


def _pictured(described: type[msgspec.Struct], forms: tuple[Form, ...] = ("svg", "png", "html", "json")) -> Responses:
    """The answers of a picture's route: one of its forms, and its problems."""
    found = answers({"$ref": REF.format(name=described.__name__)}, missing=True)
    for form in forms:
        if form != "json":
            found[200]["content"][MEDIA_TYPES[form].partition(";")[0]] = {"schema": {"type": "string"}}
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    return found | {409: {"description": "the calculation has no answer (yet)", "content": problem}}
