"""`/assets/{id}/points`: efficiencies over windows, latest revisions."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.point import Point
from thermaliq.api.catalog import AssetItem, Catalog
from thermaliq.api.contract import PREFIX, answers, page_of
from thermaliq.api.parameters import LIMIT, From, Limit, Next, To, one_of, place_of, span_us
from thermaliq.api.queries import Queries, Span
from thermaliq.api.representation import list_response
from thermaliq.api.token import pack

COLUMNS: Final = Point.__struct_fields__
WindowName = Annotated[str | None, Query(description="A window of the asset; default: the first of the site file")]


def router(catalog: Catalog, queries: Queries) -> APIRouter:
    """Routes over the points of the catalog's assets."""
    made = APIRouter(prefix=PREFIX, tags=["points"])

    @made.get("/assets/{asset:path}/points/latest", responses=answers(page_of("Point"), missing=True, csv=True))
    async def latest_points(request: Request, asset: str) -> Response:
        """The newest point of each window."""
        windows = [window.name for window in catalog.find(asset).windows]
        return list_response(request, await queries.latest_points(asset, windows), None, COLUMNS)

    @made.get("/assets/{asset:path}/points", responses=answers(page_of("Point"), missing=True, csv=True))
    async def list_points(
        request: Request,
        asset: str,
        window: WindowName = None,
        start: From = None,
        to: To = None,
        limit: Limit = LIMIT,
        following: Next = None,
    ) -> Response:
        """Points whose windows end in [from, to), oldest first."""
        name = window_of(catalog.find(asset), window)
        place = place_of(following, tuple[int, int])
        if name is None:
            return list_response(request, [], None, COLUMNS)
        span = place or span_us(start, to, await queries.newest_point_us(asset, name) if to is None else None)
        if span is None:
            return list_response(request, [], None, COLUMNS)
        found = await queries.points(asset, name, Span(*span, limit + 1))
        page = found[:limit]
        then = pack((page[-1].window_end_us + 1, span[1])) if len(found) > limit else None
        return list_response(request, page, then, COLUMNS)

    return made


def window_of(asset: AssetItem, name: str | None) -> str | None:
    """The window asked for, else the first; None where the asset has none at all."""
    known = [window.name for window in asset.windows]
    return one_of("window", name, known) if name is not None else next(iter(known), None)
