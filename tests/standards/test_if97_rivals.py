"""`calc.water` against a second implementation of IF97 (CoolProp's) on 100,000 random states a region.

Where the compiled library that it stands on is wrong, IAPWS-95 (CoolProp's HEOS) judges: `docs/properties.md`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from numpy.typing import NDArray

from calc import water
from calc.property import OfTwo
from calc.water import enthalpy_entropy, region_3
from calc.water.native import evaluate

Floats = NDArray[np.float64]
States = tuple[Floats, Floats]
N = 100_000
COOLPROP = {"h": "H", "s": "S", "rho": "D", "cp": "C", "w": "A", "mu": "V", "lambda": "L"}


def between(rng: np.random.Generator, low: Floats | float, high: Floats | float) -> Floats:
    """Evenly over the logarithm."""
    return np.asarray(np.exp(rng.uniform(np.log(low), np.log(high), N)))


def region_1(rng: np.random.Generator) -> States:
    T = rng.uniform(273.16, 623.15, N)
    return between(rng, water.p_sat_T(T) * (1 + 1e-6), 100e6), T


def region_2(rng: np.random.Generator) -> States:
    T = rng.uniform(273.16, 1073.15, N)
    saturation = water.p_sat_T(np.minimum(T, 623.15)) * (1 - 1e-6)
    boundary = water.p_B23_T(np.clip(T, 623.15, 863.15)) * (1 - 1e-9)
    return between(rng, 611.3, np.where(T < 623.15, saturation, np.where(T < 863.15, boundary, 100e6))), T


def region_3_states(rng: np.random.Generator) -> States:
    T = rng.uniform(623.151, 863.15, N)
    least = water.p_B23_T(T) * (1 + 1e-9)
    p = least + rng.uniform(0, 1, N) ** 2 * (100e6 - least)
    near_critical = (p > 21.0e6) & (p <= 22.5e6) & (np.abs(T - 647.096) < 3)
    return p[~near_critical], T[~near_critical]


def region_5(rng: np.random.Generator) -> States:
    return between(rng, 611.3, 50e6), rng.uniform(1073.16, 2273.15, N)


def rival(output: str, first: str, a: Floats, second: str, b: Floats) -> Floats:
    return np.asarray(PropsSI(output, first, a, second, b, "IF97::Water"))


@pytest.mark.parametrize("name", COOLPROP)
@pytest.mark.parametrize(
    ("states", "tolerance"), [(region_1, 1e-9), (region_2, 1e-9), (region_3_states, 1e-5), (region_5, 1e-9)]
)
def test_a_hundred_thousand_states_a_region_agree_with_coolprop(
    name: str, states: Callable[[np.random.Generator], States], tolerance: float
) -> None:
    p, T = states(np.random.default_rng(97))
    ours = getattr(water, f"{name}_pT")(p, T)
    theirs = rival(COOLPROP[name], "P", p, "T", T)
    assert np.isfinite(ours).all()
    scale = np.maximum(np.abs(theirs), 1.0 if name in ("h", "s") else 0.0)  # h and s pass through zero
    assert np.max(np.abs(ours - theirs) / scale) < tolerance


@pytest.mark.parametrize("states", [region_1, region_2, region_3_states, region_5])
def test_states_come_back_from_enthalpy_and_entropy(states: Callable[[np.random.Generator], States]) -> None:
    p, T = (array[:20_000] for array in states(np.random.default_rng(3)))
    h, s = water.h_pT(p, T), water.s_pT(p, T)
    assert np.max(np.abs(water.T_ph(p, h) - T)) < 0.05
    assert np.max(np.abs(water.T_ps(p, s) - T)) < 0.05
    assert np.max(np.abs(water.h_ps(p, s) - h)) < 300.0
    assert np.max(np.abs(water.s_ph(p, h) - s)) < 0.4
    assert np.max(np.abs(water.T_hs(h, s) - T)) < 0.05
    assert np.max(np.abs(water.p_hs(h, s) - p) - 2e-3 * p) < 16e3  # liquid at low pressure hardly shows its pressure


@pytest.mark.parametrize(("offset", "region"), [(-1e-3, 2), (1e-3, 3)])
def test_enthalpy_and_entropy_tell_regions_2_and_3_at_their_boundary(offset: float, region: int) -> None:
    T = np.linspace(623.2, 863.1, 400)
    p = np.minimum(water.p_B23_T(T) * (1 + offset), 100e6)
    states = zip((water.h_pT(p, T) / 1e3).tolist(), (water.s_pT(p, T) / 1e3).tolist(), strict=True)
    assert {enthalpy_entropy.region(h, s) for h, s in states} == {region}


@pytest.mark.parametrize(("T", "region"), [(622.7, 1), (623.6, 3)])
def test_enthalpy_and_entropy_tell_regions_1_and_3_at_their_boundary(T: float, region: int) -> None:
    p = np.linspace(17e6, 99e6, 200)
    states = zip((water.h_pT(p, T) / 1e3).tolist(), (water.s_pT(p, T) / 1e3).tolist(), strict=True)
    assert {enthalpy_entropy.region(h, s) for h, s in states} == {region}


def test_wet_steam_comes_back_from_every_pair() -> None:
    rng = np.random.default_rng(4)
    p, x = between(rng, 612.0, 22.06e6)[:20_000], rng.uniform(0.001, 0.999, 20_000)
    T, h, s = water.T_sat_p(p), water.h_px(p, x), water.s_px(p, x)
    assert np.max(np.abs(water.T_ph(p, h) - T)) < 1e-6
    assert np.max(np.abs(water.T_ps(p, s) - T)) < 1e-6
    assert np.max(np.abs(water.x_ph(p, h) - x)) < 1e-9
    assert np.max(np.abs(water.x_ps(p, s) - x)) < 1e-9
    assert np.max(np.abs(water.T_hs(h, s) - T)) < 0.02
    assert np.max(np.abs(water.h_Tx(T, x) / h - 1)) < 1e-6
    assert np.max(np.abs(water.rho_Tx(T, x) * water.v_px(p, x) - 1)) < 1e-4


@pytest.mark.parametrize(
    ("ours", "output", "quality"),
    [
        (water.h_liquid_p, "H", 0.0),
        (water.h_vapour_p, "H", 1.0),
        (water.s_liquid_p, "S", 0.0),
        (water.s_vapour_p, "S", 1.0),
    ],
)
def test_saturation_agrees_with_coolprop(ours: Callable[[Floats], Floats], output: str, quality: float) -> None:
    p = between(np.random.default_rng(5), 612.0, 22.02e6)
    theirs = rival(output, "P", p, "Q", np.full(N, quality))
    assert np.max(np.abs(ours(p) / theirs - 1)) < 1e-9


def subregion_l(rng: np.random.Generator) -> States:
    p, T = rng.uniform(22.5e6, 23.5e6, N), rng.uniform(641.0, 651.6, N)
    inside = region_3.subregion_l(p, T)
    return p[inside], T[inside]


def test_iapws_95_judges_the_dropped_term_of_subregion_3l() -> None:
    p, T = subregion_l(np.random.default_rng(6))
    ours, library = water.rho_pT(p, T), 1 / evaluate("pt2v", p / 1e6, T - 273.15)
    assert np.max(np.abs(ours / rival("D", "P", p, "T", T) - 1)) < 1e-9
    wrong = np.abs(library / ours - 1) > 0.02
    assert wrong.sum() > 10
    judge = np.asarray(PropsSI("D", "P", p[wrong], "T", T[wrong], "HEOS::Water"))
    assert np.max(np.abs(ours[wrong] / judge - 1)) < np.min(np.abs(library[wrong] / judge - 1))


def test_every_property_in_subregion_3l_follows_from_its_volume() -> None:
    p, T = (array[:2000] for array in subregion_l(np.random.default_rng(7)))
    names: dict[str, OfTwo] = {name: getattr(water, f"{name}_pT") for name in ("h", "s", "u", "cp", "cv", "w", "kappa")}
    rho = water.rho_pT(p, T)
    assert np.max(np.abs(water.p_rhoT(rho, T) / p - 1)) < 1e-5
    for name in ("h", "s", "u", "cp", "cv", "w"):
        assert np.array_equal(names[name](p, T), getattr(water, f"{name}_rhoT")(rho, T)), name
    assert np.max(np.abs(names["kappa"](p, T) - names["w"](p, T) ** 2 * rho / water.p_rhoT(rho, T))) < 1e-9
