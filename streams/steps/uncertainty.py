"""eta_u95 of a window: 95 % systematic limits, fully correlated over the window, and the sampling scatter.

Combined as ASME PTC 19.1 does: U95 = 2 · sqrt(b² + s²), b half of the systematic limit and s the standard deviation of
the mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, sqrt

AUTOCORRELATION_MAX = 0.999


def eta_u95(
    eta: float,
    energy_in_j: float,
    limits_j: Sequence[tuple[float, float, str]],
    moments: Mapping[str, float],
    integrated_s: float,
    samples: float,
) -> float | None:
    """95 % uncertainty of eta = out / in.

    limits_j : (in, out, group) per input: joules that its limit moves; inputs of one group err together.
    moments : sums of out·out, out·in, in·in (W² s) and of the same between neighbours, as `panes.MOMENTS`.
    None where a sensitivity has no answer.
    """
    systematic = _systematic(eta, energy_in_j, limits_j)
    random = _random(eta, energy_in_j, moments, integrated_s, samples)
    return sqrt(systematic + 4.0 * random) if isfinite(systematic + random) else None


def _systematic(eta: float, energy_in_j: float, limits_j: Sequence[tuple[float, float, str]]) -> float:
    """Square of the systematic 95 % limit."""
    groups: dict[str, float] = {}
    for into, out, group in limits_j:
        groups[group] = groups.get(group, 0.0) + (out - eta * into) / energy_in_j
    return sum(limit * limit for limit in groups.values())


def _random(eta: float, energy_in_j: float, moments: Mapping[str, float], integrated_s: float, samples: float) -> float:
    """Square of the standard deviation of eta through the scatter of out − eta · in, by its effective samples."""
    if samples < 2 or integrated_s <= 0:
        return 0.0
    variance = (moments["oo"] - 2.0 * eta * moments["oi"] + eta * eta * moments["ii"]) / integrated_s
    if variance <= 0:
        return 0.0
    autocorrelation = 0.0
    if moments["lag_s"] > 0:
        lagged = moments["lag_oo"] - 2.0 * eta * moments["lag_oi"] + eta * eta * moments["lag_ii"]
        autocorrelation = min(max(lagged / moments["lag_s"] / variance, 0.0), AUTOCORRELATION_MAX)
    effective = max(samples * (1.0 - autocorrelation) / (1.0 + autocorrelation), 1.0)
    mean_in_w = energy_in_j / integrated_s
    return variance / effective / (mean_in_w * mean_in_w)
