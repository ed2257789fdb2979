"""An asset of the site file joined with its type's functions: what is measured, what is constant, what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from calc.asset_type import AssetType, Bound, Floats, Inputs, Integrals, Rates
from calc.custom import CUSTOM, specialise
from schemas.site import Asset, Comparison


@dataclass(frozen=True)
class Model:
    """What can be computed of an asset.

    names : the measured columns in their fixed order: inputs and measured parameters, then the tags of conditions
        (as `exclude_when`, `running_when`).
    required : the names that must stand for time to be covered.
    """

    type: AssetType
    asset: Asset
    names: tuple[str, ...]
    required: frozenset[str]
    measured: frozenset[str]
    method: str

    def tag_of(self, name: str) -> str:
        """The tag id behind a column."""
        condition = self.condition(name)
        return condition.tag if condition is not None else self.asset.inputs[name]

    def condition(self, name: str) -> Comparison | None:
        """The condition that a column stands for, or None for an input."""
        if name == "exclude_when":
            return self.asset.exclude_when
        return self.asset.running_when if name == "running_when" else None

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        """The columns that the formulas read."""
        return tuple(name for name in self.names if self.condition(name) is None)

    @property
    def driver_names(self) -> tuple[str, ...]:
        """The columns whose sum decides whether the machine runs: the driver, or what stands in its place."""
        if self.type.driver in self.measured:
            return (self.type.driver,)
        driver = self.type.input(self.type.driver)
        return tuple(name for name in driver.alternatives if name in self.measured) if driver else ()

    @cached_property
    def constants(self) -> tuple[str, ...]:
        """Names of numeric parameters that are not measured; they travel as arrays, so that assets compute together."""
        numeric = (item.name for item in self.type.parameters if item.unit is not None)
        return tuple(
            name for name in numeric if name not in self.measured and self.asset.parameters.get(name) is not None
        )

    def constant_values(self) -> tuple[float, ...]:
        """Values of `constants`."""
        return tuple(float(self.asset.parameters[name]) for name in self.constants)  # type: ignore[arg-type]

    @cached_property
    def signature(self) -> tuple[object, ...]:
        """Assets of equal signature are computed in one call."""
        choices = tuple(
            (item.name, self.asset.parameters.get(item.name)) for item in self.type.parameters if item.unit is None
        )
        return (self.type.name, self.names, self.constants, choices)

    def rates(self, states: Mapping[str, Floats]) -> Rates:
        """The type's rates at `states`: the columns of `input_names` and `constants`, each (n,)."""
        inputs: Inputs = states
        with np.errstate(all="ignore"):
            return self.type.rates(inputs, self.asset.parameters)

    def bound(self, integrals: Integrals) -> Bound | None:
        """The largest possible eta over a window, where the type knows one."""
        return self.type.bound(integrals, self.asset.parameters)

    def values(self, integrals: Integrals) -> dict[str, float]:
        """The type's values over a window; what is not finite is left out."""
        values = self.type.values(integrals, self.asset.parameters)
        return {name: value for name, value in values.items() if np.isfinite(value)}


def required_names(kind: AssetType, given: frozenset[str]) -> frozenset[str]:
    """The required inputs among `given`; where an input is replaced by its alternatives, those."""
    names: set[str] = set()
    for item in kind.inputs:
        if not item.required:
            continue
        if item.name in given:
            names.add(item.name)
        else:
            names.update(name for name in item.alternatives if name in given)
    return frozenset(names)


def fitted(kind: AssetType, asset: Asset, units: Mapping[str, str]) -> AssetType:
    """The type for this asset: a custom one has the inputs that its expressions name, in their tags' SI units."""
    return specialise(asset.parameters, units) if kind.name == CUSTOM.name else kind


def compile_model(kind: AssetType, asset: Asset) -> Model:
    """Join `asset` with its type."""
    given = frozenset(asset.inputs)
    order = [item.name for item in kind.inputs] + [item.name for item in kind.parameters]
    inputs = sorted(given, key=order.index)
    conditions = [name for name in ("exclude_when", "running_when") if getattr(asset, name) is not None]
    measured_parameters = given.intersection(item.name for item in kind.parameters)
    required = required_names(kind, given) | measured_parameters
    if kind.driver in given:
        required |= {kind.driver}
    return Model(
        type=kind,
        asset=asset,
        names=(*inputs, *conditions),
        required=required,
        measured=given,
        method=kind.method(asset.parameters, given),
    )
