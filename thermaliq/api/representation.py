"""The form of an answer, by what the caller accepts: JSON or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from thermaliq.api.problem import Problem

JSON: Final = "application/json"
CSV: Final = "text/csv"
_encoder = msgspec.json.Encoder()


def accepted(header: str, offered: Sequence[str]) -> str | None:
    """The best of `offered` for an Accept header; None where it wants none of them."""
    wanted = [_range(part) for part in header.split(",") if part.strip()] or [("*/*", 1.0)]
    best, best_q = None, 0.0
    for media_type in offered:
        q = _quality(media_type, wanted)
        if q > best_q:
            best, best_q = media_type, q
    return best


def _range(part: str) -> tuple[str, float]:
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    q = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
    try:
        return media_type, float(q)
    except ValueError:
        return media_type, 0.0


def _quality(media_type: str, wanted: Iterable[tuple[str, float]]) -> float:
    """The q of the most precise range that `media_type` falls under."""
    precision = {media_type: 2, media_type.split("/", maxsplit=1)[0] + "/*": 1, "*/*": 0}
    found = [(precision[name], q) for name, q in wanted if name in precision]
    return max(found)[1] if found else 0.0


def json_response(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON."""
    return Response(_encoder.encode(body), status, headers=dict(headers or {}), media_type=JSON)


def list_response(request: Request, items: Sequence[Any], following: str | None, columns: Sequence[str]) -> Response:
    """`{items, next}`, or a table whose next page a `Link` header names."""
    form = accepted(request.headers.get("accept", ""), (JSON, CSV))
    if form is None:
        raise Problem(406, "http.not_acceptable", f"this can be had as {JSON} or {CSV}")
    headers = {"Vary": "Accept"}
    if form == JSON:
        return json_response({"items": items, "next": following}, headers=headers)
    if following is not None:
        headers["Link"] = f'<{request.url.include_query_params(next=following)}>; rel="next"'
    rows = (msgspec.to_builtins(item) for item in items)
    return Response(csv_text(rows, columns), headers=headers, media_type=f"{CSV}; header=present")


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """RFC 4180: a header line, a line a row; null is empty, lists are joined by a blank, objects are JSON."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(columns)
    for row in rows:
        table.writerow([_cell(row[column]) for column in columns])
    return written.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case dict():
            return _encoder.encode(value).decode()
        case list():
            return " ".join(map(str, value))
    return str(value)
