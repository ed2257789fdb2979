"""What every asset type does: the rest of a balance, ratios of integrals, rates without impossible states."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calc.asset_type import Floats, Mask


def residual(energy_in: Floats, energy_out: Floats, losses: Mapping[str, Floats]) -> Floats:
    """In − out − the losses that are known, (n,) W; a loss that is NaN is not known and stays in the residual."""
    left = energy_in - energy_out
    for loss in losses.values():
        left = left - np.where(np.isnan(loss), 0.0, loss)
    return left


def unless(faults: Mapping[str, Mask], rate: Floats) -> Floats:
    """The rate, (n,), NaN where any input is at fault."""
    bad = np.zeros(rate.shape, dtype=np.bool_)
    for mask in faults.values():
        bad = bad | mask
    return np.where(bad, np.nan, rate)


def ratio(above: float, below: float) -> float:
    """above / below; NaN, not infinite, where below is not above zero."""
    return above / below if below > 0.0 else float("nan")


def known(values: Mapping[str, float]) -> dict[str, float]:
    """The values that have an answer."""
    return {name: float(value) for name, value in values.items() if np.isfinite(value)}
