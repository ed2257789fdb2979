"""A small synthetic plant that obeys the first law: boiler with economiser, heat exchanger, chiller.

The way is forward, from loads and losses to what the instruments see: the fuel is what the steam, the stack and the
shell take; each outlet temperature is what the enthalpies leave. Properties come from CoolProp, not from `calc`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from connectors.simulator.medium import gas_h, steam_h, water_h, water_T
from connectors.simulator.row import Row
from connectors.simulator.site_text import site_toml

LHV = 50.0e6
"""Natural gas, J/kg."""
AIR_RATIO = 19.0
"""kg air a kg gas: stoichiometric and a tenth more."""
T_AMBIENT = 298.15
P_LOOP = 4.0e5
_OFF_PERIOD_S, _OFF_FROM_S, _OFF_TO_S = 2700.0, 1800.0, 1890.0
_BLOWING_PERIOD_S, _BLOWING_FROM_S, _BLOWING_TO_S = 1200.0, 840.0, 885.0


@dataclass(frozen=True)
class Boiler:
    """Steam side and gas side of boiler and economiser, SI; heats are J/s."""

    m_steam: float
    m_fuel: float
    m_air: float
    p: float
    T_feedwater: float
    T_water_out: float
    T_gas_in: float
    T_gas_out: float
    Q_steam: float
    Q_economiser: float
    Q_stack: float
    Q_shell: float


@dataclass(frozen=True)
class Exchanger:
    """Hot and cold loop of the heat exchanger."""

    m_hot: float
    m_cold: float
    T_hot_in: float
    T_hot_out: float
    T_cold_in: float
    T_cold_out: float
    Q_shell: float


@dataclass(frozen=True)
class Chiller:
    """Electricity, chilled loop and condenser loop."""

    W_dot: float
    m_chilled: float
    m_condenser: float
    T_chilled_in: float
    T_chilled_out: float
    T_condenser_in: float
    T_condenser_out: float
    Q_cooling: float
    Q_shell: float


def swing(t_s: float, period_s: float, phase: float) -> float:
    """A slow load swing between −1 and 1."""
    angle = 2 * math.pi * t_s / period_s + phase
    return 0.7 * math.sin(angle) + 0.3 * math.sin(2.7 * angle)


def is_off(t_s: float) -> bool:
    """Whether the fire is out."""
    return _OFF_FROM_S <= t_s % _OFF_PERIOD_S < _OFF_TO_S


def is_blowing(t_s: float) -> bool:
    """Whether soot is blown; the steam meter then sees the blowers' steam too."""
    return _BLOWING_FROM_S <= t_s % _BLOWING_PERIOD_S < _BLOWING_TO_S


def boiler(t_s: float) -> Boiler:
    """Fuel from the balance (LHV, gas enthalpy above ambient): m_fuel · LHV = Q_steam + Q_stack + Q_shell."""
    load = 0.75 + 0.2 * swing(t_s, 900.0, 0.0)
    p = 11.0e5 + 0.15e5 * swing(t_s, 420.0, 1.0)
    T_feedwater = 378.15 + 1.5 * swing(t_s, 700.0, 2.0)
    T_gas_in = 470.0 + 70.0 * load
    h_feedwater = water_h(T_feedwater, p)
    if is_off(t_s):
        return Boiler(0.0, 0.0, 0.0, p, T_feedwater, T_feedwater, T_gas_in, T_gas_in, 0.0, 0.0, 0.0, 0.0)
    m_steam = 4.0 * load
    Q_steam = m_steam * (steam_h(p) - h_feedwater)
    Q_shell = 60e3
    T_gas_out = T_gas_in - (0.76 + 0.02 * swing(t_s, 3600.0, 3.0)) * (T_gas_in - T_feedwater)
    gas_per_fuel = 1.0 + AIR_RATIO
    m_fuel = (Q_steam + Q_shell) / (LHV - gas_per_fuel * (gas_h(T_gas_out) - gas_h(T_AMBIENT)))
    m_gas = m_fuel * gas_per_fuel
    Q_economiser = m_gas * (gas_h(T_gas_in) - gas_h(T_gas_out))
    return Boiler(
        m_steam=m_steam,
        m_fuel=m_fuel,
        m_air=m_fuel * AIR_RATIO,
        p=p,
        T_feedwater=T_feedwater,
        T_water_out=water_T(h_feedwater + Q_economiser / m_steam, p),
        T_gas_in=T_gas_in,
        T_gas_out=T_gas_out,
        Q_steam=Q_steam,
        Q_economiser=Q_economiser,
        Q_stack=m_gas * (gas_h(T_gas_out) - gas_h(T_AMBIENT)),
        Q_shell=Q_shell,
    )


def exchanger(t_s: float) -> Exchanger:
    """Counterflow by effectiveness and NTU; four thousandths of the heat leave through the shell."""
    m_hot = 12.0 + 2.0 * swing(t_s, 800.0, 0.5)
    m_cold = 10.0 + 1.5 * swing(t_s, 650.0, 1.5)
    T_hot_in, T_cold_in = 363.15 + 2.0 * swing(t_s, 500.0, 2.5), 323.15 + 1.5 * swing(t_s, 950.0, 0.2)
    UA = 85e3 * (1.0 + 0.03 * swing(t_s, 7200.0, 0.9))
    C_hot, C_cold = 4190.0 * m_hot, 4190.0 * m_cold
    C_min, C_ratio = min(C_hot, C_cold), min(C_hot, C_cold) / max(C_hot, C_cold)
    fading = math.exp(-UA / C_min * (1.0 - C_ratio))
    Q = (1.0 - fading) / (1.0 - C_ratio * fading) * C_min * (T_hot_in - T_cold_in)
    Q_shell = 0.004 * Q
    return Exchanger(
        m_hot=m_hot,
        m_cold=m_cold,
        T_hot_in=T_hot_in,
        T_hot_out=water_T(water_h(T_hot_in, P_LOOP) - Q / m_hot, P_LOOP),
        T_cold_in=T_cold_in,
        T_cold_out=water_T(water_h(T_cold_in, P_LOOP) + (Q - Q_shell) / m_cold, P_LOOP),
        Q_shell=Q_shell,
    )


def chiller(t_s: float) -> Chiller:
    """Electricity from the load and a fraction of Carnot's COP; the condenser takes both but for the shell's share."""
    load = 0.7 + 0.2 * swing(t_s, 1000.0, 0.7)
    Q_cooling = 900e3 * load
    m_chilled, m_condenser = 40.0, 52.0
    T_chilled_out, T_condenser_in = 280.15 + 0.3 * swing(t_s, 300.0, 1.1), 300.15 + 1.5 * swing(t_s, 1500.0, 0.3)
    T_cold, T_warm = T_chilled_out - 2.0, T_condenser_in + 8.0
    W_dot = Q_cooling / (T_cold / (T_warm - T_cold) * (0.42 + 0.18 * load))
    Q_shell = 0.02 * W_dot
    rejected = Q_cooling + W_dot - Q_shell
    return Chiller(
        W_dot=W_dot,
        m_chilled=m_chilled,
        m_condenser=m_condenser,
        T_chilled_in=water_T(water_h(T_chilled_out, P_LOOP) + Q_cooling / m_chilled, P_LOOP),
        T_chilled_out=T_chilled_out,
        T_condenser_in=T_condenser_in,
        T_condenser_out=water_T(water_h(T_condenser_in, P_LOOP) + rejected / m_condenser, P_LOOP),
        Q_cooling=Q_cooling,
        Q_shell=Q_shell,
    )


def states(t_s: float) -> dict[str, float]:
    """What perfect instruments would show, SI by tag id."""
    b, x, c = boiler(t_s), exchanger(t_s), chiller(t_s)
    return {
        "works/boiler/steam_flow": b.m_steam * (1.06 if is_blowing(t_s) else 1.0),
        "works/boiler/steam_pressure": b.p,
        "works/boiler/feedwater_temperature": b.T_feedwater,
        "works/boiler/fuel_flow": b.m_fuel,
        "works/boiler/air_flow": b.m_air,
        "works/boiler/soot_blowing": float(is_blowing(t_s)),
        "works/economiser/water_temperature_out": b.T_water_out,
        "works/economiser/gas_temperature_in": b.T_gas_in,
        "works/economiser/gas_temperature_out": b.T_gas_out,
        "works/exchanger/hot_flow": x.m_hot,
        "works/exchanger/cold_flow": x.m_cold,
        "works/exchanger/hot_temperature_in": x.T_hot_in,
        "works/exchanger/hot_temperature_out": x.T_hot_out,
        "works/exchanger/cold_temperature_in": x.T_cold_in,
        "works/exchanger/cold_temperature_out": x.T_cold_out,
        "works/chiller/electric_power": c.W_dot,
        "works/chiller/chilled_flow": c.m_chilled,
        "works/chiller/chilled_temperature_in": c.T_chilled_in,
        "works/chiller/chilled_temperature_out": c.T_chilled_out,
        "works/chiller/condenser_flow": c.m_condenser,
        "works/chiller/condenser_temperature_in": c.T_condenser_in,
        "works/chiller/condenser_temperature_out": c.T_condenser_out,
    }


def row_at(ts_us: int, seed: int) -> Row:
    """What the instruments show at that time: the same noise for the same seed and time."""
    true = states(ts_us / 1e6)
    noise = np.random.Generator(np.random.Philox(key=seed, counter=ts_us)).standard_normal(len(true))
    return Row(ts_us, {tag: _measured(tag, true[tag], float(e)) for tag, e in zip(true, noise, strict=True)})


def _measured(tag: str, value: float, noise: float) -> float:
    """Temperatures scatter by 0.05 K, all else by 0.2 %; nothing and flags stay as they are."""
    if "temperature" in tag:
        return value + 0.05 * noise
    return value if tag.endswith("soot_blowing") else value * (1.0 + 0.002 * noise)


def plant_site_toml(*, modbus_port: int, opcua_port: int, mqtt_port: int) -> str:
    """The synthetic plant's site file for servers and a broker on these ports of loopback."""
    return site_toml("plant", modbus_port=modbus_port, opcua_port=opcua_port, mqtt_port=mqtt_port)
