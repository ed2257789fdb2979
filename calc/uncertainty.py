"""Uncertainty of a result: first order with covariance and its contributors; by sampling; PTC 19.1's combination.

    u² = Σ_i Σ_j (∂f/∂x_i) u_i r_ij u_j (∂f/∂x_j)        u95 = 2 u

Source: JCGM 100 (law of propagation), JCGM 101 (distributions), ASME PTC 19.1 (systematic and random parts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from calc.asset_type import Floats
from calc.errors import CalcError

COVERAGE_95 = 2.0
STEP = 0.01
"""Of an input's uncertainty: the step of the central difference."""


@dataclass(frozen=True)
class Contribution:
    """An input's part: ∂f/∂x, its standard uncertainty, and its share of the variance (all shares add up to one)."""

    name: str
    sensitivity: float
    u: float
    share: float


@dataclass(frozen=True)
class Propagated:
    """A result, its standard and 95 % uncertainty, and the contributions, the largest share first."""

    value: float
    u: float
    u95: float
    contributions: tuple[Contribution, ...]

    def top(self, count: int) -> tuple[Contribution, ...]:
        """The largest contributions."""
        return self.contributions[:count]


@dataclass(frozen=True)
class Sampled:
    """A result by sampling: mean, standard deviation, the shortest-tailed 95 % interval."""

    value: float
    u: float
    low95: float
    high95: float


def propagate(
    function: Callable[[Mapping[str, float]], float],
    values: Mapping[str, float],
    u: Mapping[str, float],
    correlation: Mapping[tuple[str, str], float] | None = None,
) -> Propagated:
    """First-order uncertainty of function(values).

    Parameters
    ----------
    function : inputs by name → result.
    values : the inputs' values, SI.
    u : standard uncertainties by name; an input that is not named is exact.
    correlation : (name, name) → coefficient within [−1, 1]; pairs that are not named are independent.

    Returns
    -------
    The result with its uncertainty. A share may be below zero: correlated inputs can take from one another.

    Raises
    ------
    CalcError : `bad_uncertainty` (below zero or NaN), `bad_correlation` (outside its range, or not a possible set).
    """
    names = tuple(name for name in values if u.get(name, 0.0) != 0.0)
    spread = np.array([u[name] for name in names])
    if not np.all(spread > 0.0):
        raise CalcError("bad_uncertainty", "an uncertainty is not above zero", "u")
    slopes = np.array([_slope(function, values, name, u[name]) for name in names])
    parts = slopes * spread
    shares = parts * (_matrix(names, correlation or {}) @ parts)
    variance = float(shares.sum())
    found = [
        Contribution(name, float(slopes[i]), u[name], float(shares[i] / variance) if variance > 0.0 else 0.0)
        for i, name in enumerate(names)
    ]
    found.sort(key=lambda part: -part.share)
    deviation = float(np.sqrt(max(variance, 0.0)))
    return Propagated(function(values), deviation, COVERAGE_95 * deviation, tuple(found))


def _slope(function: Callable[[Mapping[str, float]], float], values: Mapping[str, float], name: str, u: float) -> float:
    above, below = (function({**values, name: values[name] + sign * STEP * u}) for sign in (1.0, -1.0))
    return (above - below) / (2.0 * STEP * u)


def _matrix(names: tuple[str, ...], correlation: Mapping[tuple[str, str], float]) -> Floats:
    matrix = np.eye(len(names))
    for (a, b), coefficient in correlation.items():
        if not -1.0 <= coefficient <= 1.0:
            raise CalcError("bad_correlation", f"the correlation of {a} and {b} is outside [−1, 1]", a)
        if a in names and b in names and a != b:
            matrix[names.index(a), names.index(b)] = matrix[names.index(b), names.index(a)] = coefficient
    if len(names) and float(np.linalg.eigvalsh(matrix).min()) < -1e-9:
        raise CalcError("bad_correlation", "no set of inputs can be correlated so", "correlation")
    return matrix


def combine(systematic_95: Floats | float, random_standard: Floats | float) -> Floats:
    """95 % uncertainty as in PTC 19.1, 2 √((B/2)² + S²).

    Parameters
    ----------
    systematic_95 : (n,) systematic limit B at 95 %, all sources together.
    random_standard : (n,) standard deviation S of the mean; with many samples (Student's factor taken as 2).
    """
    half = np.asarray(systematic_95, dtype=np.float64) / 2.0
    return np.asarray(COVERAGE_95 * np.sqrt(half**2 + np.asarray(random_standard, dtype=np.float64) ** 2))


def standard_of_mean(samples: Floats) -> float:
    """Standard deviation of the mean of independent samples, s/√n; NaN for fewer than two."""
    return float(np.std(samples, ddof=1) / np.sqrt(samples.size)) if samples.size > 1 else float("nan")


def sample(function: Callable[[Mapping[str, Floats]], Floats], inputs: Mapping[str, Floats]) -> Sampled:
    """Uncertainty by Monte Carlo from samples that the caller has drawn (so that randomness stays with the caller).

    Parameters
    ----------
    function : arrays by name → array of results.
    inputs : name → (m,) samples of each input's distribution.

    Raises
    ------
    CalcError : `too_few_samples` below 1000, `not_finite` where a result is not.
    """
    results = np.asarray(function(inputs), dtype=np.float64)
    if results.size < 1000:
        raise CalcError("too_few_samples", "a 95 % interval needs at least 1000 samples", "inputs")
    if not np.all(np.isfinite(results)):
        raise CalcError("not_finite", "a sample has no finite result", "inputs")
    low, high = np.percentile(results, (2.5, 97.5))
    return Sampled(float(results.mean()), float(results.std(ddof=1)), float(low), float(high))
