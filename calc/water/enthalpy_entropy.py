"""Pressure and temperature of (h, s): SR2-01(2014) and SR4-04(2014), wet steam of low entropy and region 5 by search.

The compiled library is never asked: its own search of (h, s) ends the whole process where it finds no root.
"""

from __future__ import annotations

from math import exp, isfinite, nan

import numpy as np

from calc.asset_type import Floats
from calc.property import OfTwo
from calc.water import hs_equations as equation
from calc.water.native import KELVIN, native
from calc.water.saturation import P_CRITICAL, P_LEAST, T_sat

State = tuple[float, float]
"""Pressure, Pa, and temperature, K."""
NO_STATE: State = (nan, nan)
_S_LIQUID_273, _S_VAPOUR_273 = -1.545495919e-4, 9.155759395
_S_LIQUID_623, _S_VAPOUR_623 = 3.77828134, 5.210887825
_PS_623_MPA = 16.5291642526
_S_B13 = 3.397782955
_S_B23, _H_B23 = (5.048096828, 5.260578707), (2563.592004, 2812.942061)
_P_MOST, _P_MOST_HOT = 100e6, 50e6
_T_HOT, _T_MOST = 1073.15, 2273.15
_H_HOT, _S_HOT = 3920.0, 6.4
"""Below both of h and s at 50 MPa and 1073.15 K no state is in region 5."""
_R = 0.461526
_STEPS = 200


def p_and_T(h: float, s: float) -> State:
    """Pressure, Pa, and temperature, K, of h, kJ/kg, and s, kJ/(kg K); NaN where there is no state."""
    if not (isfinite(h) and isfinite(s)) or abs(h) > 1e4 or abs(s) > 20.0:
        return NO_STATE
    if is_wet(h, s):
        return _wet(h, s)
    state = _single_phase(h, s)
    if isfinite(state[1]) and state[1] <= _T_HOT:
        return state
    return _region_5(h, s) if h > _H_HOT and s > _S_HOT else NO_STATE


def is_wet(h: float, s: float) -> bool:
    """Whether (h, s) lies below the saturation line."""
    if s < _S_LIQUID_273 or s > _S_VAPOUR_273:
        return False
    if s <= _S_LIQUID_623:
        return h < equation.h_liquid_1(s)
    if s <= equation.S_CRITICAL:
        return h < equation.h_liquid_3a(s)
    return h < (equation.h_vapour_2c3b(s) if s < equation.S_2C else equation.h_vapour_2ab(s))


def region(h: float, s: float) -> int:
    """Region 1, 2 or 3 of a single-phase state below 1073.15 K."""
    if s <= _S_B13 or (s <= _S_LIQUID_623 and h < equation.h_b13(s)):
        return 1
    if s < _S_B23[0]:
        return 3
    if s >= _S_B23[1] or h > _H_B23[1]:
        return 2
    if h < _H_B23[0]:
        return 3
    T = equation.T_b23(h, s)
    boundary_mpa = 348.05185628969 + T * (-1.1671859879975 + 1.0192970039326e-3 * T)
    return 2 if equation.p_2(h, s) <= boundary_mpa else 3


def _single_phase(h: float, s: float) -> State:
    here = region(h, s)
    p_mpa = (equation.p_1, equation.p_2, equation.p_3)[here - 1](h, s)
    if here == 1 and (p_mpa * 1e6 < P_LEAST or native("ph2x")(p_mpa, h) > 0):
        p_mpa = _p_liquid(h)
    if not P_LEAST <= p_mpa * 1e6 <= _P_MOST:
        return NO_STATE
    t = native("ph2t")(p_mpa, h)
    return (p_mpa * 1e6, t + KELVIN) if t > -KELVIN else NO_STATE


def _p_liquid(h: float) -> float:
    """MPa of saturated liquid: liquid hardly shows its pressure, so p(h, s) may answer one below saturation."""
    h_of, low, high = native("px2h"), P_LEAST / 1e6, _PS_623_MPA
    while low < (middle := 0.5 * (low + high)) < high:
        low, high = (low, middle) if h_of(middle, 0.0) > h else (middle, high)
    return high


def _wet(h: float, s: float) -> State:
    """Wet steam: T_sat(h, s) where it is valid, else the pressure is searched."""
    if s >= _S_VAPOUR_623:
        T = equation.T_sat(h, s)
        p_mpa = native("tx2p")(T - KELVIN, 0.0)
        return (p_mpa * 1e6, T) if p_mpa > 0 else NO_STATE
    low, high = P_LEAST, P_CRITICAL
    if _is_above(low, h, s):
        return NO_STATE
    while low < (middle := 0.5 * (low + high)) < high:
        low, high = (low, middle) if _is_above(middle, h, s) else (middle, high)
    return low, float(T_sat(np.array([low]))[0])


def _is_above(p: float, h: float, s: float) -> bool:
    """Whether wet steam of (h, s) has a lower pressure than p."""
    h_of, s_of, p_mpa = native("px2h"), native("px2s"), p / 1e6
    liquid, vapour = s_of(p_mpa, 0.0), s_of(p_mpa, 1.0)
    if not liquid <= s <= vapour:
        return p > P_LEAST
    x = (s - liquid) / (vapour - liquid) if vapour > liquid else 0.0
    return h_of(p_mpa, 0.0) * (1.0 - x) + h_of(p_mpa, 1.0) * x > h


def _region_5(h: float, s: float) -> State:
    """Nearly an ideal gas: T from h with cp, then p from s, until neither moves."""
    h_of, s_of, any_of = native("pt2h"), native("pt2s"), native("pt")
    p, T = 1e6, 1500.0
    for _ in range(_STEPS):
        t = T - KELVIN
        T_next = min(max(T + (h - h_of(p / 1e6, t)) / any_of(p / 1e6, t, 8), _T_HOT), _T_MOST)
        p_next = p * exp(min(max((s_of(p / 1e6, T_next - KELVIN) - s) / _R, -5.0), 5.0))
        p_next = min(max(p_next, P_LEAST), _P_MOST_HOT)
        moved = abs(T_next - T) / T + abs(p_next - p) / p
        p, T = p_next, T_next
        if moved < 1e-14:
            break
    misses = abs(h_of(p / 1e6, T - KELVIN) - h) / h + abs(s_of(p / 1e6, T - KELVIN) - s) / s
    return (p, T) if misses < 1e-10 else NO_STATE


def _each(place: int, h: Floats, s: Floats) -> Floats:
    states = zip((h / 1e3).tolist(), (s / 1e3).tolist(), strict=True)
    return np.fromiter((p_and_T(*state)[place] for state in states), np.float64, h.size)


def _pressure(h: Floats, s: Floats) -> Floats:
    return _each(0, h, s)


def _temperature(h: Floats, s: Floats) -> Floats:
    return _each(1, h, s)


p_hs = OfTwo("p_hs", ("h", "s"), "pressure, Pa, of enthalpy and entropy", _pressure)
T_hs = OfTwo("T_hs", ("h", "s"), "temperature, K, of enthalpy and entropy", _temperature)
