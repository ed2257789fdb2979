"""A worked example of each asset type: a plausible state, held for an hour, and what comes of it.

The method pages print them and a test computes them, so a page never says what the code does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from calc.asset_type import AssetType, Integrals, Parameters, ParameterValue
from calc.asset_types import ASSET_TYPES
from calc.custom import specialise

HELD_S = 3600.0


@dataclass(frozen=True)
class Example:
    """A state in SI and the parameters that differ from their defaults; `units` of a custom type's inputs."""

    inputs: Mapping[str, float]
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Worked:
    """What comes of an example: powers in W; `values` and `eta` as a point has them."""

    method: str
    eta: float
    energy_in_w: float
    energy_out_w: float
    losses_w: Mapping[str, float]
    residual_w: float | None
    values: Mapping[str, float]
    bound: tuple[str, float] | None


EXAMPLES: Mapping[str, Example] = {
    "boiler_direct": Example(
        {"steam_flow": 3.0, "fuel_flow": 0.16, "p_steam": 1.1e6, "T_feedwater": 378.15},
        {"LHV": 50.0e6, "HHV": 55.5e6},
    ),
    "economiser": Example(
        {
            "hot_flow": 3.2,
            "T_hot_in": 493.15,
            "T_hot_out": 413.15,
            "cold_flow": 3.05,
            "T_cold_in": 378.15,
            "T_cold_out": 399.65,
        }
    ),
    "heat_exchanger": Example(
        {
            "hot_flow": 5.0,
            "T_hot_in": 363.15,
            "T_hot_out": 333.15,
            "cold_flow": 7.0,
            "T_cold_in": 293.15,
            "T_cold_out": 314.45,
        }
    ),
    "steam_turbine": Example(
        {
            "steam_flow": 50.0,
            "p_in": 8.0e6,
            "T_in": 753.15,
            "extraction_flow_1": 6.0,
            "p_extraction_1": 1.0e6,
            "T_extraction_1": 513.15,
            "p_out": 8.0e3,
            "electric_power": 48.0e6,
            "T_feedwater": 443.15,
        },
        {"generator_efficiency": 0.985},
    ),
    "gas_turbine": Example(
        {
            "fuel_flow": 2.2,
            "electric_power": 38.5e6,
            "T_inlet": 298.15,
            "p_inlet": 100.8e3,
            "p_compressor_out": 1.93e6,
            "T_compressor_out": 738.15,
        },
        {
            "LHV": 49.0e6,
            "power_curve_T_inlet": "288.15 K: 1.0, 298.15 K: 0.932, 308.15 K: 0.861",
            "heat_rate_curve_T_inlet": "288.15 K: 1.0, 298.15 K: 1.019, 308.15 K: 1.043",
        },
    ),
    "combined_cycle": Example(
        {
            "fuel_flow": 14.0,
            "gas_power": 262.0e6,
            "steam_power": 131.0e6,
            "own_power": 6.5e6,
            "T_inlet": 288.15,
            "exhaust_flow": 655.0,
            "T_exhaust": 873.15,
            "T_stack": 363.15,
        },
        {"LHV": 49.0e6, "HHV": 54.3e6},
    ),
    "chiller": Example(
        {
            "electric_power": 100e3,
            "chilled_flow": 20.0,
            "T_chilled_in": 285.15,
            "T_chilled_out": 279.15,
            "cond_flow": 25.0,
            "T_cond_in": 302.15,
            "T_cond_out": 307.9,
        },
        {"rated_cooling": 700e3},
    ),
    "heat_pump": Example(
        {
            "electric_power": 120e3,
            "hot_flow": 9.5,
            "T_hot_in": 318.15,
            "T_hot_out": 328.15,
            "cold_flow": 14.0,
            "T_cold_in": 288.15,
            "T_cold_out": 283.35,
        }
    ),
    "cooling_tower": Example(
        {"water_flow": 500.0, "T_hot": 310.15, "T_cold": 302.15, "T_wet_bulb": 297.15, "fan_power": 90e3},
        {"water_air_ratio": 1.2},
    ),
    "pump": Example(
        {"electric_power": 75e3, "flow": 60.0, "p_in": 180e3, "p_out": 1.03e6, "T_in": 333.15},
        {"motor_efficiency": 0.94},
    ),
    "fan": Example(
        {"electric_power": 55e3, "volume_flow": 12.0, "pressure_rise": 3.2e3, "p_in": 101.0e3},
        {"motor_efficiency": 0.94, "drive_efficiency": 0.97},
    ),
    "compressor": Example(
        {"electric_power": 250e3, "flow": 0.72, "p_in": 100e3, "T_in": 293.15, "p_out": 800e3, "T_out": 580.0},
        {"motor_efficiency": 0.95},
    ),
    "motor": Example({"electric_power": 80e3, "torque": 480.0, "speed": 24.7}, {"rated_power": 90e3}),
    "custom": Example(
        {"gas_flow": 0.05, "feed_flow": 0.72, "p": 1.0e6, "T_feed": 358.15},
        {
            "energy_in": "gas_flow * '36.2 MJ/Nm3(0 degC, 101.325 kPa)'",
            "energy_out": "feed_flow * (h_vapour_p(p) - h_pT(p, T_feed))",
            "driver": "gas_flow",
        },
        {"gas_flow": "Nm3/s(0 degC, 101.325 kPa)", "feed_flow": "kg/s", "p": "Pa", "T_feed": "K"},
    ),
}


def example_type(name: str) -> AssetType:
    """The type of an example; a custom one has the inputs of its expressions."""
    if name != "custom":
        return ASSET_TYPES[name]
    return specialise(example_parameters(name), EXAMPLES[name].units)


def example_parameters(name: str) -> Parameters:
    """Every parameter of an example's type: given, else default, else None."""
    return {item.name: item.default for item in ASSET_TYPES[name].parameters} | dict(EXAMPLES[name].parameters)


def work(name: str) -> Worked:
    """Compute the example of an asset type, its state held for an hour."""
    kind, parameters = example_type(name), example_parameters(name)
    numbers = {key: value for key, value in parameters.items() if isinstance(value, float | int)}
    inputs = {
        key: np.array([value], dtype=np.float64) for key, value in (numbers | dict(EXAMPLES[name].inputs)).items()
    }
    rates = kind.rates(inputs, parameters)
    residual = None if rates.residual_w is None else float(rates.residual_w[0])
    integrals = Integrals(
        HELD_S,
        float(rates.energy_in_w[0]) * HELD_S,
        float(rates.energy_out_w[0]) * HELD_S,
        {key: float(rate[0]) * HELD_S for key, rate in rates.losses_w.items()},
        None if residual is None else residual * HELD_S,
        {key: float(rate[0]) * HELD_S for key, rate in rates.sums.items()},
    )
    bound = kind.bound(integrals, parameters)
    return Worked(
        method=kind.method(parameters, frozenset(EXAMPLES[name].inputs)),
        eta=integrals.energy_out_j / integrals.energy_in_j,
        energy_in_w=integrals.energy_in_j / HELD_S,
        energy_out_w=integrals.energy_out_j / HELD_S,
        losses_w={key: loss / HELD_S for key, loss in integrals.losses_j.items()},
        residual_w=residual,
        values=kind.values(integrals, parameters),
        bound=None if bound is None else (bound.reason, bound.eta),
    )
