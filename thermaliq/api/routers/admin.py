"""`/admin/recompute` on the admin port: points again from stored readings."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.errors import RefusedError
from thermaliq.api.catalog import Catalog
from thermaliq.api.dispatch import Dispatch
from thermaliq.api.guard import principal_of
from thermaliq.api.json_body import body_of
from thermaliq.api.moment import time_of
from thermaliq.api.problem import Problem
from thermaliq.api.representation import json_response
from thermaliq.recomputing import recomputes


class RecomputeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Windows that end in (from, to]; RFC 3339, or epoch µs."""

    asset: str
    from_: str | int
    to: str | int


class Recomputed(msgspec.Struct, frozen=True):
    """The commands that are on their way, a day each."""

    asset: str
    command_ids: list[str]


def router(catalog: Catalog, dispatch: Dispatch, new_id: Callable[[], str]) -> APIRouter:
    """The route; `new_id` names a command."""
    made = APIRouter(prefix="/admin", tags=["admin"])

    @made.post("/recompute", status_code=202)
    async def recompute(request: Request) -> Response:
        """Have the worker compute points again; `point.revision` rises where they differ."""
        body = await body_of(request, RecomputeBody)
        asset = catalog.find(body.asset)
        from_us, to_us = _required_us("from", body.from_), _required_us("to", body.to)
        try:
            commands = recomputes(asset.id, from_us, to_us, principal_of(request).name, new_id)
        except RefusedError as error:
            raise Problem(422, error.code, error.detail, field="from", value=str(body.from_)[:100]) from error
        await dispatch.commands(commands)
        return json_response(Recomputed(asset.id, [command.command_id for command in commands]), 202)

    return made


def _required_us(field: str, value: str | int) -> int:
    found = time_of(field, str(value))
    if found is None:
        raise Problem(422, "time.invalid", f"{field}: missing", field=field)
    return found
