"""Humid air as a mixture of ideal gases, at pressures near the atmosphere's; humidity ratio W in kg water a kg dry air.

    W = 0.621945 p_w / (p − p_w)          h = 1006 t + W (2501000 + 1860 t), t in °C; 0 at 0 °C, dry and liquid

Relations of the ASHRAE Handbook, Fundamentals (2017), chapter 1, as the open library psychrolib carries them; the
saturation pressure is Hyland and Wexler's, over ice below 0.01 °C. Against real humid air (enhancement factor) W is
some 0.3 to 0.5 % low. Valid from 173.15 to 473.15 K; outside, and for a humidity that cannot be, NaN.
"""

from __future__ import annotations

import numpy as np

from calc.asset_type import Floats
from calc.elementwise import exp, log

WATER_TO_AIR = 0.621945
R_DRY_AIR = 287.042
"""J/(kg K)."""
T_ZERO_K = 273.15
T_TRIPLE_K = 273.16
T_RANGE_K = (173.15, 473.15)
_ICE = (-5.6745359e3, 6.3925247, -9.677843e-3, 6.2215701e-7, 2.0747825e-9, -9.484024e-13, 4.1635019)
_LIQUID = (-5.8002206e3, 1.3914993, -4.8640239e-2, 4.1764768e-5, -1.4452093e-8, 0.0, 6.5459673)
_HALVINGS = 60
ROUNDING = 1e-12
"""So far may the dew point of saturated air stand above its temperature."""
Number = Floats | float


def p_sat_T(T: Number) -> Floats:
    """Pressure of saturated water vapour over liquid or ice, (n,) Pa, at T (n,) K; NaN outside 173.15…473.15 K."""
    T = np.asarray(T, dtype=np.float64)
    T = np.where((T_RANGE_K[0] <= T) & (T_RANGE_K[1] >= T), T, np.nan)
    return exp(np.where(T < T_TRIPLE_K, _ln_p(T, _ICE), _ln_p(T, _LIQUID)))


def W_pw(p_w: Number, p: Number) -> Floats:
    """Humidity ratio at the vapour's partial pressure p_w and the total p, both (n,) Pa; NaN unless 0 ≤ p_w < p."""
    p_w, p = np.asarray(p_w, dtype=np.float64), np.asarray(p, dtype=np.float64)
    p_w = np.where((p_w >= 0.0) & (p_w < p), p_w, np.nan)
    return np.asarray(WATER_TO_AIR * p_w / (p - p_w))


def pw_W(W: Number, p: Number) -> Floats:
    """Partial pressure of the vapour, (n,) Pa, at humidity ratio W (n,) and total pressure p (n,) Pa; NaN for W < 0."""
    W = np.asarray(W, dtype=np.float64)
    W = np.where(W >= 0.0, W, np.nan)
    return np.asarray(p * W / (WATER_TO_AIR + W))


def W_RH(T: Number, RH: Number, p: Number) -> Floats:
    """Humidity ratio, (n,), at T (n,) K, relative humidity RH (n,) as a fraction, p (n,) Pa; NaN for RH outside 0…1."""
    RH = np.asarray(RH, dtype=np.float64)
    RH = np.where((RH >= 0.0) & (RH <= 1.0), RH, np.nan)
    return W_pw(RH * p_sat_T(T), p)


def W_wet_bulb(T: Number, T_wet_bulb: Number, p: Number) -> Floats:
    """Humidity ratio, (n,), from dry and wet bulb (n,) K at p (n,) Pa; NaN where the wet bulb is warmer or W < 0."""
    T, T_wet_bulb = np.asarray(T, dtype=np.float64), np.asarray(T_wet_bulb, dtype=np.float64)
    t, t_wet = T - T_ZERO_K, T_wet_bulb - T_ZERO_K
    W_s = W_pw(p_sat_T(T_wet_bulb), p)
    liquid = ((2501.0 - 2.326 * t_wet) * W_s - 1.006 * (t - t_wet)) / (2501.0 + 1.86 * t - 4.186 * t_wet)
    ice = ((2830.0 - 0.24 * t_wet) * W_s - 1.006 * (t - t_wet)) / (2830.0 + 1.86 * t - 2.1 * t_wet)
    W = np.where(t_wet >= 0.0, liquid, ice)
    return np.where((T_wet_bulb <= T) & (W >= 0.0), W, np.nan)


def RH_W(T: Number, W: Number, p: Number) -> Floats:
    """Relative humidity, (n,) fraction, at T (n,) K, W (n,), p (n,) Pa; above 1 in fog, reported as it is."""
    return np.asarray(pw_W(W, p) / p_sat_T(T))


def dew_point(W: Number, p: Number) -> Floats:
    """Dew point (frost point), (n,) K, at W (n,) and p (n,) Pa; NaN where no temperature of the range has it."""
    p_w = pw_W(W, p)
    low, high = np.full(p_w.shape, T_RANGE_K[0]), np.full(p_w.shape, T_RANGE_K[1])
    good = (p_w >= p_sat_T(low)) & (p_w <= p_sat_T(high))
    for _halving in range(_HALVINGS):
        middle = 0.5 * (low + high)
        above = p_sat_T(middle) > p_w
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(good, 0.5 * (low + high), np.nan)


def wet_bulb(T: Number, W: Number, p: Number) -> Floats:
    """Thermodynamic wet bulb, (n,) K, at T (n,) K, W (n,), p (n,) Pa; NaN for air beyond saturation."""
    T, W, p = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (T, W, p)))
    low, high = dew_point(W, p), np.array(T)
    good = low <= high * (1.0 + ROUNDING)
    for _halving in range(_HALVINGS):
        middle = 0.5 * (low + high)
        above = W_wet_bulb(T, middle, p) > W
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(good, 0.5 * (low + high), np.nan)


def h_TW(T: Number, W: Number) -> Floats:
    """Enthalpy of humid air, (n,) J a kg dry air, at T (n,) K and W (n,)."""
    t = np.asarray(T, dtype=np.float64) - T_ZERO_K
    return np.asarray(1006.0 * t + W * (2501000.0 + 1860.0 * t))


def h_saturated(T: Number, p: Number) -> Floats:
    """Enthalpy of saturated air, (n,) J a kg dry air, at T (n,) K and p (n,) Pa."""
    return h_TW(T, W_pw(p_sat_T(T), p))


def v_TW(T: Number, W: Number, p: Number) -> Floats:
    """Volume of humid air, (n,) m3 a kg dry air, at T (n,) K, W (n,), p (n,) Pa."""
    return np.asarray(R_DRY_AIR * np.asarray(T) * (1.0 + np.asarray(W) / WATER_TO_AIR) / p)


def rho_TW(T: Number, W: Number, p: Number) -> Floats:
    """Density of humid air, (n,) kg/m3, vapour included."""
    return np.asarray((1.0 + np.asarray(W)) / v_TW(T, W, p))


def _ln_p(T: Floats, c: tuple[float, ...]) -> Floats:
    return np.asarray(c[0] / T + c[1] + T * (c[2] + T * (c[3] + T * (c[4] + T * c[5]))) + c[6] * log(T))
