"""The worked example of each asset type: its state held for an hour, and what comes of it.

The method pages print them and a test computes them, so a page never says what the code does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calc.asset_type import AssetType, Integrals, Parameters
from calc.asset_types import ASSET_TYPES
from calc.custom import specialise
from calc.example_states import EXAMPLES

HELD_S = 3600.0


@dataclass(frozen=True)
class Worked:
    """What comes of an example: powers in W; `values` and `eta` as a point has them."""

    method: str
    eta: float
    energy_in_w: float
    energy_out_w: float
    losses_w: Mapping[str, float]
    residual_w: float | None
    values: Mapping[str, float]
    bound: tuple[str, float] | None


def example_type(name: str) -> AssetType:
    """The type of an example; a custom one has the inputs of its expressions."""
    if name != "custom":
        return ASSET_TYPES[name]
    return specialise(example_parameters(name), EXAMPLES[name].units)


def example_parameters(name: str) -> Parameters:
    """Every parameter of an example's type: given, else default, else None."""
    return {item.name: item.default for item in ASSET_TYPES[name].parameters} | dict(EXAMPLES[name].parameters)


def work(name: str) -> Worked:
    """Compute the example of an asset type, its state held for an hour."""
    kind, parameters = example_type(name), example_parameters(name)
    numbers = {key: value for key, value in parameters.items() if isinstance(value, float | int)}
    inputs = {
        key: np.array([value], dtype=np.float64) for key, value in (numbers | dict(EXAMPLES[name].inputs)).items()
    }
    rates = kind.rates(inputs, parameters)
    residual = None if rates.residual_w is None else float(rates.residual_w[0])
    integrals = Integrals(
        HELD_S,
        float(rates.energy_in_w[0]) * HELD_S,
        float(rates.energy_out_w[0]) * HELD_S,
        {key: float(rate[0]) * HELD_S for key, rate in rates.losses_w.items()},
        None if residual is None else residual * HELD_S,
        {key: float(rate[0]) * HELD_S for key, rate in rates.sums.items()},
    )
    bound = kind.bound(integrals, parameters)
    return Worked(
        method=kind.method(parameters, frozenset(EXAMPLES[name].inputs)),
        eta=integrals.energy_out_j / integrals.energy_in_j,
        energy_in_w=integrals.energy_in_j / HELD_S,
        energy_out_w=integrals.energy_out_j / HELD_S,
        losses_w={key: loss / HELD_S for key, loss in integrals.losses_j.items()},
        residual_w=residual,
        values=kind.values(integrals, parameters),
        bound=None if bound is None else (bound.reason, bound.eta),
    )
