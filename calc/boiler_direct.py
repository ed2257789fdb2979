"""Boiler by the direct (input-output) method: fuel in, steam out, and the losses that the inputs tell.

    energy_in = fuel_flow · HV        energy_out = steam_flow · (h_steam − h_feedwater) + heat to reheated steam
    blowdown = blowdown_flow · (h_f(p_steam) − h_feedwater)        residual = in − out − losses

The basis is explicit: on LHV where it is known, else on HHV. Two fuels: `calc.fuel_mix`. Stack loss: `calc.stack`.
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
from calc.balance import residual, unless
from calc.fuel_heat import unity_bound
from calc.fuel_mix import basis, fired, fuel_inputs, fuel_parameters, missing_heating_value
from calc.named_stream import backwards, named_stream
from calc.stack import SIEGERT, siegert_loss
from calc.steam_state import liquid, not_a_pressure, steam, unanswered

T_FREEZING_K = 273.15
T_AIR_K = 298.15
REHEAT = ("reheat_flow", "p_reheat_in", "T_reheat_in", "p_reheat_out", "T_reheat_out")


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Fuel heat, heat to steam, blowdown and stack loss, residual; (n,) W each."""
    h_steam, h_feedwater, faults, notes = _states(inputs, parameters)
    fuel = fired(inputs, parameters)
    reheat, reheat_faults = _reheat(inputs)
    faults |= reheat_faults
    energy_in = unless(faults, fuel.heat)
    energy_out = unless(faults, inputs["steam_flow"] * (h_steam - h_feedwater) + reheat)
    stack, notes["stack_loss_undefined"] = _stack(inputs, parameters, energy_in, on_hhv=fuel.on_hhv)
    losses = {"blowdown": unless(faults, _blowdown(inputs, h_feedwater)), "stack": stack}
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        losses_w=losses,
        residual_w=residual(energy_in, energy_out, losses),
        sums={"fuel": fuel.mass, "steam": inputs["steam_flow"], "fuel_heat_hhv": fuel.heat_hhv},
        faults=faults,
        notes=notes,
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Mass of steam from a mass of fuel over the window; left out where no fuel was burnt."""
    fuel = integrals.sums["fuel"]
    return {"steam_to_fuel": integrals.sums["steam"] / fuel} if fuel > 0.0 else {}


def bound(integrals: Integrals, _parameters: Parameters) -> Bound | None:
    """Unity on the basis of the heating value: 1, or HHV/LHV where eta is on LHV and HHV is known."""
    return unity_bound(integrals)


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) of the broken rules: a heating value is needed, HHV ≥ LHV, superheated steam needs its temperature."""
    broken = list(missing_heating_value(parameters, measured))
    if parameters.get("steam") == "superheated" and "T_steam" not in measured:
        broken.append(("T_steam", 'superheated steam needs the input T_steam, or write steam = "saturated"'))
    if given := [name for name in REHEAT if name in measured]:
        broken += [(name, f"with {given[0]} give {name} too") for name in REHEAT if name not in measured]
    return tuple(broken)


def _states(inputs: Inputs, parameters: Parameters) -> tuple[Floats, Floats, dict[str, Mask], dict[str, Mask]]:
    """Enthalpies of steam and feedwater, the faults by input and the notes."""
    p_steam = inputs["p_steam"]
    measured = inputs.get("p_feedwater", p_steam)
    p_feedwater = np.where(np.isnan(measured), p_steam, measured)
    faults = {
        **backwards(inputs, "steam_flow", "blowdown_flow"),
        "p_steam": not_a_pressure(p_steam),
        "p_feedwater": not_a_pressure(p_feedwater) & ~not_a_pressure(p_steam),
    }
    h_feedwater, wrong, near = liquid(p_feedwater, inputs["T_feedwater"])
    faults["T_feedwater"] = wrong & ~not_a_pressure(p_feedwater)
    if parameters.get("steam") == "superheated":
        T_steam = inputs.get("T_steam", np.full(p_steam.shape, np.nan))
        h_steam, wrong, near_steam = steam(p_steam, T_steam)
        faults["T_steam"] = wrong & ~faults["p_steam"]
        near = near | near_steam
    else:
        h_steam = water.h_vapour_p(p_steam)
        faults["p_steam"] = faults["p_steam"] | unanswered(h_steam, p_steam, p_steam)
    return h_steam, h_feedwater, faults, {"near_saturation": near}


def _reheat(inputs: Inputs) -> tuple[Floats | float, dict[str, Mask]]:
    """Heat to reheated steam, (n,) W, with its faults; nothing where there is no reheater."""
    if not all(name in inputs for name in REHEAT):
        return 0.0, {}
    cold = named_stream(inputs, "p_reheat_in", "T_reheat_in", "steam")
    hot = named_stream(inputs, "p_reheat_out", "T_reheat_out", "steam")
    faults = cold.faults | hot.faults | backwards(inputs, "reheat_flow")
    return inputs["reheat_flow"] * (hot.h - cold.h), faults


def _blowdown(inputs: Inputs, h_feedwater: Floats) -> Floats:
    """Heat that the blowdown carries above feedwater; nothing where its flow is not known."""
    if "blowdown_flow" not in inputs:
        return np.zeros(h_feedwater.shape)
    flow = inputs["blowdown_flow"]
    heat = flow * (water.h_liquid_p(inputs["p_steam"]) - h_feedwater)
    return np.where(np.isnan(flow) | (flow == 0.0), 0.0, heat)


def _stack(inputs: Inputs, parameters: Parameters, energy_in: Floats, *, on_hhv: bool) -> tuple[Floats, Mask]:
    """Stack loss on the basis of eta, nothing where O2 or temperature is not known; and where they make no flue gas."""
    if "O2_dry" not in inputs or "T_stack" not in inputs:
        return 0.0 * energy_in, np.zeros(energy_in.shape, dtype=np.bool_)
    O2, T_gas = inputs["O2_dry"], inputs["T_stack"]
    T_air = number(inputs, parameters, "T_air")
    fuel = SIEGERT[str(parameters.get("fuel") or "natural_gas")]
    share = siegert_loss(T_gas, T_AIR_K if T_air is None else T_air, O2, fuel.A2, fuel.B)
    if on_hhv:  # there the vapour's heat of condensation leaves by the stack too
        share = share * fuel.lhv_to_hhv + (1.0 - fuel.lhv_to_hhv)
    share = np.where(T_gas < T_FREEZING_K, np.nan, share)
    undefined = np.isnan(share) & ~np.isnan(O2) & ~np.isnan(T_gas)
    return np.where(np.isnan(share), 0.0 * energy_in, share * energy_in), undefined


BOILER_DIRECT = AssetType(
    name="boiler_direct",
    description="Fired steam boiler, direct (input-output) method: heat to steam over heat of the fuel.",
    inputs=(
        Input("steam_flow", "kg/s", "steam leaving the boiler"),
        *fuel_inputs(),
        Input("p_steam", "Pa", "steam pressure, absolute"),
        Input("T_feedwater", "K", "feedwater entering the boundary (before an economiser that belongs to it)"),
        Input("T_steam", "K", "steam temperature; needed where steam is superheated", required=False),
        Input("p_feedwater", "Pa", "feedwater pressure, absolute; p_steam stands in for it", required=False),
        Input("blowdown_flow", "kg/s", "continuous blowdown from the drum", required=False),
        Input("reheat_flow", "kg/s", "steam through a reheater", required=False),
        Input("p_reheat_in", "Pa", "reheater inlet, absolute", required=False),
        Input("T_reheat_in", "K", "reheater inlet", required=False),
        Input("p_reheat_out", "Pa", "reheater outlet, absolute", required=False),
        Input("T_reheat_out", "K", "reheater outlet", required=False),
        Input("O2_dry", "1", "oxygen in the dry flue gas, mole fraction", required=False),
        Input("T_stack", "K", "flue gas leaving the boundary", required=False),
    ),
    parameters=(
        *fuel_parameters(),
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
