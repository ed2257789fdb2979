"""CPU per reading of the pipeline, without the store, beside the least that any consumer does: decode and columns."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import islice
from math import nan
from statistics import median

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks import plant
from benchmarks.result import Result
from calc.asset_types import ASSET_TYPES
from schemas.point import Point
from schemas.reading import ReadingBatch
from streams.changes import Columns, Loaded, Pane, Record
from streams.pipeline import Pipeline
from streams.plan import Plan, compile_plan
from streams.state import concatenate
from thermaliq.working import partition_of, spare_collector

READINGS_A_RECORD = 40
RECORDS_A_PASS = 400
"""What a fetch of 1 MiB holds."""
ROUND_S = 300
"""Event time of one round: five panes and five short windows an asset, and one long window."""
ROUNDS = 5
FLEETS = (64, 1000)
CEILING = 3.0


class NoHistory:
    """Nothing here is late, so nothing older is asked for."""

    def readings(self, series: Sequence[int], from_us: int, to_us: int) -> Columns:
        """Never called."""
        raise AssertionError(series, from_us, to_us)

    def panes(self, asset: int, from_us: int, to_us: int) -> Sequence[Pane]:
        """Never called."""
        raise AssertionError(asset, from_us, to_us)

    def points(self, asset: int, window: str, from_us: int, to_us: int) -> Sequence[Point]:
        """Never called."""
        raise AssertionError(asset, window, from_us, to_us)

    def obeyed(self, command_id: str) -> bool:
        """Never called."""
        raise AssertionError(command_id)


def numbered_plan(count: int) -> Plan:
    """The plan of `count` boilers, numbered as an empty database would."""
    site = plant.boilers(count)
    assets = {asset.id: number for number, asset in enumerate(site.assets, 1)}
    series = {tag: number for number, tag in enumerate(site.tags(), 1)}
    return compile_plan([site], assets, series, ASSET_TYPES, {})


def fresh_pipeline(plan: Plan) -> Pipeline:
    """A pipeline whose one partition was never read."""
    pipeline = Pipeline(plan, "thermaliq.readings", NoHistory(), partition_of(1))
    pipeline.assign(0, Loaded(0, None, 1, 0, (), (), (), (), concatenate([])))
    return pipeline


def columns_of(records: Sequence[Record], series: Mapping[str, Mapping[str, int]]) -> tuple[NDArray[np.generic], ...]:
    """The rival: typed decoding by msgspec, and numpy columns of what it found."""
    numbers: list[int] = []
    times: list[int] = []
    values: list[float] = []
    status: list[int] = []
    for record in records:
        batch = _decoder.decode(record.value)
        own = series[batch.asset]
        numbers += [own[reading.tag] for reading in batch.readings]
        times += [reading.ts_us for reading in batch.readings]
        values += [nan if reading.value is None else reading.value for reading in batch.readings]
        status += [reading.status for reading in batch.readings]
    return np.array(numbers, np.int32), np.array(times), np.array(values), np.array(status)


_decoder = msgspec.json.Decoder(ReadingBatch)


def run() -> list[Result]:
    """One line a size of fleet."""
    return [_compare(count) for count in FLEETS]


def _compare(count: int) -> Result:
    plan = numbered_plan(count)
    pipeline = fresh_pipeline(plan)
    spare_collector()
    series = {name: asset.measurands for name, asset in plan.tag_assets.items()}
    rounds = [_round(count, number, pipeline, series) for number in range(ROUNDS + 1)][1:]
    ours, rival = (median(each) for each in zip(*rounds, strict=True))
    ratio = median(mine / theirs for mine, theirs in rounds)
    what = f"pipeline CPU a reading, {count} assets, beside msgspec decode + numpy columns"
    return Result("pipeline_cpu", what, ours, rival, "µs", ratio, "≤", CEILING)


def _round(count: int, number: int, pipeline: Pipeline, series: Mapping[str, Mapping[str, int]]) -> tuple[float, float]:
    """(ours, rival) µs a reading over one round, the two taking turns at each pass's records."""
    start_s = number * ROUND_S
    records = plant.records(count, READINGS_A_RECORD, start_s, start_s + ROUND_S, pipeline.partitions[0].next_offset)
    ours = rival = 0.0
    while batch := list(islice(records, RECORDS_A_PASS)):
        began = time.process_time()
        columns_of(batch, series)
        between = time.process_time()
        pipeline.process(0, batch)
        ours += time.process_time() - between
        rival += between - began
    readings = count * ROUND_S * len(plant.LEVELS)
    return ours / readings * 1e6, rival / readings * 1e6
