"""What is no state of water: NaN with its reason in arrays, CalcError for numbers, and never the end of the process."""

from __future__ import annotations

import subprocess
import sys
from math import inf, nan

import numpy as np
import pytest

from calc import water
from calc.errors import CalcError
from calc.property import REASONS, OfOne, OfTwo

OF_TWO = {name: item for name in water.__all__ if isinstance(item := getattr(water, name), OfTwo)}
OF_ONE = {name: item for name in water.__all__ if isinstance(item := getattr(water, name), OfOne)}
T_SAT_1_MPA = water.T_sat_p(1e6)


@pytest.mark.parametrize(
    ("p", "T", "reason"),
    [
        (nan, 300.0, "not_finite"),
        (1e6, nan, "not_finite"),
        (inf, 300.0, "not_finite"),
        (0.0, 300.0, "outside_range"),
        (-1e5, 300.0, "outside_range"),
        (600.0, 300.0, "outside_range"),
        (100.1e6, 300.0, "outside_range"),
        (50.1e6, 1100.0, "outside_range"),
        (1e6, 273.14, "outside_range"),
        (1e6, 25.0, "outside_range"),
        (1e6, 2273.2, "outside_range"),
        (1e6, T_SAT_1_MPA, "on_saturation"),
        (water.p_sat_T(600.0), 600.0, "on_saturation"),
    ],
)
def test_a_state_that_is_none_has_its_reason(p: float, T: float, reason: str) -> None:
    for name in ("h_pT", "rho_pT", "cp_pT", "mu_pT", "lambda_pT"):
        face = OF_TWO[name]
        with pytest.raises(CalcError) as raised:
            face(p, T)
        assert raised.value.code == reason
        both = np.array([p, 1e6]), np.array([T, 300.0])
        assert np.isnan(face(*both)).tolist() == [True, False]
        assert [REASONS[code] for code in face.reasons(*both)] == [reason, ""]


def test_the_ends_of_the_range_are_in_it() -> None:
    for p, T in (
        (611.213, 273.16),
        (100e6, 273.15),
        (100e6, 1073.15),
        (50e6, 2273.15),
        (1e6, 273.15),
        (16.6e6, 623.15),
    ):
        assert np.isfinite(water.h_pT(p, T))


def test_next_to_saturation_the_phase_is_told_by_the_side() -> None:
    assert water.h_pT(1e6, T_SAT_1_MPA - 1e-6) == pytest.approx(water.h_liquid_p(1e6), abs=1.0)
    assert water.h_pT(1e6, T_SAT_1_MPA + 1e-6) == pytest.approx(water.h_vapour_p(1e6), abs=1.0)


@pytest.mark.parametrize(
    ("face", "a", "b", "reason"),
    [
        (water.x_ph, 1e6, 3e6, "single_phase"),
        (water.x_ph, 1e6, 1e5, "single_phase"),
        (water.x_ph, 30e6, 2e6, "single_phase"),
        (water.x_ph, 30e6, 9e6, "outside_range"),
        (water.x_ps, 1e6, 8e3, "single_phase"),
        (water.h_px, 1e6, -0.01, "outside_range"),
        (water.h_px, 1e6, 1.01, "outside_range"),
        (water.h_px, 1e6, nan, "not_finite"),
        (water.h_px, 23e6, 0.5, "outside_range"),
        (water.T_ph, 1e6, -1e3, "outside_range"),
        (water.T_ph, 1e6, 8e6, "outside_range"),
        (water.T_ph, 60e6, 4.5e6, "outside_range"),
        (water.T_ps, 1e6, -50.0, "outside_range"),
        (water.T_ps, 1e6, 14e3, "outside_range"),
        (water.p_hs, 1e8, 1e3, "outside_range"),
        (water.p_hs, 7.0e6, 5e3, "outside_range"),
        (water.p_hs, 7.42e6, 10.5e3, "outside_range"),  # hotter than 2273.15 K
        (water.p_hs, 4.5e6, 6.5e3, "outside_range"),  # region 5 above 50 MPa
        (water.p_hs, 2.5e6, 9.3e3, "outside_range"),  # thinner than 611.213 Pa
        (water.p_hs, -1e5, 100.0, "outside_range"),
        (water.T_hs, nan, 1e3, "not_finite"),
        (water.p_rhoT, 500.0, 600.0, "outside_range"),
        (water.p_rhoT, 322.0, 640.0, "outside_range"),
        (water.p_rhoT, 900.0, 700.0, "outside_range"),
    ],
)
def test_every_pair_refuses_what_it_does_not_know(face: OfTwo, a: float, b: float, reason: str) -> None:
    with pytest.raises(CalcError) as raised:
        face(a, b)
    assert raised.value.code == reason
    assert raised.value.field == ",".join(face.inputs)


@pytest.mark.parametrize("name", OF_ONE)
@pytest.mark.parametrize("value", [nan, inf, -1.0, 0.0, 1e9])
def test_a_property_of_one_input_refuses_what_it_does_not_know(name: str, value: float) -> None:
    with pytest.raises(CalcError) as raised:
        OF_ONE[name](value)
    assert raised.value.code == ("outside_range" if np.isfinite(value) else "not_finite")


def test_just_above_1073_kelvin_enthalpy_and_entropy_are_those_of_region_5() -> None:
    p, T = np.array([1e5, 1e6, 1e7, 4e7]), np.full(4, 1073.5)
    found = water.p_hs(water.h_pT(p, T), water.s_pT(p, T))
    assert np.max(np.abs(found / p - 1)) < 1e-10


def test_whole_numbers_and_mixed_shapes_are_states_too() -> None:
    assert water.h_pT(1_000_000, 300) == water.h_pT(1e6, 300.0)
    grid = water.h_pT(np.array([[1e6], [2e6]]), np.array([300.0, 310.0, 320.0]))
    assert grid.shape == (2, 3)
    assert grid[1, 2] == water.h_pT(2e6, 320.0)
    assert water.h_pT(1e6, np.array([300.0]))[0] == water.h_pT(np.array([1e6]), 300.0)[0]
    assert water.h_pT(np.empty(0), np.empty(0)).shape == (0,)
    assert water.h_pT.reasons(1e6, 300.0).shape == ()


PROBE = """
import itertools, numpy as np
from calc import water
from calc.property import OfTwo
rng = np.random.default_rng(11)
critical = 1 + rng.normal(0, 1, 4000) * 10.0 ** rng.uniform(-12, -2, 4000)
letters = {
    "p": np.r_[rng.uniform(16e6, 24e6, 4000), 22.064e6 * critical, np.exp(rng.uniform(0, 19, 4000))],
    "T": np.r_[rng.uniform(620, 660, 4000), 647.096 * critical, rng.uniform(200, 2400, 4000)],
    "h": np.r_[rng.uniform(1.6e6, 2.7e6, 4000), 2087546.8 * critical, rng.uniform(-1e5, 8e6, 4000)],
    "s": np.r_[rng.uniform(3.7e3, 5.3e3, 4000), 4412.02 * critical, rng.uniform(-1e3, 14e3, 4000)],
    "x": np.r_[rng.uniform(-0.1, 1.1, 8000), rng.integers(0, 2, 4000)],
    "rho": np.r_[rng.uniform(100, 700, 8000), rng.uniform(-10, 1500, 4000)],
}
extremes = np.array([np.nan, np.inf, -np.inf, 0.0, 1e300, -1e300, 1e-300, 1.0])
a, b = (np.array(column) for column in zip(*itertools.product(extremes, extremes)))
for name in water.__all__:
    face = getattr(water, name)
    if isinstance(face, OfTwo):
        first, second = (rng.permutation(letters[letter]) for letter in face.inputs)
        values = np.r_[face(first, second), face(a, b)]
        assert not np.isinf(values).any(), name
print("alive")
"""


def test_no_input_ends_the_process() -> None:
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=120, check=False)
    assert run.stdout.strip() == "alive", run.stderr[-2000:]


def test_importing_water_loads_numpy_alone() -> None:
    code = "import sys, calc.water, calc.units, calc.fluids; print({'seuif97', 'CoolProp', 'scipy'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "set()"
