"""The synthetic plant obeys the first law, and the same seed and time are the same plant."""

import hashlib
import itertools
from pathlib import Path

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI

from connectors.simulator import plant, steam_boiler

FOLDER = Path(steam_boiler.__file__).parent / "datasets" / "steam_boiler"
TIMES_S = [1_700_000_000.0 + 37.0 * step for step in range(120)]


def h(T: float, p: float) -> float:
    return float(PropsSI("H", "T", T, "P", p, "Water"))


@pytest.mark.parametrize("t_s", TIMES_S[:40])
def test_what_goes_into_the_boiler_comes_out(t_s: float) -> None:
    boiler = plant.boiler(t_s)
    steam = boiler.m_steam * (float(PropsSI("H", "P", boiler.p, "Q", 1, "Water")) - h(boiler.T_feedwater, boiler.p))
    economiser = boiler.m_steam * (h(boiler.T_water_out, boiler.p) - h(boiler.T_feedwater, boiler.p))
    assert boiler.m_fuel * plant.LHV == pytest.approx(steam + boiler.Q_stack + boiler.Q_shell, rel=1e-9)
    assert boiler.Q_steam == pytest.approx(steam, rel=1e-12)
    assert boiler.Q_economiser == pytest.approx(economiser, rel=1e-6)
    assert boiler.m_air == pytest.approx(boiler.m_fuel * plant.AIR_RATIO)


def test_the_exchanger_loses_through_its_shell_alone() -> None:
    for t_s in TIMES_S:
        x = plant.exchanger(t_s)
        given = x.m_hot * (h(x.T_hot_in, plant.P_LOOP) - h(x.T_hot_out, plant.P_LOOP))
        taken = x.m_cold * (h(x.T_cold_out, plant.P_LOOP) - h(x.T_cold_in, plant.P_LOOP))
        assert given == pytest.approx(taken + x.Q_shell, rel=1e-6)
        assert x.T_hot_in > x.T_cold_out
        assert x.T_hot_out > x.T_cold_in


def test_the_chillers_condenser_takes_cooling_and_electricity_but_for_the_shell() -> None:
    for t_s in TIMES_S:
        c = plant.chiller(t_s)
        cooling = c.m_chilled * (h(c.T_chilled_in, plant.P_LOOP) - h(c.T_chilled_out, plant.P_LOOP))
        rejected = c.m_condenser * (h(c.T_condenser_out, plant.P_LOOP) - h(c.T_condenser_in, plant.P_LOOP))
        assert cooling == pytest.approx(c.Q_cooling, rel=1e-6)
        assert rejected == pytest.approx(c.Q_cooling + c.W_dot - c.Q_shell, rel=1e-6)
        assert c.Q_cooling / c.W_dot < c.T_chilled_out / (c.T_condenser_in - c.T_chilled_out)


def test_a_dead_fire_burns_nothing_and_makes_nothing() -> None:
    off = next(t_s for t_s in itertools.count(1_700_000_000) if plant.is_off(t_s))
    row = plant.row_at(off * 1_000_000, 1)
    assert row.values["works/boiler/fuel_flow"] == 0.0
    assert row.values["works/boiler/steam_flow"] == 0.0


def test_soot_blowing_is_flagged() -> None:
    blowing = next(t_s for t_s in itertools.count(1_700_000_000) if plant.is_blowing(t_s))
    assert plant.row_at(blowing * 1_000_000, 1).values["works/boiler/soot_blowing"] == 1.0
    assert plant.row_at((blowing - 1) * 1_000_000, 1).values["works/boiler/soot_blowing"] == 0.0


def test_the_same_seed_and_time_are_the_same_row_and_others_are_not() -> None:
    ts_us = 1_700_000_000_000_000
    assert plant.row_at(ts_us, 1) == plant.row_at(ts_us, 1)
    assert plant.row_at(ts_us, 1) != plant.row_at(ts_us, 2)


def test_the_noise_is_as_small_as_its_instruments_say() -> None:
    rows = [plant.row_at(round(t_s * 1e6), 1) for t_s in TIMES_S]
    tag = "works/boiler/steam_pressure"
    errors = [row.values[tag] / plant.states(row.ts_us / 1e6)[tag] - 1.0 for row in rows]
    assert 0.001 < float(np.std(errors)) < 0.003


def test_the_data_set_lies_here_byte_for_byte() -> None:
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in FOLDER.iterdir()}
    assert digests == {
        "BoilerClosedLoopCase23328000.mos": "9a26a87e8a7fdd778b23902ddae74acbfaab841169f974cea011c48da5618fe6",
        "LICENSE.html": "255941216df37d154edc134f788959eba18283b2799dd291824f62dc2f2511c7",
        "README.md": "568bc4849e5ae0c0070448352d94d04af30683db95651795ac9dfc05c2a99bd0",
    }


def test_every_row_and_column_of_the_data_set_is_played() -> None:
    rows = list(steam_boiler.rows())
    assert len(rows) == 9121
    assert sorted(steam_boiler.COLUMNS.values()) == list(range(2, 17))
    assert rows[0].ts_us == steam_boiler.ORIGIN_US + 23_328_000 * 1_000_000
    assert {later.ts_us - row.ts_us for row, later in itertools.pairwise(rows)} == {900_000_000}
    assert sum(row.values["campus/boiler/fuel_flow"] == 0.0 for row in rows) == 895
    assert sum(row.values["campus/boiler/air_temperature"] < 67.0 for row in rows) == 895
