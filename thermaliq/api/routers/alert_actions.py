"""`POST /alerts/{id}/acknowledge`, `/shelve`, `/unshelve`: what operators do, as commands to the alarm's owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.alarm import AlarmState
from schemas.command import Acknowledge, Shelve, Unshelve
from schemas.duration import MEANING, parse_duration_us
from streams.steps.operator import SHELF_S_MAX, Kind, fits
from thermaliq.api.contract import PREFIX, REF, Responses, answers
from thermaliq.api.dispatch import Dispatch
from thermaliq.api.guard import principal_of, unknown_alert
from thermaliq.api.json_body import body_of
from thermaliq.api.problem import Problem
from thermaliq.api.queries import Queries
from thermaliq.api.representation import JSON, json_response
from thermaliq.api.token import parse_alert_id

COMMENT_CHARACTERS_MAX: Final = 1000
Comment = Annotated[str, msgspec.Meta(max_length=COMMENT_CHARACTERS_MAX)]
Body = TypeVar("Body", bound=msgspec.Struct)


class CommentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator has to say."""

    comment: Comment = ""


class ShelveBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how long the alarm is silenced, as `2h`, and why."""

    duration: str
    comment: Comment = ""


class Commanded(msgspec.Struct, frozen=True):
    """The command that is on its way to the alarm."""

    id: str
    command_id: str


STRUCTS: Final = (CommentBody, ShelveBody, Commanded)


def router(queries: Queries, dispatch: Dispatch, new_id: Callable[[], str]) -> APIRouter:
    """The routes; `new_id` names a command."""
    made = APIRouter(prefix=PREFIX, tags=["alerts"])

    @made.post("/alerts/{number}/acknowledge", **_route(CommentBody))
    async def acknowledge(request: Request, number: str) -> Response:
        """An operator has seen it. Of a latched alarm that has returned, the second one is its reset."""
        body = await body_of(request, CommentBody)
        asset, alarm, episode_us = await _require(queries, number, "acknowledge")
        actor, command_id = principal_of(request).name, new_id()
        await dispatch.command(Acknowledge(command_id, asset, alarm, episode_us, body.comment, actor))
        return json_response(Commanded(number, command_id), 202)

    @made.post("/alerts/{number}/shelve", **_route(ShelveBody))
    async def shelve(request: Request, number: str) -> Response:
        """Silence it for a while, 24 h at most; beneath, it is judged on."""
        body = await body_of(request, ShelveBody)
        duration_s = shelf_s(body.duration)
        asset, alarm, _ = await _require(queries, number, "shelve")
        actor, command_id = principal_of(request).name, new_id()
        await dispatch.command(Shelve(command_id, asset, alarm, duration_s, body.comment, actor))
        return json_response(Commanded(number, command_id), 202)

    @made.post("/alerts/{number}/unshelve", **_route(CommentBody))
    async def unshelve(request: Request, number: str) -> Response:
        """End the silence early."""
        body = await body_of(request, CommentBody)
        asset, alarm, _ = await _require(queries, number, "unshelve")
        actor, command_id = principal_of(request).name, new_id()
        await dispatch.command(Unshelve(command_id, asset, alarm, body.comment, actor))
        return json_response(Commanded(number, command_id), 202)

    return made


def shelf_s(text: str) -> float:
    """Seconds of `2h`; a problem where that is no duration, or none that an alarm may be silenced for."""
    try:
        duration_s = parse_duration_us(text) / 1e6
    except ValueError:
        duration_s = 0.0
    if not 0 < duration_s <= SHELF_S_MAX:
        detail = f"duration: write {MEANING}, more than nothing and 24h at most"
        raise Problem(422, "alert.duration", detail, field="duration", value=text[:100])
    return duration_s


async def _require(queries: Queries, number: str, kind: Kind) -> tuple[str, str, int]:
    """(asset, alarm, episode) of an alert that this may be done to; 404 unknown, 409 wrong state."""
    place = parse_alert_id(number)
    state: AlarmState | None = None if place is None else await queries.alert_state(*place)
    if place is None or state is None:
        raise unknown_alert(number)
    if not fits(state, kind):
        raise Problem(409, "alert.wrong_state", f"an alert in state {state} cannot be told to {kind}", state=state)
    return place


def _route(body: type[msgspec.Struct]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    commanded = {JSON: {"schema": {"$ref": REF.format(name="Commanded")}}}
    found: Responses = answers({}, missing=True) | {
        202: {"description": "Kafka has the command", "content": commanded},
        409: {"description": "its state does not allow it", "content": problem},
        415: {"description": "not JSON", "content": problem},
    }
    del found[200]
    schema = {"$ref": REF.format(name=body.__name__)}
    asked = {"required": body is ShelveBody, "content": {JSON: {"schema": schema}}}
    return {"status_code": 202, "responses": found, "openapi_extra": {"requestBody": asked}}
