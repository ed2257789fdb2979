"""Mixtures of ideal gases, as combustion makes them: cp, h and s from NASA's nine-coefficient polynomials.

    cp/R = a1/T² + a2/T + a3 + a4 T + a5 T² + a6 T³ + a7 T⁴          200 … 1000 … 6000 K

Coefficients of NASA/TP-2002-211556 (Glenn), dissociation apart. h is the sensible enthalpy above 298.15 K, so that a
change of composition brings in no heat of formation; s counts from 0 K, at 1 bar, with the entropy of mixing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np

from calc.asset_type import Floats
from calc.fluids.name import Fluid, unknown
from calc.water.native import each

R = 8.314462618
T_REFERENCE_K = 298.15
P_REFERENCE_PA = 1e5
T_LEAST_K, T_MIDDLE_K, T_MOST_K = 200.0, 1000.0, 6000.0
_HALVINGS = 60
Coefficients = tuple[float, ...]


@dataclass(frozen=True)
class Gas:
    """Molar mass, kg/mol, and a1 … a7, b1, b2 below and above 1000 K."""

    molar_mass: float
    cold: Coefficients
    hot: Coefficients


# fmt: off
GASES = {
    "N2": Gas(28.0134e-3,
        (2.210371497e4, -3.81846182e2, 6.08273836, -8.53091441e-3, 1.384646189e-5, -9.62579362e-9, 2.519705809e-12,
         7.10846086e2, -1.076003744e1),
        (5.87712406e5, -2.239249073e3, 6.06694922, -6.1396855e-4, 1.491806679e-7, -1.923105485e-11, 1.061954386e-15,
         1.283210415e4, -1.586640027e1)),
    "O2": Gas(31.9988e-3,
        (-3.42556342e4, 4.84700097e2, 1.119010961, 4.29388924e-3, -6.83630052e-7, -2.0233727e-9, 1.039040018e-12,
         -3.39145487e3, 1.84969947e1),
        (-1.037939022e6, 2.344830282e3, 1.819732036, 1.267847582e-3, -2.188067988e-7, 2.053719572e-11, -8.19346705e-16,
         -1.689010929e4, 1.738716506e1)),
    "CO2": Gas(44.0095e-3,
        (4.94365054e4, -6.26411601e2, 5.30172524, 2.503813816e-3, -2.127308728e-7, -7.68998878e-10, 2.849677801e-13,
         -4.52819846e4, -7.04827944),
        (1.176962419e5, -1.788791477e3, 8.29152319, -9.22315678e-5, 4.86367688e-9, -1.891053312e-12, 6.33003659e-16,
         -3.90835059e4, -2.652669281e1)),
    "CO": Gas(28.0101e-3,
        (1.489045326e4, -2.922285939e2, 5.72452717, -8.17623503e-3, 1.456903469e-5, -1.087746302e-8, 3.027941827e-12,
         -1.303131878e4, -7.85924135),
        (4.61919725e5, -1.944704863e3, 5.91671418, -5.66428283e-4, 1.39881454e-7, -1.787680361e-11, 9.62093557e-16,
         -2.466261084e3, -1.387413108e1)),
    "H2O": Gas(18.01528e-3,
        (-3.94796083e4, 5.75573102e2, 9.31782653e-1, 7.22271286e-3, -7.34255737e-6, 4.95504349e-9, -1.336933246e-12,
         -3.30397431e4, 1.724205775e1),
        (1.034972096e6, -2.412698562e3, 4.64611078, 2.291998307e-3, -6.83683048e-7, 9.42646893e-11, -4.82238053e-15,
         -1.384286509e4, -7.97814851)),
    "SO2": Gas(64.0638e-3,
        (-5.31084214e4, 9.09031167e2, -2.356891244, 2.204449885e-2, -2.510781471e-5, 1.446300484e-8, -3.36907094e-12,
         -4.11375208e4, 4.045512519e1),
        (-1.127640116e5, -8.25226138e2, 7.61617863, -1.999327610e-4, 5.65563143e-8, -5.45431661e-12, 2.918294102e-16,
         -3.35130869e4, -1.655776085e1)),
    "H2": Gas(2.01588e-3,
        (4.07832321e4, -8.00918604e2, 8.21470201, -1.269714457e-2, 1.753605076e-5, -1.20286027e-8, 3.36809349e-12,
         2.682484665e3, -3.043788844e1),
        (5.60812801e5, -8.37150474e2, 2.975364532, 1.252249124e-3, -3.74071619e-7, 5.9366252e-11, -3.6069941e-15,
         5.33982441e3, -2.202774769)),
    "CH4": Gas(16.04246e-3,
        (-1.766850998e5, 2.78618102e3, -1.20257785e1, 3.91761929e-2, -3.61905443e-5, 2.026853043e-8, -4.97670549e-12,
         -2.33131436e4, 8.90432275e1),
        (3.73004276e6, -1.383501485e4, 2.049107091e1, -1.961974759e-3, 4.72731304e-7, -3.72881469e-11, 1.623737207e-15,
         7.53206691e4, -1.219124889e2)),
    "NO": Gas(30.0061e-3,
        (-1.143916503e4, 1.536467592e2, 3.43146873, -2.668592368e-3, 8.48139912e-6, -7.68511105e-9, 2.386797655e-12,
         9.09821441e3, 6.72872549),
        (2.239018716e5, -1.289651623e3, 5.43393603, -3.6560349e-4, 9.88096645e-8, -1.416076856e-11, 9.38018462e-16,
         1.750317656e4, -8.50166909)),
    "Ar": Gas(39.948e-3,
        (0.0, 0.0, 2.5, 0.0, 0.0, 0.0, 0.0, -7.45375e2, 4.37967491),
        (0.0, 0.0, 2.5, 0.0, 0.0, 0.0, 0.0, -7.45375e2, 4.37967491)),
}
# fmt: on


@dataclass(frozen=True)
class Mixture:
    """The polynomials of a mixture of fixed composition, a sum over its gases, a kilogram each."""

    R: float
    cold: Coefficients
    hot: Coefficients
    h_reference: float
    """h/R at 298.15 K."""


@lru_cache(maxsize=256)
def mixture(fluid: Fluid) -> Mixture:
    """The mixture that a fluid names; CalcError `unknown_fluid` for a gas that is not in `GASES`."""
    for name in fluid.components:
        if name not in GASES:
            raise unknown(fluid.name, f"{name} is none of {', '.join(GASES)}")
    gases = [GASES[name] for name in fluid.components]
    parts = list(zip(fluid.fractions, gases, strict=True))
    mixing = -sum(x * log(x) for x in fluid.fractions if x > 0)
    cold = _blend(fluid.fractions, [gas.cold for gas in gases], mixing)
    hot = _blend(fluid.fractions, [gas.hot for gas in gases], mixing)
    reference = float(_h_over_R(cold, np.array([T_REFERENCE_K]))[0])
    return Mixture(R / sum(x * gas.molar_mass for x, gas in parts), cold, hot, reference)


def cp_pT(fluid: Fluid, p: Floats, T: Floats) -> Floats:
    """Isobaric heat capacity, J/(kg K)."""
    mix = mixture(fluid)
    return _where_valid(p, T, mix.R * np.where(T < T_MIDDLE_K, _cp_over_R(mix.cold, T), _cp_over_R(mix.hot, T)))


def cv_pT(fluid: Fluid, p: Floats, T: Floats) -> Floats:
    """Isochoric heat capacity, J/(kg K)."""
    return cp_pT(fluid, p, T) - mixture(fluid).R


def h_pT(fluid: Fluid, p: Floats, T: Floats) -> Floats:
    """Sensible enthalpy above 298.15 K, J/kg."""
    mix = mixture(fluid)
    h = np.where(T < T_MIDDLE_K, _h_over_R(mix.cold, T), _h_over_R(mix.hot, T))
    return _where_valid(p, T, mix.R * (h - mix.h_reference))


def s_pT(fluid: Fluid, p: Floats, T: Floats) -> Floats:
    """Entropy, J/(kg K)."""
    mix = mixture(fluid)
    s = np.where(T < T_MIDDLE_K, _s_over_R(mix.cold, T), _s_over_R(mix.hot, T))
    return _where_valid(p, T, mix.R * (s - each(log, p / P_REFERENCE_PA)))


def rho_pT(fluid: Fluid, p: Floats, T: Floats) -> Floats:
    """Density, kg/m3."""
    return _where_valid(p, T, p / (mixture(fluid).R * T))


def w_pT(fluid: Fluid, p: Floats, T: Floats) -> Floats:
    """Speed of sound, m/s."""
    cp, gas_constant = cp_pT(fluid, p, T), mixture(fluid).R
    return np.sqrt(cp / (cp - gas_constant) * gas_constant * T)


def T_ph(fluid: Fluid, p: Floats, h: Floats) -> Floats:
    """Temperature, K, of sensible enthalpy."""
    return _invert(lambda T: h_pT(fluid, p, T), h)


def T_ps(fluid: Fluid, p: Floats, s: Floats) -> Floats:
    """Temperature, K, of entropy."""
    return _invert(lambda T: s_pT(fluid, p, T), s)


def _blend(fractions: tuple[float, ...], rows: list[Coefficients], mixing: float) -> Coefficients:
    sums = [sum(x * row[k] for x, row in zip(fractions, rows, strict=True)) for k in range(9)]
    return (*sums[:8], sums[8] + mixing)


def _cp_over_R(a: Coefficients, T: Floats) -> Floats:
    return a[0] / (T * T) + a[1] / T + a[2] + T * (a[3] + T * (a[4] + T * (a[5] + T * a[6])))


def _h_over_R(a: Coefficients, T: Floats) -> Floats:
    rest = T * (a[2] + T * (a[3] / 2 + T * (a[4] / 3 + T * (a[5] / 4 + T * (a[6] / 5)))))
    return -a[0] / T + a[1] * each(log, T) + rest + a[7]


def _s_over_R(a: Coefficients, T: Floats) -> Floats:
    rest = T * (a[3] + T * (a[4] / 2 + T * (a[5] / 3 + T * (a[6] / 4))))
    return -a[0] / (2.0 * T * T) - a[1] / T + a[2] * each(log, T) + rest + a[8]


def _where_valid(p: Floats, T: Floats, values: Floats) -> Floats:
    valid = (T >= T_LEAST_K) & (T <= T_MOST_K) & (p > 0) & np.isfinite(p)
    return np.where(valid, values, np.nan)


def _invert(of_T: Callable[[Floats], Floats], wanted: Floats) -> Floats:
    """The temperature at which a rising function has the wanted value, by halving; NaN beyond its ends."""
    low, high = np.full(wanted.size, T_LEAST_K), np.full(wanted.size, T_MOST_K)
    reached = (of_T(low) <= wanted) & (wanted <= of_T(high))
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        under = of_T(middle) <= wanted
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return np.where(reached, low, np.nan)
