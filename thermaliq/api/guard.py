"""Stands before every route: who calls, how often, with which role, about which asset. What has no door is not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.errors import UnavailableError
from thermaliq.access.gate import Gate
from thermaliq.access.principal import Denied, Principal
from thermaliq.access.rights import Right
from thermaliq.access.sliding_log import WINDOW_S, Verdict
from thermaliq.api.catalog import unknown_asset
from thermaliq.api.credential import credential_of
from thermaliq.api.doors import Door, find
from thermaliq.api.problem import Problem, problem_response
from thermaliq.api.token import parse_alert_id

PRINCIPAL: Final = "thermaliq.principal"
CHALLENGE: Final = 'Bearer realm="thermaliq"'


class AccessMetrics:
    """Who was not let in, and why."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.refused = Counter(
            "thermaliq_access_refused_total", "Requests that were not let in, by code", ["code"], registry=registry
        )


def principal_of(connection: HTTPConnection) -> Principal:
    """Who calls; every request that reaches a route that is not public has one."""
    principal: Principal = connection.scope[PRINCIPAL]
    return principal


class Guard:
    """Lets a request through to its route, or answers 401, 403, 404, 405 or 429 itself."""

    def __init__(self, app: ASGIApp, gate: Gate, doors: tuple[Door, ...], metrics: AccessMetrics) -> None:
        self._app = app
        self._gate = gate
        self._doors = doors
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. A socket is judged where it is accepted, for it may show its key in its first message."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[str, str] = {}
        try:
            await self._judge(scope, headers)
        except Problem as problem:
            self._metrics.refused.labels(problem.code).inc()
            answer = problem_response(problem.status, problem.code, problem.detail, headers, **problem.more)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, _with(headers, send))

    async def _judge(self, scope: Scope, headers: dict[str, str]) -> None:
        """Problem where the request is not let through; `headers` go with either answer."""
        door, parameters = find(self._doors, scope)
        if door is None:
            raise Problem(404, "http.not_found", "Not Found")
        scope["route"] = door
        right = door.rights.get(scope["method"])
        if right is None:
            headers["Allow"] = ", ".join(sorted(door.rights))
            raise Problem(405, "http.method_not_allowed", "Method Not Allowed")
        if right.roles is None:
            return
        principal = scope[PRINCIPAL] = await self._admit(Headers(scope=scope), headers)
        await self._count(principal, right, headers)
        if not right.allows(principal):
            raise Problem(403, "access.role", f"this is not for {_role(principal)}")
        _require_known(principal, right, parameters)

    async def _admit(self, shown: Headers, headers: dict[str, str]) -> Principal:
        try:
            return await self._gate.admit(credential_of(shown))
        except Denied as denied:
            wrong = "" if denied.code == "auth.missing" else ', error="invalid_token"'
            headers["WWW-Authenticate"] = CHALLENGE + wrong
            raise Problem(401, denied.code, denied.detail) from denied
        except UnavailableError as error:
            raise Problem(503, error.code, error.detail) from error

    async def _count(self, principal: Principal, right: Right, headers: dict[str, str]) -> None:
        if right.counted == "volume":
            wait_s = self._gate.limiter.wait_s(principal)
            if wait_s > 0:
                headers["Retry-After"] = str(math.ceil(wait_s))
                raise Problem(429, "access.volume", "too many readings or bytes a second: wait, then send again")
            return
        verdict = await self._gate.limiter.take(principal)
        if verdict is None:
            return
        headers.update(limit_headers(verdict))
        if not verdict.allowed:
            raise Problem(429, "access.rate", f"{verdict.limit} requests in any {WINDOW_S} s are let in")


def limit_headers(verdict: Verdict) -> Mapping[str, str]:
    """`RateLimit` and its policy as the IETF's draft writes them, and the three that many clients know."""
    reset_s = max(1, math.ceil(verdict.reset_s))
    found = {
        "RateLimit-Policy": f'"requests";q={verdict.limit};w={WINDOW_S}',
        "RateLimit": f'"requests";r={verdict.remaining};t={reset_s}',
        "RateLimit-Limit": str(verdict.limit),
        "RateLimit-Remaining": str(verdict.remaining),
        "RateLimit-Reset": str(reset_s),
    }
    return found if verdict.allowed else {**found, "Retry-After": str(reset_s)}


def _require_known(principal: Principal, right: Right, parameters: Mapping[str, Any]) -> None:
    """404 for another's asset, as for one that does not exist."""
    if right.about not in {"asset", "alert"}:
        return
    (number,) = parameters.values()
    if right.about == "asset" and not principal.may_know(number):
        raise unknown_asset(number)
    if right.about == "alert":
        alert = parse_alert_id(number)
        if alert is None or not principal.may_know(alert[0]):
            raise unknown_alert(number)


def unknown_alert(number: str) -> Problem:
    """404 for an alert's id."""
    return Problem(404, "alert.unknown", "there is no alert of this id", value=number[:200])


def _role(principal: Principal) -> str:
    return f"the role {principal.role}" if principal.role else "a token without one of the roles"


def _with(headers: Mapping[str, str], send: Send) -> Send:
    if not headers:
        return send

    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            told = MutableHeaders(scope=message)
            for name, value in headers.items():
                told.setdefault(name, value)
        await send(message)

    return adding
