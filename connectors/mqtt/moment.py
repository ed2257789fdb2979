"""A time in a payload → epoch microseconds: RFC 3339, or a number told apart by size."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from connectors.text import number_of_text
from schemas.errors import MalformedError

Unit = Literal["s", "ms", "us", "ns", "iso"]
_RFC_3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?", re.ASCII | re.IGNORECASE
)
_NUMBER_MAX = 1e30
"""Beyond any time in any unit; NaN and the infinities are too."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TO_MICROSECONDS: dict[Unit, Fraction] = {
    "s": Fraction(10**6),
    "ms": Fraction(10**3),
    "us": Fraction(1),
    "ns": Fraction(1, 10**3),
}
_FIRST_US = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_END_US = (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1) + 1


def moment_of(raw: object, unit: Unit | None, zone: str | None) -> int:
    """Epoch microseconds of `raw`; raises `MalformedError` (`bad_time`) where it is no time of the years 1 to 9999."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise MalformedError("bad_time", f"no time: {raw!r}"[:200])
    if isinstance(raw, str):
        number = _number_of(raw)
        if unit == "iso" or number is None:
            if unit not in {"iso", None}:
                raise MalformedError("bad_time", f"no number: {raw!r}"[:200])
            return _of_text(raw.strip(), zone)
        return _of_number(number, unit)
    if unit == "iso" or not -_NUMBER_MAX < raw < _NUMBER_MAX:
        raise MalformedError("bad_time", f"no time: {raw!r}"[:200])
    return _of_number(Fraction(raw), unit)


def _number_of(text: str) -> Fraction | None:
    """The exact number that a text is; one beyond any time is none."""
    number = number_of_text(text, {})
    if number is None or not -_NUMBER_MAX < number < _NUMBER_MAX:
        return None
    return Fraction(Decimal(text.strip()))


def _of_number(number: Fraction, unit: Unit | None) -> int:
    return _in_range(round(number * _TO_MICROSECONDS[unit or _unit_by_size(abs(number))]))


def _unit_by_size(size: Fraction) -> Unit:
    if size < 10**11:
        return "s"
    if size < 10**14:
        return "ms"
    return "us" if size < 10**17 else "ns"


def _of_text(text: str, zone: str | None) -> int:
    found = _RFC_3339.fullmatch(text)
    if found is None:
        raise MalformedError("bad_time", f"not RFC 3339: {text!r}"[:200])
    date, time, fraction, offset = found.groups()
    if offset is None and zone is None:
        raise MalformedError("bad_time", f"no offset, and no timestamp_zone: {text!r}")
    try:
        moment = datetime.fromisoformat(f"{date}T{time}{(offset or '').upper()}")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone or "UTC"))
        whole_us = (aware - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError) as error:
        raise MalformedError("bad_time", f"{text!r}: {error}") from error
    return _in_range(whole_us + int((fraction or "")[:6].ljust(6, "0")))


def _in_range(ts_us: int) -> int:
    if not _FIRST_US <= ts_us < _END_US:
        raise MalformedError("bad_time", f"outside the years 1 to 9999: {ts_us} us")
    return ts_us
