"""Media of exchangers: their enthalpies, default pressures, glycols by fraction, and what water cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from calc import fluids, water
from calc.medium import MEDIA, P_LIQUID_PA, enthalpy, stream


@pytest.mark.parametrize("name", sorted(set(MEDIA) - {"steam"}))
def test_every_medium_takes_up_heat_when_it_is_warmed(name: str) -> None:
    side = stream(name, None, 0.3, 1)
    cold, warm = (enthalpy(side, np.array([T]), vapour=True)[0][0] for T in (300.0, 310.0))
    assert warm > cold


def test_a_measured_pressure_stands_before_the_default() -> None:
    side = stream("water", np.array([8e6, np.nan]), None, 2)
    assert side.p.tolist() == [8e6, P_LIQUID_PA]
    assert side.measured.tolist() == [True, False]


def test_each_glycol_fraction_is_a_fluid_of_its_own() -> None:
    side = stream("ethylene_glycol", None, np.array([0.2, 0.4, np.nan]), 3)
    h, wrong, _ = enthalpy(side, np.full(3, 310.0), vapour=False)
    expected = [fluids.h_pT(f"INCOMP::MEG[{x}]", P_LIQUID_PA, 310.0) for x in (0.2, 0.4)]
    assert h[:2].tolist() == pytest.approx(expected)
    assert np.isnan(h[2])
    assert wrong.tolist() == [False, False, False]


def test_water_at_an_unmeasured_pressure_is_liquid_or_nothing() -> None:
    T = np.array([440.0, 460.0])
    _, wrong, _ = enthalpy(stream("water", None, None, 2), T, vapour=False)
    assert wrong.tolist() == [False, True]
    h, wrong, _ = enthalpy(stream("water", np.full(2, 1e6), None, 2), T, vapour=False)
    assert wrong.tolist() == [False, False]
    assert h[1] == pytest.approx(float(water.h_pT(1e6, 460.0)))


def test_steam_on_saturation_enters_as_vapour_and_leaves_as_liquid() -> None:
    side, T = stream("steam", np.array([2e5]), None, 1), np.array([float(water.T_sat_p(2e5))])
    entering, _, near = enthalpy(side, T, vapour=True)
    leaving, _, _ = enthalpy(side, T, vapour=False)
    assert entering[0] == pytest.approx(float(water.h_vapour_p(2e5)))
    assert leaving[0] == pytest.approx(float(water.h_liquid_p(2e5)))
    assert near.tolist() == [True]
