"""Liquid loops of chillers and heat pumps: chilled water, brine, cooling water. Heat from flow and two temperatures."""

from __future__ import annotations

from typing import cast

import numpy as np

from calc import fluids
from calc.asset_type import Floats, Inputs, Mask, Parameter, Parameters, number
from calc.steam_state import liquid

LOOP_FLUIDS = ("water", "ethylene_glycol", "propylene_glycol")
GLYCOLS = {"ethylene_glycol": "MEG", "propylene_glycol": "MPG"}
"""CoolProp's names of the aqueous solutions (incompressible backend, mass fraction)."""
P_LOOP_PA = 400e3
"""Default absolute pressure of a closed loop; 100 kPa moves a heat between two temperatures by less than 1e-4."""


def loop_parameters(side: str, loop: str) -> tuple[Parameter, ...]:
    """The parameters that name a loop's fluid; `side` begins their names (`chilled`, `cond` …)."""
    return (
        Parameter(f"{side}_fluid", None, f"fluid of the {loop} loop", "water", LOOP_FLUIDS, may_be_input=False),
        Parameter(f"{side}_fraction", "1", f"mass fraction of glycol in the {loop} loop", lower=0.0, upper=0.6),
        Parameter(f"p_{side}", "Pa", f"absolute pressure of the {loop} loop", P_LOOP_PA, lower=1e3, upper=1e8),
    )


def broken_loop(side: str, parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) where a glycol loop lacks its mass fraction."""
    fluid, fraction = parameters.get(f"{side}_fluid"), f"{side}_fraction"
    if fluid in GLYCOLS and fraction not in measured and parameters.get(fraction) is None:
        return ((fraction, f"give the mass fraction of {fluid}, as 0.30"),)
    return ()


def loop_heat(inputs: Inputs, parameters: Parameters, side: str, entering: str, leaving: str) -> Floats:
    """Heat that the loop takes up between its two temperatures: flow × (h(leaving) − h(entering)).

    Parameters
    ----------
    inputs : `<side>_flow` (n,) kg/s and the two temperatures (n,) K.
    side : `chilled`, `cond` …; begins the names of flow, fluid, fraction and pressure.
    entering, leaving : names of the temperatures.

    Returns
    -------
    (n,) W; negative where heat is given; NaN where an input is NaN or the fluid does not exist as a liquid there.
    """
    flow = inputs[f"{side}_flow"]
    leaves = loop_enthalpy(inputs, parameters, side, inputs[leaving])
    return flow * (leaves - loop_enthalpy(inputs, parameters, side, inputs[entering]))


def loop_enthalpy(inputs: Inputs, parameters: Parameters, side: str, T: Floats) -> Floats:
    """Specific enthalpy of the loop's fluid, (n,) J/kg, at T (n,) K and the loop's pressure."""
    p = _pressure(inputs, parameters, side, T)
    fluid = cast("str", parameters.get(f"{side}_fluid") or "water")
    if fluid == "water":
        return liquid(p, T)[0]
    fraction = number(inputs, parameters, f"{side}_fraction")
    return _glycol_enthalpy(GLYCOLS[fluid], np.nan if fraction is None else fraction, p, T)


def partial_loop(flow: str, names: tuple[str, ...], measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) where a loop's flow is measured but not both of its temperatures."""
    if flow not in measured:
        return ()
    return tuple((name, f"with {flow} give {name} too") for name in names if name not in measured)


def loop_faults(inputs: Inputs, parameters: Parameters, side: str) -> dict[str, Mask]:
    """Input → (n,) mask: a loop that is not liquid and a flow that runs backwards are no states of a machine."""
    temperatures = (name for name in (f"T_{side}_in", f"T_{side}_out") if name in inputs)
    found = {name: impossible_temperature(inputs, parameters, side, inputs[name]) for name in temperatures}
    flow = f"{side}_flow"
    return found | ({flow: np.asarray(inputs[flow] < 0.0)} if flow in inputs else {})


def impossible_temperature(inputs: Inputs, parameters: Parameters, side: str, T: Floats) -> Mask:
    """(n,) true where the loop cannot be liquid: water below 273.15 K (so a °C read as K) or above saturation."""
    if (parameters.get(f"{side}_fluid") or "water") != "water":
        return np.asarray(T <= 0.0)
    return liquid(_pressure(inputs, parameters, side, T), T)[1]


def _pressure(inputs: Inputs, parameters: Parameters, side: str, T: Floats) -> Floats:
    given = number(inputs, parameters, f"p_{side}")
    return np.broadcast_to(np.asarray(P_LOOP_PA if given is None else given, dtype=np.float64), T.shape)


def _glycol_enthalpy(name: str, fraction: Floats | float, p: Floats, T: Floats) -> Floats:
    """A measured fraction may differ from element to element; each distinct one is a fluid of its own."""
    fractions = np.broadcast_to(np.asarray(fraction, dtype=np.float64), T.shape)
    h = np.full(T.shape, np.nan)
    for mass_fraction in np.unique(fractions[np.isfinite(fractions)]):
        here = fractions == mass_fraction
        h[here] = fluids.h_pT(f"INCOMP::{name}[{float(mass_fraction)!r}]", p[here], T[here])
    return h
