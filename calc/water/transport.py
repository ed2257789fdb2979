"""Viscosity (IAPWS R12-08, without its critical enhancement, as for industrial use) and thermal conductivity (R15-11,
industrial critical enhancement) of water from density and temperature, and the Prandtl number."""

from __future__ import annotations

from math import atan, exp, pi

import numpy as np

from calc.asset_type import Floats
from calc.water import thermodynamic
from calc.water.native import each
from calc.water.region_3 import powers
from calc.water.saturation import P_CRITICAL, T_CRITICAL

_RHO_CRITICAL = 322.0
_MU_0 = (1.67752, 2.20462, 0.6366564, -0.241605)
_MU_1 = (
    *((0, 0, 0.520094), (1, 0, 0.0850895), (2, 0, -1.08374), (3, 0, -0.289555), (0, 1, 0.222531), (1, 1, 0.999115)),
    *((2, 1, 1.88797), (3, 1, 1.26613), (5, 1, 0.120573), (0, 2, -0.281378), (1, 2, -0.906851), (2, 2, -0.772479)),
    *((3, 2, -0.489837), (4, 2, -0.25704), (0, 3, 0.161913), (1, 3, 0.257399), (0, 4, -0.0325372)),
    *((3, 4, 0.0698452), (4, 5, 0.00872102), (3, 6, -0.00435673), (5, 6, -0.000593264)),
)
_LAMBDA_0 = (2.443221e-3, 1.323095e-2, 6.770357e-3, -3.454586e-3, 4.096266e-4)
_LAMBDA_1 = (
    (1.60397357, -0.646013523, 0.111443906, 0.102997357, -0.0504123634, 0.00609859258),
    (2.33771842, -2.78843778, 1.53616167, -0.463045512, 0.0832827019, -0.00719201245),
    (2.19650529, -4.54580785, 3.55777244, -1.40944978, 0.275418278, -0.0205938816),
    (-1.21051378, 1.60812989, -0.621178141, 0.0716373224, 0.0, 0.0),
    (-2.7203370, 4.57586331, -3.18369245, 1.1168348, -0.19268305, 0.012913842),
)
_ZETA = (
    (
        0.310559006,
        (6.53786807199516, -5.61149954923348, 3.39624167361325, -2.27492629730878, 10.2631854662709, 1.97815050331519),
    ),
    (
        0.776397516,
        (6.52717759281799, -6.30816983387575, 8.08379285492595, -9.82240510197603, 12.1358413791395, -5.54349664571295),
    ),
    (
        1.242236025,
        (5.35500529896124, -3.96415689925446, 8.91990208918795, -12.0338729505790, 9.19494865194302, -2.16866274479712),
    ),
    (
        1.863354037,
        (
            1.55225959906681,
            0.464621290821181,
            8.93237374861479,
            -11.0321960061126,
            6.16780999933360,
            -0.965458722086812,
        ),
    ),
    (
        np.inf,
        (
            1.11999926419994,
            0.595748562571649,
            9.88952565078920,
            -10.3255051147040,
            4.66861294457414,
            -0.503243546373828,
        ),
    ),
)
"""Upper limit of the reduced density → coefficients of 1 / ζ at the reference temperature 1.5 T_critical."""
_ZETA_MOST = 1e13


def viscosity(rho: Floats, T: Floats) -> Floats:
    """Dynamic viscosity, Pa s."""
    delta, tau = rho / _RHO_CRITICAL, T_CRITICAL / T
    taus = powers(tau, 3)
    thin = 100.0 * np.sqrt(1.0 / tau) / _sum(_MU_0, taus)
    warm, dense = powers(tau - 1.0, 5), powers(delta - 1.0, 6)
    total = np.zeros(rho.size)
    for i, j, n in _MU_1:
        total += n * warm[i] * dense[j]
    return thin * each(exp, delta * total) * 1e-6


def background_conductivity(rho: Floats, T: Floats) -> Floats:
    """Thermal conductivity, W/(m K), without the critical enhancement."""
    delta, tau = rho / _RHO_CRITICAL, T_CRITICAL / T
    thin = np.sqrt(1.0 / tau) / _sum(_LAMBDA_0, powers(tau, 4))
    warm, dense = powers(tau - 1.0, 4), powers(delta - 1.0, 5)
    total = np.zeros(rho.size)
    for factor, row in zip(warm, _LAMBDA_1, strict=True):
        total += factor * _sum(row, dense)
    return thin * each(exp, delta * total) * 1e-3


def critical_conductivity(rho: Floats, T: Floats, cp: Floats, cv: Floats, drho_dp: Floats) -> Floats:
    """The critical enhancement of the thermal conductivity, W/(m K)."""
    delta = rho / _RHO_CRITICAL
    zeta = np.where((drho_dp < 0) | (drho_dp > _ZETA_MOST), _ZETA_MOST, drho_dp) * P_CRITICAL / _RHO_CRITICAL
    chi = delta * (zeta - _zeta_reference(delta) * 1.5 * T_CRITICAL / T)
    y = 0.13 / 0.4 * each(_power_of_chi, np.where(chi > 0, chi, 0.0) / 0.06)
    k = cp / cv
    decay = each(exp, -1.0 / (1.0 / y + y * y / (3.0 * delta * delta)))
    z = 2.0 / pi / y * ((1.0 - 1.0 / k) * each(atan, y) + y / k - (1.0 - decay))
    enhancement = 177.8514 * delta * cp / 461.51805 * T / T_CRITICAL / (viscosity(rho, T) * 1e6) * z * 1e-3
    return np.where(y < 1.2e-7, 0.0, enhancement)


def mu_kernel(p: Floats, T: Floats) -> Floats:
    """Viscosity of pressure and temperature, Pa s."""
    return viscosity(1.0 / thermodynamic.volume(p, T), T)


def lambda_kernel(p: Floats, T: Floats) -> Floats:
    """Thermal conductivity of pressure and temperature, W/(m K)."""
    rho = 1.0 / thermodynamic.volume(p, T)
    cp, cv = thermodynamic.isobaric_heat_capacity(p, T), thermodynamic.isochoric_heat_capacity(p, T)
    w = thermodynamic.speed_of_sound(p, T)
    drho_dp = cp / cv / (w * w)  # at constant temperature
    return background_conductivity(rho, T) + critical_conductivity(rho, T, cp, cv, drho_dp)


def prandtl_kernel(p: Floats, T: Floats) -> Floats:
    """Prandtl number of pressure and temperature, 1."""
    return mu_kernel(p, T) * thermodynamic.isobaric_heat_capacity(p, T) / lambda_kernel(p, T)


def _zeta_reference(delta: Floats) -> Floats:
    powers_of_delta = powers(delta, 5)
    result = np.full(delta.size, np.nan)
    for limit, row in reversed(_ZETA):
        result = np.where(delta <= limit, 1.0 / _sum(row, powers_of_delta), result)
    return result


def _power_of_chi(x: float) -> float:
    return float(x ** (0.63 / 1.239))


def _sum(coefficients: tuple[float, ...], terms: list[Floats]) -> Floats:
    total = np.zeros(terms[0].size)
    for n, term in zip(coefficients, terms, strict=True):
        total += n * term
    return total
