"""Mean temperature difference of an exchanger from its four temperatures: by arrangement, and over zones of one phase.

F·LMTD by arrangement        over zones  1 / Σ (share of the heat / LMTD of the zone)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc.asset_type import Floats, Mask
from calc.lmtd import correction_factor, lmtd, log_mean

Temperatures = tuple[Floats, Floats, Floats, Floats]
"""Hot in, hot out, cold in, cold out; (n,) K each."""
REVERSED_K = 2.0
"""No sensor is this wrong: a hot side that leaves so much hotter, or a cold side so much colder, cannot be."""
ARRANGEMENTS = (
    "counterflow",
    "parallel",
    "shell_and_tube",
    "crossflow_unmixed",
    "crossflow_hot_mixed",
    "crossflow_cold_mixed",
    "crossflow_mixed",
)


@dataclass(frozen=True)
class Way:
    """A stream that changes phase: enthalpies and temperatures of its ends, the phase boundaries as it meets them."""

    h_in: Floats
    h_out: Floats
    T_in: Floats
    T_out: Floats
    boundaries: tuple[Floats, Floats]
    T_sat: Floats


def mean_difference(
    temperatures: Temperatures, arrangement: str, shells: Floats | float
) -> tuple[Floats, Floats, dict[str, Mask]]:
    """LMTD (n,) K, F · LMTD (n,) K, and the temperatures that cross or that the arrangement cannot reach."""
    T_hot_in, T_hot_out, T_cold_in, T_cold_out = temperatures
    parallel = arrangement == "parallel"
    difference = lmtd(*temperatures, parallel=parallel)
    crossed = {
        "T_hot_in": T_hot_in < T_cold_in,
        "T_hot_out": (T_hot_out < (T_cold_out if parallel else T_cold_in)) | (T_hot_out - T_hot_in > REVERSED_K),
        "T_cold_out": (T_hot_in < T_cold_out) | (T_cold_in - T_cold_out > REVERSED_K),
    }
    if arrangement in {"parallel", "counterflow"}:
        return difference, difference, crossed
    factor = _factor(temperatures, arrangement, shells)
    transferring = (T_hot_in > T_hot_out) & (T_cold_out > T_cold_in) & ~np.isnan(difference)
    crossed["T_cold_out"] |= transferring & np.isnan(factor)
    return difference, np.where(transferring, factor, 1.0) * difference, crossed


def zoned_difference(way: Way, T_other_out: Floats, T_other_in: Floats) -> Floats:
    """Mean difference in counterflow where one stream changes phase and the other's temperature is linear in the heat.

    Parameters
    ----------
    way : the stream that changes phase.
    T_other_out, T_other_in : (n,) K, the other stream at the inlet and at the outlet of the first.

    Returns
    -------
    (n,) K; NaN where the temperatures cross, at an end or inside.
    """
    with np.errstate(all="ignore"):
        inner = [np.clip((h - way.h_in) / (way.h_out - way.h_in), 0.0, 1.0) for h in way.boundaries]
    shares = [np.zeros(way.h_in.shape), *inner, np.ones(way.h_in.shape)]
    T = [np.where(q <= 0.0, way.T_in, np.where(q >= 1.0, way.T_out, way.T_sat)) for q in shares]
    other = [T_other_out + q * (T_other_in - T_other_out) for q in shares]
    sign = np.where(way.T_in >= T_other_out, 1.0, -1.0)
    gaps = [sign * (a - b) for a, b in zip(T, other, strict=True)]
    weight = np.zeros(way.h_in.shape)
    for i in range(len(shares) - 1):
        share = shares[i + 1] - shares[i]
        mean = log_mean(gaps[i], gaps[i + 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            weight = weight + np.where(share > 0.0, share / mean, 0.0)
    with np.errstate(divide="ignore"):
        return np.where(weight > 0.0, 1.0 / weight, np.nan)


def _factor(temperatures: Temperatures, arrangement: str, shells: Floats | float) -> Floats:
    """F (n,): of the stream that is mixed only the temperatures tell whether it is the one with the smaller C."""
    T_hot_in, T_hot_out, T_cold_in, T_cold_out = temperatures
    cooled, warmed = T_hot_in - T_hot_out, T_cold_out - T_cold_in
    with np.errstate(all="ignore"):
        P, R = warmed / (T_hot_in - T_cold_in), cooled / warmed
    if arrangement not in {"crossflow_hot_mixed", "crossflow_cold_mixed"}:
        return correction_factor(P, R, arrangement, shells)
    hot_is_smaller = cooled > warmed
    smaller_is_mixed = hot_is_smaller if arrangement == "crossflow_hot_mixed" else ~hot_is_smaller
    smaller, larger = (correction_factor(P, R, f"crossflow_{which}_mixed") for which in ("cmin", "cmax"))
    return np.where(smaller_is_mixed, smaller, larger)
