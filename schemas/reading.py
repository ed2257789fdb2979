"""The reading and the batch: the record of the readings topic (`reading_batch/1`)."""

from __future__ import annotations

from typing import Literal

import msgspec

Origin = Literal["source", "connector", "held", "backfill"]

READINGS_MAX = 5000
"""The most readings that one batch may carry."""


class Reading(msgspec.Struct, gc=False, frozen=True):
    """One value of one measurand at one instant, in SI, with its whole OPC UA status code.

    A null `value` comes with a status that is not Good; a number with a Bad status is stored, never calculated with.
    """

    tag: str
    ts_us: int
    value: float | None
    status: int = 0
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
