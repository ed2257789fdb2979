"""Region 3 of IAPWS-IF97, around the critical point, as a function of density and temperature (R7-97(2012) table 30).

It also mends the compiled library in subregion 3l of SR5-05(2016), 22.5 … 23.5 MPa around 648 K, where that drops the
equation's last term: up to 4 % in density. The volume is computed here, and every property from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import log

import numpy as np

from calc.asset_type import Floats, Mask
from calc.property import OfOne, OfTwo
from calc.water.native import KELVIN, each, evaluate
from calc.water.saturation import T_CRITICAL

R = 461.526
_RHO_CRITICAL = 322.0
_T_LEAST, _T_MOST, _P_MOST = 623.15, 863.15, 100e6
Term = tuple[int, int, float]
_N1 = 1.0658070028513
_TERMS = (
    (0, 0, -15.732845290239),
    (0, 1, 20.944396974307),
    (0, 2, -7.6867707878716),
    (0, 7, 2.6185947787954),
    (0, 10, -2.808078114862),
    (0, 12, 1.2053369696517),
    (0, 23, -0.0084566812812502),
    (1, 2, -1.2654315477714),
    (1, 6, -1.1524407806681),
    (1, 15, 0.88521043984318),
    (1, 17, -0.64207765181607),
    (2, 0, 0.38493460186671),
    (2, 2, -0.85214708824206),
    (2, 6, 4.8972281541877),
    (2, 7, -3.0502617256965),
    (2, 22, 0.039420536879154),
    (2, 26, 0.12558408424308),
    (3, 0, -0.2799932969871),
    (3, 2, 1.389979956946),
    (3, 4, -2.018991502357),
    (3, 16, -0.0082147637173963),
    (3, 26, -0.47596035734923),
    (4, 0, 0.0439840744735),
    (4, 2, -0.44476435428739),
    (4, 4, 0.90572070719733),
    (4, 26, 0.70522450087967),
    (5, 1, 0.10770512626332),
    (5, 3, -0.32913623258954),
    (5, 26, -0.50871062041158),
    (6, 0, -0.022175400873096),
    (6, 2, 0.094260751665092),
    (6, 26, 0.16436278447961),
    (7, 2, -0.013503372241348),
    (8, 26, -0.014834345352472),
    (9, 2, 0.00057922953628084),
    (9, 26, 0.0032308904703711),
    (10, 0, 8.0964802996215e-05),
    (10, 1, -0.00016557679795037),
    (11, 26, -4.4923899061815e-05),
)
_L = (
    (-12, 14, 2607020586.47537),
    (-12, 16, -188277213604704.0),
    (-12, 18, 5.54923870289667e18),
    (-12, 20, -7.58966946387758e22),
    (-12, 22, 4.13865186848908e26),
    (-10, 14, -815038000738.06),
    (-10, 24, -3.81458260489955e32),
    (-8, 6, -0.0123239564600519),
    (-8, 10, 22609563.1437174),
    (-8, 12, -495017809506.72),
    (-8, 14, 5294829964228630.0),
    (-8, 18, -4.44359478746295e22),
    (-8, 24, 5.21635864527315e34),
    (-8, 36, -4.87095672740742e54),
    (-6, 8, -714430.209937547),
    (-5, 4, 0.127868634615495),
    (-5, 5, -10.0752127917598),
    (-4, 7, 7774514.3796099),
    (-4, 16, -1.08105480796471e24),
    (-3, 1, -3.57578581169659e-06),
    (-3, 3, -2.12857169423484),
    (-3, 18, 2.70706111085238e29),
    (-3, 20, -6.95953622348829e32),
    (-2, 2, 0.11060902747228),
    (-2, 3, 72.1559163361354),
    (-2, 10, -306367307532219.0),
    (-1, 0, 2.6583961888553e-05),
    (-1, 1, 0.0253392392889754),
    (-1, 3, -214.443041836579),
    (0, 0, 0.937846601489667),
    (0, 1, 2.231840431017),
    (0, 2, 33.8401222509191),
    (0, 12, 4.94237237179718e20),
    (1, 0, -0.198068404154428),
    (1, 16, -1.4141534988114e30),
    (2, 1, -99.3862421613651),
    (4, 0, 125.070534142731),
    (5, 0, -996.473529004439),
    (5, 1, 47313.7909872765),
    (6, 14, 1.16662121219322e32),
    (10, 4, -3158749762715330.0),
    (10, 12, -4.45703369196945e32),
    (14, 10, 6.42794932373694e32),
)
_B23 = (348.05185628969, -1.1671859879975, 1.0192970039326e-3, 572.54459862746, 13.91883977887)
_P_B23_LEAST = 16.529164252604e6
_T_3CD = (585.276966696349, 2.78233532206915, -0.0127283549295878, 0.000159090746562729)
_T_3GH = (-24928.4240900418, 4281.43584791546, -269.02917314013, 7.51608051114157, -0.0787105249910383)
_P_3L = (22.5e6, 23.5e6)


@dataclass(frozen=True)
class _Helmholtz:
    """φ and its derivatives, each times the powers of δ and τ that stand with it; `phi` only where asked for."""

    d: Floats
    dd: Floats
    t: Floats
    tt: Floats
    dt: Floats
    phi: Floats


def _helmholtz(rho: Floats, T: Floats) -> _Helmholtz:
    delta, tau = rho / _RHO_CRITICAL, T_CRITICAL / T
    deltas, taus = powers(delta, 11), powers(tau, 26)
    d, dd, t, tt, dt = np.full(rho.size, _N1), np.full(rho.size, -_N1), *(np.zeros(rho.size) for _ in range(3))
    phi = _N1 * each(log, delta)
    for i, j, n in _TERMS:
        term = n * deltas[i] * taus[j]
        phi += term
        d += i * term
        dd += i * (i - 1) * term
        t += j * term
        tt += j * (j - 1) * term
        dt += i * j * term
    return _Helmholtz(d, dd, t, tt, dt, phi)


def powers(x: Floats, most: int) -> list[Floats]:
    """x⁰ … x^most by multiplication alone, so that an element's bits do not depend on its place."""
    result = [np.ones(x.size)]
    for _ in range(most):
        result.append(result[-1] * x)
    return result


def pressure(rho: Floats, T: Floats) -> Floats:
    """Pressure, Pa, of density and temperature."""
    return rho * R * T * _helmholtz(rho, T).d


def enthalpy(rho: Floats, T: Floats) -> Floats:
    """Specific enthalpy, J/kg."""
    f = _helmholtz(rho, T)
    return R * T * (f.t + f.d)


def entropy(rho: Floats, T: Floats) -> Floats:
    """Specific entropy, J/(kg K)."""
    f = _helmholtz(rho, T)
    return R * (f.t - f.phi)


def internal_energy(rho: Floats, T: Floats) -> Floats:
    """Specific internal energy, J/kg."""
    return R * T * _helmholtz(rho, T).t


def isochoric_heat_capacity(rho: Floats, T: Floats) -> Floats:
    """cv, J/(kg K)."""
    return -R * _helmholtz(rho, T).tt


def isobaric_heat_capacity(rho: Floats, T: Floats) -> Floats:
    """cp, J/(kg K)."""
    f = _helmholtz(rho, T)
    slope = f.d - f.dt
    return R * (slope * slope / (2.0 * f.d + f.dd) - f.tt)


def speed_of_sound(rho: Floats, T: Floats) -> Floats:
    """Speed of sound, m/s."""
    f = _helmholtz(rho, T)
    slope = f.d - f.dt
    return np.sqrt(R * T * (2.0 * f.d + f.dd - slope * slope / f.tt))


def isentropic_exponent(rho: Floats, T: Floats) -> Floats:
    """w² ρ / p, 1."""
    w = speed_of_sound(rho, T)
    return w * w * rho / pressure(rho, T)


def volume(rho: Floats, _T: Floats) -> Floats:
    """Specific volume, m3/kg."""
    return 1.0 / rho


def subregion_l(p: Floats, T: Floats) -> Mask:
    """True where p and T lie in subregion 3l."""
    inside = np.asarray((p > _P_3L[0]) & (p <= _P_3L[1]))
    if inside.any():
        p_mpa = p / 1e6
        inside &= (_polynomial(_T_3CD, p_mpa) < T) & (_polynomial(_T_3GH, p_mpa) >= T) & (T > _T_LEAST)
    return inside


def density_l(p: Floats, T: Floats) -> Floats:
    """Density in subregion 3l, kg/m3, of SR5-05."""
    pi, theta = p / 24e6 - 0.908, T / 650.0 - 0.989
    up, down, thetas = powers(pi, 14), powers(1.0 / pi, 12), powers(theta, 36)
    total = np.zeros(p.size)
    for i, j, n in _L:
        total += n * (up[i] if i >= 0 else down[-i]) * thetas[j]
    square = total * total
    return 1.0 / (0.0026 * (square * square))


def _polynomial(coefficients: Sequence[float], x: Floats) -> Floats:
    total = np.zeros(x.size)
    for n in reversed(coefficients):
        total = total * x + n
    return total


def _outside(rho: Floats, T: Floats) -> Mask:
    """True where (ρ, T) is no single-phase state of region 3."""
    p = pressure(rho, T)
    boundary = 1e6 * (_B23[0] + T * (_B23[1] + T * _B23[2]))
    t = T - KELVIN
    liquid, vapour = (1.0 / evaluate("tx2v", t, np.full(T.size, x)) for x in (0.0, 1.0))
    wet = (T < T_CRITICAL) & (rho < liquid) & (rho > vapour)
    return np.asarray((T < _T_LEAST) | (T > _T_MOST) | (p < boundary * (1 - 1e-9)) | (p > _P_MOST) | wet)


def _p_b23(T: Floats) -> Floats:
    p = 1e6 * (_B23[0] + T * (_B23[1] + T * _B23[2]))
    return np.where((T >= _T_LEAST) & (T <= _T_MOST), p, np.nan)


def _T_b23(p: Floats) -> Floats:
    T = _B23[3] + np.sqrt((p / 1e6 - _B23[4]) / _B23[2])
    return np.where((p >= _P_B23_LEAST) & (p <= _P_MOST), T, np.nan)


def _within(kernel: partial[Floats], rho: Floats, T: Floats) -> Floats:
    return np.where(_outside(rho, T), np.nan, kernel(rho, T))


def _of_rhoT(name: str, description: str, kernel: partial[Floats]) -> OfTwo:
    return OfTwo(name, ("rho", "T"), f"{description}; region 3 alone", partial(_within, kernel))


p_B23_T = OfOne("p_B23_T", ("T",), "pressure between regions 2 and 3, Pa", _p_b23)
T_B23_p = OfOne("T_B23_p", ("p",), "temperature between regions 2 and 3, K", _T_b23)
p_rhoT = _of_rhoT("p_rhoT", "pressure, Pa", partial(pressure))
h_rhoT = _of_rhoT("h_rhoT", "specific enthalpy, J/kg", partial(enthalpy))
s_rhoT = _of_rhoT("s_rhoT", "specific entropy, J/(kg K)", partial(entropy))
u_rhoT = _of_rhoT("u_rhoT", "specific internal energy, J/kg", partial(internal_energy))
cp_rhoT = _of_rhoT("cp_rhoT", "isobaric heat capacity, J/(kg K)", partial(isobaric_heat_capacity))
cv_rhoT = _of_rhoT("cv_rhoT", "isochoric heat capacity, J/(kg K)", partial(isochoric_heat_capacity))
w_rhoT = _of_rhoT("w_rhoT", "speed of sound, m/s", partial(speed_of_sound))
