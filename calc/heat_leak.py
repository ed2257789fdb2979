"""What only loses: a blown-through steam trap and a warm wall. All that enters is lost, so eta is 0 and no efficiency.

trap   steam = 51.4 A p (Napier: lb/h, in2, psia) · failed share        loss = steam · (h_g − h_reference); an estimate
wall   loss = area · (convection + ε σ (T_surface⁴ − T_ambient⁴))
"""

from __future__ import annotations

import numpy as np

from calc import furnace_loss, steam_system, water
from calc.asset_type import (
    AssetType,
    Floats,
    Input,
    Inputs,
    Integrals,
    Parameter,
    Parameters,
    Quantity,
    Rates,
    number,
)
from calc.balance import known, ratio, unless
from calc.combustion import Real
from calc.steam_state import not_a_pressure

T_MAKE_UP_K = 288.15
T_AMBIENT_K = 298.15
P_ATMOSPHERE_PA = 101325.0


def trap_rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Heat that leaves through failed traps, (n,) W, and the steam, kg/s."""
    p = inputs["p_upstream"]
    h_vapour = water.h_vapour_p(p)
    faults = {"p_upstream": not_a_pressure(p) | (np.isnan(h_vapour) & ~np.isnan(p))}
    diameter, share = _value(inputs, parameters, "orifice", np.nan), _value(inputs, parameters, "failed_share", 1.0)
    lost = share * steam_system.trap_loss(0.25 * np.pi * diameter**2, p)
    T_reference = _value(inputs, parameters, "T_reference", T_MAKE_UP_K) + np.zeros(p.shape)
    h_reference = water.h_pT(np.full(p.shape, P_ATMOSPHERE_PA), T_reference)
    return _all_lost("steam", unless(faults, lost * (h_vapour - h_reference)), {"steam": lost}, faults)


def wall_rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Heat that a wall gives to its surroundings, (n,) W."""
    T = inputs["T_surface"]
    T_ambient = _value(inputs, parameters, "T_ambient", T_AMBIENT_K)
    faults = {"T_surface": (T <= 0.0) | (T_ambient > T)}
    heat = furnace_loss.wall(
        _value(inputs, parameters, "area", np.nan),
        T,
        T_ambient,
        _value(inputs, parameters, "emissivity", 0.9),
        _value(inputs, parameters, "wind", 0.0),
        _value(inputs, parameters, "shape_factor", 1.394),
    )
    return _all_lost("wall", unless(faults, heat), {}, faults)


def _all_lost(name: str, heat: Floats, sums: dict[str, Floats], faults: dict[str, np.ndarray]) -> Rates:
    nothing = 0.0 * heat
    return Rates(heat, nothing, losses_w={name: heat}, residual_w=nothing, sums=sums, faults=faults)


def _value(inputs: Inputs, parameters: Parameters, name: str, default: float) -> Real:
    value = number(inputs, parameters, name)
    return default if value is None else value


def _trap_values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    return known({"steam_loss": ratio(integrals.sums["steam"], integrals.duration_s)})


def _wall_values(integrals: Integrals, parameters: Parameters) -> dict[str, float]:
    area = parameters.get("area")
    flux = ratio(integrals.energy_in_j, integrals.duration_s * area) if isinstance(area, float | int) else float("nan")
    return known({"heat_flux": flux})


STEAM_TRAP = AssetType(
    name="steam_trap",
    description="Failed steam traps: steam and heat that blow through (estimate; eta is 0).",
    inputs=(Input("p_upstream", "Pa", "steam pressure before the trap, absolute"),),
    parameters=(
        Parameter("orifice", "m", "diameter of the trap's orifice", required=True, lower=0.0, upper=0.2),
        Parameter("failed_share", "1", "how far open, or how many of the traps", 1.0, lower=0.0),
        Parameter("T_reference", "K", "water that replaces the steam", T_MAKE_UP_K, lower=273.15, upper=370.0),
        Parameter("drive_cutoff", "Pa", "no steam at or below this pressure", P_ATMOSPHERE_PA, may_be_input=False),
    ),
    losses=(Quantity("steam", "W", "heat of the lost steam above the water that replaces it"),),
    values_out=(Quantity("steam_loss", "kg/s", "mean steam lost"),),
    sums=("steam",),
    driver="p_upstream",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=trap_rates,
    values=_trap_values,
    bound=lambda _integrals, _parameters: None,
    method=lambda _parameters, _measured: "steam_trap/napier",
)
WALL = AssetType(
    name="wall",
    description="Warm surface: heat lost by convection and radiation (eta is 0).",
    inputs=(Input("T_surface", "K", "temperature of the surface"),),
    parameters=(
        Parameter("area", "m2", "its area", required=True, may_be_input=False, lower=0.0),
        Parameter("emissivity", "1", "its emissivity", 0.9, lower=0.0, upper=1.0),
        Parameter("T_ambient", "K", "surroundings", T_AMBIENT_K, lower=200.0, upper=350.0),
        Parameter("wind", "m/s", "air past it", 0.0, lower=0.0),
        Parameter("shape_factor", "1", "1.394 vertical, 1.79 facing up, 0.89 facing down", 1.394, lower=0.5, upper=2.0),
        Parameter("drive_cutoff", "K", "cold at or below this surface temperature", 0.0, may_be_input=False),
    ),
    losses=(Quantity("wall", "W", "convection and radiation"),),
    values_out=(Quantity("heat_flux", "W/m2", "mean loss per area"),),
    sums=(),
    driver="T_surface",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=wall_rates,
    values=_wall_values,
    bound=lambda _integrals, _parameters: None,
    method=lambda _parameters, _measured: "wall/langmuir",
)
