"""Query parameters that several routes share: spans of time, pages, lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, TypeVar

from fastapi import Query

from schemas.rows import FIRST_US, LAST_US
from thermaliq.api.moment import time_of
from thermaliq.api.problem import Problem
from thermaliq.api.token import unpack

DAY_US: Final = 86_400_000_000
LIMIT: Final = 1_000
LIMIT_MAX: Final = 10_000

From = Annotated[
    str | None, Query(alias="from", description="RFC 3339 or epoch µs, inclusive; default: 24 h before `to`")
]
To = Annotated[
    str | None, Query(description="RFC 3339 or epoch µs, exclusive; default: behind the newest of this asset")
]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Items on a page")]
Next = Annotated[
    str | None, Query(alias="next", description="`next` of the page before; all other parameters as they were")
]
Place = TypeVar("Place")


def span_us(from_text: str | None, to_text: str | None, newest_us: int | None) -> tuple[int, int] | None:
    """[from, to); by default the last day of the asset's own time; None where nothing can lie in it."""
    from_us, to_us = time_of("from", from_text), time_of("to", to_text)
    if from_us is not None and to_us is not None and from_us > to_us:
        raise Problem(422, "time.reversed", "from: later than to", field="from", value=from_text)
    if to_us is None:
        if newest_us is None:
            return None
        to_us = min(newest_us + 1, LAST_US)
    if from_us is None:
        from_us = max(to_us - DAY_US, FIRST_US)
    return from_us, to_us


def place_of(token: str | None, kind: type[Place]) -> Place | None:
    """Where a page goes on; a problem where the token is none of ours."""
    if token is None:
        return None
    place = unpack(token, kind)
    if place is None:
        raise Problem(422, "page.unknown", "next: not a token of this service", field="next", value=token[:100])
    return place


def one_of(field: str, value: str, known: Sequence[str]) -> str:
    """`value`, a problem with the known ones where it is none of them."""
    if value not in known:
        listed = ", ".join(known) or "none"
        detail = f"{field}: not known; there are: {listed}"
        raise Problem(422, f"{field}.unknown", detail, field=field, value=value[:100])
    return value
