"""Where records become durable: Kafka, or the segment log of the demo."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a durable record stands."""

    partition: int
    offset: int


class RecordLog(Protocol):
    """`send` waits, for ever if need be, while there is no room; its future is done when the record is durable.

    Records of one key keep the order in which they were sent. A future is cancelled when the log is closed before
    its record was durable; it never fails otherwise.
    """

    async def send(
        self, topic: str, key: bytes | None, value: bytes, headers: Headers, partition: int | None = None
    ) -> asyncio.Future[Position]:
        """Hand over a record; without a partition it goes where the key's hash says."""
        ...
