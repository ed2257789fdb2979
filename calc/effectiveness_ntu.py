"""Effectiveness of heat exchangers against the number of transfer units, both ways, for the usual arrangements.

    NTU = UA / C_min        Cr = C_min / C_max        effectiveness = Q / (C_min (T_hot_in − T_cold_in))

Source: the closed relations of Kays and London as tabulated in Incropera and DeWitt; both streams unmixed: the exact
series of Mason, whose terms are incomplete gamma functions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from calc.asset_type import Floats
from calc.errors import CalcError

Relation = Callable[[Floats, Floats], Floats]
BISECTIONS = 60
NEWTON_STEPS = 7
NTU_LIMITS = (1e-9, 50.0)
"""Where the relations without a closed inverse are solved."""


def effectiveness(NTU: Floats | float, Cr: Floats | float, arrangement: str, shells: Floats | float = 1) -> Floats:
    """Effectiveness from the number of transfer units.

    Parameters
    ----------
    NTU : (n,) 1, not negative.
    Cr : (n,) 1 within [0, 1]; 0 where one stream changes phase.
    arrangement : one of `ARRANGEMENTS`.
    shells : (n,) 1, shell passes in series of `shell_and_tube`, each with an even number of tube passes.

    Returns
    -------
    (n,) 1; NaN where NTU or Cr is outside its range.

    Raises
    ------
    CalcError : `unknown_arrangement`.
    """
    NTU, Cr = _operands(NTU, Cr)
    valid = (NTU >= 0.0) & (Cr >= 0.0) & (Cr <= 1.0)
    with np.errstate(all="ignore"):
        found = np.where(Cr == 0.0, -np.expm1(-NTU), _forward(arrangement, shells)(NTU, Cr))
    return np.where(valid, np.where(NTU == 0.0, 0.0, found), np.nan)


def ntu(effectiveness: Floats | float, Cr: Floats | float, arrangement: str, shells: Floats | float = 1) -> Floats:
    """Number of transfer units from the effectiveness; the inverse of `effectiveness`, arguments as there.

    Returns
    -------
    (n,) 1; infinite where the effectiveness is the arrangement's limit; NaN where it is beyond it or below zero.
    """
    eps, Cr = _operands(effectiveness, Cr)
    valid = (eps >= 0.0) & (eps <= 1.0) & (Cr >= 0.0) & (Cr <= 1.0)
    with np.errstate(all="ignore"):
        found = np.where(Cr == 0.0, -np.log1p(-eps), _backward(arrangement, shells)(eps, Cr))
    return np.where(valid & (found >= 0.0), found, np.where(valid & (eps == 0.0), 0.0, np.nan))


def _operands(a: Floats | float, Cr: Floats | float) -> tuple[Floats, Floats]:
    a, Cr = np.broadcast_arrays(np.asarray(a, dtype=np.float64), np.asarray(Cr, dtype=np.float64))
    return a, Cr


def _forward(arrangement: str, shells: Floats | float) -> Relation:
    if arrangement == "shell_and_tube":
        return lambda NTU, Cr: _shells(NTU, Cr, shells)
    return _relations(arrangement)[0]


def _backward(arrangement: str, shells: Floats | float) -> Relation:
    if arrangement == "shell_and_tube":
        return lambda eps, Cr: _shells_ntu(eps, Cr, shells)
    return _relations(arrangement)[1]


def _relations(arrangement: str) -> tuple[Relation, Relation]:
    try:
        return _CLOSED[arrangement]
    except KeyError:
        raise CalcError(
            "unknown_arrangement", f"{arrangement}: one of {', '.join(ARRANGEMENTS)}", "arrangement"
        ) from None


def _counterflow(NTU: Floats, Cr: Floats) -> Floats:
    given = -np.expm1(-NTU * (1.0 - Cr))
    return np.where(Cr == 1.0, NTU / (1.0 + NTU), given / ((1.0 - Cr) + Cr * given))


def _counterflow_ntu(eps: Floats, Cr: Floats) -> Floats:
    return np.where(Cr == 1.0, eps / (1.0 - eps), np.log1p(eps * (1.0 - Cr) / (1.0 - eps)) / (1.0 - Cr))


def _parallel(NTU: Floats, Cr: Floats) -> Floats:
    return -np.expm1(-NTU * (1.0 + Cr)) / (1.0 + Cr)


def _parallel_ntu(eps: Floats, Cr: Floats) -> Floats:
    return -np.log1p(-eps * (1.0 + Cr)) / (1.0 + Cr)


def _one_shell(NTU: Floats, Cr: Floats) -> Floats:
    g = np.sqrt(1.0 + Cr * Cr)
    return 2.0 / (1.0 + Cr + g / np.tanh(0.5 * NTU * g))


def _one_shell_ntu(eps: Floats, Cr: Floats) -> Floats:
    g = np.sqrt(1.0 + Cr * Cr)
    E = (2.0 / eps - (1.0 + Cr)) / g
    return np.log1p(2.0 / (E - 1.0)) / g


def _shells(NTU: Floats, Cr: Floats, shells: Floats | float) -> Floats:
    one = _one_shell(NTU / shells, Cr)
    grown = np.expm1(shells * np.log1p(one * (1.0 - Cr) / (1.0 - one)))
    several = np.where(Cr == 1.0, shells * one / (1.0 + (shells - 1) * one), grown / (grown + (1.0 - Cr)))
    return np.where(shells == 1, one, several)


def _shells_ntu(eps: Floats, Cr: Floats, shells: Floats | float) -> Floats:
    grown = np.expm1(np.log1p(eps * (1.0 - Cr) / (1.0 - eps)) / shells)
    one = np.where(Cr == 1.0, eps / (shells - eps * (shells - 1)), grown / (grown + (1.0 - Cr)))
    return shells * _one_shell_ntu(np.where(shells == 1, eps, one), Cr)


def _max_mixed(NTU: Floats, Cr: Floats) -> Floats:
    return -np.expm1(Cr * np.expm1(-NTU)) / Cr


def _max_mixed_ntu(eps: Floats, Cr: Floats) -> Floats:
    return -np.log1p(np.log1p(-eps * Cr) / Cr)


def _min_mixed(NTU: Floats, Cr: Floats) -> Floats:
    return -np.expm1(np.expm1(-Cr * NTU) / Cr)


def _min_mixed_ntu(eps: Floats, Cr: Floats) -> Floats:
    return -np.log1p(Cr * np.log1p(-eps)) / Cr


def _both_mixed(NTU: Floats, Cr: Floats) -> Floats:
    return 1.0 / (1.0 / -np.expm1(-NTU) + Cr / -np.expm1(-Cr * NTU) - 1.0 / NTU)


def _unmixed(NTU: Floats, Cr: Floats) -> Floats:
    """Series over n of P(n+1, NTU) P(n+1, Cr NTU) / (Cr NTU), P the regularised incomplete gamma function."""
    from scipy.special import gammainc  # noqa: PLC0415 - scipy on first use

    x = Cr * NTU
    largest = float(np.max(np.where(np.isfinite(x), x, 0.0), initial=0.0))
    total = np.zeros(x.shape)
    for n in range(int(largest + 10.0 * np.sqrt(largest)) + 20):  # what follows is below half a unit in the last place
        total = total + gammainc(n + 1.0, NTU) * gammainc(n + 1.0, x)
    return total / x


def _unmixed_approximate(NTU: Floats, Cr: Floats) -> Floats:
    return -np.expm1(NTU**0.22 / Cr * np.expm1(-Cr * NTU**0.78))


def _bisect(relation: Relation, low: Floats, high: Floats, eps: Floats, Cr: Floats) -> Floats:
    """NTU between ln(low) and ln(high), where the relation rises; the same number of steps for every element."""
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        below = relation(np.exp(middle), Cr) < eps
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.exp(0.5 * (low + high))


def _approximate_ntu(eps: Floats, Cr: Floats) -> Floats:
    low, high = np.full(eps.shape, np.log(NTU_LIMITS[0])), np.full(eps.shape, np.log(NTU_LIMITS[1]))
    return _where_solved(_bisect(_unmixed_approximate, low, high, eps, Cr), _unmixed_approximate, eps, Cr)


def _both_mixed_ntu(eps: Floats, Cr: Floats) -> Floats:
    """On the rising branch: with both streams mixed the effectiveness falls again beyond a certain size."""
    bottom = np.full(eps.shape, np.log(NTU_LIMITS[0]))
    low, high = bottom, np.full(eps.shape, np.log(NTU_LIMITS[1]))
    for _ in range(2 * BISECTIONS):  # a third of the bracket goes at each step, until only the peak is left
        third = (high - low) / 3.0
        rising = _both_mixed(np.exp(low + third), Cr) < _both_mixed(np.exp(high - third), Cr)
        low, high = np.where(rising, low + third, low), np.where(rising, high, high - third)
    return _where_solved(_bisect(_both_mixed, bottom, high, eps, Cr), _both_mixed, eps, Cr)


def _unmixed_ntu(eps: Floats, Cr: Floats) -> Floats:
    """Newton's method from the approximate relation; the curve is concave, so it closes in from below."""
    NTU = _approximate_ntu(eps, Cr)
    for _ in range(NEWTON_STEPS):
        slope = (_unmixed(NTU * 1.00001, Cr) - _unmixed(NTU * 0.99999, Cr)) / (0.00002 * NTU)
        NTU = np.maximum(NTU - (_unmixed(NTU, Cr) - eps) / slope, NTU_LIMITS[0])
    return _where_solved(NTU, _unmixed, eps, Cr)


def _where_solved(NTU: Floats, relation: Relation, eps: Floats, Cr: Floats) -> Floats:
    return np.where(np.abs(relation(NTU, Cr) - eps) <= 1e-10, NTU, np.nan)


_CLOSED: dict[str, tuple[Relation, Relation]] = {
    "counterflow": (_counterflow, _counterflow_ntu),
    "parallel": (_parallel, _parallel_ntu),
    "crossflow_unmixed": (_unmixed, _unmixed_ntu),
    "crossflow_unmixed_approximate": (_unmixed_approximate, _approximate_ntu),
    "crossflow_cmax_mixed": (_max_mixed, _max_mixed_ntu),
    "crossflow_cmin_mixed": (_min_mixed, _min_mixed_ntu),
    "crossflow_mixed": (_both_mixed, _both_mixed_ntu),
}
ARRANGEMENTS = (*_CLOSED, "shell_and_tube")
