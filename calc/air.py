"""Dry air as an ideal gas with its real heat capacity: cp, h and s° of temperature, and their inverses.

    cp/R = a1/T² + a2/T + a3 + a4 T + a5 T² + a6 T³ + a7 T⁴

Coefficients of "Air" in the thermodynamic data of NASA's CEA program (NASA/TP-2002-211556 form, two ranges), valid from 200
to 6000 K, dissociation apart. h counts from the elements at 298.15 K, s° stands at 1 bar. For machines whose working
fluid is air or, as in air-standard cycles, is taken for it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from calc.asset_type import Floats

R_AIR = 8.31446261815324 / 28.9651159e-3
"""J/(kg K)."""
T_MIDDLE_K = 1000.0
T_RANGE_K = (200.0, 6000.0)
Number = Floats | float
_LOW = (
    *(1.009950160e4, -1.968275610e2, 5.009155110, -5.761013730e-3, 1.066859930e-5, -7.940297970e-9, 2.185231910e-12),
    *(-1.767967310e2, -3.921504225),
)
_HIGH = (
    *(2.415214430e5, -1.257874600e3, 5.144558670, -2.138541790e-4, 7.065227840e-8, -1.071483490e-11, 6.577800150e-16),
    *(6.462263190e3, -8.147411905),
)
_STEPS = 60


def cp_T(T: Number) -> Floats:
    """Isobaric heat capacity, (n,) J/(kg K), at T (n,) K; NaN outside 200…6000 K."""
    return _ranged(T, _cp)


def h_T(T: Number) -> Floats:
    """Enthalpy, (n,) J/kg, at T (n,) K; NaN outside 200…6000 K."""
    return _ranged(T, _h)


def s0_T(T: Number) -> Floats:
    """Entropy at 1 bar, (n,) J/(kg K), at T (n,) K; s(p, T) = s° − R ln(p / 1 bar)."""
    return _ranged(T, _s)


def T_h(h: Number) -> Floats:
    """Temperature, (n,) K, of an enthalpy (n,) J/kg; NaN where none in 200…6000 K has it."""
    return _inverse(np.asarray(h, dtype=np.float64), h_T)


def T_s0(s0: Number) -> Floats:
    """Temperature, (n,) K, of an entropy at 1 bar (n,) J/(kg K)."""
    return _inverse(np.asarray(s0, dtype=np.float64), s0_T)


def T_isentropic(T: Number, pressure_ratio: Number) -> Floats:
    """Temperature, (n,) K, after an isentropic change of pressure by p_out/p_in = pressure_ratio (n,), from T (n,) K."""
    ratio = np.asarray(pressure_ratio, dtype=np.float64)
    return T_s0(s0_T(T) + R_AIR * np.log(np.where(ratio > 0.0, ratio, np.nan)))


def _cp(T: Floats, a: tuple[float, ...]) -> Floats:
    return np.asarray(a[0] / T**2 + a[1] / T + a[2] + T * (a[3] + T * (a[4] + T * (a[5] + T * a[6]))))


def _h(T: Floats, a: tuple[float, ...]) -> Floats:
    rising = T * (a[2] + T * (a[3] / 2 + T * (a[4] / 3 + T * (a[5] / 4 + T * a[6] / 5))))
    return np.asarray(-a[0] / T + a[1] * np.log(T) + rising + a[7])


def _s(T: Floats, a: tuple[float, ...]) -> Floats:
    rising = T * (a[3] + T * (a[4] / 2 + T * (a[5] / 3 + T * a[6] / 4)))
    return np.asarray(-a[0] / (2 * T**2) - a[1] / T + a[2] * np.log(T) + rising + a[8])


def _ranged(T: Number, polynomial: Callable[[Floats, tuple[float, ...]], Floats]) -> Floats:
    T = np.asarray(T, dtype=np.float64)
    T = np.where((T_RANGE_K[0] <= T) & (T_RANGE_K[1] >= T), T, np.nan)
    return np.asarray(R_AIR * np.where(T < T_MIDDLE_K, polynomial(T, _LOW), polynomial(T, _HIGH)))


def _inverse(wanted: Floats, function: Callable[[Number], Floats]) -> Floats:
    """By bisection, which the slight step between the ranges does not disturb; every element takes the same steps."""
    low, high = np.full(wanted.shape, T_RANGE_K[0]), np.full(wanted.shape, T_RANGE_K[1])
    good = (function(low) <= wanted) & (wanted <= function(high))
    for _step in range(_STEPS):
        middle = 0.5 * (low + high)
        above = function(middle) > wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(good, 0.5 * (low + high), np.nan)
