"""Records → readings as columns; what cannot be used is set aside with its reason, the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas import codec
from schemas.command import Command
from schemas.dead_letter import DeadLetter, Stage
from schemas.errors import MalformedError
from schemas.gap import Gap
from schemas.ids import site_of
from schemas.quality import UNCERTAIN_FROM, Flag
from schemas.reading import FUTURE_MAX_US, PAST_MAX_US, Reading
from streams.changes import Columns, Record
from streams.plan import Plan, TagAsset

ORIGIN_FLAGS = {"held": Flag.HELD, "backfill": Flag.BACKFILL}
FAULTS = ("", "normalize.unknown_tag", "normalize.time", "normalize.not_finite", "normalize.null_good")
UNDECODED = "decode.reading"


class Stream(NamedTuple):
    """One run of one source telling of one asset; its batches are numbered without holes."""

    source: str
    session: str


class Span(NamedTuple):
    """The rows [low, high) that one record brought."""

    append_us: int
    asset: TagAsset
    low: int
    high: int
    stream: Stream
    sequence: int


@dataclass(frozen=True)
class Normalized:
    """What a run of records holds: readings in order of arrival, and what stood beside them."""

    readings: Columns
    spans: list[Span]
    commands: list[tuple[Record, Command]]
    dead_letters: list[DeadLetter]
    strays: list[tuple[str, Record]]
    """(group, record) that arrived in another partition than its group's."""
    foreign_sites: int
    gaps: list[tuple[int, Gap]]
    """(asset, gap) that connectors told."""


def normalize(
    plan: Plan, topic: str, partition: int, records: Sequence[Record], is_ours: Callable[[str], bool]
) -> Normalized:
    """Decode and check `records`. `is_ours` tells whether a group belongs to this partition."""
    reader = _Reader(plan, topic, partition, is_ours)
    for record in records:
        reader.read(record)
    readings, spans = reader.columns()
    return Normalized(
        readings, spans, reader.commands, reader.letters, reader.strays, reader.foreign_sites, reader.gaps
    )


class _Decoded(NamedTuple):
    record: Record
    asset: TagAsset
    size: int
    origin: Flag
    stream: Stream
    sequence: int
    failures: tuple[int, ...]


class _Reader:
    """Records on their way to columns."""

    def __init__(self, plan: Plan, topic: str, partition: int, is_ours: Callable[[str], bool]) -> None:
        self.plan, self.topic, self.partition, self.is_ours = plan, topic, partition, is_ours
        self.batches: list[_Decoded] = []
        self.series: list[int] = []
        self.ts_us: list[int] = []
        self.value: list[float | None] = []
        self.status: list[int] = []
        self.commands: list[tuple[Record, Command]] = []
        self.letters: list[DeadLetter] = []
        self.strays: list[tuple[str, Record]] = []
        self.foreign_sites = 0
        self.gaps: list[tuple[int, Gap]] = []

    def read(self, record: Record) -> None:
        schema = codec.schema_of(record.headers)
        try:
            if schema == codec.COMMAND:
                self._read_command(record)
            elif schema == codec.READING_BATCH:
                self._read_batch(record)
            elif schema == codec.GAP:
                self._read_gap(record)
            else:
                self._set_aside(record, "decode.schema", "decode", None, f"{schema} is not {codec.READING_BATCH}")
        except MalformedError as error:
            stage, _, _ = error.code.partition(".")
            self._set_aside(
                record, error.code, "command" if schema == codec.COMMAND else _stage(stage), None, error.detail
            )

    def _read_command(self, record: Record) -> None:
        command = codec.decode_command(record.value)
        asset = self._find(command.asset, "command.unknown_asset")
        if self.is_ours(asset.group):
            self.commands.append((record, command))
        else:
            self.strays.append((asset.group, record))

    def _read_gap(self, record: Record) -> None:
        gap = codec.decode_gap(record.value)
        asset = self._find(gap.asset, "normalize.unknown_asset")
        if self.is_ours(asset.group):
            self.gaps.append((asset.number, gap))
        else:
            self.strays.append((asset.group, record))

    def _read_batch(self, record: Record) -> None:
        batch, failures = codec.decode_batch(record.value)
        if site_of(batch.asset) not in self.plan.site_ids:
            self.foreign_sites += 1
            return
        asset = self._find(batch.asset, "normalize.unknown_asset")
        if self.is_ours(asset.group):
            origin = ORIGIN_FLAGS.get(batch.origin, Flag.NONE)
            self.batches.append(
                _Decoded(
                    record,
                    asset,
                    len(batch.readings),
                    origin,
                    Stream(batch.source, batch.session),
                    batch.sequence,
                    failures,
                )
            )
            self._append(batch.readings, asset.measurands)
        else:
            self.strays.append((asset.group, record))

    def _append(self, readings: Sequence[Reading], measurands: Mapping[str, int]) -> None:
        """To the columns at once, while the readings are in the processor's cache, and none is kept."""
        try:
            self.series += [measurands[reading.tag] for reading in readings]
        except KeyError:
            self.series += [measurands.get(reading.tag, -1) for reading in readings]
        self.ts_us += [reading.ts_us for reading in readings]
        self.value += [reading.value for reading in readings]
        self.status += [reading.status for reading in readings]

    def _find(self, asset: str, code: str) -> TagAsset:
        found = self.plan.tag_assets.get(asset)
        if found is None:
            raise MalformedError(code, f"no loaded site has the asset {asset}")
        return found

    def _set_aside(
        self, record: Record, code: str, stage: Stage, failures: Sequence[int] | None, detail: str = ""
    ) -> None:
        indices = None if failures is None else tuple(failures)
        self.letters.append(
            DeadLetter(
                record.key, record.value, code, stage, self.topic, self.partition, record.offset, indices, detail
            )
        )

    def columns(self) -> tuple[Columns, list[Span]]:
        """All readings that can be used, and which record brought which."""
        readings, append = self._raw()
        self._flag_ranges(readings)
        fault = self._faults(readings, append)
        highs = np.cumsum([item.size for item in self.batches], dtype=np.int64)
        self._report(fault, highs)
        if fault.any():
            keep = fault == 0
            readings = Columns(*(column[keep] for column in vars(readings).values()))
            highs = np.append(0, np.cumsum(keep))[highs]
        lows = np.append(0, highs[:-1])
        spans = [
            Span(item.record.append_us, item.asset, low, high, item.stream, item.sequence)
            for item, low, high in zip(self.batches, lows.tolist(), highs.tolist(), strict=False)
        ]
        return readings, spans

    def _raw(self) -> tuple[Columns, NDArray[np.int64]]:
        sizes = [item.size for item in self.batches]
        columns = Columns(
            np.array(self.series, np.int32),
            np.array(self.ts_us, np.int64),
            np.array(self.value, np.float64),
            np.array(self.status, np.int64),
            np.repeat(np.array([item.origin for item in self.batches], np.int16), sizes),
        )
        return columns, np.repeat(np.array([item.record.append_us for item in self.batches], np.int64), sizes)

    def _flag_ranges(self, readings: Columns) -> None:
        if len(self.plan.lower):
            lower, upper = self.plan.lower[readings.series], self.plan.upper[readings.series]
            readings.flag[(readings.value < lower) | (readings.value > upper)] = Flag.OUT_OF_RANGE

    def _faults(self, readings: Columns, append: NDArray[np.int64]) -> NDArray[np.int8]:
        """0 or an index into `FAULTS`; the first that fits."""
        ts, value = readings.ts_us, readings.value
        fault = np.zeros(len(ts), np.int8)
        fault[np.isnan(value) & (readings.status < UNCERTAIN_FROM)] = 4
        fault[np.isinf(value)] = 3
        fault[(ts < append - PAST_MAX_US) | (ts > append + FUTURE_MAX_US)] = 2
        fault[readings.series < 0] = 1
        return fault

    def _report(self, fault: NDArray[np.int8], highs: NDArray[np.int64]) -> None:
        """One dead letter for each record that has failed readings, with the code of its first."""
        wrong = np.flatnonzero(fault)
        suspects = set(np.searchsorted(highs, wrong, side="right").tolist())
        suspects.update(index for index, item in enumerate(self.batches) if item.failures)
        for index in sorted(suspects):
            item = self.batches[index]
            low = int(highs[index]) - item.size
            total = item.size + len(item.failures)
            undecoded = set(item.failures)
            decoded = [position for position in range(total) if position not in undecoded]
            codes = dict.fromkeys(item.failures, UNDECODED)
            for row, position in enumerate(decoded):
                if fault[low + row]:
                    codes[position] = FAULTS[fault[low + row]]
            failures = sorted(codes)
            code = codes[failures[0]]
            self._set_aside(item.record, code, _stage(code.partition(".")[0]), failures)


def _stage(word: str) -> Stage:
    return "decode" if word == "decode" else "normalize"
