"""Fluids by name: values as CoolProp gives them, and nothing where it would extrapolate, guess or fall silent."""

from __future__ import annotations

import threading
from math import inf, nan

import numpy as np
import pytest
from CoolProp.CoolProp import HAPropsSI, PropsSI
from hypothesis import given, settings
from hypothesis import strategies as st

from calc import fluids, water
from calc.errors import CalcError
from calc.fluids import humid_air
from calc.fluids.face import FluidProperty
from calc.property import REASONS

COOLPROP = {"h": "H", "s": "S", "u": "U", "rho": "D", "cp": "C", "cv": "O", "w": "A", "mu": "V", "lambda": "L"}
T_SAT_R134A = fluids.T_px("R134a", 5e5, 0.0)


@pytest.mark.parametrize("letter", COOLPROP)
@pytest.mark.parametrize(
    ("fluid", "theirs", "p", "T"),
    [
        ("R134a", "R134a", 5e5, 310.0),
        ("Ammonia", "HEOS::Ammonia", 5e5, 300.0),
        ("HEOS::CO2", "CarbonDioxide", 8e6, 320.0),
        ("Air", "Air", 101325.0, 300.0),
    ],
)
def test_a_property_is_coolprops(letter: str, fluid: str, theirs: str, p: float, T: float) -> None:
    ours: FluidProperty = getattr(fluids, f"{letter}_pT")
    assert ours(fluid, p, T) == pytest.approx(PropsSI(COOLPROP[letter], "P", p, "T", T, theirs), rel=1e-9)


@pytest.mark.parametrize(
    ("face", "output", "first", "second", "a", "b"),
    [
        (fluids.T_ph, "T", "P", "H", 5e5, 3e5),
        (fluids.rho_ph, "D", "P", "H", 5e5, 3e5),
        (fluids.s_ph, "S", "P", "H", 5e5, 3e5),
        (fluids.x_ph, "Q", "P", "H", 5e5, 3e5),
        (fluids.T_ps, "T", "P", "S", 5e5, 1.8e3),
        (fluids.h_ps, "H", "P", "S", 5e5, 1.8e3),
        (fluids.p_hs, "P", "H", "S", 4.2e5, 1.75e3),
        (fluids.T_px, "T", "P", "Q", 5e5, 0.3),
        (fluids.h_px, "H", "P", "Q", 5e5, 0.3),
        (fluids.rho_Tx, "D", "T", "Q", 280.0, 0.3),
        (fluids.p_Tx, "P", "T", "Q", 280.0, 0.3),
    ],
)
def test_every_pair_of_inputs_is_coolprops(
    face: FluidProperty, output: str, first: str, second: str, a: float, b: float
) -> None:
    assert face("R134a", a, b) == pytest.approx(PropsSI(output, first, a, second, b, "R134a"), rel=1e-9)


def test_solutions_and_oils_are_incompressible_liquids() -> None:
    expected = PropsSI("H", "P", 4e5, "T", 280.0, "INCOMP::MEG-30%")
    assert fluids.h_pT("MEG-30%", 4e5, 280.0) == expected
    assert fluids.h_pT("INCOMP::MEG[0.3]", 4e5, 280.0) == expected
    assert fluids.cp_pT("INCOMP::T66", 4e5, 500.0) == PropsSI("C", "P", 4e5, "T", 500.0, "INCOMP::T66")
    assert fluids.T_ph("MEG-30%", 4e5, expected) == pytest.approx(280.0, abs=1e-6)


def test_a_mixture_is_named_by_its_mole_fractions_or_as_coolprop_does() -> None:
    ours = fluids.T_px("R32[0.7]&R125[0.3]", 1e6, 1.0)
    assert ours == pytest.approx(PropsSI("T", "P", 1e6, "Q", 1.0, "HEOS::R32[0.7]&R125[0.3]"), rel=1e-9)
    assert fluids.T_px("R407C.mix", 5e5, 1.0) - fluids.T_px("R407C.mix", 5e5, 0.0) > 4.0  # its glide


@pytest.mark.parametrize("name", ["water", "steam", "Water", "IF97::Water"])
def test_water_is_that_of_calc_water(name: str) -> None:
    assert fluids.h_pT(name, 1e6, 600.0) == water.h_pT(1e6, 600.0)
    assert fluids.T_px(name, 1e6, 0.5) == water.T_sat_p(1e6)
    assert fluids.p_Tx(name, 500.0, 1.0) == water.p_sat_T(500.0)
    assert np.isnan(fluids.T_px(name, np.array([1e6]), 1.5)).all()


@pytest.mark.parametrize(
    ("fluid", "a", "b", "reason"),
    [
        ("R134a", nan, 300.0, "not_finite"),
        ("R134a", 5e5, inf, "not_finite"),
        ("R134a", 0.0, 300.0, "outside_range"),
        ("R134a", -5e5, 300.0, "outside_range"),
        ("R134a", 5e5, 100.0, "outside_range"),
        ("R134a", 5e5, 500.0, "outside_range"),  # CoolProp extrapolates here
        ("R134a", 1e9, 300.0, "outside_range"),
        ("R134a", 5e5, T_SAT_R134A, "on_saturation"),
        ("MEG-30%", 4e5, 250.0, "outside_range"),
        ("MEG-30%", 4e5, 400.0, "outside_range"),
        ("MEG-30%", -1.0, 300.0, "outside_range"),
        ("MEG-95%", 4e5, 300.0, "outside_range"),
        ("flue_gas", 1e5, 100.0, "outside_range"),
        ("flue_gas", 0.0, 400.0, "outside_range"),
        ("flue_gas", 1e5, 7000.0, "outside_range"),
        ("water", 1e6, 25.0, "outside_range"),
    ],
)
def test_a_state_that_is_none_has_its_reason(fluid: str, a: float, b: float, reason: str) -> None:
    with pytest.raises(CalcError) as raised:
        fluids.h_pT(fluid, a, b)
    assert raised.value.code == reason
    states = np.array([a, 5e5]), np.array([b, 310.0])
    assert np.isnan(fluids.h_pT(fluid, *states)).tolist() == [True, fluid == "MEG-95%"]
    assert REASONS[fluids.h_pT.reasons(fluid, *states)[0]] == reason


def test_dryness_is_that_of_the_wet_region_alone() -> None:
    with pytest.raises(CalcError) as raised:
        fluids.x_ph("R134a", 5e5, 5e5)
    assert raised.value.code == "single_phase"
    with pytest.raises(CalcError) as raised:
        fluids.h_px("R134a", 5e5, 1.2)
    assert raised.value.code == "outside_range"


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("R-134a", "R134a"),
        ("", "backends"),
        ("REFPROP::R134a", "backends"),
        ("INCOMP::MEG", "mass fraction"),
        ("INCOMP::MEG[x]", "nearest known: MEG"),
        ("R32[0.7]&R125[0.4]", "add up to 1"),
        ("R32[0.7]&R125", "add up to 1"),
        ("R32[0.7]&R125[e]", "no number"),
        ("GAS::Xe", "none of"),
        ("qqqqqqqq", "names"),
        ("R" * 201, "too long"),
    ],
)
def test_an_unknown_fluid_is_refused_with_a_fix(name: str, fix: str) -> None:
    with pytest.raises(CalcError, match=fix) as raised:
        fluids.h_pT(name, 1e5, 300.0)
    assert raised.value.code == "unknown_fluid"


@pytest.mark.parametrize(
    ("face", "fluid"), [("w_pT", "MEG-30%"), ("h_px", "MEG-30%"), ("mu_pT", "flue_gas"), ("u_ph", "water")]
)
def test_a_property_that_a_fluid_has_not_is_said(face: str, fluid: str) -> None:
    with pytest.raises(CalcError) as raised:
        FluidProperty(face, "")(fluid, 1e5, 300.0)
    assert raised.value.code == "not_available"


COOLPROP_GASES = {
    "N2": "Nitrogen",
    "O2": "Oxygen",
    "H2O": "Water",
    "H2": "Hydrogen",
    "CH4": "Methane",
    "Ar": "Argon",
    "SO2": "SulfurDioxide",
    "CO": "CarbonMonoxide",
    "CO2": "CarbonDioxide",
}


@pytest.mark.parametrize(("gas", "theirs"), COOLPROP_GASES.items())
def test_ideal_gases_have_the_heat_capacity_and_enthalpy_of_coolprops_ideal_part(gas: str, theirs: str) -> None:
    ours = f"GAS::{gas}[1]"
    for T, tolerance in ((320.0, 2e-3), (500.0, 3e-3), (900.0, 1.2e-2)):  # few equations of state reach 900 K
        expected = PropsSI("CP0MASS", "P", 1e3, "T", T, theirs)
        assert fluids.cp_pT(ours, 1e5, T) == pytest.approx(expected, rel=tolerance), T
    rise = PropsSI("H", "P", 1e3, "T", 600.0, theirs) - PropsSI("H", "P", 1e3, "T", 400.0, theirs)
    assert fluids.h_pT(ours, 1e5, 600.0) - fluids.h_pT(ours, 1e5, 400.0) == pytest.approx(rise, rel=3e-3)


@pytest.mark.parametrize(
    ("gas", "s_298", "cp_1500"),  # J/(mol K), JANAF
    [("N2", 191.609, 34.843), ("O2", 205.147, 36.560), ("CO2", 213.795, 58.379), ("H2O", 188.834, 47.090)],
)
def test_ideal_gases_meet_the_janaf_tables(gas: str, s_298: float, cp_1500: float) -> None:
    molar_mass = fluids.GASES[gas].molar_mass
    assert fluids.s_pT(f"GAS::{gas}[1]", 1e5, 298.15) * molar_mass == pytest.approx(s_298, rel=3e-4)
    assert fluids.cp_pT(f"GAS::{gas}[1]", 1e5, 1500.0) * molar_mass == pytest.approx(cp_1500, rel=6e-3)  # newer spectra


def test_a_gas_is_continuous_at_its_middle_and_comes_back_from_h_and_s() -> None:
    assert fluids.h_pT("flue_gas", 1e5, 298.15) == pytest.approx(0.0, abs=1e-6)
    below, above = (fluids.h_pT("flue_gas", 1e5, T) for T in (1000.0 - 1e-9, 1000.0))
    assert above == pytest.approx(below, rel=1e-6)
    T = np.array([210.0, 700.0, 1000.0, 2500.0, 5900.0])
    assert fluids.T_ph("flue_gas", 1e5, fluids.h_pT("flue_gas", 1e5, T)) == pytest.approx(T, rel=1e-9)
    assert fluids.T_ps("flue_gas", 3e5, fluids.s_pT("flue_gas", 3e5, T)) == pytest.approx(T, rel=1e-9)
    assert np.isnan(fluids.T_ph("flue_gas", np.array([1e5]), 1e9)).all()
    gamma = fluids.cp_pT("flue_gas", 1e5, 500.0) / fluids.cv_pT("flue_gas", 1e5, 500.0)
    R = fluids.cp_pT("flue_gas", 1e5, 500.0) - fluids.cv_pT("flue_gas", 1e5, 500.0)
    assert fluids.w_pT("flue_gas", 1e5, 500.0) == pytest.approx((gamma * R * 500.0) ** 0.5, rel=1e-12)
    assert fluids.rho_pT("GAS::N2[0.79]&O2[0.21]", 101325.0, 273.15) == pytest.approx(1.2872, rel=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.data())
@pytest.mark.parametrize("fluid", ["R134a", "R410A", "MEG-30%", "flue_gas", "R32[0.7]&R125[0.3]"])
def test_any_slicing_gives_the_same_bits(fluid: str, data: st.DataObject) -> None:
    state = st.tuples(st.floats(1e4, 3e6), st.floats(200.0, 460.0))
    p, T = np.array(data.draw(st.lists(state, min_size=2, max_size=12))).T
    order = list(data.draw(st.permutations(range(len(p)))))
    whole = fluids.h_pT(fluid, p, T)
    assert fluids.h_pT(fluid, p[order], T[order]).tobytes() == whole[order].tobytes()
    assert fluids.h_pT(fluid, p[1:], T[1:]).tobytes() == whole[1:].tobytes()


def test_a_refused_state_does_not_colour_the_next() -> None:
    h = np.append(np.linspace(2e5, 5e5, 50), 286615.32)
    p = np.append(np.full(50, 4.05e6), 4097377.57)  # just below and above the critical pressure
    found = fluids.T_ph("R134a", p, h)
    assert np.isnan(found).any()
    assert found[-1] == fluids.T_ph("R134a", 4097377.57, 286615.32)
    assert fluids.T_ph("R134a", p[::-1], h[::-1]).tobytes() == found[::-1].tobytes()


def test_threads_do_not_share_a_state() -> None:
    T = np.linspace(300.0, 440.0, 400)
    expected = fluids.h_pT("R134a", 2e5, T)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(fluids.h_pT("R134a", 2e5, T).tobytes())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected.tobytes()] * 4


def test_many_fluids_do_not_grow_without_bound() -> None:
    first = fluids.h_pT("MEG-10.0%", 4e5, 290.0)
    for tenth in range(80):
        assert np.isfinite(fluids.h_pT(f"MEG-{10 + tenth / 10}%", 4e5, 290.0))
    assert fluids.h_pT("MEG-10.0%", 4e5, 290.0) == first


def test_every_fluid_is_listed() -> None:
    real, pure, solutions = fluids.names()
    assert "R134a" in real
    assert "T66" in pure
    assert "MEG" in solutions


def test_humid_air_is_coolprops_and_refuses_fog() -> None:
    p, T, W = 101325.0, 298.15, 0.01
    assert humid_air.h_pTW(p, T, W) == HAPropsSI("H", "T", T, "W", W, "P", p)
    RH = humid_air.RH_pTW(p, T, W)
    assert humid_air.W_pTRH(p, T, RH) == pytest.approx(W, rel=1e-9)
    assert humid_air.h_pTRH(p, T, RH) == pytest.approx(humid_air.h_pTW(p, T, W), rel=1e-9)
    wet_bulb = humid_air.T_wet_bulb_pTW(p, T, W)
    assert humid_air.T_dew_pTW(p, T, W) < wet_bulb < T
    assert humid_air.W_pTT_wet_bulb(p, T, wet_bulb) == pytest.approx(W, rel=1e-4)
    assert humid_air.T_phW(p, humid_air.h_pTW(p, T, W), W) == pytest.approx(T, abs=1e-4)
    many = humid_air.h_pTW(p, np.array([T, T, T, T, 700.0, nan]), np.array([W, 0.5, -0.01, nan, W, W]))
    assert np.isfinite(many).tolist() == [True, False, False, False, False, False]
    assert humid_air.h_pTW.reasons(p, np.array([T, T]), np.array([0.5, nan])).tolist() == [2, 1]
    for state in ((p, T, 0.5), (-p, T, W), (2e7, T, W)):
        with pytest.raises(CalcError) as raised:
            humid_air.h_pTW(*state)
        assert raised.value.code == "outside_range"
