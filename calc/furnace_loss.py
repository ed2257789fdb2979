"""Heats of a furnace or kiln, one function each: charge, fixtures, walls, openings, cooling, atmosphere, electrics.

All in W from SI inputs; arrays broadcast. Source: the process-heating relations of MEASUR (ORNL, U.S. Department of
Energy), put into SI; where these depart from physics the function says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc.asset_type import Floats
from calc.combustion import Real

STEFAN_BOLTZMANN = 5.670374419e-8
BTU_LB_J_KG = 2326.0
BTU_LB_F_J_KG_K = 4186.8
T_BOILING_K = 373.15
WATER_LATENT_J_KG = 970.0 * BTU_LB_J_KG
WATER_CP = BTU_LB_F_J_KG_K
STEAM_CP = 0.481 * BTU_LB_F_J_KG_K
MPH_M_S = 0.44704


@dataclass(frozen=True)
class SolidCharge:
    """A solid that may melt and dry: specific heats J/(kg K), latent heat J/kg, water as fractions of the charge."""

    cp_solid: Real
    cp_liquid: Real = 0.0
    latent_fusion: Real = 0.0
    T_melt: Real = np.inf
    melted: Real = 0.0
    water_in: Real = 0.0
    water_out: Real = 0.0
    T_vapour: Real = T_BOILING_K


@dataclass(frozen=True)
class LiquidCharge:
    """A liquid that may vaporise. Specific heats J/(kg K), latent heat J/kg."""

    cp_liquid: Real
    cp_vapour: Real = 0.0
    latent: Real = 0.0
    T_vaporise: Real = np.inf
    vaporised: Real = 0.0


def sensible(flow: Real, cp: Real, T_in: Real, T_out: Real) -> Floats:
    """Heat that a stream takes up without a change of phase, flow · cp · (T_out − T_in).

    Parameters
    ----------
    flow, cp : (n,) kg/s and J/(kg K), or m3/s and J/(m3 K): fixtures, slag, atmosphere, gas and liquid cooling.
    T_in, T_out : (n,) K.

    Returns
    -------
    (n,) W.
    """
    return np.asarray(flow * cp * (np.asarray(T_out, dtype=np.float64) - T_in))


def charge_solid(flow: Real, charge: SolidCharge, T_in: Real, T_out: Real) -> Floats:
    """Heat to a solid charge: dry solid, melting, and the drying of its water.

    Parameters
    ----------
    flow : (n,) kg/s of wet charge.
    charge : its properties.
    T_in, T_out : (n,) K.

    Returns
    -------
    (n,) W. Reaction heat: `reaction`.
    """
    T_in, T_out = np.asarray(T_in, dtype=np.float64), np.asarray(T_out, dtype=np.float64)
    above_melt = np.maximum(T_out - charge.T_melt, 0.0)
    to_melt = np.minimum(T_out, charge.T_melt) - T_in
    reached = T_out >= charge.T_melt
    molten = charge.melted * np.where(reached, charge.latent_fusion + charge.cp_liquid * above_melt, 0.0)
    solid = charge.cp_solid * (to_melt + (1.0 - charge.melted) * above_melt)
    return np.asarray(flow * ((1.0 - charge.water_in) * (solid + molten) + _drying(charge, T_in)))


def _drying(charge: SolidCharge, T_in: Floats) -> Floats:
    """Heat to the water of one kilogram of charge: to boiling, evaporation of what leaves, and what stays heated on."""
    T_vapour = np.asarray(charge.T_vapour, dtype=np.float64)
    beyond = np.maximum(T_vapour - T_BOILING_K, 0.0)
    boils = T_vapour >= T_BOILING_K
    evaporated = np.where(boils, charge.water_in - charge.water_out, 0.0)
    warm = charge.water_in * WATER_CP * (np.minimum(T_vapour, T_BOILING_K) - T_in)
    return warm + evaporated * (WATER_LATENT_J_KG + STEAM_CP * beyond) + charge.water_out * WATER_CP * beyond


def charge_liquid(flow: Real, charge: LiquidCharge, T_in: Real, T_out: Real) -> Floats:
    """Heat to a liquid charge, vaporised in part from `T_vaporise` on; arguments as in `charge_solid`; (n,) W."""
    T_in, T_out = np.asarray(T_in, dtype=np.float64), np.asarray(T_out, dtype=np.float64)
    beyond = np.maximum(T_out - charge.T_vaporise, 0.0)
    vapour = charge.vaporised * np.where(T_out >= charge.T_vaporise, charge.latent + charge.cp_vapour * beyond, 0.0)
    liquid = charge.cp_liquid * (np.minimum(T_out, charge.T_vaporise) - T_in + (1.0 - charge.vaporised) * beyond)
    return np.asarray(flow * (liquid + vapour))


def charge_gas(flow: Real, cp_gas: Real, cp_vapour: Real, vapour: Real, T_in: Real, T_out: Real) -> Floats:
    """Heat to a gas charge that holds the mass fraction `vapour`; cp in J/(kg K); (n,) W."""
    return sensible(flow, (1.0 - vapour) * cp_gas + vapour * cp_vapour, T_in, T_out)


def reaction(flow: Real, reacted: Real, heat_of_reaction: Real, *, endothermic: bool = True) -> Floats:
    """Heat that an endothermic reaction asks for, flow · reacted · heat (J/kg); (n,) W.

    An exothermic one asks for none: what it gives is no demand on the furnace but one of its inputs (as in MEASUR).
    """
    return np.asarray(flow * reacted * heat_of_reaction * (1.0 if endothermic else 0.0))


def wall(
    area: Real, T_surface: Real, T_ambient: Real, emissivity: Real, wind: Real = 0.0, shape_factor: Real = 1.394
) -> Floats:
    """Heat from a wall by convection and radiation.

    Parameters
    ----------
    area : (n,) m2.
    T_surface, T_ambient : (n,) K.
    emissivity : (n,) 1.
    wind : (n,) m/s.
    shape_factor : 1.394 vertical plate, 1.79 horizontal facing up, 0.89 facing down, 1.016 horizontal cylinder, 1.235
        vertical cylinder.

    Returns
    -------
    (n,) W; convection is NaN below the ambient temperature: the correlation holds for a hot wall.

    Notes
    -----
    Langmuir's correlation: h = C (1/24)^0.2 (1/T_mean)^0.181 ΔT^0.266 √(1 + 1.277 wind), in Btu/(h ft2 degF), degR and
    mph. MEASUR puts degF for degR and comes out some 20 % higher in convection.
    """
    T_surface, T_ambient = np.asarray(T_surface, dtype=np.float64), np.asarray(T_ambient, dtype=np.float64)
    mean_R, difference_F = 0.9 * (T_surface + T_ambient), 1.8 * (T_surface - T_ambient)
    wind_mph = np.asarray(wind, dtype=np.float64) / MPH_M_S
    with np.errstate(invalid="ignore"):
        h = shape_factor * (1 / 24.0) ** 0.2 * mean_R**-0.181 * difference_F**0.266 * np.sqrt(1.0 + 1.277 * wind_mph)
    convection = h * 5.678263341 * (T_surface - T_ambient)
    return np.asarray(area * (convection + radiation_flux(T_surface, T_ambient, emissivity)))


def radiation_flux(T_hot: Real, T_cold: Real, emissivity: Real) -> Floats:
    """Net radiation of a grey surface to large surroundings, ε σ (T_hot⁴ − T_cold⁴), (n,) W/m2."""
    T_hot, T_cold = np.asarray(T_hot, dtype=np.float64), np.asarray(T_cold, dtype=np.float64)
    hot, cold = T_hot * T_hot, T_cold * T_cold  # squares give an element the same bits everywhere, powers need not
    return np.asarray(emissivity * STEFAN_BOLTZMANN * (hot * hot - cold * cold))


def opening(
    area: Real, T_inside: Real, T_ambient: Real, emissivity: Real, view_factor: Real, open_share: Real = 1.0
) -> Floats:
    """Radiation through an opening that stands open for `open_share` of the time; area m2, T in K; (n,) W."""
    return np.asarray(area * radiation_flux(T_inside, T_ambient, emissivity) * view_factor * open_share)


def exfiltration(
    area: Real, draft: Real, density: Real, cp: Real, T_gas: Real, T_ambient: Real, coefficient: Real = 0.8
) -> Floats:
    """Heat of hot gas that leaks out through gaps, C A √(2 Δp ρ) · cp · (T_gas − T_ambient).

    Parameters
    ----------
    area : (n,) m2. draft : (n,) Pa above ambient. density, cp : (n,) kg/m3 and J/(kg K) of the hot gas.

    Returns
    -------
    (n,) W; NaN where the draft is below zero: then cold air leaks in.
    """
    with np.errstate(invalid="ignore"):
        flow = coefficient * area * np.sqrt(2.0 * np.asarray(draft, dtype=np.float64) * density)
    return sensible(flow, cp, T_ambient, T_gas)


def water_cooling(volume_flow: Real, T_in: Real, T_out: Real) -> Floats:
    """Heat to cooling water from its flow in m3/s: cp = 1 Btu/(lb degF), density at the mean temperature; (n,) W."""
    celsius = 0.5 * (np.asarray(T_in, dtype=np.float64) + T_out) - 273.15
    density = 1000.0 * (1.0 - (celsius + 288.9414) / (508929.2 * (celsius + 68.12963)) * (celsius - 3.9863) ** 2)
    return sensible(volume_flow * density, WATER_CP, T_in, T_out)


def electric_power(phases: Real, voltage: Real, current: Real, power_factor: Real, running_share: Real = 1.0) -> Floats:
    """Electric power that turns into heat, √phases · V · A · power factor · share of the time; (n,) W."""
    phases = np.asarray(phases, dtype=np.float64)
    return np.asarray(np.sqrt(phases) * voltage * current * power_factor * running_share)
