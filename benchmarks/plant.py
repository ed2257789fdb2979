"""The plant that is measured with: boilers of six tags at 1 Hz, as a loaded site and as records of readings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from calc.asset_types import ASSET_TYPES
from schemas import codec, site
from schemas.reading import Reading, ReadingBatch
from streams.changes import Record

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
START_US = 1_767_225_600 * SECOND_US
"""2026-01-01, a whole hour."""
SEED = 20_260_101
LATENESS_US = 60 * SECOND_US
TRANSPORT_US = 50_000
"""From the newest reading of a record to its append time."""
WINDOWS = (site.Window("5min", 5 * MINUTE_US, MINUTE_US), site.Window("1h", 60 * MINUTE_US, 5 * MINUTE_US))
LEVELS = {
    "steam_flow": (20.0, "kg/s"),
    "fuel_flow": (1.0, "kg/s"),
    "p_steam": (1.2e6, "Pa"),
    "T_feedwater": (380.0, "K"),
    "O2_dry": (0.03, "1"),
    "T_stack": (430.0, "K"),
}
"""SI value and unit of each tag; all six are inputs of the boiler."""
ACCURACIES = {"steam_flow": 0.01, "fuel_flow": 0.01, "T_feedwater": 0.002}


def boilers(count: int) -> site.Site:
    """A site of `count` directly measured boilers, each a group of its own with a source of its own."""
    return site.Site(
        id="mill",
        file="benchmark",
        revision="0",
        timezone="UTC",
        atmospheric_pressure_pa=101_325.0,
        lateness_us=LATENESS_US,
        idle_after_us=30 * SECOND_US,
        late_accept_us=60 * MINUTE_US,
        sources=tuple(_source(number) for number in range(count)),
        assets=tuple(_asset(number) for number in range(count)),
        alarms=tuple(_alarm(number) for number in range(count)),
    )


def _source(number: int) -> site.Source:
    tags = tuple(
        site.Tag(
            id=f"{_name(number)}/{measurand}",
            asset=_name(number),
            measurand=measurand,
            unit=unit,
            unit_si=unit,
            address=site.PushAddress(),
            valid_range=(0.0, 1e9),
            accuracy=site.Accuracy(relative=ACCURACIES[measurand]) if measurand in ACCURACIES else None,
        )
        for measurand, (_, unit) in LEVELS.items()
    )
    return site.Source(f"plc{number}", "push", "", site.PushOptions(), tags, LATENESS_US, 30 * SECOND_US)


def _asset(number: int) -> site.Asset:
    kind = ASSET_TYPES["boiler_direct"]
    given = {"LHV": 50e6, "fuel_cutoff": 0.02}
    return site.Asset(
        id=_name(number),
        group=_name(number),
        type=kind.name,
        inputs={measurand: f"{_name(number)}/{measurand}" for measurand in LEVELS},
        parameters={parameter.name: parameter.default for parameter in kind.parameters} | given,
        windows=WINDOWS,
    )


def _alarm(number: int) -> site.AlarmRule:
    return site.AlarmRule(_name(number), "efficiency_low", "5min", "eta", "<", 0.5, hysteresis=0.005)


def _name(number: int) -> str:
    return f"mill/boiler{number}"


def records(count: int, per_record: int, start_s: int, stop_s: int, first_offset: int = 0) -> Iterator[Record]:
    """What `count` boilers say in seconds [start, stop), `per_record` readings at a time, in order of append time.

    The boilers' records are out of step with one another, as connectors are. Only bytes wait in memory, which the
    garbage collector does not look at.
    """
    seconds = np.arange(start_s, stop_s)
    chance = np.random.default_rng((SEED, start_s))
    sway = 1.0 + 0.01 * chance.standard_normal((count, len(seconds), len(LEVELS)))
    values = sway * np.array([level for level, _ in LEVELS.values()])
    append_us: list[int] = []
    keys: list[bytes] = []
    bodies: list[bytes] = []
    for number in range(count):
        for newest_us, body in _records_of(number, values[number], START_US + seconds * SECOND_US, per_record):
            append_us.append(newest_us + TRANSPORT_US)
            keys.append(_name(number).encode())
            bodies.append(body)
    headers = codec.schema_header(codec.READING_BATCH)
    for offset, index in enumerate(np.argsort(append_us, kind="stable").tolist(), first_offset):
        yield Record(offset, append_us[index], keys[index], bodies[index], headers)


def _records_of(
    number: int, values: NDArray[np.float64], times_us: NDArray[np.int64], per_record: int
) -> Iterator[tuple[int, bytes]]:
    """(newest time, body) each, numbered from 0 within a run of the source of its own."""
    readings = [
        Reading(measurand, ts_us, value)
        for ts_us, row in zip(times_us.tolist(), values.tolist(), strict=True)
        for measurand, value in zip(LEVELS, row, strict=True)
    ]
    edges = [0, *range(1 + (number * 7) % per_record, len(readings), per_record), len(readings)]
    run = str(times_us[0])
    for sequence, (low, high) in enumerate(pairwise(edges)):
        newest_us = readings[high - 1].ts_us
        batch = ReadingBatch(_name(number), f"plc{number}", run, sequence, readings[low:high], sent_us=newest_us)
        yield newest_us, codec.encode(batch)
