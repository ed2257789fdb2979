"""All 95 days of the measured boiler, from registers, nodes and topics to rows, on real Kafka and TimescaleDB."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from statistics import fmean, median
from typing import Any, NamedTuple, cast

import pytest

from connectors.simulator.row import Row
from connectors.simulator.steam_boiler import COLUMNS, rows
from tests.boiler_play import play_to, quiet_servers, served
from tests.fix_product import Product

ROWS = 9121
ROW_S = 900
FUEL_CUTOFF = 0.04
BTU_IT_J = 1055.05585262
BOILER, ECONOMISER = "campus/boiler", "campus/economiser"
STORED = "SELECT count(*) FROM thermaliq.reading"
OPEN_WINDOWS_MAX = 2


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet_servers():
        yield


async def test_every_row_of_the_measured_boiler_arrives_once_and_becomes_what_the_publishers_measured(
    product: Product, mqtt_url: str
) -> None:
    data = list(rows())
    await run(product, mqtt_url, data)
    check_readings(product, data)
    check_sentinel(product)
    points = points_of(product, BOILER)
    check_windows(points, data)
    check_windows(points_of(product, ECONOMISER), data)
    check_null(points, data)
    check_heat_to_steam(points, data)
    assert median(point.eta for point in points.values() if point.eta is not None) == pytest.approx(0.943, abs=0.002)
    check_alarms(product)
    assert product.query("SELECT count(*) FROM thermaliq.v_dead_letter") == [(0,)]


async def run(product: Product, mqtt_url: str, data: list[Row]) -> None:
    """Play all rows through the running product, and let it end in good order."""
    async with served(data[0], mqtt_url, product.folder) as playing:
        connector = product.start("connect", str(playing.file))
        worker = product.start("work", str(playing.file))
        assert await play_to(product, playing, islice(data, 1, None)) == ROWS
        # the servers live in this event loop and answer its goodbye
        assert await asyncio.to_thread(product.stop, connector) == 0
        await product.until(STORED, ROWS * len(COLUMNS))
        last = f"SELECT count(*) >= {ROWS - OPEN_WINDOWS_MAX} FROM thermaliq.v_point WHERE asset = '{BOILER}'"
        await product.until(last, wanted=True)
        assert await asyncio.to_thread(product.stop, worker) == 0


def check_readings(product: Product, data: list[Row]) -> None:
    """What was served, value for value, and nothing else."""
    stored = product.query(
        "SELECT asset || '/' || tag, (extract(epoch FROM time) * 1000000)::bigint, value_si, status "
        "FROM thermaliq.v_reading"
    )
    assert len(stored) == ROWS * len(COLUMNS)
    assert {(tag, ts_us): (value, status) for tag, ts_us, value, status in stored} == {
        (tag, row.ts_us): (row.values[tag], 0) for row in data for tag in COLUMNS
    }


def check_sentinel(product: Product) -> None:
    """66.797 K is kept, flagged, and nothing else is."""
    flagged = product.query(
        "SELECT asset, tag, flag, round(value_si::numeric, 3)::float8, count(*) FROM thermaliq.v_reading "
        "WHERE flag IS NOT NULL GROUP BY 1, 2, 3, 4"
    )
    assert flagged == [(BOILER, "air_temperature", "out_of_range", 66.797, 895)]


class Point(NamedTuple):
    """What a row of `v_point` tells."""

    eta: float | None
    energy_out_j: float
    quality: str
    reasons: list[str]


Points = dict[int, Point]
"""By the window's start, µs."""


def points_of(product: Product, asset: str) -> Points:
    """The 15-minute points of an asset."""
    found = product.query(
        "SELECT (extract(epoch FROM window_start) * 1000000)::bigint, eta, energy_out_j, quality, reasons "
        f"FROM thermaliq.v_point WHERE asset = '{asset}' AND window_name = '15min' ORDER BY 1"
    )
    return {cast(int, start_us): Point(*cast(tuple[Any, Any, Any, Any], rest)) for start_us, *rest in found}


def check_windows(points: Points, data: list[Row]) -> None:
    """A window for each row, the newest may still be open; where it has no efficiency, it says why."""
    assert len(points) >= ROWS - OPEN_WINDOWS_MAX
    assert list(points) == [row.ts_us for row in data][: len(points)]
    assert all(point.eta is not None or point.reasons for point in points.values())


def check_null(points: Points, data: list[Row]) -> None:
    """899: 895 without fuel and the 4 start-up rows that the data set's README names."""
    off = {row.ts_us for row in data if row.values["campus/boiler/fuel_flow"] <= FUEL_CUTOFF}
    null = {start_us: point for start_us, point in points.items() if point.eta is None}
    assert set(null) == off
    assert len(null) == 899
    assert {(point.quality, *point.reasons) for point in null.values()} == {("BAD", "no_fuel")}


def check_heat_to_steam(points: Points, data: list[Row]) -> None:
    """The publishers' heat to steam over ours."""
    ratios = [
        row.values["campus/boiler/part_load"] * 60e6 * BTU_IT_J / 3600 / (points[row.ts_us].energy_out_j / ROW_S)
        for row in data
        if row.ts_us in points and points[row.ts_us].eta is not None
    ]
    assert len(ratios) == len(points) - 899
    assert fmean(ratios) == pytest.approx(0.99967, abs=0.0003)


def check_alarms(product: Product) -> None:
    """An alarm is a state that lasts: some episodes in 95 days, each begun and ended by a window with a value."""
    transitions = product.query(
        "SELECT t.asset, t.name, t.state, t.value, p.eta FROM thermaliq.v_alarm_transition t "
        "LEFT JOIN thermaliq.v_point p ON p.asset = t.asset AND p.window_name = '15min' AND p.time = t.time "
        "ORDER BY t.asset, t.name, t.time"
    )
    assert 20 < len(transitions) < 100
    assert all(value is not None and eta is not None for *_, value, eta in transitions)
    for alarm in {transition[:2] for transition in transitions}:
        states = [state for asset, name, state, _, _ in transitions if (asset, name) == alarm]
        assert set(states[::2]) == {"unacknowledged"}
        assert set(states[1::2]) <= {"returned_unacknowledged"}
