"""`/fluids`: their names, and their properties at a state."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from thermaliq.api.contract import PREFIX, REF, answers, page_of
from thermaliq.api.problem import Problem
from thermaliq.api.representation import json_response
from thermaliq.api.routers.calculations import refused, told
from thermaliq.calculations.fluid_states import PAIRS, UNITS, FluidItem, FluidState, fluid_names, fluid_state
from thermaliq.calculations.quantity import read_quantity
from thermaliq.calculations.refusal import CalculationRefused, Refusal
from thermaliq.calculations.workers import Workers

STRUCTS: Final = (FluidItem, FluidState)
NAME_CHARACTERS_MAX: Final = 200
Given = Annotated[str | None, Query(description="With its unit, as `40 bar(a)`, `400 degC`, `2800 kJ/kg`")]


def router(workers: Workers) -> APIRouter:
    """Routes over what CoolProp and IF97 know, computed in worker processes."""
    made = APIRouter(prefix=PREFIX, tags=["fluids"])

    @made.get("/fluids", responses=answers(page_of("FluidItem")))
    async def list_fluids() -> Response:
        """Every fluid by name."""
        with told():
            listed = await workers.run(fluid_names)
        return json_response({"items": listed, "next": None})

    @made.get("/fluids/{name}/properties", responses=answers({"$ref": REF.format(name="FluidState")}, missing=True))
    async def properties(
        name: str, p: Given = None, T: Given = None, h: Given = None, s: Given = None, x: Given = None
    ) -> Response:
        """All properties at the state that two of p, T, h, s and x name."""
        given = {"p": p, "T": T, "h": h, "s": s, "x": x}
        pair, a, b = pair_of({letter: text for letter, text in given.items() if text is not None})
        with told():
            found = await workers.run(partial(fluid_state, name[:NAME_CHARACTERS_MAX], pair, a, b))
        if isinstance(found, Refusal):
            raise refused((found,), 404 if found.code.endswith("unknown_fluid") else 422)
        return json_response(found)

    return made


def pair_of(given: dict[str, str]) -> tuple[str, float, float]:
    """The pair that was given, and both values in SI."""
    pair = next((pair for pair in PAIRS if set(pair) == set(given)), None)
    if pair is None:
        detail = f"a state is named by two of {', '.join(PAIRS)}"
        raise Problem(422, "fluids.pair", detail, field=",".join(given), value=given)
    try:
        a, b = (read_quantity(given[letter], UNITS[letter], letter).si for letter in pair)
    except CalculationRefused as error:
        raise refused(error.refusals) from error
    return pair, a, b
