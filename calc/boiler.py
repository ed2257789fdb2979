"""Boiler formulas by the direct method: heat to steam, efficiency, evaporation, blowdown, and what follows from them.

    eta = m_steam (h_steam − h_feedwater) / (m_fuel HV)

Flows in kg/s (or any rate, where only ratios count), enthalpies in J/kg, pressures in Pa absolute, temperatures in K.
"""

from __future__ import annotations

import numpy as np

from calc.asset_type import Floats
from calc.combustion import Real
from calc.errors import CalcError

EVAPORATION_J_KG = 2257e3
"""Latent heat at 100 °C: the unit of equivalent evaporation ("from and at 100 °C")."""


def heat_to_steam(steam_flow: Real, h_steam: Real, h_feedwater: Real) -> Floats:
    """Heat that feedwater takes up to become steam, (n,) W."""
    return np.asarray(steam_flow * (h_steam - np.asarray(h_feedwater, dtype=np.float64)))


def direct_efficiency(heat: Real, fuel_flow: Real, heating_value: Real) -> Floats:
    """Useful heat over heat of the fuel; the basis (LHV or HHV) is that of `heating_value`.

    Parameters
    ----------
    heat : (n,) W. fuel_flow : (n,) kg/s. heating_value : (n,) J/kg.

    Returns
    -------
    (n,) 1, never clipped; NaN where no fuel is burnt: undefined, neither 0 nor infinite.

    Raises
    ------
    CalcError : `missing_heating_value` where it is not above zero.
    """
    if not np.all(np.asarray(heating_value, dtype=np.float64) > 0.0):
        raise CalcError("missing_heating_value", "the heating value is not above zero", "heating_value")
    heat = np.asarray(heat, dtype=np.float64)
    given = np.asarray(fuel_flow * np.asarray(heating_value, dtype=np.float64))
    heat, given = np.broadcast_arrays(heat, given)
    return np.asarray(np.divide(heat, given, out=np.full(heat.shape, np.nan), where=given > 0.0))


def fuel_flow(heat: Real, efficiency: Real, heating_value: Real) -> Floats:
    """Fuel that a heat asks for at an efficiency, (n,) kg/s (m3/s with a heating value by volume)."""
    return np.asarray(heat / (efficiency * np.asarray(heating_value, dtype=np.float64)))


def equivalent_evaporation(steam_per_fuel: Real, h_steam: Real, h_feedwater: Real) -> Floats:
    """Steam "from and at 100 °C" per fuel, (m_s/m_f)(h_s − h_fw)/2257 kJ/kg; (n,) kg/kg."""
    return heat_to_steam(steam_per_fuel, h_steam, h_feedwater) / EVAPORATION_J_KG


def section_shares(enthalpies: tuple[Real, ...]) -> tuple[Floats, ...]:
    """Share of the useful heat that each section takes, between consecutive enthalpies on the water's way.

    Parameters
    ----------
    enthalpies : feedwater, economiser out, drum, superheater out … (n,) J/kg.

    Returns
    -------
    One share a section, (n,) 1; they add up to one.
    """
    whole = enthalpies[-1] - np.asarray(enthalpies[0], dtype=np.float64)
    steps = zip(enthalpies[1:], enthalpies[:-1], strict=True)
    return tuple(np.asarray((after - np.asarray(before)) / whole) for after, before in steps)


def blowdown_from_solids(feed_solids: Real, carried_solids: Real, drum: Real) -> Floats:
    """Blowdown that holds the drum's solids, (fed − carried over) / drum concentration.

    Parameters
    ----------
    feed_solids, carried_solids : (n,) flow × concentration of all that enters, and of what leaves with the steam.
    drum : (n,) concentration in the drum, in the same unit.

    Returns
    -------
    (n,) flow, in the unit of the flows.
    """
    return np.asarray((feed_solids - np.asarray(carried_solids, dtype=np.float64)) / drum)


def blowdown_share(feed: Real, drum: Real) -> Floats:
    """Blowdown per steam from the concentrations in feedwater and drum, S_fw / (S_drum − S_fw); NaN where they meet."""
    feed, drum = np.asarray(feed, dtype=np.float64), np.asarray(drum, dtype=np.float64)
    spare = np.where(drum > feed, drum - feed, np.nan)
    return feed / spare


def feedwater_with_blowdown(steam_flow: Real, blowdown_of_feedwater: Real) -> Floats:
    """Feedwater for a steam flow when a share of the feedwater is blown down, m_s / (1 − share)."""
    return np.asarray(steam_flow / (1.0 - np.asarray(blowdown_of_feedwater, dtype=np.float64)))


def blowdown_loss(blowdown_flow: Real, h_blowdown: Real, h_reference: Real, fuel_heat: Real) -> Floats:
    """Blowdown's heat above a reference as a share of the fuel's heat; flows and heat in the same time; (n,) 1."""
    return heat_to_steam(blowdown_flow, h_blowdown, h_reference) / fuel_heat


def stack_temperature(stack_heat: Real, gas_flow: Real, cp: Real, T_air: Real) -> Floats:
    """Flue-gas temperature at which the gas carries `stack_heat` (n,) W above the air, (n,) K; cp in J/(kg K)."""
    return np.asarray(T_air + stack_heat / (gas_flow * np.asarray(cp, dtype=np.float64)))
