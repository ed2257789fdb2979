"""Air preheater: an exchanger from flue gas to air, and the air that leaks into the gas (PTC 4.3).

leakage = 0.9 (O2_out − O2_in) / (0.209 − O2_out)        T_no_leak = leakage · cp_a/cp_g · (T_go − T_ai) + T_go
gas-side efficiency = (T_gi − T_no_leak) / (T_gi − T_ai)        X = (T_gi − T_no_leak) / (T_ao − T_ai)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from calc import exchanger
from calc.asset_type import Input, Inputs, Integrals, Parameters, Quantity, Rates
from calc.balance import known, ratio
from calc.heater_duty import air_leakage, gas_side_efficiency, no_leak_temperature, x_ratio

CP_AIR_TO_GAS = 1005.0 / 1090.0
"""Specific heat of air over that of flue gas near 200 °C."""
TEMPERATURES = ("T_hot_in", "T_hot_out", "T_cold_in", "T_cold_out")


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Rates of the exchanger, and temperatures and oxygen for their means."""
    found = exchanger.rates(inputs, parameters)
    unknown = np.full(found.energy_in_w.shape, np.nan)
    sums = {name: inputs[name] for name in TEMPERATURES} | {
        name: inputs.get(name, unknown) for name in ("O2_in", "O2_out")
    }
    return replace(found, sums={**found.sums, **sums})


def values(integrals: Integrals, parameters: Parameters) -> dict[str, float]:
    """The exchanger's figures and, from mean oxygen and temperatures, those of the leak."""
    found = exchanger.values(integrals, parameters)
    mean = {name: ratio(integrals.sums[name], integrals.duration_s) for name in (*TEMPERATURES, "O2_in", "O2_out")}
    gas_in, gas_out, air_in, air_out = (mean[name] for name in TEMPERATURES)
    leakage = air_leakage(mean["O2_in"], mean["O2_out"])
    no_leak = no_leak_temperature(gas_out, air_in, leakage, CP_AIR_TO_GAS, 1.0)
    of_leak = {
        "leakage": leakage,
        "T_no_leak": no_leak,
        "gas_side_efficiency": gas_side_efficiency(gas_in, no_leak, air_in),
        "x_ratio": x_ratio(gas_in, no_leak, air_in, air_out),
    }
    return found | known({name: float(value[0]) for name, value in of_leak.items()})


_EXCHANGER = exchanger.exchanger_type(
    "air_preheater",
    "Air preheater: heat taken by the air over heat given by the flue gas.",
    ("flue_gas", "air"),
    (Input("hot_flow", "kg/s", "flue gas"),),
)
AIR_PREHEATER = replace(
    _EXCHANGER,
    inputs=(
        *_EXCHANGER.inputs,
        Input("O2_in", "1", "oxygen in the dry gas before the preheater, mole fraction", required=False),
        Input("O2_out", "1", "oxygen in the dry gas behind it, mole fraction", required=False),
    ),
    values_out=(
        *_EXCHANGER.values_out,
        Quantity("leakage", "1", "air that leaks in, per entering gas"),
        Quantity("T_no_leak", "K", "gas behind the preheater were there no leak"),
        Quantity("gas_side_efficiency", "1", "(T_gas_in − T_no_leak) / (T_gas_in − T_air_in)"),
        Quantity("x_ratio", "1", "heat capacity of the air over that of the gas"),
    ),
    sums=(*_EXCHANGER.sums, *TEMPERATURES, "O2_in", "O2_out"),
    rates=rates,
    values=values,
)
