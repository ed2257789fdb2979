"""`/asset-types`: what each kind of plant equipment takes and gives."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from calc.asset_types import ASSET_TYPES
from thermaliq.api.contract import PREFIX, answers
from thermaliq.api.representation import JSON
from thermaliq.contracts import asset_types

_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["items", "next"],
    "properties": {"items": {"type": "array", "items": {"type": "object"}}, "next": {"type": "null"}},
}


def router() -> APIRouter:
    """The catalogue, encoded once."""
    made = APIRouter(prefix=PREFIX, tags=["asset types"])
    listed = msgspec.json.encode({"items": asset_types(ASSET_TYPES.values()), "next": None})

    @made.get("/asset-types", responses=answers(_SCHEMA))
    async def list_asset_types() -> Response:
        """Inputs, parameters, defaults, units, values and losses of every asset type."""
        return Response(listed, media_type=JSON)

    return made
