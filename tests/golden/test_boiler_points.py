"""All 95 days of the measured boiler through the pipeline: 15-minute points against the publishers and against IF97."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median

import pytest

from schemas.point import Point
from schemas.quality import Flag
from tests.oracle.bench import Bench, plan_of
from tests.oracle.boiler import boiler_formula, h_feedwater, h_vapour
from tests.oracle.plant import SECOND_US, Feed, Machine, Parcel, Plant, Sample, Signal, Span
from tests.oracle.random_plants import BAD

DATASET = Path(__file__).parents[2] / "connectors/simulator/datasets/steam_boiler/BoilerClosedLoopCase23328000.mos"
ORIGIN_US = 1_704_067_200 * SECOND_US
"""2024-01-01, of which column 1 counts the seconds."""
BTU_IT_J = 1055.05585262
ROW_S = 900
SENTINEL_K = 66.797
COLUMNS = {"steam_flow": 6, "fuel_flow": 10, "p_steam": 12, "T_feedwater": 3, "T_air": 5}
BOILER = "mill/boiler1"
BATCH_ROWS = 256


@cache
def rows() -> list[list[float]]:
    """The table; column n stands at n − 1."""
    lines = DATASET.read_text(encoding="ascii").splitlines()[2:]
    return [[float(cell) for cell in line.split(",")] for line in lines if line.strip()]


def time_us(row: list[float]) -> int:
    """When a row was measured."""
    return ORIGIN_US + round(row[0]) * SECOND_US


def plant(lower_heating_value: float) -> Plant:
    """The boiler with its economiser; the air temperature is read beside it and has a range."""
    feed = Feed("history", lateness_us=0)
    signals = tuple(Signal(f"{BOILER}/{name}", feed.name, ROW_S * SECOND_US) for name in COLUMNS)
    air = replace(signals[-1], low=223.15, high=1273.15)
    boiler = Machine(
        id=BOILER,
        type="boiler_direct",
        inputs={name: f"{BOILER}/{name}" for name in COLUMNS if name != "T_air"},
        required=("steam_flow", "fuel_flow", "p_steam", "T_feedwater"),
        drivers=("fuel_flow",),
        formula=boiler_formula(lower_heating_value),
        windows=(Span("15min", ROW_S * SECOND_US, ROW_S * SECOND_US),),
        parameters={"LHV": lower_heating_value, "HHV": None, "steam": "saturated", "fuel_cutoff": 0.04},
    )
    return Plant((feed,), (*signals[:-1], air), (boiler,))


def parcels() -> list[Parcel]:
    """A record a row, and one more that ends the last window."""
    said = [
        Parcel(
            BOILER,
            "history",
            time_us(row),
            [Sample(f"{BOILER}/{name}", time_us(row), row[column - 1]) for name, column in COLUMNS.items()],
        )
        for row in rows()
    ]
    end_us = time_us(rows()[-1]) + ROW_S * SECOND_US
    return [*said, Parcel(BOILER, "history", end_us, [Sample(f"{BOILER}/fuel_flow", end_us, None, BAD)])]


@cache
def run(lower_heating_value: float) -> Bench:
    """The whole table, a few hundred records a pass."""
    records = parcels()
    return Bench(plan_of(plant(lower_heating_value))).run(records, cuts=range(0, len(records), BATCH_ROWS))


@pytest.fixture(scope="module")
def points() -> list[Point]:
    """A point a row, at the dataset's own heating value."""
    return run(50.0e6).points(BOILER)


def firing(points: list[Point]) -> list[tuple[list[float], Point, float]]:
    """(row, point, eta) where there is an efficiency."""
    return [(row, point, point.eta) for row, point in zip(rows(), points, strict=True) if point.eta is not None]


def test_every_row_has_its_point(points: list[Point]) -> None:
    assert len(rows()) == 9121
    assert [point.window_start_us for point in points] == [time_us(row) for row in rows()]
    assert {point.coverage for point in points} == {1.0}
    assert {point.method for point in points} == {"boiler_direct/lhv"}


def test_899_rows_without_fire_are_null_with_no_fuel(points: list[Point]) -> None:
    null = [(row, point) for row, point in zip(rows(), points, strict=True) if point.eta is None]
    assert len(null) == 899
    assert sum(row[9] == 0.0 for row, _ in null) == 895
    assert {(point.quality, *point.reasons) for _, point in null} == {("BAD", "no_fuel")}
    assert {(point.energy_in_j, point.energy_out_j, point.residual_j) for _, point in null} == {(0.0, 0.0, 0.0)}


def test_heat_to_steam_agrees_with_the_publishers(points: list[Point]) -> None:
    ratios = [
        row[3] * 60e6 * BTU_IT_J / 3600.0 * ROW_S / point.energy_out_j
        for row, point, _ in firing(points)
        if point.energy_out_j
    ]
    assert len(ratios) == 8222
    assert fmean(ratios) == pytest.approx(0.99967, abs=0.0003)


def test_median_efficiency_of_boiler_and_economiser_is_the_published_one(points: list[Point]) -> None:
    assert median(eta for _, _, eta in firing(points)) == pytest.approx(0.943, abs=0.002)


def test_every_points_energies_are_those_of_its_row_by_if97(points: list[Point]) -> None:
    for row, point, eta in firing(points):
        h_in = h_feedwater(row[11], row[2])
        assert h_in is not None
        out_j, in_j = row[5] * (h_vapour(row[11]) - h_in) * ROW_S, row[9] * 50.0e6 * ROW_S
        assert point.energy_out_j == pytest.approx(out_j, rel=1e-7)
        assert point.energy_in_j == pytest.approx(in_j, rel=1e-12)
        assert eta == pytest.approx(out_j / in_j, rel=1e-7)
        assert point.residual_j == pytest.approx(in_j - out_j, abs=1e-7 * in_j)


def test_the_sentinel_is_flagged_kept_and_not_used() -> None:
    store = run(50.0e6).store
    flagged = [value for value, status, flag in store.readings.values() if flag == Flag.OUT_OF_RANGE and status == 0]
    assert [round(value, 3) for value in flagged] == [SENTINEL_K] * 895
    assert len(store.readings) == 9121 * 5 + 1


def test_an_input_at_the_sentinel_does_not_stand() -> None:
    original = plant(50.0e6)
    (boiler,) = original.machines
    measured = replace(boiler, inputs={**boiler.inputs, "T_air": f"{BOILER}/T_air"})
    found = {
        point.window_start_us: point
        for point in Bench(plan_of(replace(original, machines=(measured,)))).run(parcels()[:3000]).points(BOILER)
    }
    falls = [
        time_us(row)
        for before, row in pairwise(rows()[:2999])
        if round(row[4], 3) == SENTINEL_K and round(before[4], 3) != SENTINEL_K
    ]
    at_sentinel = [time_us(row) for row in rows() if round(row[4], 3) == SENTINEL_K and time_us(row) in found]
    assert at_sentinel == falls  # a window without covered time is told once, then none until the input stands again
    for start_us in falls:
        point = found[start_us]
        assert (point.coverage, point.eta, point.reasons) == (0.0, None, ["coverage", "out_of_range:T_air"])


def test_efficiencies_above_unity_are_flagged_and_never_clipped(points: list[Point]) -> None:
    above = run(46.403e6).points(BOILER)
    impossible = [point for _, point, eta in firing(above) if eta > 1.0]
    assert len(impossible) == pytest.approx(7085, abs=10)  # 7085 with enthalpies of IAPWS-95, 7091 with those of IF97
    assert {(point.quality, *point.reasons) for point in impossible} == {("UNCERTAIN", "above_unity")}
    assert all("above_unity" not in point.reasons for _, point, eta in firing(above) if eta <= 1.0)
    for (_, _, eta), (_, _, eta_at_50) in zip(firing(above), firing(points), strict=True):
        assert eta == pytest.approx(eta_at_50 * 50.0 / 46.403, rel=1e-12)
