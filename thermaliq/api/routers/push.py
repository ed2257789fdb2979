"""`POST /readings`: gateways push readings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter
from starlette.requests import Request
from starlette.responses import Response

from connectors.push.router import Refusal, Routed, Router
from schemas import codec
from schemas.errors import MalformedError
from schemas.reading import ReadingBatch
from thermaliq.access.principal import Principal
from thermaliq.api.contract import PREFIX, REF, Responses, answers
from thermaliq.api.dispatch import Dispatch
from thermaliq.api.guard import principal_of
from thermaliq.api.idempotency import Answers, name_of
from thermaliq.api.packed import unpacked
from thermaliq.api.problem import Problem
from thermaliq.api.representation import JSON

REFUSED_TOLD_MAX: Final = 100
"""So many refusals stand in a problem; the counter has all."""


class Pushed(msgspec.Struct, frozen=True):
    """What became of a push: readings that the log has, and what is refused."""

    accepted: int
    refused: list[Refusal]


STRUCTS: Final = (ReadingBatch, Pushed)
_EXAMPLE: Final = {
    "asset": "mill/boiler1",
    "source": "gateways",
    "session": "gw1-2026-01-31",
    "sequence": 0,
    "readings": [{"tag": "steam_pressure", "ts_us": 1763892000250000, "value": 39.8, "unit": "bar(g)"}],
}


class PushMetrics:
    """How many readings were pushed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.readings = Counter(
            "thermaliq_pushed_readings_total", "Readings pushed over HTTP", ["accepted"], registry=registry
        )


@dataclass(frozen=True)
class Pushing:
    """What pushes stand on; `spend` is told who pushed how many readings in how many bytes."""

    router: Router
    answers: Answers
    metrics: PushMetrics
    now_us: Callable[[], int]
    spend: Callable[[Principal, int, int], None]


def router(pushing: Pushing, dispatch: Dispatch) -> APIRouter:
    """The route."""
    made = APIRouter(prefix=PREFIX, tags=["readings"])

    @made.post("/readings", status_code=202, responses=_answers(), openapi_extra=_request())
    async def push(request: Request) -> Response:
        """A batch of readings, or a list of batches; 202 once the log has what is accepted."""
        media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
        if media_type != JSON:
            raise Problem(415, "http.unsupported_media_type", f"send {JSON}", value=media_type[:64])
        principal = principal_of(request)
        body = await unpacked(request)
        key = request.headers.get("idempotency-key")
        if key is None:
            return _answer(await _push(pushing, dispatch, principal, body))
        return _answer(await _push_once(pushing, dispatch, principal, body, name_of(principal.id, key)))

    return made


async def _push_once(pushing: Pushing, dispatch: Dispatch, principal: Principal, body: bytes, name: str) -> bytes:
    """The answer that stands under `name`, else the one that this push gets."""
    standing = await pushing.answers.claim(name, body)
    if standing is not None:
        return standing
    try:
        answer = await _push(pushing, dispatch, principal, body)
    except Problem:
        await pushing.answers.give_up(name)
        raise
    await pushing.answers.keep(name, body, answer)
    return answer


async def _push(pushing: Pushing, dispatch: Dispatch, principal: Principal, body: bytes) -> bytes:
    routed = _routed(pushing, principal, body)
    refused = sum(refusal.index is not None for refusal in routed.refused)
    pushing.spend(principal, routed.readings + refused, len(body))
    pushing.metrics.readings.labels("no").inc(refused)
    if not routed.accepted:
        first = [msgspec.to_builtins(refusal) for refusal in routed.refused[:REFUSED_TOLD_MAX]]
        raise Problem(422, "push.nothing_good", "nothing of this can be accepted", accepted=0, refused=first)
    await dispatch.send([(outgoing.group, outgoing.value) for outgoing in routed.accepted], codec.READING_BATCH)
    pushing.metrics.readings.labels("yes").inc(routed.readings)
    return msgspec.json.encode(Pushed(routed.readings, routed.refused))


def _routed(pushing: Pushing, principal: Principal, body: bytes) -> Routed:
    try:
        return pushing.router.route(body, pushing.now_us(), principal.may_know)
    except MalformedError as error:
        pushing.spend(principal, 0, len(body))
        raise Problem(413 if error.code == "push.too_many" else 422, error.code, error.detail) from error


def _answer(body: bytes) -> Response:
    return Response(body, 202, media_type=JSON)


def _request() -> dict[str, Any]:
    batch = {"$ref": REF.format(name=ReadingBatch.__name__)}
    schema = {"oneOf": [batch, {"type": "array", "items": batch, "minItems": 1}]}
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "The first answer comes again for 24 hours; another body under the same key is a 409",
    }
    return {
        "parameters": [key],
        "requestBody": {"required": True, "content": {JSON: {"schema": schema, "example": _EXAMPLE}}},
    }


def _answers() -> Responses:
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    found = answers({}) | {
        202: {"description": "the log has them", "content": {JSON: {"schema": {"$ref": REF.format(name="Pushed")}}}},
        409: {"description": "this Idempotency-Key was used with another body", "content": problem},
        415: {"description": "not JSON, or an unknown encoding", "content": problem},
        429: {"description": "too many readings or bytes a second; `Retry-After`", "content": problem},
    }
    del found[200]
    return found
