"""Steam network balances: flash, header, pressure reduction, desuperheating, deaerator, pipe and trap losses.

Enthalpies are IAPWS-IF97 (`calc.water`). Flows kg/s, pressures Pa absolute, temperatures K; heats in W above IF97's
zero (liquid at the triple point), as stream tables give them. Arguments may be arrays (n,).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc import water
from calc.asset_type import Floats
from calc.combustion import Real

PSI_PA = 6894.757293168361
LB_H_KG_S = 0.45359237 / 3600.0


@dataclass(frozen=True)
class Split:
    """Two flows out of one: flows (n,) kg/s and their specific enthalpies (n,) J/kg."""

    vapour: Floats
    liquid: Floats
    h_vapour: Floats
    h_liquid: Floats


@dataclass(frozen=True)
class Deaerator:
    """Flows (n,) kg/s and specific enthalpies (n,) J/kg about a deaerator."""

    vent: Floats
    water: Floats
    steam: Floats
    h_feedwater: Floats
    h_vent: Floats
    h_water: Floats
    h_steam: Floats


def array(value: Real) -> Floats:
    """The value as an array of at least one element."""
    return np.atleast_1d(np.asarray(value, dtype=np.float64))


def dryness(p: Real, h: Real) -> Floats:
    """Dryness (h − h_f) / h_fg, (n,) 1: below 0 for subcooled, above 1 for superheated states (never clipped)."""
    p, h = array(p), array(h)
    liquid = water.h_liquid_p(p)
    return np.asarray((h - liquid) / (water.h_vapour_p(p) - liquid))


def wet_steam(p: Real, x: Real) -> Floats:
    """Enthalpy of steam of dryness x at p, h_f + x h_fg; (n,) J/kg."""
    p, x = array(p), array(x)
    liquid = water.h_liquid_p(p)
    return np.asarray(liquid + x * (water.h_vapour_p(p) - liquid))


def flash(flow: Real, h_in: Real, p_tank: Real) -> Split:
    """Flash tank: vapour and liquid, both saturated, from a stream of enthalpy h_in.

    Parameters
    ----------
    flow : (n,) kg/s. h_in : (n,) J/kg. p_tank : (n,) Pa.

    Returns
    -------
    The split; where h_in is not between h_f and h_g nothing flashes or nothing is left: the flows are NaN there.
    """
    p = array(p_tank)
    x = dryness(p, h_in)
    x = np.where((x >= 0.0) & (x <= 1.0), x, np.nan)
    return Split(flow * x, flow * (1.0 - x), np.asarray(water.h_vapour_p(p)), np.asarray(water.h_liquid_p(p)))


def mix(flows: Real, enthalpies: Real) -> tuple[float, float]:
    """Adiabatic mixing in a header.

    Parameters
    ----------
    flows, enthalpies : (k,) kg/s and J/kg of the k streams.

    Returns
    -------
    Total flow kg/s and its enthalpy J/kg; NaN enthalpy where nothing flows.
    """
    m, h = array(flows), array(enthalpies)
    total = float(m.sum())
    return total, float((m * h).sum()) / total if total > 0.0 else float("nan")


def throttle(p_in: Real, T_in: Real, p_out: Real) -> tuple[Floats, Floats]:
    """Pressure-reducing valve: enthalpy (n,) J/kg, which stays, and the temperature behind it (n,) K."""
    h = np.asarray(water.h_pT(array(p_in), array(T_in)))
    return h, np.asarray(water.T_ph(array(p_out), h))


def desuperheating_water(steam_flow: Real, h_steam: Real, h_wanted: Real, h_water: Real) -> Floats:
    """Spray water for a wanted enthalpy behind the desuperheater, m_s (h_1 − h_3) / (h_3 − h_w); (n,) kg/s."""
    h_wanted = array(h_wanted)
    return np.asarray(steam_flow * (h_steam - h_wanted) / (h_wanted - h_water))


def deaerator(feedwater_flow: Real, p: Real, vent_share: Real, h_water: Real, h_steam: Real) -> Deaerator:
    """Deaerator: make-up water and heating steam for a feedwater flow.

    Parameters
    ----------
    feedwater_flow : (n,) kg/s of saturated liquid at p (n,) Pa.
    vent_share : (n,) vented saturated vapour per feedwater.
    h_water, h_steam : (n,) J/kg of the entering water and steam.
    """
    p, h_water, h_steam = array(p), array(h_water), array(h_steam)
    h_feedwater, h_vent = np.asarray(water.h_liquid_p(p)), np.asarray(water.h_vapour_p(p))
    vent = np.asarray(array(feedwater_flow) * vent_share)
    total = feedwater_flow + vent
    heat = feedwater_flow * h_feedwater + vent * h_vent
    steam = (heat - total * h_water) / (h_steam - h_water)
    return Deaerator(vent, total - steam, steam, h_feedwater, h_vent, h_water, h_steam)


def trap_loss(orifice_area: Real, p_upstream: Real) -> Floats:
    """Steam that a blown-through trap passes, by Napier: lb/h = 51.4 A p with A in in2 and p in psia. An estimate.

    Parameters
    ----------
    orifice_area : (n,) m2. p_upstream : (n,) Pa absolute; the flow is choked, the pressure behind at most 58 % of it.

    Returns
    -------
    (n,) kg/s.
    """
    return np.asarray(51.4 * (array(orifice_area) / 0.0254**2) * (array(p_upstream) / PSI_PA) * LB_H_KG_S)


def insulated_pipe_loss(
    length: Real,
    diameter: Real,
    thickness: Real,
    conductivity: Real,
    T_steam: Real,
    T_ambient: Real,
    h_outer: Real = 10.0,
) -> Floats:
    """Heat from an insulated pipe, ΔT / (ln(r2/r1)/(2πλ) + 1/(2π r2 h)) per length.

    Parameters
    ----------
    length, diameter, thickness : (n,) m; outer diameter of the pipe and thickness of its insulation.
    conductivity : (n,) W/(m K). h_outer : (n,) W/(m2 K) at the jacket.
    T_steam, T_ambient : (n,) K; the pipe is taken to be at the steam's temperature.

    Returns
    -------
    (n,) W.
    """
    r1 = 0.5 * array(diameter)
    r2 = r1 + thickness
    resistance = np.log(r2 / r1) / (2.0 * np.pi * conductivity) + 1.0 / (2.0 * np.pi * r2 * h_outer)
    return np.asarray(length * (array(T_steam) - T_ambient) / resistance)
