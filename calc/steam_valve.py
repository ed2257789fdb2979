"""Pressure reduction, desuperheating and steam pipes: what enters, what leaves, and what is lost on the way.

    prv            h_out = h_in                     eta = flow h_out / flow h_in
    desuperheater  m_w = m_s (h_1 − h_3)/(h_3 − h_w)
    steam_pipe     loss by insulation = ΔT / (ln(r2/r1)/(2πλ) + 1/(2π r2 h)) · length

Energies are above IF97's zero (liquid at the triple point).
"""

from __future__ import annotations

import numpy as np

from calc import steam_system, water
from calc.asset_type import (
    AssetType,
    Bound,
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
from calc.balance import known, ratio, residual, unless
from calc.named_stream import backwards, known_or, named_stream, where_known, while_running
from calc.steam_state import not_a_pressure

T_AMBIENT_K = 293.15
PIPE = ("length", "diameter", "insulation", "conductivity")


def prv_rates(inputs: Inputs, _parameters: Parameters) -> Rates:
    """Energy before and behind a pressure-reducing valve; behind it by its temperature where that is measured."""
    entering = named_stream(inputs, "p_in", "T_in", "steam")
    faults = entering.faults | backwards(inputs, "flow")
    near, h_out = entering.near_saturation, entering.h
    if "T_out" in inputs:
        leaving = named_stream(inputs, "p_out", "T_out", "steam")
        faults |= leaving.faults
        near, h_out = near | leaving.near_saturation, np.where(np.isnan(inputs["T_out"]), entering.h, leaving.h)
    faults["p_out"] = not_a_pressure(inputs["p_out"])
    energy_in, energy_out = (unless(faults, inputs["flow"] * h) for h in (entering.h, h_out))
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        residual_w=where_known(inputs, ("T_out",), energy_in - energy_out),
        sums={"T_throttled": water.T_ph(inputs["p_out"], entering.h)},
        faults=faults,
        notes={"near_saturation": near},
    )


def prv_values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Mean temperature behind the valve at the same enthalpy."""
    return known({"T_out": ratio(integrals.sums["T_throttled"], integrals.duration_s)})


def desuperheater_rates(inputs: Inputs, _parameters: Parameters) -> Rates:
    """Energies of steam, spray and desuperheated steam; the spray from the balance where it is not measured."""
    entering = named_stream(inputs, "p_steam", "T_steam", "steam")
    leaving = named_stream(inputs, "p_out", "T_out", "steam")
    spray = named_stream(inputs, "p_water", "T_water", "liquid", inputs["p_steam"])
    faults = entering.faults | leaving.faults | spray.faults | backwards(inputs, "steam_flow", "water_flow")
    steam_flow = inputs["steam_flow"]
    needed = steam_system.desuperheating_water(steam_flow, entering.h, leaving.h, spray.h)
    water_flow = known_or(inputs, "water_flow", needed)
    energy_in = while_running(steam_flow, unless(faults, steam_flow * entering.h + water_flow * spray.h))
    energy_out = unless(faults, (steam_flow + water_flow) * leaving.h)
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        residual_w=where_known(inputs, ("water_flow",), energy_in - energy_out),
        sums={"needed": needed},
        faults=faults,
        notes={"near_saturation": entering.near_saturation | leaving.near_saturation | spray.near_saturation},
    )


def desuperheater_values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Mean spray that the balance asks for."""
    return known({"water_needed": ratio(integrals.sums["needed"], integrals.duration_s)})


def pipe_rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Energy into and out of a steam pipe, and what its insulation lets pass where that is described."""
    entering = named_stream(inputs, "p_in", "T_in", "steam")
    leaving = named_stream(inputs, "p_out", "T_out", "steam", inputs["p_in"])
    faults = entering.faults | leaving.faults | backwards(inputs, "flow")
    energy_in, energy_out = (unless(faults, inputs["flow"] * side.h) for side in (entering, leaving))
    losses = {"insulation": unless(faults, _insulation(inputs, parameters))}
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        losses_w=losses,
        residual_w=residual(energy_in, energy_out, losses),
        sums={"drop": inputs["T_in"] - inputs["T_out"]},
        faults=faults,
        notes={"near_saturation": entering.near_saturation | leaving.near_saturation},
    )


def pipe_values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Mean drop of temperature, and the mean heat that leaves between the ends."""
    seconds = integrals.duration_s
    heat = integrals.energy_in_j - integrals.energy_out_j
    return known({"temperature_drop": ratio(integrals.sums["drop"], seconds), "heat_loss": ratio(heat, seconds)})


def _insulation(inputs: Inputs, parameters: Parameters) -> Floats:
    length, diameter, thickness, conductivity = (number(inputs, parameters, name) for name in PIPE)
    if length is None or diameter is None or thickness is None or conductivity is None:
        return np.zeros(inputs["T_in"].shape)
    given = number(inputs, parameters, "T_ambient")
    T_ambient = T_AMBIENT_K if given is None else given
    T_steam = 0.5 * (inputs["T_in"] + inputs["T_out"])
    return steam_system.insulated_pipe_loss(length, diameter, thickness, conductivity, T_steam, T_ambient)


def _pipe_check(parameters: Parameters, _measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    given = [name for name in PIPE if parameters.get(name) is not None]
    missing = [name for name in PIPE if parameters.get(name) is None]
    return tuple((name, f"with {given[0]} give {name} too") for name in missing) if given else ()


_CUTOFF = Parameter("drive_cutoff", "kg/s", "out of use at or below this steam flow", 0.0, may_be_input=False)


def _unity(_integrals: Integrals, _parameters: Parameters) -> Bound:
    return Bound("above_unity", 1.0, beyond_uncertainty=True)


PRV = AssetType(
    name="prv",
    description="Pressure-reducing valve: energy behind it over energy before it.",
    inputs=(
        Input("flow", "kg/s", "steam"),
        Input("p_in", "Pa", "pressure before, absolute"),
        Input("T_in", "K", "temperature before"),
        Input("p_out", "Pa", "pressure behind, absolute"),
        Input("T_out", "K", "temperature behind; without it the enthalpy is taken to stay", required=False),
    ),
    parameters=(_CUTOFF,),
    losses=(),
    values_out=(Quantity("T_out", "K", "temperature behind at the same enthalpy"),),
    sums=("T_throttled",),
    driver="flow",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=prv_rates,
    values=prv_values,
    bound=_unity,
    method=lambda _parameters, measured: f"prv/{'measured' if 'T_out' in measured else 'isenthalpic'}",
)
DESUPERHEATER = AssetType(
    name="desuperheater",
    description="Desuperheater: energy of the cooled steam over energy of steam and spray water.",
    inputs=(
        Input("steam_flow", "kg/s", "steam, entering"),
        Input("p_steam", "Pa", "its pressure, absolute"),
        Input("T_steam", "K", "its temperature"),
        Input("p_out", "Pa", "pressure behind, absolute"),
        Input("T_out", "K", "temperature behind"),
        Input("T_water", "K", "spray water"),
        Input("p_water", "Pa", "its pressure, absolute; p_steam stands in for it", required=False),
        Input("water_flow", "kg/s", "spray water; from the balance where it is not measured", required=False),
    ),
    parameters=(_CUTOFF,),
    losses=(),
    values_out=(Quantity("water_needed", "kg/s", "spray that the balance asks for"),),
    sums=("needed",),
    driver="steam_flow",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=desuperheater_rates,
    values=desuperheater_values,
    bound=_unity,
    method=lambda _parameters, measured: f"desuperheater/{'measured' if 'water_flow' in measured else 'spray_balance'}",
)
STEAM_PIPE = AssetType(
    name="steam_pipe",
    description="Steam pipe: energy that arrives over energy that enters.",
    inputs=(
        Input("flow", "kg/s", "steam"),
        Input("p_in", "Pa", "pressure at the start, absolute"),
        Input("T_in", "K", "temperature at the start"),
        Input("T_out", "K", "temperature at the end"),
        Input("p_out", "Pa", "pressure at the end, absolute; p_in stands in for it", required=False),
    ),
    parameters=(
        Parameter("length", "m", "length of the pipe", lower=0.0),
        Parameter("diameter", "m", "outer diameter of the pipe", lower=0.0),
        Parameter("insulation", "m", "thickness of the insulation", lower=0.0),
        Parameter("conductivity", "W/(m K)", "its thermal conductivity", lower=0.0),
        Parameter("T_ambient", "K", "surroundings", T_AMBIENT_K, lower=200.0, upper=350.0),
        _CUTOFF,
    ),
    losses=(Quantity("insulation", "W", "heat through the insulation as described"),),
    values_out=(
        Quantity("temperature_drop", "K", "mean drop of temperature"),
        Quantity("heat_loss", "W", "mean energy in less energy out"),
    ),
    sums=("drop",),
    driver="flow",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=pipe_rates,
    values=pipe_values,
    bound=_unity,
    method=lambda parameters, _measured: f"steam_pipe/{'insulation' if parameters.get('length') else 'balance'}",
    check=_pipe_check,
)
