"""Logarithmic mean temperature difference of an exchanger and its correction for arrangements other than counterflow.

LMTD = (d1 − d2) / ln(d1 / d2)        F = NTU(counterflow) / NTU(arrangement) at the same end temperatures
"""

from __future__ import annotations

import numpy as np

from calc.asset_type import Floats
from calc.effectiveness_ntu import ntu

Real = Floats | float


def log_mean(d1: Real, d2: Real) -> Floats:
    """Logarithmic mean of two temperature differences.

    Parameters
    ----------
    d1, d2 : (n,) K, the differences at the two ends.

    Returns
    -------
    (n,) K; with equal ends the difference itself, zero where one end is zero; NaN where an end is below zero (the
    temperatures cross) or NaN.
    """
    d1, d2 = np.broadcast_arrays(np.asarray(d1, dtype=np.float64), np.asarray(d2, dtype=np.float64))
    with np.errstate(all="ignore"):
        mean = (d1 - d2) / np.log1p((d1 - d2) / d2)
    mean = np.where(d1 == d2, d1, mean)
    return np.where((d1 >= 0.0) & (d2 >= 0.0), mean, np.nan)


def end_differences(
    T_hot_in: Real, T_hot_out: Real, T_cold_in: Real, T_cold_out: Real, *, parallel: bool = False
) -> tuple[Real, Real]:
    """Temperature differences at the hot inlet's end and at the hot outlet's end, (n,) K each."""
    if parallel:
        return T_hot_in - T_cold_in, T_hot_out - T_cold_out
    return T_hot_in - T_cold_out, T_hot_out - T_cold_in


def lmtd(T_hot_in: Real, T_hot_out: Real, T_cold_in: Real, T_cold_out: Real, *, parallel: bool = False) -> Floats:
    """LMTD of a counterflow (or parallel) exchanger from its four temperatures, (n,) K; NaN where they cross."""
    return log_mean(*end_differences(T_hot_in, T_hot_out, T_cold_in, T_cold_out, parallel=parallel))


def correction_factor(P: Real, R: Real, arrangement: str, shells: Real = 1) -> Floats:
    """Factor on the counterflow LMTD, from the temperatures alone.

    Parameters
    ----------
    P : (n,) 1, (T_cold_out − T_cold_in) / (T_hot_in − T_cold_in).
    R : (n,) 1, (T_hot_in − T_hot_out) / (T_cold_out − T_cold_in).
    arrangement, shells : see `calc.effectiveness_ntu`; "mixed" there is of the stream with the smaller (larger) C.

    Returns
    -------
    (n,) 1 within (0, 1]; NaN where the arrangement cannot reach these temperatures.

    Notes
    -----
    For shell and tube this equals the closed form of Bowman, Mueller and Nagle.
    """
    P, R = np.asarray(P, dtype=np.float64), np.asarray(R, dtype=np.float64)
    with np.errstate(all="ignore"):
        effectiveness = np.maximum(P, P * R)
        Cr = np.minimum(R, 1.0 / R)
        needed = ntu(effectiveness, Cr, arrangement, shells)
        factor = ntu(effectiveness, Cr, "counterflow") / needed
    return np.where((effectiveness == 0.0), 1.0, factor)
