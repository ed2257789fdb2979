"""Kernels of (p, T): the compiled library, mended in subregion 3l, NaN on the saturation line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from calc.asset_type import Floats
from calc.water import region_3
from calc.water.native import KELVIN, evaluate, evaluate_id
from calc.water.saturation import on_saturation

_OfDensity = Callable[[Floats, Floats], Floats]
_ID_U, _ID_CP, _ID_CV, _ID_W, _ID_KAPPA = 7, 8, 9, 10, 11


def enthalpy(p: Floats, T: Floats) -> Floats:
    """Specific enthalpy, J/kg."""
    return _mended(evaluate("pt2h", p / 1e6, T - KELVIN) * 1e3, p, T, region_3.enthalpy)


def entropy(p: Floats, T: Floats) -> Floats:
    """Specific entropy, J/(kg K)."""
    return _mended(evaluate("pt2s", p / 1e6, T - KELVIN) * 1e3, p, T, region_3.entropy)


def volume(p: Floats, T: Floats) -> Floats:
    """Specific volume, m3/kg."""
    return _mended(evaluate("pt2v", p / 1e6, T - KELVIN), p, T, region_3.volume)


def density(p: Floats, T: Floats) -> Floats:
    """Density, kg/m3."""
    return 1.0 / volume(p, T)


def internal_energy(p: Floats, T: Floats) -> Floats:
    """Specific internal energy, J/kg."""
    return _mended(_by_id(_ID_U, p, T) * 1e3, p, T, region_3.internal_energy)


def isobaric_heat_capacity(p: Floats, T: Floats) -> Floats:
    """cp, J/(kg K); NaN at the critical point itself."""
    return _positive(_mended(_by_id(_ID_CP, p, T) * 1e3, p, T, region_3.isobaric_heat_capacity))


def isochoric_heat_capacity(p: Floats, T: Floats) -> Floats:
    """cv, J/(kg K)."""
    return _positive(_mended(_by_id(_ID_CV, p, T) * 1e3, p, T, region_3.isochoric_heat_capacity))


def speed_of_sound(p: Floats, T: Floats) -> Floats:
    """Speed of sound, m/s."""
    return _positive(_mended(_by_id(_ID_W, p, T), p, T, region_3.speed_of_sound))


def isentropic_exponent(p: Floats, T: Floats) -> Floats:
    """κ = −(v/p)(∂p/∂v) at constant entropy, 1."""
    return _positive(_mended(_by_id(_ID_KAPPA, p, T), p, T, region_3.isentropic_exponent))


def _by_id(property_id: int, p: Floats, T: Floats) -> Floats:
    return evaluate_id("pt", p / 1e6, T - KELVIN, property_id)


def _mended(values: Floats, p: Floats, T: Floats, of_density: _OfDensity) -> Floats:
    wrong = region_3.subregion_l(p, T)
    if wrong.any():
        values[wrong] = of_density(region_3.density_l(p[wrong], T[wrong]), T[wrong])
    values[on_saturation(p, T)] = np.nan
    return values


def _positive(values: Floats) -> Floats:
    values[~(values > 0)] = np.nan
    return values
