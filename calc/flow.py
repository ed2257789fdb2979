"""Flow through orifice plates, nozzles and Venturi tubes (ISO 5167), and density compensation of flow meters.

    m = C / √(1 − β⁴) · ε · π/4 · d² · √(2 Δp ρ₁)          β = d / D

Coefficients as published in ISO 5167-2, -3 and -4 (2003) and carried by public flow libraries. All functions are
element-wise over arrays; what has no answer is NaN.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from calc.asset_type import Floats
from calc.errors import CalcError

Taps = Literal["corner", "flange", "D and D/2"]
Primary = Literal["orifice", "ISA 1932 nozzle", "long radius nozzle", "venturi nozzle", "venturi tube"]
Convergent = Literal["as cast", "machined", "rough welded sheet iron"]
INCH_M = 0.0254
VENTURI_C: dict[str, float] = {"as cast": 0.984, "machined": 0.995, "rough welded sheet iron": 0.985}
_STEPS = 60
_SETTLED = 1e-15


def reynolds(m: Floats | float, D: Floats | float, mu: Floats | float) -> Floats:
    """Reynolds number of the pipe, 4 m / (π D μ); m (n,) kg/s, D m, mu Pa s."""
    return np.asarray(4.0 * np.asarray(m) / (np.pi * np.asarray(D) * np.asarray(mu)))


def discharge_coefficient(beta: Floats | float, Re: Floats | float, D: Floats | float, taps: Taps = "flange") -> Floats:
    """Discharge coefficient of an orifice plate by the Reader-Harris/Gallagher equation.

    Parameters
    ----------
    beta : (n,) 1, d/D. Re : (n,) 1, of the pipe. D : (n,) m.
    taps : where the pressures are taken.

    Returns
    -------
    (n,) 1; NaN where beta is not in (0, 1) or Re or D is not above zero.

    Raises
    ------
    CalcError `unknown_choice` for other taps.
    """
    beta, Re, D = (np.asarray(x, dtype=np.float64) for x in (beta, Re, D))
    good = (beta > 0.0) & (beta < 1.0) & (Re > 0.0) & (D > 0.0)
    beta, Re, D = (np.where(good, x, np.nan) for x in (beta, Re, D))
    L1, L2 = _tap_distances(D, taps)
    A = (19000.0 * beta / Re) ** 0.8
    M2 = 2.0 * L2 / (1.0 - beta)
    plain = 0.5961 + 0.0261 * beta**2 - 0.216 * beta**8 + 0.000521 * (1e6 * beta / Re) ** 0.7
    viscous = (0.0188 + 0.0063 * A) * beta**3.5 * (1e6 / Re) ** 0.3
    tapped = (0.043 + 0.080 * np.exp(-10.0 * L1) - 0.123 * np.exp(-7.0 * L1)) * (1.0 - 0.11 * A)
    behind = 0.031 * (M2 - 0.8 * M2**1.1) * beta**1.3
    small = np.where(D < 0.07112, 0.011 * (0.75 - beta) * (2.8 - D / INCH_M), 0.0)
    return np.asarray(plain + viscous + tapped * beta**4 / (1.0 - beta**4) - behind + small)


def nozzle_coefficient(beta: Floats | float, Re: Floats | float, primary: Primary) -> Floats:
    """Discharge coefficient of an ISA 1932, long radius or Venturi nozzle; (n,) 1.

    Raises CalcError `unknown_choice` for another primary element.
    """
    beta, Re = np.asarray(beta, dtype=np.float64), np.asarray(Re, dtype=np.float64)
    beta, Re = (np.where((beta > 0.0) & (beta < 1.0) & (Re > 0.0), x, np.nan) for x in (beta, Re))
    if primary == "ISA 1932 nozzle":
        return np.asarray(0.9900 - 0.2262 * beta**4.1 - (0.00175 * beta**2 - 0.0033 * beta**4.15) * (1e6 / Re) ** 1.15)
    if primary == "long radius nozzle":
        return np.asarray(0.9965 - 0.00653 * np.sqrt(1e6 * beta / Re))
    if primary == "venturi nozzle":
        return np.asarray(0.9858 - 0.196 * beta**4.5)
    raise CalcError("unknown_choice", f"no discharge coefficient for {primary!r}", "primary")


def expansibility(
    beta: Floats | float, p1: Floats | float, p2: Floats | float, k: Floats | float, primary: Primary = "orifice"
) -> Floats:
    """Expansibility factor ε; 1 for a liquid is the caller's choice.

    Parameters
    ----------
    beta : (n,) 1. p1, p2 : (n,) Pa absolute, before and behind the element. k : (n,) 1, isentropic exponent.

    Returns
    -------
    (n,) 1; NaN where p1 is not above zero, p2 is negative or above p1, or k is not above 1.
    """
    beta, p1, p2, k = (np.asarray(x, dtype=np.float64) for x in (beta, p1, p2, k))
    good = (p1 > 0.0) & (p2 >= 0.0) & (p2 <= p1) & (k > 1.0) & (beta > 0.0) & (beta < 1.0)
    beta, p1, p2, k = (np.where(good, x, np.nan) for x in (beta, p1, p2, k))
    tau = p2 / p1
    if primary == "orifice":
        return np.asarray(1.0 - (0.351 + 0.256 * beta**4 + 0.93 * beta**8) * (1.0 - tau ** (1.0 / k)))
    falls = tau < 1.0
    t = np.where(falls, tau, 0.5)
    shape = (1.0 - beta**4) / (1.0 - beta**4 * t ** (2.0 / k))
    square = k * t ** (2.0 / k) / (k - 1.0) * shape * (1.0 - t ** ((k - 1.0) / k)) / (1.0 - t)
    return np.where(falls, np.sqrt(square), np.where(tau == 1.0, 1.0, np.nan))


def mass_flow(
    D: Floats | float, d: Floats | float, dp: Floats | float, rho: Floats | float, C: Floats | float,
    epsilon: Floats | float = 1.0,
) -> Floats:  # fmt: skip
    """Mass flow from a differential pressure at a known C and ε.

    Parameters
    ----------
    D, d : (n,) m, pipe and bore. dp : (n,) Pa. rho : (n,) kg/m3 before the element. C, epsilon : (n,) 1.

    Returns
    -------
    (n,) kg/s; NaN where dp is negative, rho is not above zero or d is not in (0, D).
    """
    D, d, dp, rho = (np.asarray(x, dtype=np.float64) for x in (D, d, dp, rho))
    good = (d > 0.0) & (d < D) & (dp >= 0.0) & (rho > 0.0)
    beta = np.where(good, d / np.where(good, D, 1.0), np.nan)
    root = np.sqrt(2.0 * np.where(good, dp * rho, np.nan))
    return np.asarray(C / np.sqrt(1.0 - beta**4) * epsilon * np.pi / 4.0 * d**2 * root)


def meter_mass_flow(
    D: Floats | float, d: Floats | float, p1: Floats | float, p2: Floats | float, rho: Floats | float,
    mu: Floats | float, k: Floats | float | None = None, primary: Primary = "orifice", taps: Taps = "flange",
    convergent: Convergent = "machined",
) -> Floats:  # fmt: skip
    """Mass flow through a primary element, its coefficient and the flow found together.

    Parameters
    ----------
    D, d : (n,) m. p1, p2 : (n,) Pa absolute. rho : (n,) kg/m3. mu : (n,) Pa s.
    k : (n,) 1, isentropic exponent; None of a liquid.
    primary, taps, convergent : the element, an orifice's taps, a Venturi tube's make.

    Returns
    -------
    (n,) kg/s; 0 where p1 = p2; NaN where there is no answer.
    """
    D, d, p1, p2, rho, mu = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (D, d, p1, p2, rho, mu)))
    beta = d / D
    epsilon = np.ones(beta.shape) if k is None else expansibility(beta, p1, p2, k, primary)
    one = mass_flow(D, d, p1 - p2, rho, 1.0, epsilon)
    flow = 0.6 * one
    for _step in range(_STEPS):
        Re = np.where(one > 0.0, reynolds(flow, D, mu), 1e6)
        following = _coefficient(beta, Re, D, primary, taps, convergent) * one
        # settled elements keep their bits, so no element depends on how long its neighbours take
        new = np.where(np.abs(following - flow) <= _SETTLED * np.abs(flow), flow, following)
        if np.array_equal(new, flow, equal_nan=True):
            break
        flow = new
    return flow


def _coefficient(beta: Floats, Re: Floats, D: Floats, primary: Primary, taps: Taps, convergent: Convergent) -> Floats:
    if primary == "orifice":
        return discharge_coefficient(beta, Re, D, taps)
    if primary == "venturi tube":
        return np.full(beta.shape, VENTURI_C[convergent])
    return nozzle_coefficient(beta, Re, primary)


def approach_factor(beta: Floats | float) -> Floats:
    """Velocity of approach factor 1/√(1 − β⁴), (n,) 1; the flow coefficient is C times it."""
    beta = np.asarray(beta, dtype=np.float64)
    return np.asarray(1.0 / np.sqrt(np.where((beta > 0.0) & (beta < 1.0), 1.0 - beta**4, np.nan)))


def loss_coefficient(beta: Floats | float, C: Floats | float) -> Floats:
    """Pressure loss coefficient K of an orifice plate on the pipe's velocity: (√(1 − β⁴(1 − C²)) / (C β²) − 1)²."""
    beta, C = np.asarray(beta, dtype=np.float64), np.asarray(C, dtype=np.float64)
    return np.asarray((np.sqrt(1.0 - beta**4 * (1.0 - C**2)) / (C * beta**2) - 1.0) ** 2)


def pressure_loss(beta: Floats | float, C: Floats | float, dp: Floats | float) -> Floats:
    """Pressure that an orifice plate loses for good, (n,) Pa, of its differential pressure dp (n,) Pa."""
    beta, C = np.asarray(beta, dtype=np.float64), np.asarray(C, dtype=np.float64)
    root = np.sqrt(1.0 - beta**4 * (1.0 - C**2))
    return np.asarray((root - C * beta**2) / (root + C * beta**2) * dp)


def compensated_dp_flow(m_indicated: Floats | float, rho: Floats | float, rho_design: Floats | float) -> Floats:
    """Mass flow of a differential-pressure meter whose root was taken at its design density: m √(ρ / ρ_design)."""
    return np.asarray(m_indicated * np.sqrt(_density_ratio(rho, rho_design)))


def compensated_volume_flow(m_indicated: Floats | float, rho: Floats | float, rho_design: Floats | float) -> Floats:
    """Mass flow of a vortex or turbine meter that was scaled at its design density: m · ρ / ρ_design."""
    return np.asarray(m_indicated * _density_ratio(rho, rho_design))


def _density_ratio(rho: Floats | float, rho_design: Floats | float) -> Floats:
    """(n,) 1; NaN where a density is not above zero."""
    rho, rho_design = np.asarray(rho, dtype=np.float64), np.asarray(rho_design, dtype=np.float64)
    good = (rho > 0.0) & (rho_design > 0.0)
    return np.asarray(np.where(good, rho, np.nan) / np.where(good, rho_design, np.nan))


def _tap_distances(D: Floats, taps: str) -> tuple[Floats | float, Floats | float]:
    """L₁ and L′₂: the distances of the taps from the plate's faces over D."""
    if taps == "flange":
        return INCH_M / D, INCH_M / D
    if taps == "D and D/2":
        return 1.0, 0.47
    if taps == "corner":
        return 0.0, 0.0
    raise CalcError("unknown_choice", f"no taps {taps!r}: corner, flange or D and D/2", "taps")
