"""Errors as RFC 9457 `application/problem+json`; `code` is always there and bounded."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from schemas.errors import ThermaliqError, UnavailableError

log = logging.getLogger("thermaliq.api")

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
CODES = {
    400: "http.bad_request",
    401: "http.unauthorized",
    403: "http.forbidden",
    404: "http.not_found",
    405: "http.method_not_allowed",
    406: "http.not_acceptable",
    409: "http.conflict",
    413: "http.too_large",
    415: "http.unsupported_media_type",
    422: "http.unprocessable",
    429: "http.too_many_requests",
    503: "http.unavailable",
}


class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """Ends a request with a problem; `field` and `value` name what was wrong with it."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.more = status, code, detail, more


def problem_response(
    status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """The answer that says what went wrong."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": str(RETRY_AFTER_S), **(headers or {})}
    content = msgspec.json.encode(body | more)
    return Response(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - registered for this class
    return problem_response(error.status, error.code, error.detail, **error.more)


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    code = CODES.get(error.status_code, "http.error")
    return problem_response(error.status_code, code, error.detail, error.headers)


async def _validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    found = [
        {"field": ".".join(str(part) for part in item["loc"][1:]), "detail": item["msg"], "value": _told(item)}
        for item in error.errors()
    ]
    detail = "; ".join(f"{item['field']}: {item['detail']}" for item in found)
    return problem_response(422, "request.invalid", detail, errors=found)


def _told(item: Mapping[str, Any]) -> str:
    return str(item.get("input", ""))[:200]


async def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ThermaliqError)  # noqa: S101 - registered for this class
    if isinstance(error, UnavailableError):
        return problem_response(503, error.code, "the database does not answer in time; try again")
    return _failed(error.code, error)


async def _unforeseen(_request: Request, error: Exception) -> Response:
    return _failed("internal", error)


def _failed(code: str, error: Exception) -> Response:
    """500 with an id that the log has too; what broke is not told outside."""
    number = secrets.token_hex(8)
    log.error("request failed, id %s: %s", number, error, extra={"id": number, "code": code})
    return problem_response(500, code, f"this failed inside; the log has it under {number}", id=number)


def answer_problems(app: Starlette) -> None:
    """Have every error of `app` answered as a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(ThermaliqError, _ours)
    app.add_exception_handler(Exception, _unforeseen)
