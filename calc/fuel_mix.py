"""Heat of one fuel, or of two that are fired together, each with its own flow and heating value.

One fuel: `fuel_flow` with LHV or HHV. Two: `fuel_1_flow` and `fuel_2_flow` in its place, with LHV_1 and LHV_2, or HHV_1
and HHV_2. The basis is LHV where that of all fuels is known, else HHV.
"""

from __future__ import annotations

from dataclasses import dataclass

from calc import fuel_heat
from calc.asset_type import Floats, Input, Inputs, Parameter, Parameters, number

PLACES = ("1", "2")
FLOWS = tuple(f"fuel_{place}_flow" for place in PLACES)


@dataclass(frozen=True)
class Fired:
    """heat, heat_hhv : (n,) W on the basis and on HHV (on the basis where HHV is not known). mass : (n,) kg/s."""

    heat: Floats
    heat_hhv: Floats
    mass: Floats
    on_hhv: bool


def fired(inputs: Inputs, parameters: Parameters) -> Fired:
    """Heat and mass of what is fired."""
    if "fuel_flow" in inputs:
        heat, heat_hhv = fuel_heat.fuel_heat(inputs, parameters)
        return Fired(heat, heat_hhv, inputs["fuel_flow"], number(inputs, parameters, "LHV") is None)
    on_hhv = any(number(inputs, parameters, f"LHV_{place}") is None for place in PLACES)
    parts = [_part(inputs, parameters, place, on_hhv) for place in PLACES]
    heats, heats_hhv = zip(*(fuel_heat.fuel_heat(part, {}) for part in parts), strict=True)
    return Fired(heats[0] + heats[1], heats_hhv[0] + heats_hhv[1], inputs[FLOWS[0]] + inputs[FLOWS[1]], on_hhv)


def _part(inputs: Inputs, parameters: Parameters, place: str, on_hhv: bool) -> Inputs:
    """One fuel under the names of a single one."""
    flow = inputs[f"fuel_{place}_flow"]
    found = {"fuel_flow": flow}
    for name in ("HHV",) if on_hhv else ("LHV", "HHV"):
        value = number(inputs, parameters, f"{name}_{place}")
        if value is not None:
            found[name] = value + 0.0 * flow
    return found


def fuel_inputs() -> tuple[Input, ...]:
    """The flows of one fuel or of two."""
    several = tuple(
        Input(name, "kg/s", f"fuel {place} of two, in the place of fuel_flow", required=False)
        for name, place in zip(FLOWS, PLACES, strict=True)
    )
    return (Input("fuel_flow", "kg/s", "fuel fired", alternatives=FLOWS), *several)


def fuel_parameters() -> tuple[Parameter, ...]:
    """The heating values of one fuel and of two."""
    several = tuple(
        Parameter(f"{name}_{place}", "J/kg", f"{name} of fuel {place} of two", lower=1e5, upper=2e8)
        for place in PLACES
        for name in ("LHV", "HHV")
    )
    return (*fuel_heat.heating_values(), *several)


def is_mixed(measured: frozenset[str]) -> bool:
    """Whether two fuels are measured in the place of one."""
    return "fuel_flow" not in measured and any(name in measured for name in FLOWS)


def basis(parameters: Parameters, measured: frozenset[str]) -> str:
    """`lhv` where the lower heating value of all fuels is given or measured, else `hhv`."""
    if not is_mixed(measured):
        return fuel_heat.basis(parameters, measured)
    known = all(f"LHV_{place}" in measured or parameters.get(f"LHV_{place}") is not None for place in PLACES)
    return "lhv" if known else "hhv"


def missing_heating_value(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) where a fuel has no heating value on the common basis, or one that cannot be."""
    if not is_mixed(measured):
        return fuel_heat.missing_heating_value(parameters, measured)
    name = basis(parameters, measured).upper()
    return tuple(
        (f"{name}_{place}", f"give {name}_{place} too, or LHV_1 and LHV_2: two fuels need one basis")
        for place in PLACES
        if f"{name}_{place}" not in measured and parameters.get(f"{name}_{place}") is None
    )
