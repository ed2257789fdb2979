"""`/calculations`: one state of a machine, computed on demand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from schemas.errors import UnavailableError
from thermaliq.api.contract import PREFIX, REF, Responses, answers
from thermaliq.api.problem import Problem
from thermaliq.api.representation import JSON, json_response
from thermaliq.calculations.answer import Answer, Job
from thermaliq.calculations.body import CalculationBody
from thermaliq.calculations.refusal import CalculationRefused, Refusal
from thermaliq.calculations.service import Calculations

STRUCTS: Final = (CalculationBody, Answer, Job)
Asynchronous = Annotated[
    bool, Query(alias="async", description="true: answer 202 at once; `Location` says where the result will be")
]
_ID: Final = re.compile(r"[0-9a-f]{32}")
_EXAMPLE: Final = {
    "type": "boiler_direct",
    "inputs": {
        "steam_flow": "10.8 t/h",
        "fuel_flow": {"value": 0.16, "unit": "kg/s", "accuracy": "1 %"},
        "p_steam": "10 bar(g)",
        "T_feedwater": "105 degC",
    },
    "parameters": {"LHV": "50 MJ/kg"},
}


def router(calculations: Calculations) -> APIRouter:
    """Routes over the calculations of this process."""
    made = APIRouter(prefix=PREFIX, tags=["calculations"])

    @made.post("/calculations", responses=_answers(), openapi_extra={"requestBody": _body()})
    async def calculate(request: Request, asynchronous: Asynchronous = False) -> Response:
        """Efficiency, energy balance, losses and uncertainty of an asset type at one state."""
        _require_json(request)
        body = await request.body()
        with told():
            asked = calculations.read(body)
            if not asynchronous:
                return json_response(await calculations.calculate(asked))
            job = await calculations.submit(asked)
        return json_response(job, 202, {"Location": f"{PREFIX}/calculations/{job.id}"})

    @made.get("/calculations/{number}", responses=_one())
    async def one_calculation(number: str) -> Response:
        """The answer of a calculation, or how far it is."""
        return json_response(await calculation_of(calculations, number))

    return made


async def calculation_of(calculations: Calculations, number: str) -> Answer | Job:
    """The answer of an id, or how far it is; 404 where there is none."""
    with told():
        found = await calculations.find(number) if _ID.fullmatch(number) else None
    if found is None:
        raise Problem(404, "calculation.unknown", "no calculation of this id is kept", value=number[:64])
    return found


@contextmanager
def told() -> Iterator[None]:
    """What ends a calculation, as problems: 422 with everything that is wrong, 503 where it cannot be had now."""
    try:
        yield
    except CalculationRefused as error:
        raise refused(error.refusals) from error
    except UnavailableError as error:
        raise Problem(503, error.code, error.detail) from error


def refused(refusals: tuple[Refusal, ...], status: int = 422) -> Problem:
    """The problem of the first refusal, with all of them beside it."""
    first = msgspec.to_builtins(refusals[0])
    detail = first.pop("detail")
    errors = [msgspec.to_builtins(refusal) for refusal in refusals]
    return Problem(status, first.pop("code"), detail, **first, errors=errors)


def _require_json(request: Request) -> None:
    media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type != JSON:
        raise Problem(415, "http.unsupported_media_type", f"send {JSON}", value=media_type[:64])


def _body() -> dict[str, Any]:
    schema = {"$ref": REF.format(name=CalculationBody.__name__)}
    return {"required": True, "content": {JSON: {"schema": schema, "example": _EXAMPLE}}}


def _answers() -> Responses:
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    accepted = {JSON: {"schema": {"$ref": REF.format(name="Job")}}}
    return answers({"$ref": REF.format(name="Answer")}) | {
        202: {"description": "on its way", "content": accepted},
        415: {"description": "not JSON", "content": problem},
    }


def _one() -> Responses:
    either = {"oneOf": [{"$ref": REF.format(name="Answer")}, {"$ref": REF.format(name="Job")}]}
    return answers(either, missing=True)
