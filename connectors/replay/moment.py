"""Time cells → epoch microseconds: numbers, RFC 3339, local times of a zone with its doubled hour."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from connectors.replay.number import plain_number
from connectors.replay.row import Cell
from schemas import site

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNIT_US = {"s": Decimal(1_000_000), "ms": Decimal(1_000), "us": Decimal(1), "ns": Decimal("0.001")}
_YEARS_US = range(-62_135_596_800_000_000, 253_402_300_800_000_000)
_MIDNIGHT_24 = re.compile(r"(?<![\d:])24:00(?=(?::00(?:[.,]0+)?)?(?![\d:.,]))")


def time_reader(options: site.ReplayOptions) -> Callable[[Cell], int]:
    """A function from one row's time cell after the other to epoch µs; it raises `ValueError` with what is wrong."""
    if options.time.unit == "iso":
        return _CivilTime(options.time).read
    return lambda cell: _bounded(_of_number(cell, options))


def _of_number(cell: Cell, options: site.ReplayOptions) -> int:
    text = plain_number(cell, options).strip() if isinstance(cell, str) else str(cell)
    try:
        return options.time.origin_us + round(Decimal(text) * _UNIT_US[options.time.unit])
    except (InvalidOperation, OverflowError, ValueError):
        raise ValueError(f"it is no number of {options.time.unit}") from None


class _CivilTime:
    """Dates and times; within a doubled hour the order of rows decides which of the two it is."""

    def __init__(self, time: site.ReplayTime) -> None:
        self._format = time.format
        self._zone = ZoneInfo(time.zone) if time.zone else None
        self._latest_us: int | None = None

    def read(self, cell: Cell) -> int:
        moment = cell if isinstance(cell, datetime) else self._parse(cell)
        ts_us = _bounded(_epoch_us(moment) if moment.tzinfo is not None else self._localize(moment))
        self._latest_us = ts_us
        return ts_us

    def _parse(self, cell: Cell) -> datetime:
        text, next_days = _MIDNIGHT_24.subn("00:00", str(cell).strip())
        try:
            # a time without an offset gets the file's zone
            moment = datetime.strptime(text, self._format) if self._format else datetime.fromisoformat(text)  # noqa: DTZ007
            return moment + timedelta(days=next_days)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"it is no time as {self._format or 'RFC 3339'} writes it") from error

    def _localize(self, naive: datetime) -> int:
        if self._zone is None:
            raise ValueError("it has no offset from UTC; name the zone with time.zone")
        first = naive.replace(tzinfo=self._zone, fold=0)
        second = naive.replace(tzinfo=self._zone, fold=1)
        first_us, second_us = _epoch_us(first), _epoch_us(second)
        if second_us < first_us:
            raise ValueError(f"there is no such time in {self._zone.key}: the clocks were put forward over it")
        if self._latest_us is not None and first_us <= self._latest_us:
            return second_us
        return first_us


def _epoch_us(moment: datetime) -> int:
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND


def _bounded(ts_us: int) -> int:
    if ts_us not in _YEARS_US:
        raise ValueError("it is outside the years 1 to 9999")
    return ts_us
