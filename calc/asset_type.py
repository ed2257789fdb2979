"""What an asset type is: its inputs, parameters and results, and the functions that compute them.

A type states everything once: the site file is checked against it, the pipeline integrates its rates over panes, the
API offers it on demand, `schemas/json/asset_types.json` and the method pages are generated from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Inputs = Mapping[str, Floats]
"""Name → array (n,), SI, one element an interval or state. An optional input that is absent is no key. NaN in an
optional input means that it is not known there."""
ParameterValue = float | str | None
Parameters = Mapping[str, ParameterValue]
"""Name → SI number or choice; every parameter of the type is a key, None where it is neither given nor defaulted.
Where a parameter is given as an input tag, its array stands in `Inputs` under the same name and wins."""


@dataclass(frozen=True)
class Quantity:
    """A named number with its SI unit (`"kg/s"`, `"Pa"`, `"1"`)."""

    name: str
    unit: str
    description: str


@dataclass(frozen=True)
class Input(Quantity):
    """A measured input; `alternatives` names inputs that may stand in its place, all of them together."""

    required: bool = True
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """A constant of the asset: a number with an SI unit, or one of `choices`; `unit` is None for a choice."""

    name: str
    unit: str | None
    description: str
    default: ParameterValue = None
    choices: tuple[str, ...] = ()
    required: bool = False
    may_be_input: bool = True
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Rates:
    """Rates at n states. The pipeline multiplies each by its interval's duration and adds up.

    energy_in_w, energy_out_w : (n,) W. NaN where the state has no answer.
    losses_w : name → (n,) W, the losses that the inputs tell.
    residual_w : (n,) W, or None where the inputs do not close the balance.
    sums : name → (n,), further rates whose time integrals `AssetType.values` needs.
    faults : input → (n,) mask, true where that input makes an impossible state (reason `impossible_state:<input>`);
        the rates are NaN there.
    notes : code → (n,) mask of warnings that leave the rates as they are (`near_saturation` …).
    """

    energy_in_w: Floats
    energy_out_w: Floats
    losses_w: Mapping[str, Floats] = field(default_factory=dict)
    residual_w: Floats | None = None
    sums: Mapping[str, Floats] = field(default_factory=dict)
    faults: Mapping[str, Mask] = field(default_factory=dict)
    notes: Mapping[str, Mask] = field(default_factory=dict)


@dataclass(frozen=True)
class Integrals:
    """The same over a window: joules and `sums` × seconds, and the integrated time."""

    duration_s: float
    energy_in_j: float
    energy_out_j: float
    losses_j: Mapping[str, float] = field(default_factory=dict)
    residual_j: float | None = None
    sums: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Bound:
    """The largest possible eta and the reason that stands in a point beyond it (`above_unity`, `above_carnot`)."""

    reason: str
    eta: float
    beyond_uncertainty: bool = False
    """Compare eta − eta_u95 (exchangers) instead of eta."""


@dataclass(frozen=True)
class AssetType:
    """A kind of plant equipment.

    rates : states → rates; pure, vectorised, element-wise (an element's result never depends on its neighbours, so
        that any grouping of intervals gives the same bits).
    values : integrals over a window → the type's `values`; a value without an answer is left out.
    bound : integrals → the bound on eta, or None where none is known.
    method : parameters → the method's name in a point, as `boiler_direct/lhv`. `measured` holds the names of the
        inputs that are tags.
    driver, cutoff, off_reason : the machine is off where the input `driver` is at or below the parameter `cutoff`.
    rate_names() : the fixed order of a pane's integrals.
    """

    name: str
    description: str
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    losses: tuple[Quantity, ...]
    values_out: tuple[Quantity, ...]
    sums: tuple[str, ...]
    driver: str
    cutoff: str
    off_reason: str
    rates: Callable[[Inputs, Parameters], Rates]
    values: Callable[[Integrals, Parameters], dict[str, float]]
    bound: Callable[[Integrals, Parameters], Bound | None]
    method: Callable[[Parameters, frozenset[str]], str]
    check: Callable[[Parameters, frozenset[str]], tuple[tuple[str, str], ...]] = lambda _parameters, _measured: ()
    """(key, fix) of every rule over several keys that is broken, as "LHV or HHV is needed"; empty where all is well."""

    def input(self, name: str) -> Input | None:
        """The input of that name."""
        return next((item for item in self.inputs if item.name == name), None)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name."""
        return next((item for item in self.parameters if item.name == name), None)

    def rate_names(self) -> tuple[str, ...]:
        """Names of a pane's integrals in their fixed order."""
        losses = tuple(f"loss:{loss.name}" for loss in self.losses)
        return ("energy_in", "energy_out", "residual", *losses, *(f"sum:{name}" for name in self.sums))


def number(inputs: Inputs, parameters: Parameters, name: str) -> Floats | float | None:
    """A numeric parameter, measured or given: the array of `inputs` wins over the constant; None where neither is."""
    if name in inputs:
        return inputs[name]
    value = parameters.get(name)
    return value if isinstance(value, float | int) else None
