"""The reading and the batch: the record of the readings topic (`reading_batch/1`)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from schemas.quality import STATUS_MAX

Origin = Literal["source", "connector", "held", "backfill"]

TIME_MIN_US = -62_135_596_800_000_000
"""The first instant of year 1."""
TIME_MAX_US = 253_402_300_799_999_999
"""The last instant of year 9999."""

PAST_MAX_US = 3653 * 86_400_000_000
FUTURE_MAX_US = 600_000_000
"""A reading's time lies in [append − 10 years, append + 10 min]."""

READINGS_MAX = 5000
"""The most readings that one batch may carry."""


class Reading(msgspec.Struct, gc=False, frozen=True):
    """One value of one measurand at one instant, in SI, with its whole OPC UA status code.

    A null `value` comes with a status that is not Good; a number with a Bad status is stored, never calculated with.
    """

    tag: str
    ts_us: Annotated[int, msgspec.Meta(ge=TIME_MIN_US, le=TIME_MAX_US)]
    value: float | None
    status: Annotated[int, msgspec.Meta(ge=0, le=STATUS_MAX)] = 0
    unit: str | msgspec.UnsetType = msgspec.UNSET
    """Only in an HTTP push: the unit of `value`; on Kafka a value is SI always."""


class ReadingBatch(msgspec.Struct, frozen=True):
    """Up to 5000 readings of one asset from one source; none is a heartbeat."""

    asset: str
    source: str
    session: str
    sequence: int
    readings: list[Reading]
    origin: Origin = "source"
    sent_us: int = 0
