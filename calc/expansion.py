"""Steam expanding: the isentropic end, efficiencies of a section, and a wet exhaust found by balance.

    eta_s = (h_in − h_out) / (h_in − h_s),  h_s = h(p_out, s_in)          heat rate = Q / P          efficiency = P / Q

In the wet region p and T do not tell h: an outlet within 0.05 K of saturation, or below, has no efficiency of its own.
"""

from __future__ import annotations

import numpy as np

from calc import water
from calc.asset_type import Floats
from calc.steam_state import SATURATION_BAND_K, steam

Number = Floats | float


def superheated_state(p: Number, T: Number) -> tuple[Floats, Floats]:
    """Enthalpy (n,) J/kg and entropy (n,) J/(kg K) of superheated steam at p (n,) Pa and T (n,) K.

    Within 0.05 K of saturation it is the dry saturated vapour; below, where the phase is not known, NaN.
    """
    p, T = np.broadcast_arrays(np.asarray(p, dtype=np.float64), np.asarray(T, dtype=np.float64))
    h, wrong, near = steam(p, T)
    s = np.where(near, water.s_vapour_p(p), water.s_pT(p, T))
    return h, np.where(wrong, np.nan, s)


def outlet_enthalpy(p: Number, T: Number) -> Floats:
    """Enthalpy of a measured outlet, (n,) J/kg; NaN where it is not surely dry (see the module)."""
    p, T = np.broadcast_arrays(np.asarray(p, dtype=np.float64), np.asarray(T, dtype=np.float64))
    h, _s = superheated_state(p, T)
    return np.where(T - water.T_sat_p(p) <= SATURATION_BAND_K, np.nan, h)


def isentropic_enthalpy(p_out: Number, s_in: Number) -> Floats:
    """Enthalpy at p_out (n,) Pa after an expansion (or compression) at constant entropy s_in (n,) J/(kg K)."""
    return water.h_ps(np.asarray(p_out, dtype=np.float64), np.asarray(s_in, dtype=np.float64))


def isentropic_efficiency(h_in: Number, h_out: Number, h_isentropic: Number) -> Floats:
    """Efficiency of an expansion, (n,) 1, of enthalpies (n,) J/kg; NaN where nothing could expand."""
    ideal = np.asarray(h_in, dtype=np.float64) - h_isentropic
    return np.asarray((np.asarray(h_in) - h_out) / np.where(ideal > 0.0, ideal, np.nan))


def actual_work(h_in: Number, h_isentropic: Number, efficiency: Number) -> Floats:
    """Work of an expansion, (n,) J/kg."""
    return np.asarray((np.asarray(h_in) - h_isentropic) * efficiency)


def section_efficiency(p_in: Number, T_in: Number, p_out: Number, T_out: Number) -> Floats:
    """Isentropic efficiency of a turbine section between two superheated states.

    Parameters
    ----------
    p_in, p_out : (n,) Pa. T_in, T_out : (n,) K.

    Returns
    -------
    (n,) 1; NaN where the outlet is not surely dry or the inlet is wet.
    """
    h_in, s_in = superheated_state(p_in, T_in)
    return isentropic_efficiency(h_in, outlet_enthalpy(p_out, T_out), isentropic_enthalpy(p_out, s_in))


def exhaust_enthalpy(shaft_power: Number, flow_in: Number, h_in: Number, taken: Number, flow_out: Number) -> Floats:
    """Enthalpy of a wet exhaust by balance: (m_in h_in − enthalpy taken by extractions − P) / m_out.

    Parameters
    ----------
    shaft_power : (n,) W at the coupling, gland and bearing losses added by the caller.
    flow_in, flow_out : (n,) kg/s. h_in : (n,) J/kg. taken : (n,) W, Σ m h of the extractions.

    Returns
    -------
    (n,) J/kg; NaN where nothing leaves.
    """
    flow_out = np.asarray(flow_out, dtype=np.float64)
    left = np.asarray(flow_in) * h_in - taken - shaft_power
    return np.asarray(left / np.where(flow_out > 0.0, flow_out, np.nan))


def dryness(p: Number, h: Number) -> Floats:
    """Dryness of wet steam, (n,) 1, at p (n,) Pa and h (n,) J/kg; outside 0…1 the steam is not wet."""
    p = np.asarray(p, dtype=np.float64)
    h_liquid = water.h_liquid_p(p)
    return np.asarray((h - h_liquid) / (water.h_vapour_p(p) - h_liquid))


def heat_rate(heat: Number, power: Number) -> Floats:
    """Heat for each unit of electricity, (n,) J/J (× 3600: kJ/kWh); NaN where there is no power."""
    power = np.asarray(power, dtype=np.float64)
    return np.asarray(heat / np.where(power > 0.0, power, np.nan))


def efficiency_of_heat_rate(rate: Number) -> Floats:
    """Efficiency, (n,) 1, of a heat rate (n,) J/J."""
    return heat_rate(1.0, rate)


def plant_heat_rate(fuel_per_energy: Number, heating_value: Number) -> Floats:
    """Heat rate, (n,) J/J, of a plant that burns fuel_per_energy (n,) kg/J at heating_value (n,) J/kg."""
    return np.asarray(np.asarray(fuel_per_energy) * heating_value)


def steam_rate(work: Number) -> Floats:
    """Steam for each unit of work, (n,) kg/J (× 3.6e6: kg/kWh), of a specific work (n,) J/kg."""
    return heat_rate(1.0, work)
