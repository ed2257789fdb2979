"""`/health /ready /metrics /info`, as every port has them."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from thermaliq.health import Probe


def router(probe: Probe, prefix: str) -> APIRouter:
    """The four answers of `probe` under `prefix`."""
    made = APIRouter(prefix=prefix, tags=["operation"])
    for path, answer in probe.answers().items():
        made.add_api_route(
            path,
            _endpoint(answer),
            methods=["GET"],
            name=path.removeprefix("/"),
            response_class=Response,
            responses={503: {"description": "not alive, or not ready"}} if path in {"/health", "/ready"} else {},
        )
    return made


def _endpoint(answer: Callable[[], Response]) -> Callable[[], Response]:
    async def endpoint() -> Response:
        return answer()

    endpoint.__doc__ = answer.__doc__
    return endpoint  # type: ignore[return-value] # FastAPI awaits it
