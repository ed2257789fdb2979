"""A small JSON body as a struct; what does not fit is a problem that names the field."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec
from starlette.requests import Request

from thermaliq.api.problem import Problem
from thermaliq.api.representation import JSON

Body = TypeVar("Body", bound=msgspec.Struct)

_FIELD: Final = re.compile(r"at `\$\.(\w+)")
_NAMED: Final = re.compile(r"(?:required|unknown) field `(\w+)`")


async def body_of(request: Request, kind: type[Body]) -> Body:
    """The request's body; an empty one is `{}`. Problems: 415 another media type, 422 what does not fit."""
    body = await request.body()
    media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if body and media_type != JSON:
        raise Problem(415, "http.unsupported_media_type", f"send {JSON}", value=media_type[:64])
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        named = _FIELD.search(str(error)) or _NAMED.search(str(error))
        more = {"field": named[1]} if named else {}
        raise Problem(422, "body.invalid", str(error)[:500], **more) from error
