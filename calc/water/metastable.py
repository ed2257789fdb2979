"""Metastable vapour of IAPWS R7-97(2012): from saturated vapour to 5 % equilibrium moisture, up to 10 MPa.

Steam that expands fast stays dry for a while below the saturation line, as in the last stages of a turbine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import log

import numpy as np

from calc.asset_type import Floats
from calc.property import OfTwo
from calc.water.native import each, evaluate
from calc.water.region_3 import R, powers
from calc.water.saturation import T_LEAST, p_sat

_P_MOST = 10e6
_DRYNESS_LEAST = 0.95
_T_STAR = 540.0
_IDEAL = (
    *((0, -9.6937268393049), (1, 10.087275970006), (-5, -0.0056087911283020), (-4, 0.071452738081455)),
    *((-3, -0.40710498223928), (-2, 1.4240819171444), (-1, -4.3839511319450), (2, -0.28408632460772)),
    (3, 0.021268463753307),
)
_RESIDUAL = (
    *((1, 0, -0.0073362260186506), (1, 2, -0.088223831943146), (1, 5, -0.072334555213245)),
    *((1, 11, -0.0040813178534455), (2, 1, 0.0020097803380207), (2, 7, -0.053045921898642)),
    *((2, 16, -0.0076190409086970), (3, 4, -0.0063498037657313), (3, 16, -0.086043093028588)),
    *((4, 7, 0.0075321581522770), (4, 10, -0.0079238375446139), (5, 9, -0.00022888160778447)),
    (5, 10, -0.0026456501482810),
)


@dataclass(frozen=True)
class _Gibbs:
    """γ and its derivatives, each times the powers of π and τ that stand with it."""

    g: Floats
    p: Floats
    pp: Floats
    t: Floats
    tt: Floats
    pt: Floats


def _gibbs(p: Floats, T: Floats) -> _Gibbs:
    pi, tau = p / 1e6, _T_STAR / T
    up, down, shifted, pis = powers(tau, 3), powers(1.0 / tau, 5), powers(tau - 0.5, 16), powers(pi, 5)
    g, gp, gpp = each(log, pi), np.ones(p.size), -np.ones(p.size)
    gt, gtt, gpt = (np.zeros(p.size) for _ in range(3))
    for j, n in _IDEAL:
        term = n * (up[j] if j >= 0 else down[-j])
        g, gt, gtt = g + term, gt + j * term, gtt + j * (j - 1) * term
    ratio = tau / (tau - 0.5)
    for i, j, n in _RESIDUAL:
        term = n * pis[i] * shifted[j]
        g, gp, gpp = g + term, gp + i * term, gpp + i * (i - 1) * term
        gt, gtt, gpt = gt + j * ratio * term, gtt + j * (j - 1) * ratio * ratio * term, gpt + i * j * ratio * term
    return _Gibbs(g, gp, gpp, gt, gtt, gpt)


def _volume(p: Floats, T: Floats) -> Floats:
    return R * T / p * _gibbs(p, T).p


def _enthalpy(p: Floats, T: Floats) -> Floats:
    return R * T * _gibbs(p, T).t


def _internal_energy(p: Floats, T: Floats) -> Floats:
    g = _gibbs(p, T)
    return R * T * (g.t - g.p)


def _entropy(p: Floats, T: Floats) -> Floats:
    g = _gibbs(p, T)
    return R * (g.t - g.g)


def _heat_capacity(p: Floats, T: Floats) -> Floats:
    return -R * _gibbs(p, T).tt


def _speed_of_sound(p: Floats, T: Floats) -> Floats:
    g = _gibbs(p, T)
    slope = g.p - g.pt
    return np.sqrt(R * T * g.p * g.p / (-g.pp + slope * slope / g.tt))


def _within(kernel: partial[Floats], p: Floats, T: Floats) -> Floats:
    liquid, vapour = (evaluate("px2h", p / 1e6, np.full(p.size, x)) * 1e3 for x in (0.0, 1.0))
    moist = _enthalpy(p, T) < liquid + _DRYNESS_LEAST * (vapour - liquid)
    outside = (T < T_LEAST) | (p > _P_MOST) | ~(p >= p_sat(T)) | moist
    return np.where(outside, np.nan, kernel(p, T))


def _of_pT(name: str, description: str, kernel: partial[Floats]) -> OfTwo:
    return OfTwo(name, ("p", "T"), f"{description}, of metastable vapour", partial(_within, kernel))


v_metastable_pT = _of_pT("v_metastable_pT", "specific volume, m3/kg", partial(_volume))
h_metastable_pT = _of_pT("h_metastable_pT", "specific enthalpy, J/kg", partial(_enthalpy))
u_metastable_pT = _of_pT("u_metastable_pT", "specific internal energy, J/kg", partial(_internal_energy))
s_metastable_pT = _of_pT("s_metastable_pT", "specific entropy, J/(kg K)", partial(_entropy))
cp_metastable_pT = _of_pT("cp_metastable_pT", "isobaric heat capacity, J/(kg K)", partial(_heat_capacity))
w_metastable_pT = _of_pT("w_metastable_pT", "speed of sound, m/s", partial(_speed_of_sound))
