"""Formulas of feedwater heaters (terminal difference, drain cooler approach, extraction) and of air preheaters.

T in K, flows in kg/s, enthalpies in J/kg; arguments may be arrays (n,).
"""

from __future__ import annotations

import numpy as np

from calc.asset_type import Floats
from calc.combustion import Real
from calc.steam_system import array

O2_AMBIENT = 0.209


def drain_cooler_approach(T_drain: Real, T_feedwater_in: Real) -> Floats:
    """DCA = T_drain − T_feedwater_in (as ASME PTC 12.1 defines it), (n,) K."""
    return np.asarray(array(T_drain) - T_feedwater_in)


def extraction_flow(heat: Real, h_extraction: Real, h_drain: Real) -> Floats:
    """Extraction steam of a closed heater from its heat balance.

    Parameters
    ----------
    heat : (n,) W, what the feedwater takes less what cascaded drains give.
    h_extraction, h_drain : (n,) J/kg.

    Returns
    -------
    (n,) kg/s; NaN where the extraction does not enter with more than the drain leaves with.
    """
    drop = array(h_extraction) - h_drain
    return np.asarray(heat / np.where(drop > 0.0, drop, np.nan))


def open_heater_share(h_feedwater_in: Real, h_extraction: Real, h_out: Real) -> Floats:
    """Share of the outflow that an open (mixing) heater takes from the extraction, (h_out − h_in)/(h_x − h_in)."""
    h_in = array(h_feedwater_in)
    return np.asarray((h_out - h_in) / (h_extraction - h_in))


def air_leakage(O2_in: Real, O2_out: Real) -> Floats:
    """Air that leaks into the gas, as a share of the entering gas: 0.9 (O2_out − O2_in) / (0.209 − O2_out) (PTC 4.3).

    Parameters
    ----------
    O2_in, O2_out : (n,) mole fractions of the dry gas before and behind the preheater.

    Returns
    -------
    (n,) 1; below zero tells of a wrong probe; NaN where O2_out is not below air's.
    """
    O2_out = array(O2_out)
    spare = np.where(O2_out < O2_AMBIENT, O2_AMBIENT - O2_out, np.nan)
    return np.asarray(0.9 * (O2_out - O2_in) / spare)


def no_leak_temperature(T_gas_out: Real, T_air_in: Real, leakage: Real, cp_air: Real, cp_gas: Real) -> Floats:
    """Gas temperature behind the preheater were there no leak, AL cp_a (T_go − T_ai)/cp_g + T_go, (n,) K."""
    T_gas_out = array(T_gas_out)
    return np.asarray(leakage * cp_air * (T_gas_out - T_air_in) / cp_gas + T_gas_out)


def x_ratio(T_gas_in: Real, T_no_leak: Real, T_air_in: Real, T_air_out: Real) -> Floats:
    """X-ratio (T_gi − T_nl)/(T_ao − T_ai): heat capacity of the air over that of the gas, (n,) 1."""
    rise = array(T_air_out) - T_air_in
    return np.asarray((T_gas_in - array(T_no_leak)) / np.where(rise > 0.0, rise, np.nan))


def gas_side_efficiency(T_gas_in: Real, T_no_leak: Real, T_air_in: Real) -> Floats:
    """(T_gi − T_nl)/(T_gi − T_ai), (n,) 1; NaN where the gas does not enter hotter than the air."""
    greatest = array(T_gas_in) - T_air_in
    return np.asarray((T_gas_in - array(T_no_leak)) / np.where(greatest > 0.0, greatest, np.nan))
