"""Sizing and rating of exchangers from heat capacity rates: outlet temperatures, size, coefficients, fouling.

C in W/K, T in K, heats in W, U in W/(m2 K), areas in m2; arguments may be arrays (n,).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc.asset_type import Floats
from calc.combustion import Real
from calc.effectiveness_ntu import effectiveness, ntu


@dataclass(frozen=True)
class Rating:
    """What an exchanger of known size does: (n,) each."""

    NTU: Floats
    Cr: Floats
    effectiveness: Floats
    Q: Floats
    T_hot_out: Floats
    T_cold_out: Floats


def rate(
    UA: Real, C_hot: Real, C_cold: Real, T_hot_in: Real, T_cold_in: Real, arrangement: str, shells: Real = 1
) -> Rating:
    """Duty and outlet temperatures of an exchanger from its size and inlet temperatures, by effectiveness and NTU.

    Parameters
    ----------
    UA : (n,) W/K. C_hot, C_cold : (n,) W/K, infinite where the stream changes phase.
    T_hot_in, T_cold_in : (n,) K.
    arrangement, shells : see `calc.effectiveness_ntu`.

    Raises
    ------
    CalcError : `unknown_arrangement`.
    """
    C_hot, C_cold = np.asarray(C_hot, dtype=np.float64), np.asarray(C_cold, dtype=np.float64)
    smaller = np.minimum(C_hot, C_cold)
    Cr = smaller / np.maximum(C_hot, C_cold)
    NTU = np.asarray(UA / smaller)
    eps = effectiveness(NTU, Cr, arrangement, shells)
    Q = np.asarray(eps * smaller * (T_hot_in - np.asarray(T_cold_in, dtype=np.float64)))
    return Rating(NTU, Cr, eps, Q, np.asarray(T_hot_in - Q / C_hot), np.asarray(T_cold_in + Q / C_cold))


def effectiveness_of_duty(Q: Real, C_hot: Real, C_cold: Real, T_hot_in: Real, T_cold_in: Real) -> Floats:
    """Q over the greatest possible heat, C_min (T_hot_in − T_cold_in), (n,) 1; NaN where there is none."""
    greatest = np.asarray(np.minimum(C_hot, C_cold) * (T_hot_in - np.asarray(T_cold_in, dtype=np.float64)))
    return np.asarray(Q / np.where(greatest > 0.0, greatest, np.nan))


def size(eps: Real, C_hot: Real, C_cold: Real, arrangement: str, shells: Real = 1) -> Floats:
    """UA (n,) W/K that gives an effectiveness; NaN where the arrangement cannot reach it."""
    smaller, larger = np.minimum(C_hot, C_cold), np.maximum(C_hot, C_cold)
    return np.asarray(ntu(eps, smaller / larger, arrangement, shells) * smaller)


def overall_coefficient(
    h_inner: Real,
    h_outer: Real,
    area_ratio: Real = 1.0,
    wall: Real = 0.0,
    fouling_inner: Real = 0.0,
    fouling_outer: Real = 0.0,
) -> Floats:
    """Overall coefficient on the outer area, 1 / (1/h_o + R_o + wall + (R_i + 1/h_i) A_o/A_i).

    Parameters
    ----------
    h_inner, h_outer : (n,) W/(m2 K). area_ratio : A_o/A_i.
    wall, fouling_inner, fouling_outer : (n,) m2 K/W; the wall's on the outer area.
    """
    h_inner, h_outer = np.asarray(h_inner, dtype=np.float64), np.asarray(h_outer, dtype=np.float64)
    return np.asarray(1.0 / (1.0 / h_outer + fouling_outer + wall + (fouling_inner + 1.0 / h_inner) * area_ratio))


def fouling_resistance(U: Real, U_clean: Real) -> Floats:
    """R_f = 1/U − 1/U_clean, (n,) m2 K/W; below zero says that the reference was not clean or not at this flow."""
    return np.asarray(1.0 / np.asarray(U, dtype=np.float64) - 1.0 / np.asarray(U_clean, dtype=np.float64))


def coefficient_at_flow(U_reference: Real, flow: Real, reference_flow: Real, exponent: float = 0.8) -> Floats:
    """Reference coefficient moved to another flow, U (flow/reference)^0.8, for a turbulent controlling side; (n,)."""
    return np.asarray(U_reference * np.power(np.asarray(flow / np.asarray(reference_flow, dtype=np.float64)), exponent))
