"""`/assets`: what the site files declare. An id's segments stand in the path as they are."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from thermaliq.api.catalog import Catalog
from thermaliq.api.contract import PREFIX, answers, page_of
from thermaliq.api.guard import principal_of
from thermaliq.api.parameters import LIMIT, Limit, Next, place_of
from thermaliq.api.representation import json_response
from thermaliq.api.token import pack


def router(catalog: Catalog) -> APIRouter:
    """Routes over `catalog`; `/assets/{id}` comes last of all, for its path swallows what follows."""
    made = APIRouter(prefix=PREFIX, tags=["assets"])

    @made.get("/assets", responses=answers(page_of("AssetItem")))
    async def list_assets(request: Request, limit: Limit = LIMIT, following: Next = None) -> Response:
        """Every asset, by id."""
        after = place_of(following, str) or ""
        caller = principal_of(request)
        found = [item for asset, item in catalog.items.items() if asset > after and caller.may_know(asset)]
        page = found[:limit]
        then = pack(page[-1].id) if len(found) > limit else None
        return json_response({"items": page, "next": then})

    return made


def single(catalog: Catalog) -> APIRouter:
    """`/assets/{id}`."""
    made = APIRouter(prefix=PREFIX, tags=["assets"])

    @made.get("/assets/{asset:path}", responses=answers({"$ref": "#/components/schemas/AssetItem"}, missing=True))
    async def one_asset(asset: str) -> Response:
        """One asset with its windows, inputs, tags and alarms."""
        return json_response(catalog.find(asset))

    return made
