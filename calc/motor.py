"""Electric motor and drive: their loss, shaft power from torque and speed, and load from slip or current.

    P_shaft = 2 π n M          P_electric = √3 U I cos φ          load ≈ slip / slip_rated

Source: mechanics; the load by slip or current is an estimate for want of a torque.
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
    Parameter,
    Parameters,
    Quantity,
    Rates,
    number,
)
from calc.balance import known, ratio, unless

Number = Floats | float
DRIVE = ("motor_efficiency", "drive_efficiency")


def drive_parameters() -> tuple[Parameter, ...]:
    """The parameters of a driven machine's motor and variable speed drive."""
    return (
        Parameter("motor_efficiency", "1", "efficiency of the motor at this load", lower=0.01, upper=1.0),
        Parameter(
            "drive_efficiency", "1", "efficiency of the variable speed drive or gear", 1.0, lower=0.01, upper=1.0
        ),
    )


def drive_loss(inputs: Inputs, parameters: Parameters, power: Floats) -> Floats:
    """Loss of motor and drive, (n,) W of electric power (n,) W; NaN where the motor's efficiency is not given."""
    motor, drive = (number(inputs, parameters, name) for name in DRIVE)
    if motor is None:
        return np.full(power.shape, np.nan)
    return np.asarray(power * (1.0 - motor * (1.0 if drive is None else drive)))


def shaft_power(torque: Number, speed: Number) -> Floats:
    """Power of a shaft, (n,) W, from torque (n,) N m and speed (n,) revolutions a second."""
    return np.asarray(2.0 * np.pi * np.asarray(torque) * speed)


def three_phase_power(voltage: Number, current: Number, power_factor: Number) -> Floats:
    """Electric power, (n,) W, from line voltage (n,) V, line current (n,) A and power factor (n,)."""
    return np.asarray(np.sqrt(3.0) * np.asarray(voltage) * current * power_factor)


def load_by_slip(speed: Number, speed_rated: Number, speed_synchronous: Number) -> Floats:
    """Load factor, (n,) 1, of an induction motor by its slip; an estimate. NaN where rated slip is not above zero."""
    rated = np.asarray(speed_synchronous, dtype=np.float64) - speed_rated
    return np.asarray((np.asarray(speed_synchronous) - speed) / np.where(rated > 0.0, rated, np.nan))


def load_by_current(current: Number, current_rated: Number, voltage: Number, voltage_rated: Number) -> Floats:
    """Load factor, (n,) 1, by current and voltage against the plate's; an estimate, poor below half load."""
    rated = np.asarray(current_rated, dtype=np.float64) * voltage_rated
    return np.asarray(np.asarray(current) * voltage / np.where(rated > 0.0, rated, np.nan))


def rates(inputs: Inputs, _parameters: Parameters) -> Rates:
    """Electricity and shaft power, (n,) W each; the residual is the motor's loss."""
    faults = {"speed": np.asarray(inputs["speed"] < 0.0)}
    power, speed = unless(faults, inputs["electric_power"]), unless(faults, inputs["speed"])
    shaft = shaft_power(inputs["torque"], speed)
    return Rates(power, shaft, residual_w=power - shaft, sums={"revolutions": speed}, faults=faults)


def values(integrals: Integrals, parameters: Parameters) -> dict[str, float]:
    """Mean shaft power, speed and load over the window; a value without an answer is left out."""
    shaft = ratio(integrals.energy_out_j, integrals.duration_s)
    rated = parameters.get("rated_power")
    load = ratio(shaft, rated) if isinstance(rated, float | int) else float("nan")
    speed = ratio(integrals.sums["revolutions"], integrals.duration_s)
    return known({"shaft_power": shaft, "speed": speed, "load": load})


def bound(_integrals: Integrals, _parameters: Parameters) -> Bound:
    """No motor gives more than it gets."""
    return Bound("above_unity", 1.0)


MOTOR = AssetType(
    name="motor",
    description="Electric motor: electricity in, shaft power out.",
    inputs=(
        Input("electric_power", "W", "electric power"),
        Input("torque", "J", "torque of the shaft, N m"),
        Input("speed", "Hz", "speed of the shaft, revolutions a second"),
    ),
    parameters=(
        Parameter("rated_power", "W", "shaft power on the plate, for `load`", lower=1.0, may_be_input=False),
        Parameter("drive_cutoff", "W", "the motor is off at or below this electric power", 0.0, may_be_input=False),
    ),
    losses=(),
    values_out=(
        Quantity("shaft_power", "W", "mean shaft power"),
        Quantity("speed", "Hz", "mean speed"),
        Quantity("load", "1", "mean shaft power / rated_power"),
    ),
    sums=("revolutions",),
    driver="electric_power",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda _parameters, _measured: "motor/torque_and_speed",
)
