"""Heat of a measured fuel flow on an explicit basis: LHV where it is known, else HHV."""

from __future__ import annotations

import numpy as np

from calc.asset_type import Bound, Floats, Inputs, Integrals, Parameter, Parameters, number


def heating_values() -> tuple[Parameter, ...]:
    """The parameters LHV and HHV; either may be an input tag."""
    return (
        Parameter("LHV", "J/kg", "lower heating value; eta is then on LHV", lower=1e5, upper=2e8),
        Parameter("HHV", "J/kg", "higher heating value; eta is on HHV where LHV is not given", lower=1e5, upper=2e8),
    )


def fuel_heat(inputs: Inputs, parameters: Parameters) -> tuple[Floats, Floats]:
    """Heat of `fuel_flow` on the basis of eta and on HHV, (n,) W each; both on the basis where HHV is not known."""
    flow = inputs["fuel_flow"]
    lower, higher = (number(inputs, parameters, name) for name in ("LHV", "HHV"))
    on_hhv = flow * (np.nan if higher is None else higher)
    on_basis = on_hhv if lower is None else flow * lower
    return np.asarray(on_basis), np.where(np.isnan(on_hhv), on_basis, on_hhv)


def unity_bound(integrals: Integrals) -> Bound | None:
    """1, or HHV/LHV where eta is on LHV and HHV is known; `integrals.sums` holds `fuel_heat_hhv`."""
    heat = integrals.energy_in_j
    return Bound("above_unity", integrals.sums["fuel_heat_hhv"] / heat) if heat > 0.0 else None


def basis(parameters: Parameters, measured: frozenset[str]) -> str:
    """`lhv` where a lower heating value is given or measured, else `hhv`."""
    return "lhv" if "LHV" in measured or parameters.get("LHV") is not None else "hhv"


def missing_heating_value(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) where neither heating value is known, or HHV is below LHV."""
    lower, higher = parameters.get("LHV"), parameters.get("HHV")
    if lower is None and higher is None and not {"LHV", "HHV"} & measured:
        return (("LHV", "give LHV or HHV, as a parameter or as an input tag"),)
    if isinstance(lower, float | int) and isinstance(higher, float | int) and higher < lower:
        return (("HHV", "HHV holds the condensation heat too and is not below LHV; exchange the two"),)
    return ()
