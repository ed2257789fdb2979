"""Heat recovery steam generator: its duty, effectiveness, pinch and approach, and the supplementary-fired cycle.

    pinch = T_gas at the evaporator's end − T_sat          approach = T_sat − T_economiser_out
    effectiveness = Q / Q_max, Q_max = C_min (T_gas_in − T_water_in)

Source: first law; steam by IAPWS-IF97. Add the duties of several pressure levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc import water
from calc.asset_type import Floats
from calc.brayton import Gas, Machine, compress, expand
from calc.rankine import Cycle

Number = Floats | float


def gas_duty(m_gas: Number, h_in: Number, h_out: Number) -> Floats:
    """Heat that the gas gives, (n,) W, from flow (n,) kg/s and enthalpies (n,) J/kg."""
    return np.asarray(np.asarray(m_gas) * (np.asarray(h_in) - h_out))


def steam_duty(m_steam: Number, h_steam: Number, h_feedwater: Number) -> Floats:
    """Heat that a pressure level takes, (n,) W; add the levels."""
    return np.asarray(np.asarray(m_steam) * (np.asarray(h_steam) - h_feedwater))


def pinch(T_gas: Number, p: Number) -> Floats:
    """Pinch, (n,) K: gas behind the evaporator (n,) K over saturation at the drum's p (n,) Pa; negative is a cross."""
    return np.asarray(np.asarray(T_gas) - water.T_sat_p(np.asarray(p, dtype=np.float64)))


def approach(T_economiser_out: Number, p: Number) -> Floats:
    """Approach, (n,) K: saturation at the drum's p (n,) Pa over the water from the economiser (n,) K."""
    return np.asarray(water.T_sat_p(np.asarray(p, dtype=np.float64)) - np.asarray(T_economiser_out))


def effectiveness(duty: Number, C_gas: Number, C_water: Number, T_gas_in: Number, T_water_in: Number) -> Floats:
    """Duty over the most that C_min could take.

    Parameters
    ----------
    duty : (n,) W. C_gas, C_water : (n,) W/K, heat capacity flows; infinite for an evaporating side.
    T_gas_in, T_water_in : (n,) K.

    Returns
    -------
    (n,) 1; NaN where the gas is not hotter than the water or nothing flows.
    """
    most = np.minimum(C_gas, C_water) * (np.asarray(T_gas_in) - T_water_in)
    return np.asarray(duty / np.where(most > 0.0, most, np.nan))


@dataclass(frozen=True)
class PlantCycle:
    """A combined cycle scaled to its power: flows kg/s, powers and heat W; no fuel where no heating value is given."""

    air_flow: float
    steam_flow: float
    gas_power: float
    steam_power: float
    heat: float
    fuel_flow: float = float("nan")

    @property
    def efficiency(self) -> float:
        """Net power over the fuel's heat."""
        return (self.gas_power + self.steam_power) / self.heat

    @property
    def air_fuel_ratio(self) -> float:
        """Air over fuel, by mass."""
        return self.air_flow / self.fuel_flow


def supplementary_fired(
    net_power: float,
    air_side: tuple[Gas, Machine],
    gas_side: tuple[Gas, Machine],
    T_stack: float,
    steam: tuple[float, float, float],
    LHV: float,
) -> PlantCycle:
    """Gas turbine, firing to the turbine's inlet temperature again, boiler down to the stack, steam turbine.

    Parameters
    ----------
    net_power : W of both turbines together.
    air_side, gas_side : the compressor with air and the turbine with combustion gas; the fuel's mass is neglected.
    T_stack : K. steam : enthalpies at the steam turbine's inlet, its outlet and of the condensate, J/kg. LHV : J/kg.
    """
    (compressed, compressor), (burnt, turbine) = air_side, gas_side
    T_2, w_compressor = compress(compressed, compressor)
    T_4, w_turbine = expand(burnt, turbine)
    h_in, h_out, h_condensate = steam
    h_3 = burnt.h_T(turbine.T_in)
    steam_a_gas = (h_3 - burnt.h_T(T_stack)) / (h_in - h_condensate)
    w_gas, w_steam = w_turbine - w_compressor, steam_a_gas * (h_in - h_out)
    air_flow = net_power / (w_gas + w_steam)
    heat = air_flow * ((h_3 - burnt.h_T(T_2)) + (h_3 - burnt.h_T(T_4)))
    return PlantCycle(air_flow, air_flow * steam_a_gas, air_flow * w_gas, air_flow * w_steam, heat, heat / LHV)


def unfired(
    net_power: float, gas: Gas, compressor: Machine, turbine: Machine, T_stack: float, steam: Cycle
) -> PlantCycle:
    """Gas turbine of one gas, boiler from its exhaust down to the stack, steam cycle on what that gives.

    Parameters
    ----------
    net_power : W of both turbines together. T_stack : K. steam : a cycle of `calc.rankine`, without reheat.
    """
    T_2, w_compressor = compress(gas, compressor)
    T_4, w_turbine = expand(gas, turbine)
    steam_a_gas = (gas.h_T(T_4) - gas.h_T(T_stack)) / steam.q_in
    w_gas, w_steam = w_turbine - w_compressor, steam_a_gas * steam.w_net
    air_flow = net_power / (w_gas + w_steam)
    heat = air_flow * (gas.h_T(turbine.T_in) - gas.h_T(T_2))
    return PlantCycle(air_flow, air_flow * steam_a_gas, air_flow * w_gas, air_flow * w_steam, heat)
