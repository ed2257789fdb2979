"""One answer of a device → samples: what it means where it is refused, short, late, NaN or out of range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.modbus import registers
from connectors.modbus.plan import Place, Request
from connectors.source import Sample
from schemas.errors import MalformedError
from schemas.quality import BAD_DECODING_ERROR, BAD_DEVICE_FAILURE, BAD_OUT_OF_RANGE, GOOD
from schemas.site import ModbusAddress

YEAR_1_US = -62_135_596_800_000_000
YEAR_9999_END_US = 253_402_300_799_999_999


@dataclass(frozen=True)
class Answer:
    """A request's words (bits as 0 and 1), or none and the status that says why; and when it was, half way."""

    request: Request
    words: Sequence[int]
    status: int
    midpoint_us: int
    midpoint_s: float


def status_of(request: Request, words: Sequence[int]) -> int:
    """GOOD for as many words as were asked for (bits come in whole bytes), else the device failed."""
    wanted = request.count
    if request.table in {"coil", "discrete_input"}:
        wanted = (wanted + 7) // 8 * 8
    return GOOD if len(words) == wanted else BAD_DEVICE_FAILURE


def device_us(answer: Answer) -> int | None:
    """The device's own time in this answer, if it is there and a time."""
    clock = answer.request.clock
    if clock is None or answer.status != GOOD:
        return None
    try:
        ts_us = registers.clock_us(clock, _words(answer, clock))
    except MalformedError:
        return None
    return ts_us if ts_us is not None and YEAR_1_US <= ts_us <= YEAR_9999_END_US else None


def samples_of(answer: Answer, ts_us: int) -> list[Sample]:
    """A sample of every tag of the request."""
    if answer.status != GOOD:
        return [Sample(place.tag.id, ts_us, None, answer.status) for place in answer.request.places]
    return [_sample(answer, place, ts_us) for place in answer.request.places]


def _sample(answer: Answer, place: Place, ts_us: int) -> Sample:
    try:
        raw = registers.decode(place.address, _words(answer, place.address))
    except MalformedError:
        return Sample(place.tag.id, ts_us, None, BAD_DECODING_ERROR)
    value = math.nan if raw is None else place.tag.conversion.to_si(raw)
    if not math.isfinite(value):
        return Sample(place.tag.id, ts_us, None, BAD_OUT_OF_RANGE)
    return Sample(place.tag.id, ts_us, value, GOOD)


def _words(answer: Answer, address: ModbusAddress) -> Sequence[int]:
    start = address.address - answer.request.address
    return answer.words[start : start + registers.words_of(address)]
