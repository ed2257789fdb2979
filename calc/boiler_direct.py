"""Boiler by the direct (input-output) method: fuel in, steam out, and the losses that the inputs tell.

    energy_in = fuel_flow · HV        energy_out = steam_flow · (h_steam − h_feedwater)
    blowdown = blowdown_flow · (h_f(p_steam) − h_feedwater)        residual = in − out − losses

The basis is explicit: on LHV where it is known, else on HHV. Stack loss: `calc.stack`.
"""

from __future__ import annotations

import numpy as np

from calc import water
from calc.asset_type import (
    AssetType,
    Bound,
    Floats,
    Input,
    Inputs,
    Integrals,
    Mask,
    Parameter,
    Parameters,
    Quantity,
    Rates,
    number,
)
from calc.stack import SIEGERT, siegert_loss

SATURATION_BAND_K = 0.05
"""Nearer to saturation than this a temperature does not tell the phase: steam is vapour there, feedwater liquid."""
T_FREEZING_K = 273.15
T_AIR_K = 298.15
P_LIMIT_PA = 100e6
State = tuple[Floats, Mask, Mask]
"""(h, impossible, near_saturation), each (n,)."""


def superheated_steam(p: Floats, T: Floats) -> State:
    """Enthalpy of steam from pressure and temperature.

    Parameters
    ----------
    p, T : (n,) Pa absolute and K.

    Returns
    -------
    h (n,) J/kg, dry saturated within the band about saturation; the mask of states that T makes impossible (below the
    band, or outside IF97), where h is NaN; the mask of states within the band.
    """
    above = T - water.T_sat_p(p)
    near = np.abs(above) <= SATURATION_BAND_K
    h = np.where(near, water.h_vapour_p(p), water.h_pT(p, T))
    wrong = (above < -SATURATION_BAND_K) | _unanswered(h, p, T)
    return np.where(wrong, np.nan, h), wrong, near


def feedwater(p: Floats, T: Floats) -> State:
    """Enthalpy of feedwater from pressure and temperature.

    Parameters
    ----------
    p, T : (n,) Pa absolute and K.

    Returns
    -------
    h (n,) J/kg, saturated liquid within the band about saturation; the mask of states that T makes impossible (above
    the band, or outside IF97), where h is NaN; the mask of states within the band.
    """
    above = T - water.T_sat_p(p)
    near = np.abs(above) <= SATURATION_BAND_K
    h = np.where(near, water.h_liquid_p(p), water.h_pT(p, T))
    wrong = (above > SATURATION_BAND_K) | _unanswered(h, p, T)
    return np.where(wrong, np.nan, h), wrong, near


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Fuel heat, heat to steam, blowdown and stack loss, residual; (n,) W each."""
    h_steam, h_feedwater, faults, notes = _states(inputs, parameters)
    bad = np.any(list(faults.values()), axis=0)
    fuel_flow, steam_flow = inputs["fuel_flow"], inputs["steam_flow"]
    energy_in = np.where(bad, np.nan, fuel_flow * _heating_value(inputs, parameters))
    energy_out = np.where(bad, np.nan, steam_flow * (h_steam - h_feedwater))
    stack, notes["stack_loss_undefined"] = _stack(inputs, parameters, energy_in)
    losses = {"blowdown": np.where(bad, np.nan, _blowdown(inputs, h_feedwater)), "stack": stack}
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        losses_w=losses,
        residual_w=energy_in - energy_out - losses["blowdown"] - losses["stack"],
        sums={"fuel": fuel_flow, "steam": steam_flow, "fuel_heat_hhv": _heat_hhv(inputs, parameters, energy_in)},
        faults=faults,
        notes=notes,
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Mass of steam from a mass of fuel over the window; left out where no fuel was burnt."""
    fuel = integrals.sums["fuel"]
    return {"steam_to_fuel": integrals.sums["steam"] / fuel} if fuel > 0.0 else {}


def bound(integrals: Integrals, _parameters: Parameters) -> Bound | None:
    """Unity on the basis of the heating value: 1, or HHV/LHV where eta is on LHV and HHV is known."""
    heat = integrals.energy_in_j
    return Bound("above_unity", integrals.sums["fuel_heat_hhv"] / heat) if heat > 0.0 else None


def basis(parameters: Parameters, measured: frozenset[str]) -> str:
    """`lhv` where a lower heating value is given or measured, else `hhv`."""
    return "lhv" if "LHV" in measured or parameters.get("LHV") is not None else "hhv"


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) of the broken rules: a heating value is needed, HHV ≥ LHV, superheated steam needs its temperature."""
    broken = []
    lower, higher = parameters.get("LHV"), parameters.get("HHV")
    if lower is None and higher is None and not {"LHV", "HHV"} & measured:
        broken.append(("LHV", "give LHV or HHV, as a parameter or as an input tag"))
    if isinstance(lower, float | int) and isinstance(higher, float | int) and higher < lower:
        broken.append(("HHV", "HHV holds the heat of condensation too and is never below LHV: exchange the two"))
    if parameters.get("steam") == "superheated" and "T_steam" not in measured:
        broken.append(("T_steam", 'superheated steam needs the input T_steam, or write steam = "saturated"'))
    return tuple(broken)


def _states(inputs: Inputs, parameters: Parameters) -> tuple[Floats, Floats, dict[str, Mask], dict[str, Mask]]:
    """Enthalpies of steam and feedwater, the faults by input and the notes."""
    p_steam = inputs["p_steam"]
    measured = inputs.get("p_feedwater", p_steam)
    p_feedwater = np.where(np.isnan(measured), p_steam, measured)
    faults = {
        "steam_flow": inputs["steam_flow"] < 0.0,
        "p_steam": _not_a_pressure(p_steam),
        "p_feedwater": _not_a_pressure(p_feedwater) & ~_not_a_pressure(p_steam),
    }
    h_feedwater, wrong, near = feedwater(p_feedwater, inputs["T_feedwater"])
    faults["T_feedwater"] = wrong & ~_not_a_pressure(p_feedwater)
    if parameters.get("steam") == "superheated":
        T_steam = inputs.get("T_steam", np.full(p_steam.shape, np.nan))
        h_steam, wrong, near_steam = superheated_steam(p_steam, T_steam)
        faults["T_steam"] = wrong & ~faults["p_steam"]
        near = near | near_steam
    else:
        h_steam = water.h_vapour_p(p_steam)
        faults["p_steam"] = faults["p_steam"] | _unanswered(h_steam, p_steam, p_steam)
    return h_steam, h_feedwater, faults, {"near_saturation": near}


def _unanswered(h: Floats, p: Floats, T: Floats) -> Mask:
    return np.isnan(h) & ~np.isnan(p) & ~np.isnan(T)


def _not_a_pressure(p: Floats) -> Mask:
    return (p <= 0.0) | (p > P_LIMIT_PA)


def _heating_value(inputs: Inputs, parameters: Parameters) -> Floats | float:
    lower, higher = number(inputs, parameters, "LHV"), number(inputs, parameters, "HHV")
    if lower is not None:
        return lower
    return np.nan if higher is None else higher


def _heat_hhv(inputs: Inputs, parameters: Parameters, energy_in: Floats) -> Floats:
    """Fuel heat on HHV where that is known beside LHV, else on the basis itself (so that the bound becomes 1)."""
    higher = number(inputs, parameters, "HHV")
    if higher is None:
        return energy_in
    on_hhv = inputs["fuel_flow"] * higher
    return np.where(np.isnan(on_hhv) | np.isnan(energy_in), energy_in, on_hhv)


def _blowdown(inputs: Inputs, h_feedwater: Floats) -> Floats:
    """Heat that the blowdown carries above feedwater; nothing where its flow is not known."""
    flow = inputs.get("blowdown_flow", np.zeros(h_feedwater.shape))
    heat = flow * (water.h_liquid_p(inputs["p_steam"]) - h_feedwater)
    return np.where(np.isnan(flow) | (flow == 0.0), 0.0, heat)


def _stack(inputs: Inputs, parameters: Parameters, energy_in: Floats) -> tuple[Floats, Mask]:
    """Stack loss on the basis of eta, nothing where O2 or temperature is not known; and where they make no flue gas."""
    unknown = np.full(energy_in.shape, np.nan)
    O2, T_gas = inputs.get("O2_dry", unknown), inputs.get("T_stack", unknown)
    T_air = number(inputs, parameters, "T_air")
    fuel = SIEGERT[str(parameters.get("fuel") or "natural_gas")]
    share = siegert_loss(T_gas, T_AIR_K if T_air is None else T_air, O2, fuel.A2, fuel.B)
    if number(inputs, parameters, "LHV") is None:  # on HHV the vapour's heat of condensation leaves by the stack too
        share = share * fuel.lhv_to_hhv + (1.0 - fuel.lhv_to_hhv)
    share = np.where(T_gas < T_FREEZING_K, np.nan, share)
    undefined = np.isnan(share) & ~np.isnan(O2) & ~np.isnan(T_gas)
    return np.where(np.isnan(share), 0.0 * energy_in, share * energy_in), undefined


BOILER_DIRECT = AssetType(
    name="boiler_direct",
    description="Fired steam boiler, direct (input-output) method: heat to steam over heat of the fuel.",
    inputs=(
        Input("steam_flow", "kg/s", "steam leaving the boiler"),
        Input("fuel_flow", "kg/s", "fuel fired"),
        Input("p_steam", "Pa", "steam pressure, absolute"),
        Input("T_feedwater", "K", "feedwater entering the boundary (before an economiser that belongs to it)"),
        Input("T_steam", "K", "steam temperature; needed where steam is superheated", required=False),
        Input("p_feedwater", "Pa", "feedwater pressure, absolute; p_steam stands in for it", required=False),
        Input("blowdown_flow", "kg/s", "continuous blowdown from the drum", required=False),
        Input("O2_dry", "1", "oxygen in the dry flue gas, mole fraction", required=False),
        Input("T_stack", "K", "flue gas leaving the boundary", required=False),
    ),
    parameters=(
        Parameter("LHV", "J/kg", "lower heating value; eta is then on LHV", lower=1e5, upper=2e8),
        Parameter("HHV", "J/kg", "higher heating value; eta is on HHV where LHV is not given", lower=1e5, upper=2e8),
        Parameter("steam", None, "state of the steam", "saturated", ("saturated", "superheated"), may_be_input=False),
        Parameter("fuel_cutoff", "kg/s", "no fire at or below this fuel flow", 0.0, may_be_input=False),
        Parameter("fuel", None, "kind of fuel, for the stack loss", "natural_gas", tuple(SIEGERT), may_be_input=False),
        Parameter("T_air", "K", "combustion air, for the stack loss", T_AIR_K, lower=200.0, upper=1000.0),
    ),
    losses=(
        Quantity("blowdown", "W", "heat of the blowdown above feedwater"),
        Quantity("stack", "W", "heat of the flue gas above the air (Siegert); on HHV with its heat of condensation"),
    ),
    values_out=(Quantity("steam_to_fuel", "kg/kg", "mass of steam from a mass of fuel"),),
    sums=("fuel", "steam", "fuel_heat_hhv"),
    driver="fuel_flow",
    cutoff="fuel_cutoff",
    off_reason="no_fuel",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda parameters, measured: f"boiler_direct/{basis(parameters, measured)}",
    check=check,
)
