"""Times in a query: RFC 3339, or microseconds since the epoch."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from schemas.rows import FIRST_US, LAST_US
from thermaliq.api.problem import Problem

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def parse_us(text: str) -> int:
    """Epoch microseconds; ValueError where `text` is no time of the years 1 to 9999."""
    if _NUMBER.fullmatch(text):
        us = int(text)
    elif _RFC_3339.fullmatch(text):
        us = (datetime.fromisoformat(text.upper().replace(" ", "T")) - EPOCH) // MICROSECOND
    else:
        raise ValueError("write RFC 3339 with its offset, as 2026-01-31T12:00:00Z, or epoch microseconds")
    if not FIRST_US <= us <= LAST_US:
        raise ValueError("outside the years 1 to 9999")
    return us


def time_of(field: str, text: str | None) -> int | None:
    """The time of a query parameter; a problem that names it where it is none."""
    if text is None:
        return None
    try:
        return parse_us(text)
    except (ValueError, OverflowError) as error:
        raise Problem(422, "time.invalid", f"{field}: {error}", field=field, value=text[:100]) from error
