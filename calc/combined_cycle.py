"""Combined cycle: heat of the fuel in, electricity of gas and steam turbines out.

    eta = (P_gas + P_steam − P_own) / ((m_fuel + m_duct) LHV)
    HRSG, where the exhaust is measured: Q_gas = m_exhaust (h(T_exhaust) − h(T_stack)), as air
    stack loss = m_exhaust (h(T_stack) − h(T_inlet)), as air; condenser heat stays in the residual

Source: first law; steam by IAPWS-IF97, air by NASA polynomials. Exhaust as air: real exhaust gas carries some 2 to 5 %
more, and `hrsg_residual` shows it.
"""

from __future__ import annotations

import numpy as np

from calc import air
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
)
from calc.balance import known, ratio, residual, unless
from calc.fuel_heat import basis, fuel_heat, heating_values, missing_heating_value, unity_bound
from calc.steam_state import liquid, steam

STEAM = ("steam_flow", "p_steam", "T_steam", "T_feedwater")


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Fuel heat, net electricity, stack loss where it is measured, residual; (n,) W each."""
    faults = _faults(inputs)
    zero = np.zeros(inputs["fuel_flow"].shape)
    duct = inputs.get("duct_fuel_flow", zero)
    fired = dict(inputs) | {"fuel_flow": inputs["fuel_flow"] + duct}
    heat, heat_hhv = (unless(faults, part) for part in fuel_heat(fired, parameters))
    gas, steam = unless(faults, inputs["gas_power"]), unless(faults, inputs["steam_power"])
    power = gas + steam - inputs.get("own_power", zero)
    losses = {"stack": unless(faults, _given(inputs, "T_stack", "T_inlet"))}
    return Rates(
        energy_in_w=heat,
        energy_out_w=power,
        losses_w=losses,
        residual_w=residual(heat, power, losses),
        sums={
            "fuel_heat_hhv": heat_hhv,
            "gas_power": gas,
            "steam_power": steam,
            "hrsg_gas": unless(faults, _given(inputs, "T_exhaust", "T_stack")),
            "hrsg_steam": unless(faults, _steam_heat(inputs)),
            "hrsg_most": unless(faults, _most(inputs)),
        },
        faults=faults,
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Heat rate, shares and HRSG over a window, from integrals; what has no answer is left out."""
    sums, seconds = integrals.sums, integrals.duration_s
    hrsg_gas = sums["hrsg_gas"]
    return known(
        {
            "heat_rate": ratio(integrals.energy_in_j, integrals.energy_out_j),
            "gas_power": ratio(sums["gas_power"], seconds),
            "steam_power": ratio(sums["steam_power"], seconds),
            "steam_share": ratio(sums["steam_power"], sums["gas_power"] + sums["steam_power"]),
            "hrsg_duty": ratio(sums["hrsg_steam"], seconds),
            "hrsg_effectiveness": ratio(hrsg_gas, sums["hrsg_most"]),
            "hrsg_residual": (hrsg_gas - sums["hrsg_steam"]) / seconds if seconds > 0.0 else float("nan"),
        }
    )


def bound(integrals: Integrals, _parameters: Parameters) -> Bound | None:
    """Unity on the basis of the heating value."""
    return unity_bound(integrals)


def combined_efficiency(eta_gas: Floats | float, eta_steam: Floats | float) -> Floats:
    """Efficiency of two cycles in a row where the lower takes all that the upper leaves: e1 + e2 − e1 e2, (n,) 1."""
    eta_gas = np.asarray(eta_gas, dtype=np.float64)
    return np.asarray(eta_gas + eta_steam - eta_gas * eta_steam)


def _given(inputs: Inputs, hot: str, cold: str) -> Floats:
    """Heat of the exhaust gas between two temperatures, (n,) W, as air; NaN where it is not measured."""
    if any(name not in inputs for name in ("exhaust_flow", hot, cold)):
        return np.full(inputs["fuel_flow"].shape, np.nan)
    return np.asarray(inputs["exhaust_flow"] * (air.h_T(inputs[hot]) - air.h_T(inputs[cold])))


def _steam_heat(inputs: Inputs) -> Floats:
    """Heat that the HRSG's steam took, (n,) W; NaN where it is not measured."""
    if any(name not in inputs for name in STEAM):
        return np.full(inputs["fuel_flow"].shape, np.nan)
    h_steam, h_feedwater = (
        steam(inputs["p_steam"], inputs["T_steam"])[0],
        liquid(inputs["p_steam"], inputs["T_feedwater"])[0],
    )
    return np.asarray(inputs["steam_flow"] * (h_steam - h_feedwater))


def _most(inputs: Inputs) -> Floats:
    """Heat of the gas down to the feedwater's temperature, (n,) W: the most that an HRSG could take."""
    return _given(inputs, "T_exhaust", "T_feedwater")


def _faults(inputs: Inputs) -> dict[str, Mask]:
    """No flow runs backwards, no gas or water is colder than it can be, no superheated steam below saturation."""
    found = {"fuel_flow": np.asarray(inputs["fuel_flow"] < 0.0)}
    for name in ("duct_fuel_flow", "exhaust_flow", "steam_flow"):
        if name in inputs:
            found[name] = np.asarray(inputs[name] < 0.0)
    for name in ("T_inlet", "T_exhaust", "T_stack"):
        if name in inputs:
            found[name] = np.asarray((inputs[name] < air.T_RANGE_K[0]) | (inputs[name] > air.T_RANGE_K[1]))
    if "T_feedwater" in inputs:
        found["T_feedwater"] = np.asarray(inputs["T_feedwater"] < 273.15)
    if "p_steam" in inputs and "T_steam" in inputs:
        found["T_steam"] = steam(inputs["p_steam"], inputs["T_steam"])[1]
    return found


COMBINED_CYCLE = AssetType(
    name="combined_cycle",
    description="Combined cycle: heat of the fuel in, electricity of gas and steam turbines less own use out.",
    inputs=(
        Input("fuel_flow", "kg/s", "fuel of the gas turbines"),
        Input("gas_power", "W", "electric power of the gas turbines"),
        Input("steam_power", "W", "electric power of the steam turbine"),
        Input("duct_fuel_flow", "kg/s", "fuel of the duct burners, the same fuel", required=False),
        Input("own_power", "W", "the plant's own use", required=False),
        Input("T_inlet", "K", "gas turbine inlet", required=False),
        Input("exhaust_flow", "kg/s", "exhaust of the gas turbines", required=False),
        Input("T_exhaust", "K", "exhaust into the HRSG", required=False),
        Input("T_stack", "K", "gas leaving the HRSG", required=False),
        Input("steam_flow", "kg/s", "steam of the HRSG", required=False),
        Input("p_steam", "Pa", "that steam, absolute pressure", required=False),
        Input("T_steam", "K", "that steam", required=False),
        Input("T_feedwater", "K", "feedwater into the HRSG", required=False),
    ),
    parameters=(
        *heating_values(),
        Parameter("fuel_cutoff", "kg/s", "no fire at or below this fuel flow", 0.0, may_be_input=False),
    ),
    losses=(Quantity("stack", "W", "sensible heat of the stack gas above the inlet, as air, where measured"),),
    values_out=(
        Quantity("heat_rate", "1", "fuel heat / electricity (× 3600: kJ/kWh)"),
        Quantity("gas_power", "W", "mean power of the gas turbines"),
        Quantity("steam_power", "W", "mean power of the steam turbine"),
        Quantity("steam_share", "1", "steam turbine's share of the power"),
        Quantity("hrsg_duty", "W", "mean heat to the HRSG's steam"),
        Quantity("hrsg_effectiveness", "1", "heat of the gas / its heat down to the feedwater's temperature"),
        Quantity("hrsg_residual", "W", "heat of the gas (as air) less heat to the steam"),
    ),
    sums=("fuel_heat_hhv", "gas_power", "steam_power", "hrsg_gas", "hrsg_steam", "hrsg_most"),
    driver="fuel_flow",
    cutoff="fuel_cutoff",
    off_reason="no_fuel",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda parameters, measured: f"combined_cycle/{basis(parameters, measured)}",
    check=missing_heating_value,
)
