"""`/assets/{id}/readings`: what the plant sent."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from thermaliq.api.catalog import AssetItem, Catalog
from thermaliq.api.contract import PREFIX, answers, page_of
from thermaliq.api.parameters import LIMIT, From, Limit, Next, To, one_of, place_of, span_us
from thermaliq.api.queries import Queries, Span, StoredReading
from thermaliq.api.representation import list_response
from thermaliq.api.token import pack

COLUMNS: Final = StoredReading.__struct_fields__
Tags = Annotated[
    list[str] | None, Query(description="Measurand or whole id; may repeat; default: every tag of the asset")
]


def router(catalog: Catalog, queries: Queries) -> APIRouter:
    """Routes over the readings of the catalog's assets."""
    made = APIRouter(prefix=PREFIX, tags=["readings"])

    @made.get("/assets/{asset:path}/readings", responses=answers(page_of("StoredReading"), missing=True, csv=True))
    async def list_readings(
        request: Request,
        asset: str,
        tag: Tags = None,
        start: From = None,
        to: To = None,
        limit: Limit = LIMIT,
        following: Next = None,
    ) -> Response:
        """Readings of [from, to) by time and tag, in the plant's unit and in SI."""
        tags = measurands(catalog.find(asset), tag)
        place = place_of(following, tuple[int, int, str])
        span = place[:2] if place else None
        if span is None:
            span = span_us(start, to, await queries.newest_reading_us(asset, tags) if to is None else None)
        if span is None:
            return list_response(request, [], None, COLUMNS)
        found = await queries.readings(asset, tags, Span(*span, limit + 1), place[2] if place else "")
        page = found[:limit]
        then = pack((page[-1].ts_us, span[1], page[-1].tag)) if len(found) > limit else None
        return list_response(request, page, then, COLUMNS)

    return made


def measurands(asset: AssetItem, asked: list[str] | None) -> list[str]:
    """The measurands asked for, each once; all of the asset's where none is."""
    known = [tag.measurand for tag in asset.tags]
    if not asked:
        return known
    return list(dict.fromkeys(one_of("tag", tag.removeprefix(f"{asset.id}/"), known) for tag in asked))
