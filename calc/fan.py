"""Fan, wire to air: electricity in, air power out.

    P_air = V Δp                                             where the inlet pressure is not measured
    P_air = V p_in k/(k − 1) ((1 + Δp/p_in)^((k − 1)/k) − 1)  isentropic, where it is

Source: work of an ideal gas. Δp is the rise of total pressure; with static pressures eta is the static efficiency.
"""

from __future__ import annotations

import numpy as np

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
from calc.elementwise import expm1, log1p
from calc.motor import drive_loss, drive_parameters

Number = Floats | float


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Electricity, air power, loss of motor and drive, residual; (n,) W each."""
    flow, rise = inputs["volume_flow"], inputs["pressure_rise"]
    faults = _faults(inputs)
    power = unless(faults, inputs["electric_power"])
    k = number(inputs, parameters, "k")
    p_in = inputs.get("p_in", np.full(power.shape, np.nan))
    compressible = isentropic_air_power(flow, rise, p_in, np.nan if k is None else k)
    out = unless(faults, np.where(np.isnan(p_in), air_power(flow, rise), compressible))
    losses = {"drive": drive_loss(inputs, parameters, power)}
    return Rates(
        energy_in_w=power,
        energy_out_w=out,
        losses_w=losses,
        residual_w=residual(power, out, losses),
        sums={"volume": unless(faults, flow), "pressure_rise": unless(faults, rise)},
        faults=faults,
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Means and specific power over a window; a value without an answer is left out."""
    out, volume, seconds = integrals.energy_out_j, integrals.sums["volume"], integrals.duration_s
    found = {
        "air_power": ratio(out, seconds),
        "volume_flow": ratio(volume, seconds),
        "pressure_rise": ratio(integrals.sums["pressure_rise"], seconds),
        "specific_fan_power": ratio(integrals.energy_in_j, volume),
        "fan_efficiency": ratio(out, integrals.energy_in_j - integrals.losses_j.get("drive", float("nan"))),
    }
    return known(found)


def bound(_integrals: Integrals, _parameters: Parameters) -> Bound:
    """No fan gives more than it gets."""
    return Bound("above_unity", 1.0)


def air_power(volume_flow: Number, pressure_rise: Number) -> Floats:
    """Air power, (n,) W, of volume_flow (n,) m3/s at the inlet and pressure_rise (n,) Pa, as incompressible."""
    return np.asarray(np.asarray(volume_flow) * pressure_rise)


def isentropic_air_power(volume_flow: Number, pressure_rise: Number, p_in: Number, k: Number = 1.4) -> Floats:
    """Air power of an ideal gas compressed without loss.

    Parameters
    ----------
    volume_flow : (n,) m3/s at the inlet. pressure_rise : (n,) Pa. p_in : (n,) Pa absolute. k : (n,) 1.

    Returns
    -------
    (n,) W; NaN where a pressure is not above zero or k not above 1.
    """
    flow, rise, p_in, k = (np.asarray(x, dtype=np.float64) for x in (volume_flow, pressure_rise, p_in, k))
    good = (p_in > 0.0) & (p_in + rise > 0.0) & (k > 1.0)
    p_in, k = np.where(good, p_in, np.nan), np.where(good, k, np.nan)
    return np.asarray(flow * p_in * k / (k - 1.0) * expm1((k - 1.0) / k * log1p(rise / p_in)))


def _faults(inputs: Inputs) -> dict[str, Mask]:
    """A flow that runs backwards and an inlet without pressure are no states of a fan."""
    found = {"volume_flow": np.asarray(inputs["volume_flow"] < 0.0)}
    if "p_in" in inputs:
        found["p_in"] = np.asarray(inputs["p_in"] <= 0.0)
        found["pressure_rise"] = np.asarray(inputs["p_in"] + inputs["pressure_rise"] <= 0.0)
    return found


FAN = AssetType(
    name="fan",
    description="Fan, wire to air: electricity in, air power out.",
    inputs=(
        Input("electric_power", "W", "electric power of the motor (or of its drive)"),
        Input("volume_flow", "m3/s", "volume flow at the inlet"),
        Input("pressure_rise", "Pa(d)", "total pressure behind less before the fan"),
        Input("p_in", "Pa", "inlet pressure, absolute: the work is then isentropic", required=False),
    ),
    parameters=(
        Parameter("k", "1", "isentropic exponent of the gas", 1.4, lower=1.01, upper=1.67),
        *drive_parameters(),
        Parameter("drive_cutoff", "W", "the fan is off at or below this electric power", 0.0, may_be_input=False),
    ),
    losses=(Quantity("drive", "W", "loss of motor and drive, where their efficiency is given"),),
    values_out=(
        Quantity("air_power", "W", "mean air power"),
        Quantity("volume_flow", "m3/s", "mean volume flow"),
        Quantity("pressure_rise", "Pa(d)", "mean pressure rise"),
        Quantity("specific_fan_power", "J/m3", "electricity a cubic metre"),
        Quantity("fan_efficiency", "1", "air power / shaft power"),
    ),
    sums=("volume", "pressure_rise"),
    driver="electric_power",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda _parameters, measured: "fan/isentropic" if "p_in" in measured else "fan/incompressible",
)
