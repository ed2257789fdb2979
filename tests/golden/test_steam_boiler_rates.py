"""The published boiler, row by row: heat to steam against the publishers' own figure, and its efficiency."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calc.asset_type import Floats, Rates
from calc.asset_types import ASSET_TYPES

ROWS = (
    Path(__file__).parents[2]
    / "connectors"
    / "simulator"
    / "datasets"
    / "steam_boiler"
    / "BoilerClosedLoopCase23328000.mos"
)
BTU_IT_J = 1055.05585262
BOILER = ASSET_TYPES["boiler_direct"]


@pytest.fixture(scope="module")
def table() -> Floats:
    return np.loadtxt(ROWS, delimiter=",", skiprows=2)


@pytest.fixture(scope="module")
def rates(table: Floats) -> Rates:
    parameters = {item.name: item.default for item in BOILER.parameters} | {"LHV": 50.0e6}
    inputs = {
        "steam_flow": table[:, 5],
        "fuel_flow": table[:, 9],
        "p_steam": table[:, 11],
        "T_feedwater": table[:, 2],
    }
    return BOILER.rates(inputs, parameters)


def test_heat_to_steam_agrees_with_the_publishers(table: Floats, rates: Rates) -> None:
    firing = table[:, 9] > 0.04
    publishers_w = table[firing, 3] * 60e6 * BTU_IT_J / 3600.0
    assert int(firing.sum()) == 8222
    assert float(np.mean(publishers_w / rates.energy_out_w[firing])) == pytest.approx(0.99967, abs=0.0003)


def test_median_efficiency_is_the_published_one(table: Floats, rates: Rates) -> None:
    firing = table[:, 9] > 0.0
    eta = rates.energy_out_w[firing] / rates.energy_in_w[firing]
    assert int(firing.sum()) == 8226
    assert float(np.median(eta)) == pytest.approx(0.943, abs=0.002)


def test_no_row_of_the_plant_is_an_impossible_state(rates: Rates) -> None:
    assert {name: int(mask.sum()) for name, mask in rates.faults.items() if mask.any()} == {}
