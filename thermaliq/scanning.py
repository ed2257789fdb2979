"""`thermaliq test`: one scan of each source."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.source import Sample
from connectors.source import Source as Connector
from schemas import quality
from schemas.errors import UnavailableError
from schemas.site import Source, Tag
from thermaliq.printing import Row
from thermaliq.wiring import SystemClock, make_source

SCAN_WITHIN_S = 30.0
COLUMNS = ("source", "tag", "value", "unit", "status", "source time")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = {value: name.title().replace("_", "") for name, value in vars(quality).items() if name.startswith("BAD_")} | {
    quality.GOOD: "Good",
    quality.UNCERTAIN: "Uncertain",
    quality.BAD: "Bad",
}


async def scan(configs: Sequence[Source]) -> tuple[list[Row], list[UnavailableError]]:
    """A row a tag of every source, and the sources that did not answer."""
    sources = [make_source(config, SystemClock(), Events(CollectorRegistry())) for config in configs]
    answers = await asyncio.gather(*map(_scan_one, sources), return_exceptions=True)
    rows: list[Row] = []
    away: list[UnavailableError] = []
    for config, answer in zip(configs, answers, strict=True):
        if isinstance(answer, UnavailableError):
            away.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            rows += rows_of(config, {sample.tag: sample for sample in answer})
    return rows, away


async def _scan_one(source: Connector) -> list[Sample]:
    """One scan within the time that a person waits for a table."""
    try:
        async with asyncio.timeout(SCAN_WITHIN_S):
            return await source.scan_once()
    except TimeoutError as error:
        detail = f"{source.name} did not answer within {SCAN_WITHIN_S:g} s"
        raise UnavailableError("test.timeout", detail) from error


def rows_of(config: Source, samples: Mapping[str, Sample]) -> list[Row]:
    """A row a tag, in the order of the site file, in the plant's units."""
    return [_row(config.name, tag, samples.get(tag.id)) for tag in config.tags]


def _row(source: str, tag: Tag, sample: Sample | None) -> Row:
    row: dict[str, str | float | None] = {"source": source, "tag": tag.id, "unit": tag.unit}
    if sample is None:
        return {**row, "value": None, "status": "no reading", "source time": None}
    value = None if sample.value is None else tag.conversion.to_plant(sample.value)
    return {**row, "value": value, "status": status_name(sample.status), "source time": time_text(sample.ts_us)}


def status_name(status: int) -> str:
    """`BadTimeout` of a status code; its number where we have no name for it."""
    return _NAMES.get(status & 0xFFFF_0000, f"0x{status:08X}")


def time_text(ts_us: int) -> str:
    """RFC 3339, UTC, to the millisecond."""
    return (_EPOCH + timedelta(microseconds=ts_us)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
