"""Properties of (p,h) and (p,s): the backward equations of IAPWS R7-97(2012) and SR3-03(2014)."""

from __future__ import annotations

from functools import partial
from math import isnan

import numpy as np

from calc.asset_type import Floats, Mask
from calc.property import SINGLE_PHASE, OfTwo
from calc.water.native import KELVIN, evaluate, native
from calc.water.search import temperature


def _of_p(backward: str, p: Floats, b: Floats) -> Floats:
    """The library's function `backward`, as `ph2s`, in its own units; `b` is h or s in SI."""
    p_mpa, b_kj = p / 1e6, b / 1e3
    values = evaluate(backward, p_mpa, b_kj)
    for i in np.flatnonzero(np.isnan(values)).tolist():
        t = temperature("pt2" + backward[1], float(p_mpa[i]), float(b_kj[i]))
        if not isnan(t):
            values[i] = t if backward.endswith("t") else native("pt2" + backward[3])(float(p_mpa[i]), t)
    return values


def _temperature(backward: str, p: Floats, b: Floats) -> Floats:
    return _of_p(backward, p, b) + KELVIN


def _specific(backward: str, p: Floats, b: Floats) -> Floats:
    return _of_p(backward, p, b) * 1e3


def _density(backward: str, p: Floats, b: Floats) -> Floats:
    return 1.0 / _of_p(backward, p, b)


def _dryness(end: str, p: Floats, b: Floats) -> Floats:
    """(b − b') / (b'' − b'), NaN outside the wet region."""
    liquid = evaluate(end, p / 1e6, np.zeros(p.size)) * 1e3
    vapour = evaluate(end, p / 1e6, np.ones(p.size)) * 1e3
    x = (b - liquid) / (vapour - liquid)
    return np.where((x >= 0) & (x <= 1), x, np.nan)


def _single_phase(of_b: OfTwo, p: Floats, b: Floats) -> Mask:
    return np.isfinite(of_b(p, b))


_PH, _PS = ("p", "h"), ("p", "s")
T_ph = OfTwo("T_ph", _PH, "temperature, K", partial(_temperature, "ph2t"))
s_ph = OfTwo("s_ph", _PH, "specific entropy, J/(kg K)", partial(_specific, "ph2s"))
v_ph = OfTwo("v_ph", _PH, "specific volume, m3/kg", partial(_of_p, "ph2v"))
rho_ph = OfTwo("rho_ph", _PH, "density, kg/m3", partial(_density, "ph2v"))
T_ps = OfTwo("T_ps", _PS, "temperature, K", partial(_temperature, "ps2t"))
h_ps = OfTwo("h_ps", _PS, "specific enthalpy, J/kg", partial(_specific, "ps2h"))
v_ps = OfTwo("v_ps", _PS, "specific volume, m3/kg", partial(_of_p, "ps2v"))
rho_ps = OfTwo("rho_ps", _PS, "density, kg/m3", partial(_density, "ps2v"))

_WET = "dryness in the wet region, 1"
x_ph = OfTwo("x_ph", _PH, _WET, partial(_dryness, "px2h"), partial(_single_phase, T_ph), SINGLE_PHASE)
x_ps = OfTwo("x_ps", _PS, _WET, partial(_dryness, "px2s"), partial(_single_phase, T_ps), SINGLE_PHASE)
