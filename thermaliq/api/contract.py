"""What OpenAPI says of the answers: schemas made from the structs that are sent."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from thermaliq.api.contract_access import describe_access

PREFIX: Final = "/api/v1"
REF: Final = "#/components/schemas/{name}"
PROBLEM: Final = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "value": {},
    },
}

Responses = dict[int | str, dict[str, Any]]


def page_of(name: str) -> dict[str, Any]:
    """`{items, next}` of components called `name`."""
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": REF.format(name=name)}},
            "next": {"type": ["string", "null"]},
        },
    }


def answers(schema: dict[str, Any], *, missing: bool = False, csv: bool = False) -> Responses:
    """The answers of a route: 200 with `schema`, and its problems."""
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    statuses = {
        403: "not from this machine",
        **({404: "no such asset"} if missing else {}),
        **({406: "no such form"} if csv else {}),
        413: "body too large",
        422: "a parameter is wrong",
        500: "failed inside",
        503: "the database is away or too slow; `Retry-After`",
    }
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    found: Responses = {status: {"description": said, "content": problem} for status, said in statuses.items()}
    return {200: {"description": "the answer", "content": content}, **found}


def describe(app: FastAPI, structs: tuple[type[msgspec.Struct], ...]) -> None:
    """Give `app` an OpenAPI 3.1 document with the schemas of `structs`."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title="THERMALIQ",
                version=version("thermaliq"),
                openapi_version="3.1.0",
                summary="Thermal efficiency from plant telemetry",
                routes=app.routes,
            )
            _, components = msgspec.json.schema_components(structs, schema_hook=_schema_of, ref_template=REF)
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(components | {"Problem": PROBLEM})
            describe_access(made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _schema_of(kind: type) -> dict[str, Any]:
    if kind is not object:
        raise TypeError(f"{kind} has no place in the contract")
    return {}
