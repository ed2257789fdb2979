"""Pump, wire to water: electricity in, hydraulic power out.

    P_hydraulic = m (p_out − p_in) / rho          H = P_hydraulic / (m g)
    hydraulic loss = m (h_out − h_in) − P_hydraulic, where both temperatures are measured

Water's density is that of the measured suction temperature, else the parameter `rho`. Source: first law; water by
IAPWS-IF97. Valid for a liquid that hardly is compressed; velocity heads and levels are not counted.
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
from calc.balance import known, ratio, residual, unless
from calc.motor import drive_loss, drive_parameters
from calc.steam_state import SATURATION_BAND_K, liquid, not_a_pressure

G = 9.80665
RHO_WATER_20C = 998.2
Number = Floats | float


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Electricity, hydraulic power, the losses that the inputs tell, residual; (n,) W each."""
    flow, p_in, p_out = inputs["flow"], inputs["p_in"], inputs["p_out"]
    faults = _faults(inputs, parameters)
    rho = _density(inputs, parameters)
    power = unless(faults, inputs["electric_power"])
    hydraulic = unless(faults, hydraulic_power(flow, p_out - p_in, rho))
    losses = {
        "drive": unless(faults, drive_loss(inputs, parameters, power)),
        "hydraulic": unless(faults, _heat_to_liquid(inputs, parameters) - hydraulic),
    }
    return Rates(
        energy_in_w=power,
        energy_out_w=hydraulic,
        losses_w=losses,
        residual_w=residual(power, hydraulic, losses),
        sums={"mass": unless(faults, flow), "volume": unless(faults, flow / rho)},
        faults=faults,
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Head, specific energy and the pump's own efficiency over a window; a value without an answer is left out."""
    out, mass, volume = integrals.energy_out_j, integrals.sums["mass"], integrals.sums["volume"]
    found = {
        "head": ratio(out, mass * G),
        "hydraulic_power": ratio(out, integrals.duration_s),
        "volume_flow": ratio(volume, integrals.duration_s),
        "specific_energy": ratio(integrals.energy_in_j, volume),
        "pump_efficiency": ratio(out, integrals.energy_in_j - integrals.losses_j.get("drive", float("nan"))),
    }
    return known(found)


def bound(_integrals: Integrals, _parameters: Parameters) -> Bound:
    """No pump gives more than it gets."""
    return Bound("above_unity", 1.0)


def hydraulic_power(mass_flow: Number, pressure_rise: Number, rho: Number) -> Floats:
    """Power that a pump gives to a liquid.

    Parameters
    ----------
    mass_flow : (n,) kg/s. pressure_rise : (n,) Pa. rho : (n,) kg/m3.

    Returns
    -------
    (n,) W; NaN where rho is not above zero.
    """
    rho = np.asarray(rho, dtype=np.float64)
    return np.asarray(np.asarray(mass_flow) * pressure_rise / np.where(rho > 0.0, rho, np.nan))


def head(pressure_rise: Number, rho: Number) -> Floats:
    """Head, (n,) m, of a pressure rise (n,) Pa in a liquid of rho (n,) kg/m3."""
    rho = np.asarray(rho, dtype=np.float64)
    return np.asarray(pressure_rise / (np.where(rho > 0.0, rho, np.nan) * G))


def affinity(value: Number, speed: Number, speed_reference: Number, power: int) -> Floats:
    """Affinity law: flow (power 1), head (2) or shaft power (3) at another speed; NaN for a reference not above 0."""
    reference = np.asarray(speed_reference, dtype=np.float64)
    return np.asarray(value * (np.asarray(speed) / np.where(reference > 0.0, reference, np.nan)) ** power)


def thermodynamic_efficiency(p_in: Number, T_in: Number, p_out: Number, T_out: Number) -> Floats:
    """Hydraulic efficiency of a water pump from its temperature rise, (h_out_isentropic − h_in) / (h_out − h_in).

    Parameters
    ----------
    p_in, p_out : (n,) Pa. T_in, T_out : (n,) K.

    Returns
    -------
    (n,) 1; NaN where the enthalpy does not rise. A millikelvin matters: 1 mK is 4 J/kg.
    """
    p_in, T_in, p_out, T_out = (np.asarray(x, dtype=np.float64) for x in (p_in, T_in, p_out, T_out))
    h_in = water.h_pT(p_in, T_in)
    rise = water.h_pT(p_out, T_out) - h_in
    ideal = water.h_ps(p_out, water.s_pT(p_in, T_in)) - h_in
    return np.asarray(ideal / np.where(rise > 0.0, rise, np.nan))


def _density(inputs: Inputs, parameters: Parameters) -> Floats:
    given = number(inputs, parameters, "rho")
    fixed = np.broadcast_to(np.asarray(np.nan if given is None else given), inputs["flow"].shape)
    if "T_in" not in inputs or parameters.get("fluid", "water") != "water":
        return fixed
    p, T = inputs["p_in"], inputs["T_in"]
    near = np.abs(T - water.T_sat_p(p)) <= SATURATION_BAND_K
    measured = np.where(near, 1.0 / water.v_liquid_p(p), water.rho_pT(p, T))
    return np.where(np.isnan(T), fixed, measured)


def _heat_to_liquid(inputs: Inputs, parameters: Parameters) -> Floats:
    """Enthalpy that the water gained, (n,) W; NaN unless both temperatures are there."""
    if "T_in" not in inputs or "T_out" not in inputs or parameters.get("fluid", "water") != "water":
        return np.full(inputs["flow"].shape, np.nan)
    h_in, h_out = (liquid(inputs[f"p_{end}"], inputs[f"T_{end}"])[0] for end in ("in", "out"))
    return np.asarray(inputs["flow"] * (h_out - h_in))


def _faults(inputs: Inputs, parameters: Parameters) -> dict[str, Mask]:
    """No absolute pressure is below zero, no pump runs backwards, no water is frozen or boils in its suction."""
    found = {name: not_a_pressure(inputs[name]) for name in ("p_in", "p_out")}
    found["flow"] = np.asarray(inputs["flow"] < 0.0)
    for end in ("in", "out"):
        if f"T_{end}" in inputs and parameters.get("fluid", "water") == "water":
            found[f"T_{end}"] = liquid(inputs[f"p_{end}"], inputs[f"T_{end}"])[1]
    return found


PUMP = AssetType(
    name="pump",
    description="Pump, wire to water: electricity in, hydraulic power out.",
    inputs=(
        Input("electric_power", "W", "electric power of the motor (or of its drive)"),
        Input("flow", "kg/s", "flow of the liquid"),
        Input("p_in", "Pa", "suction pressure, absolute"),
        Input("p_out", "Pa", "discharge pressure, absolute"),
        Input("T_in", "K", "suction temperature: density, and with T_out the residual", required=False),
        Input("T_out", "K", "discharge temperature", required=False),
    ),
    parameters=(
        Parameter("fluid", None, "the liquid", "water", ("water", "other"), may_be_input=False),
        Parameter("rho", "kg/m3", "density of the liquid where T_in does not tell it", RHO_WATER_20C, lower=1.0),
        *drive_parameters(),
        Parameter("drive_cutoff", "W", "the pump is off at or below this electric power", 0.0, may_be_input=False),
    ),
    losses=(
        Quantity("drive", "W", "loss of motor and drive, where their efficiency is given"),
        Quantity(
            "hydraulic", "W", "heat to the water beside its hydraulic power, where both its temperatures are known"
        ),
    ),
    values_out=(
        Quantity("head", "m", "mean head, by mass"),
        Quantity("hydraulic_power", "W", "mean hydraulic power"),
        Quantity("volume_flow", "m3/s", "mean volume flow"),
        Quantity("specific_energy", "J/m3", "electricity a cubic metre"),
        Quantity("pump_efficiency", "1", "hydraulic power / shaft power"),
    ),
    sums=("mass", "volume"),
    driver="electric_power",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda _parameters, measured: "pump/measured_density" if "T_in" in measured else "pump/given_density",
)
