"""A file played with its own timestamps, at any speed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.replay.number import is_empty, value_of
from connectors.replay.row import Row
from connectors.replay.table import columns_of, read_table
from connectors.source import Clock, Sample, Scan, Sink, SourceStatus
from schemas import site
from schemas.errors import ConfigError, UnavailableError
from schemas.quality import quality_of

_STEPS_TOLD_MAX = 10


@dataclass
class ReplaySummary:
    """What a replay has delivered so far."""

    rows: int = 0
    readings: int = 0
    skipped: int = 0
    """Empty and NaN cells."""
    seconds: float = 0.0


def _tell_nobody(rows: int, rows_total: int) -> None:
    """The progress of a replay that nobody watches."""


class ReplaySource:
    """Plays `path`; `speed` 1 is the file's own pace, `math.inf` as fast as the sink takes it."""

    def __init__(
        self,
        config: site.Source,
        path: Path,
        speed: float,
        clock: Clock,
        events: Events | None = None,
        *,
        batch_readings: int = 200,
        progress: Callable[[int, int], None] = _tell_nobody,
    ) -> None:
        if not isinstance(config.options, site.ReplayOptions):
            raise ConfigError("replay.options", f"{config.name} is no replay source")
        self.name = config.name
        self.status = SourceStatus()
        self.summary = ReplaySummary()
        self._options = config.options
        self._tags = config.tags
        self._path = path
        self._speed = speed
        self._clock = clock
        self._events = events or Events(CollectorRegistry())
        self._batch_readings = batch_readings
        self._progress = progress
        self._columns: list[tuple[site.Tag, int]] = []
        self._under_way: set[asyncio.Future[None]] = set()

    def check(self) -> int:
        """Read the whole file without sending anything; its number of rows, or `ConfigError` at what does not fit."""
        self._find_columns()
        rows = steps_back = 0
        latest_us: int | None = None
        for chunk in read_table(self._path, self._options):
            rows += len(chunk)
            for row in chunk:
                if latest_us is not None and row.ts_us < latest_us:
                    steps_back += 1
                    if steps_back <= _STEPS_TOLD_MAX:
                        self._events.replay_stepped_back(self.name, row.number, (latest_us - row.ts_us) / 1e6)
                latest_us = row.ts_us
        return rows

    async def run(self, sink: Sink) -> None:
        """Check the file, play it, and return when all of it is durable."""
        rows_total = await asyncio.to_thread(self.check)
        self.summary = ReplaySummary()
        self._under_way.clear()
        self.status.state = "up"
        started_s = self._clock.monotonic_s()
        await self._play(sink, started_s, rows_total)
        if self._under_way:
            done, _ = await asyncio.wait(self._under_way)
            if any(future.cancelled() for future in done):
                raise UnavailableError("replay.not_durable", "the sink closed before all was durable")
        self.summary.seconds = self._clock.monotonic_s() - started_s
        self._events.replay_skipped(self.name, self.summary.skipped)

    async def scan_once(self) -> list[Sample]:
        """The file's first row."""
        self._find_columns()
        for chunk in read_table(self._path, self._options, rows_max=1):
            return self._samples(chunk[0])
        return []

    async def _play(self, sink: Sink, started_s: float, rows_total: int) -> None:
        """Every row when it is due; rows that are due together travel together."""
        first_us: int | None = None
        samples: list[Sample] = []
        for chunk in read_table(self._path, self._options):
            for row in chunk:
                first_us = row.ts_us if first_us is None else first_us
                due_s = started_s + (row.ts_us - first_us) / 1e6 / self._speed
                wait_s = due_s - self._clock.monotonic_s()
                if samples and (wait_s > 0 or len(samples) >= self._batch_readings):
                    await self._hand_over(sink, samples, rows_total)
                    samples = []
                if wait_s > 0:
                    await asyncio.sleep(wait_s)
                samples += self._samples(row)
                self.summary.rows += 1
            # the reading of a chunk must not keep the loop from its other work
            await asyncio.sleep(0)
        await self._hand_over(sink, samples, rows_total)

    async def _hand_over(self, sink: Sink, samples: Sequence[Sample], rows_total: int) -> None:
        if samples:
            durable = await sink.put(Scan(samples))
            self._under_way.add(durable)
            durable.add_done_callback(self._forget)
        self.summary.readings += len(samples)
        for sample in samples:
            quality = quality_of(sample.status).name
            self.status.readings_total[quality] = self.status.readings_total.get(quality, 0) + 1
        self._progress(self.summary.rows, rows_total)

    def _forget(self, durable: asyncio.Future[None]) -> None:
        if not durable.cancelled():
            self._under_way.discard(durable)

    def _samples(self, row: Row) -> list[Sample]:
        samples: list[Sample] = []
        for tag, column in self._columns:
            cell = row.cells[column]
            if is_empty(cell):
                self.summary.skipped += 1
            else:
                samples.append(Sample(tag.id, row.ts_us, *value_of(cell, tag, self._options)))
        return samples

    def _find_columns(self) -> None:
        columns = [tag.address.column for tag in self._tags if isinstance(tag.address, site.ReplayAddress)]
        self._columns = list(zip(self._tags, columns_of(self._path, self._options, columns), strict=True))
