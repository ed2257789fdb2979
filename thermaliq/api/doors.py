"""The routes of an application, each with its row of the table of rights; found as the router finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Mount, compile_path
from starlette.types import Scope

from thermaliq.access.rights import WEBSOCKET, Right, right_of


@dataclass(frozen=True)
class Door:
    """One route."""

    path_format: str
    pattern: re.Pattern[str]
    rights: Mapping[str, Right]
    """By method."""


def doors_of(app: FastAPI) -> tuple[Door, ...]:
    """In the router's order; LookupError where one has no row in the table."""
    return tuple(_door(context) for context in iter_route_contexts(app.routes))


def templates_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, path) of every route."""
    for context in iter_route_contexts(app.routes):
        for method in _methods(context):
            yield method, _template(context)


def find(doors: Sequence[Door], scope: Scope) -> tuple[Door | None, dict[str, Any]]:
    """The door that a request stands at, and its parameters; where only the method is wrong, a door that lacks it."""
    path, root = scope["path"], scope.get("root_path", "")
    path = path[len(root) :] if root and path.startswith(f"{root}/") else path
    near = None
    for door in doors:
        match = door.pattern.match(path)
        if match is not None and scope["method"] in door.rights:
            return door, match.groupdict()
        if match is not None and near is None:
            near = door
    return near, {}


def _door(context: RouteContext) -> Door:
    template = _template(context)
    pattern, path_format, _ = compile_path(template)
    return Door(path_format, pattern, {method: right_of(method, path_format) for method in _methods(context)})


def _template(context: RouteContext) -> str:
    path = context.path or ""
    return f"{path}/{{path:path}}" if isinstance(context.route, Mount) else path


def _methods(context: RouteContext) -> frozenset[str]:
    if isinstance(context.route, Mount):
        return frozenset({"GET", "HEAD"})
    return frozenset(context.methods or {WEBSOCKET})
