"""Pressure and temperature of hot steam from (h, s): IAPWS SR2-01(2014) regions 2a and 2b, and region 5 by iteration.

Here the compiled library must not be asked: its region 5 search ends the whole process where it finds no root.
"""

from __future__ import annotations

from math import exp, isfinite, nan

import numpy as np

from calc.asset_type import Floats, Mask
from calc.water.native import KELVIN, native

_H_HOT, _S_HOT = 3.92e6, 6.4e3
"""Below both of h(50 MPa, 1073.15 K) and s(50 MPa, 1073.15 K) no state is in region 5."""
_R = 461.526
_T_HOT, _T_MOST = 1073.15, 2273.15
_P_LEAST, _P_MOST, _P_MOST_HOT = 611.213, 100e6, 50e6
_STEPS = 100
_2A = (
    (0, 1, -0.0182575361923032),
    (0, 3, -0.125229548799536),
    (0, 6, 0.592290437320145),
    (0, 16, 6.04769706185122),
    (0, 20, 238.624965444474),
    (0, 22, -298.639090222922),
    (1, 0, 0.051225081304075),
    (1, 1, -0.437266515606486),
    (1, 2, 0.413336902999504),
    (1, 3, -5.16468254574773),
    (1, 5, -5.57014838445711),
    (1, 6, 12.8555037824478),
    (1, 10, 11.414410895329),
    (1, 16, -119.504225652714),
    (1, 20, -2847.7798596156),
    (1, 22, 4317.57846408006),
    (2, 3, 1.1289404080265),
    (2, 16, 1974.09186206319),
    (2, 20, 1516.12444706087),
    (3, 0, 0.0141324451421235),
    (3, 2, 0.585501282219601),
    (3, 3, -2.97258075863012),
    (3, 6, 5.94567314847319),
    (3, 16, -6236.56565798905),
    (4, 16, 9659.86235133332),
    (5, 3, 6.81500934948134),
    (5, 16, -6332.07286824489),
    (6, 3, -5.5891922446576),
    (7, 1, 0.0400645798472063),
)
_2B = (
    (0, 0, 0.0801496989929495),
    (0, 1, -0.543862807146111),
    (0, 2, 0.337455597421283),
    (0, 4, 8.9055545115745),
    (0, 8, 313.840736431485),
    (1, 0, 0.797367065977789),
    (1, 1, -1.2161697355624),
    (1, 2, 8.72803386937477),
    (1, 3, -16.9769781757602),
    (1, 5, -186.552827328416),
    (1, 12, 95115.9274344237),
    (2, 1, -18.9168510120494),
    (2, 6, -4334.0703719484),
    (2, 18, 543212633.012715),
    (3, 0, 0.144793408386013),
    (3, 1, 128.024559637516),
    (3, 7, -67230.9534071268),
    (3, 12, 33697238.0095287),
    (4, 1, -586.63419676272),
    (4, 16, -22140322476.9889),
    (5, 1, 1716.06668708389),
    (5, 12, -570817595.806302),
    (6, 1, -3121.09693178482),
    (6, 8, -2078413.8463301),
    (6, 18, 3056059461577.86),
    (7, 1, 3221.57004314333),
    (7, 16, 326810259797.295),
    (8, 1, -1441.04158934487),
    (8, 3, 410.694867802691),
    (8, 14, 109077066873.024),
    (8, 18, -24796465425889.3),
    (12, 10, 1888019068.65134),
    (14, 16, -123651009018773.0),
)


def is_hot(h: Floats, s: Floats) -> Mask:
    """True where (h, s) may be in region 5."""
    return np.asarray((h > _H_HOT) & (s > _S_HOT))


def p_and_T(h: float, s: float) -> tuple[float, float]:
    """Pressure, Pa, and temperature, K, of hot steam; NaN where there is none."""
    p = _p_region_2(h, s)
    if _P_LEAST <= p <= _P_MOST:
        T = native("ph2t")(p / 1e6, h / 1e3) + KELVIN
        if 0 < T <= _T_HOT:
            return p, T
    return _region_5(h, s)


def _p_region_2(h: float, s: float) -> float:
    """SR2-01 equations 3 and 4, divided by equation 2."""
    h_kj, s_kj = h / 1e3, s / 1e3
    if h_kj <= ((27.6349063799944 * s_kj - 421.073558227969) * s_kj + 2575.60716905876) * s_kj - 3498.98083432139:
        root = _sum(_2A, h_kj / 4200 - 0.5, s_kj / 12 - 1.2)
        return 4e6 * root**4
    root = _sum(_2B, h_kj / 4100 - 0.6, s_kj / 7.9 - 1.01)
    return 100e6 * root**4


def _sum(terms: tuple[tuple[int, int, float], ...], eta: float, sigma: float) -> float:
    total = 0.0
    for i, j, n in terms:
        total += n * eta**i * sigma**j
    return total


def _region_5(h: float, s: float) -> tuple[float, float]:
    """Nearly an ideal gas: T from h with cp, then p from s, until neither moves."""
    h_of, s_of, any_of = native("pt2h"), native("pt2s"), native("pt")
    p, T = 1e6, 1500.0
    for _ in range(_STEPS):
        t = T - KELVIN
        cp, here = any_of(p / 1e6, t, 8), h_of(p / 1e6, t)
        if cp <= 0:
            return nan, nan
        T_next = min(max(T + (h / 1e3 - here) / cp, _T_HOT), _T_MOST)
        p_next = p * exp(min(max((s_of(p / 1e6, T_next - KELVIN) * 1e3 - s) / _R, -5.0), 5.0))
        p_next = min(max(p_next, _P_LEAST), _P_MOST_HOT)
        moved = abs(T_next - T) / T + abs(p_next - p) / p
        p, T = p_next, T_next
        if moved < 1e-14:
            break
    misses = abs(h_of(p / 1e6, T - KELVIN) * 1e3 - h) / h + abs(s_of(p / 1e6, T - KELVIN) * 1e3 - s) / s
    return (p, T) if isfinite(misses) and misses < 1e-10 else (nan, nan)
