"""Saturation of water: IAPWS R7-97(2012), region 4, and its liquid and vapour ends."""

from __future__ import annotations

from functools import partial

import numpy as np

from calc.asset_type import Floats, Mask
from calc.property import OfOne, OfTwo
from calc.water.native import KELVIN, evaluate

T_LEAST, T_CRITICAL = 273.15, 647.096
P_LEAST, P_CRITICAL = 611.2126774443449, 22.064e6
"""P_LEAST is p_sat(273.15 K)."""
_N = (
    *(1167.0521452767, -724213.16703206, -17.073846940092, 12020.82470247, -3232555.0322333),
    *(14.91510861353, -4823.2657361591, 405113.40542057, -0.23855557567849, 650.17534844798),
)
_ON_SATURATION = 1e-9
"""Relative distance in pressure within which p and T tell no phase: both were taken from the saturation line."""


def p_sat(T: Floats) -> Floats:
    """Saturation pressure, Pa; NaN outside 273.15 … 647.096 K."""
    theta = T + _N[8] / (T - _N[9])
    a = (theta + _N[0]) * theta + _N[1]
    b = (_N[2] * theta + _N[3]) * theta + _N[4]
    c = (_N[5] * theta + _N[6]) * theta + _N[7]
    root = 2.0 * c / (np.sqrt(b * b - 4.0 * a * c) - b)
    square = root * root
    return np.where((T >= T_LEAST) & (T <= T_CRITICAL), square * square * 1e6, np.nan)


def T_sat(p: Floats) -> Floats:
    """Saturation temperature, K; NaN outside p_sat(273.15 K) … 22.064 MPa."""
    beta = np.sqrt(np.sqrt(p / 1e6))
    e = (beta + _N[2]) * beta + _N[5]
    f = (_N[0] * beta + _N[3]) * beta + _N[6]
    g = (_N[1] * beta + _N[4]) * beta + _N[7]
    d = 2.0 * g / (-f - np.sqrt(f * f - 4.0 * e * g))
    s = _N[9] + d
    values = 0.5 * (s - np.sqrt(s * s - 4.0 * (_N[8] + _N[9] * d)))
    return np.where((p >= P_LEAST) & (p <= P_CRITICAL), values, np.nan)


def on_saturation(p: Floats, T: Floats) -> Mask:
    """True where p and T lie on the saturation line, so that they tell no phase."""
    return np.asarray(np.abs(p_sat(T) - p) <= _ON_SATURATION * p)


def _of_px(name: str, factor: float, shift: float, p: Floats, x: Floats) -> Floats:
    return evaluate(name, p / 1e6, x) * factor + shift


def _of_Tx(name: str, factor: float, T: Floats, x: Floats) -> Floats:
    return evaluate(name, T - KELVIN, x) * factor


def _at_x(name: str, x: float, factor: float, p: Floats) -> Floats:
    return evaluate(name, p / 1e6, np.full(p.size, x)) * factor


def _density(name: str, first_is_p: bool, a: Floats, x: Floats) -> Floats:
    return 1.0 / (_of_px(name, 1.0, 0.0, a, x) if first_is_p else _of_Tx(name, 1.0, a, x))


def _surface_tension(T: Floats) -> Floats:
    tau = 1.0 - T / T_CRITICAL
    values = 0.2358 * _power_1256(tau) * (1.0 - 0.625 * tau)
    return np.where((T >= T_LEAST) & (T <= T_CRITICAL), values, np.nan)


def _power_1256(tau: Floats) -> Floats:
    return np.array([t**1.256 if t >= 0 else np.nan for t in tau.tolist()])


T_sat_p = OfOne("T_sat_p", ("p",), "saturation temperature, K, of pressure, Pa", T_sat)
p_sat_T = OfOne("p_sat_T", ("T",), "saturation pressure, Pa, of temperature, K", p_sat)
h_liquid_p = OfOne("h_liquid_p", ("p",), "enthalpy of saturated liquid, J/kg", partial(_at_x, "px2h", 0.0, 1e3))
h_vapour_p = OfOne("h_vapour_p", ("p",), "enthalpy of saturated vapour, J/kg", partial(_at_x, "px2h", 1.0, 1e3))
s_liquid_p = OfOne("s_liquid_p", ("p",), "entropy of saturated liquid, J/(kg K)", partial(_at_x, "px2s", 0.0, 1e3))
s_vapour_p = OfOne("s_vapour_p", ("p",), "entropy of saturated vapour, J/(kg K)", partial(_at_x, "px2s", 1.0, 1e3))
v_liquid_p = OfOne("v_liquid_p", ("p",), "volume of saturated liquid, m3/kg", partial(_at_x, "px2v", 0.0, 1.0))
v_vapour_p = OfOne("v_vapour_p", ("p",), "volume of saturated vapour, m3/kg", partial(_at_x, "px2v", 1.0, 1.0))
sigma_T = OfOne("sigma_T", ("T",), "surface tension, N/m, IAPWS R1-76(2014)", _surface_tension)

h_px = OfTwo("h_px", ("p", "x"), "enthalpy, J/kg, of pressure and dryness", partial(_of_px, "px2h", 1e3, 0.0))
s_px = OfTwo("s_px", ("p", "x"), "entropy, J/(kg K), of pressure and dryness", partial(_of_px, "px2s", 1e3, 0.0))
v_px = OfTwo("v_px", ("p", "x"), "volume, m3/kg, of pressure and dryness", partial(_of_px, "px2v", 1.0, 0.0))
rho_px = OfTwo("rho_px", ("p", "x"), "density, kg/m3, of pressure and dryness", partial(_density, "px2v", True))
h_Tx = OfTwo("h_Tx", ("T", "x"), "enthalpy, J/kg, of temperature and dryness", partial(_of_Tx, "tx2h", 1e3))
s_Tx = OfTwo("s_Tx", ("T", "x"), "entropy, J/(kg K), of temperature and dryness", partial(_of_Tx, "tx2s", 1e3))
v_Tx = OfTwo("v_Tx", ("T", "x"), "volume, m3/kg, of temperature and dryness", partial(_of_Tx, "tx2v", 1.0))
rho_Tx = OfTwo("rho_Tx", ("T", "x"), "density, kg/m3, of temperature and dryness", partial(_density, "tx2v", False))
