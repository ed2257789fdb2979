"""A plausible state of each asset type, in SI, for its worked example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calc.asset_type import ParameterValue


@dataclass(frozen=True)
class Example:
    """A state in SI and the parameters that differ from their defaults; `units` of a custom type's inputs."""

    inputs: Mapping[str, float]
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


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
    "boiler_indirect": Example(
        {
            "fuel_flow": 0.16,
            "O2_dry": 0.035,
            "T_stack": 423.15,
            "steam_flow": 3.0,
            "p_steam": 1.1e6,
            "T_feedwater": 378.15,
        },
        {"form": "siegert", "LHV": 50.0e6, "HHV": 55.5e6},
    ),
    "air_preheater": Example(
        {
            "hot_flow": 60.0,
            "T_hot_in": 623.15,
            "T_hot_out": 423.15,
            "cold_flow": 55.0,
            "T_cold_in": 303.15,
            "T_cold_out": 533.15,
            "O2_in": 0.035,
            "O2_out": 0.048,
        }
    ),
    "condenser": Example(
        {
            "p_condenser": 8.0e3,
            "cw_flow": 3800.0,
            "T_cw_in": 295.15,
            "T_cw_out": 303.15,
            "steam_flow": 57.5,
            "T_condensate": 314.0,
        },
        {"steam_quality": 0.93, "area": 4200.0, "U_clean": 3100.0},
    ),
    "feedwater_heater": Example(
        {
            "feedwater_flow": 120.0,
            "T_in": 423.15,
            "T_out": 461.65,
            "p_feedwater": 15.0e6,
            "p_shell": 1.3e6,
            "T_extraction": 603.15,
            "T_drain": 429.15,
            "extraction_flow": 8.2,
        }
    ),
    "furnace": Example(
        {
            "fuel_flow": 0.08,
            "load_flow": 3.0,
            "T_load_in": 293.15,
            "T_load_out": 1173.15,
            "O2_dry": 0.04,
            "T_flue": 1073.15,
            "T_wall": 373.15,
        },
        {"cp_load": 620.0, "LHV": 50.0e6, "HHV": 55.5e6, "wall_area": 80.0},
    ),
    "steam_header": Example(
        {
            "flow_in_1": 12.0,
            "T_in_1": 673.15,
            "flow_in_2": 4.0,
            "T_in_2": 573.15,
            "p_header": 4.0e6,
            "T_header": 648.0,
            "flow_out_1": 15.9,
        }
    ),
    "prv": Example({"flow": 5.0, "p_in": 4.0e6, "T_in": 673.15, "p_out": 1.0e6, "T_out": 649.0}),
    "desuperheater": Example(
        {
            "steam_flow": 10.0,
            "p_steam": 4.0e6,
            "T_steam": 723.15,
            "p_out": 3.9e6,
            "T_out": 573.15,
            "T_water": 378.15,
            "water_flow": 1.45,
        }
    ),
    "steam_pipe": Example(
        {"flow": 4.0, "p_in": 1.1e6, "T_in": 523.15, "T_out": 519.15, "p_out": 1.07e6},
        {"length": 200.0, "diameter": 0.219, "insulation": 0.08, "conductivity": 0.045},
    ),
    "deaerator": Example(
        {
            "feedwater_flow": 40.0,
            "p_deaerator": 140.0e3,
            "T_water": 333.15,
            "T_steam": 463.15,
            "steam_flow": 3.4,
            "water_flow": 36.6,
        }
    ),
    "flash_tank": Example({"flow": 2.0, "p_in": 1.0e6, "T_in": 452.0, "p_tank": 200.0e3, "vapour_flow": 0.22}),
    "steam_trap": Example({"p_upstream": 900.0e3}, {"orifice": 0.005, "failed_share": 1.0}),
    "wall": Example({"T_surface": 343.15}, {"area": 120.0}),
}
