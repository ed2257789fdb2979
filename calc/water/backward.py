"""Properties of (p,h), (p,s) and (h,s): the backward equations of IAPWS R7-97, SR2-01, SR3-03 and SR4-04."""

from __future__ import annotations

from functools import partial

import numpy as np

from calc.asset_type import Floats, Mask
from calc.water import hot_steam
from calc.water.native import KELVIN, evaluate
from calc.water.property import SINGLE_PHASE, OfTwo


def _of_p(name: str, factor: float, shift: float, p: Floats, b: Floats) -> Floats:
    """`b` is h or s in SI."""
    return evaluate(name, p / 1e6, b / 1e3) * factor + shift


def _density(name: str, p: Floats, b: Floats) -> Floats:
    return 1.0 / _of_p(name, 1.0, 0.0, p, b)


def _dryness(end: str, p: Floats, b: Floats) -> Floats:
    """(b − b') / (b'' − b'), NaN outside the wet region."""
    liquid = evaluate(end, p / 1e6, np.zeros(p.size)) * 1e3
    vapour = evaluate(end, p / 1e6, np.ones(p.size)) * 1e3
    x = (b - liquid) / (vapour - liquid)
    return np.where((x >= 0) & (x <= 1), x, np.nan)


def _single_phase(p: Floats, b: Floats) -> Mask:
    return np.asarray(np.isfinite(evaluate("px2h", p / 1e6, np.zeros(p.size))) & np.isfinite(b))


def _of_hs(name: str, factor: float, shift: float, h: Floats, s: Floats) -> Floats:
    hot = hot_steam.is_hot(h, s)
    values = evaluate(name, np.where(hot, np.nan, h / 1e3), s / 1e3) * factor + shift
    for i in np.flatnonzero(hot).tolist():
        p, T = hot_steam.p_and_T(float(h[i]), float(s[i]))
        values[i] = p if name == "hs2p" else T
    return values


def _of_ps_or_ph(name: str, inputs: tuple[str, str], description: str, kernel: partial[Floats]) -> OfTwo:
    return OfTwo(name, inputs, description, kernel)


_PH, _PS, _HS = ("p", "h"), ("p", "s"), ("h", "s")
T_ph = OfTwo("T_ph", _PH, "temperature, K", partial(_of_p, "ph2t", 1.0, KELVIN))
s_ph = OfTwo("s_ph", _PH, "specific entropy, J/(kg K)", partial(_of_p, "ph2s", 1e3, 0.0))
v_ph = OfTwo("v_ph", _PH, "specific volume, m3/kg", partial(_of_p, "ph2v", 1.0, 0.0))
rho_ph = OfTwo("rho_ph", _PH, "density, kg/m3", partial(_density, "ph2v"))
x_ph = OfTwo("x_ph", _PH, "dryness in the wet region, 1", partial(_dryness, "px2h"), _single_phase, SINGLE_PHASE)
T_ps = OfTwo("T_ps", _PS, "temperature, K", partial(_of_p, "ps2t", 1.0, KELVIN))
h_ps = OfTwo("h_ps", _PS, "specific enthalpy, J/kg", partial(_of_p, "ps2h", 1e3, 0.0))
v_ps = OfTwo("v_ps", _PS, "specific volume, m3/kg", partial(_of_p, "ps2v", 1.0, 0.0))
rho_ps = OfTwo("rho_ps", _PS, "density, kg/m3", partial(_density, "ps2v"))
x_ps = OfTwo("x_ps", _PS, "dryness in the wet region, 1", partial(_dryness, "px2s"), _single_phase, SINGLE_PHASE)
p_hs = OfTwo("p_hs", _HS, "pressure, Pa", partial(_of_hs, "hs2p", 1e6, 0.0))
T_hs = OfTwo("T_hs", _HS, "temperature, K", partial(_of_hs, "hs2t", 1.0, KELVIN))
