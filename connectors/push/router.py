"""A pushed body → batches in SI with the group each goes to, and what is refused of it, reading by reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

import msgspec

from schemas import codec
from schemas.errors import MalformedError
from schemas.quality import UNCERTAIN_FROM
from schemas.reading import FUTURE_MAX_US, PAST_MAX_US, Reading, ReadingBatch
from schemas.site import Conversion, Site, Tag
from schemas.topics import RECORD_BYTES_MAX

BATCHES_MAX: Final = 1000
CONVERSIONS_MAX: Final = 4096
"""Distinct pairs of unit and tag that are remembered."""

ConversionOf = Callable[[str, str, float], Conversion | None]
"""(given unit, SI unit of the tag, barometer in Pa) → what makes SI of it; None where the unit does not fit."""

_batches: Final = msgspec.json.Decoder(list[msgspec.Raw])


class Refusal(msgspec.Struct, frozen=True):
    """Why a reading (by its index), or a whole batch (`index` null), was not taken."""

    batch: int
    index: int | None
    code: str


@dataclass(frozen=True)
class Outgoing:
    """A record for the readings topic."""

    group: str
    value: bytes
    readings: int


@dataclass
class Routed:
    """What becomes of a push."""

    accepted: list[Outgoing] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def readings(self) -> int:
        """How many readings are accepted."""
        return sum(outgoing.readings for outgoing in self.accepted)


@dataclass(frozen=True)
class _Door:
    """What one push source may say of one asset."""

    group: str
    barometer_pa: float
    tags: Mapping[str, Tag]


class Router:
    """Where pushed readings go: the `push` sources of the sites declare the tags."""

    def __init__(self, sites: Iterable[Site], conversion_of: ConversionOf) -> None:
        self._doors: dict[tuple[str, str], _Door] = {}
        self._assets: set[str] = set()
        self._conversion_of = conversion_of
        self._conversions: dict[tuple[str, str, float], Conversion | None] = {}
        for site in sites:
            self._open(site)

    def _open(self, site: Site) -> None:
        groups = site.groups()
        self._assets |= groups.keys()
        for source in site.sources:
            if source.protocol != "push":
                continue
            for asset in dict.fromkeys(tag.asset for tag in source.tags):
                tags = {tag.measurand: tag for tag in source.tags if tag.asset == asset}
                self._doors[asset, source.name] = _Door(groups[asset], site.atmospheric_pressure_pa, tags)

    def route(self, body: bytes, now_us: int, may_push: Callable[[str], bool]) -> Routed:
        """Check everything of `body`. `may_push` tells whose assets a caller knows; others do not exist for it.

        Raises `MalformedError` where it is neither a batch nor a list of batches, or too many.
        """
        routed = Routed()
        for number, raw in enumerate(split(body)):
            try:
                self._route_batch(number, bytes(raw), now_us, may_push, routed)
            except MalformedError as error:
                routed.refused.append(Refusal(number, None, error.code))
        return routed

    def _route_batch(
        self, number: int, raw: bytes, now_us: int, may_push: Callable[[str], bool], routed: Routed
    ) -> None:
        batch, failures = codec.decode_batch(raw)
        door = self._door_of(batch, may_push)
        undecoded = set(failures)
        places = [index for index in range(len(batch.readings) + len(failures)) if index not in undecoded]
        wrong = dict.fromkeys(failures, "decode.reading")
        good: list[Reading] = []
        for index, reading in zip(places, batch.readings, strict=True):
            converted = self._converted(reading, door, now_us)
            if isinstance(converted, str):
                wrong[index] = converted
            else:
                good.append(converted)
        routed.refused += [Refusal(number, index, wrong[index]) for index in sorted(wrong)]
        if good or not wrong:
            value = codec.encode(msgspec.structs.replace(batch, readings=good))
            if len(value) > RECORD_BYTES_MAX:
                raise MalformedError("push.too_large", f"a batch has {RECORD_BYTES_MAX} bytes at most")
            routed.accepted.append(Outgoing(door.group, value, len(good)))

    def _door_of(self, batch: ReadingBatch, may_push: Callable[[str], bool]) -> _Door:
        if batch.asset not in self._assets or not may_push(batch.asset):
            raise MalformedError("push.unknown_asset", "no site file declares an asset of this id")
        door = self._doors.get((batch.asset, batch.source))
        if door is None:
            raise MalformedError("push.unknown_source", "no push source of this name has tags of this asset")
        return door

    def _converted(self, reading: Reading, door: _Door, now_us: int) -> Reading | str:
        """The reading in SI, or why it is refused."""
        tag = door.tags.get(reading.tag)
        if tag is None:
            return "push.unknown_tag"
        if not now_us - PAST_MAX_US <= reading.ts_us <= now_us + FUTURE_MAX_US:
            return "push.time"
        value = reading.value
        if value is None and reading.status < UNCERTAIN_FROM:
            return "push.null_good"
        if isinstance(reading.unit, str):
            conversion = self._conversion(reading.unit, tag.unit_si, door.barometer_pa)
            if conversion is None:
                return "push.unit"
            value = None if value is None else conversion.to_si(value)
        if value is not None and not isfinite(value):
            return "push.not_finite"
        return Reading(reading.tag, reading.ts_us, value, reading.status)

    def _conversion(self, unit: str, unit_si: str, barometer_pa: float) -> Conversion | None:
        key = unit, unit_si, barometer_pa
        if key not in self._conversions:
            if len(self._conversions) >= CONVERSIONS_MAX:
                self._conversions.clear()
            self._conversions[key] = self._conversion_of(*key)
        return self._conversions[key]


def split(body: bytes) -> Sequence[msgspec.Raw]:
    """The batches of a body, which is one or a list of them."""
    if not body.lstrip(b" \t\r\n").startswith(b"["):
        return [msgspec.Raw(body)]
    try:
        batches = _batches.decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise MalformedError("push.not_json", str(error)) from error
    if len(batches) > BATCHES_MAX:
        raise MalformedError("push.too_many", f"one push has {BATCHES_MAX} batches at most")
    return batches
