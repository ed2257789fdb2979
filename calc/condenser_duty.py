"""Surface condenser formulas: duty, LMTD, terminal differences, cleanliness, vacuum, air in the shell.

T in K, p in Pa absolute, flows in kg/s; arguments may be arrays (n,).
"""

from __future__ import annotations

import numpy as np

from calc import water
from calc.asset_type import Floats
from calc.combustion import Real
from calc.lmtd import log_mean
from calc.steam_system import array

R_AIR = 287.05


def condenser_lmtd(T_sat: Real, T_in: Real, T_out: Real) -> Floats:
    """LMTD (T_o − T_i) / ln((T_sat − T_i)/(T_sat − T_o)), (n,) K; NaN where the water leaves hotter than T_sat."""
    T_sat = array(T_sat)
    return log_mean(T_sat - T_in, T_sat - T_out)


def terminal_difference(T_sat: Real, T_out: Real) -> Floats:
    """TTD = T_sat − T_out, (n,) K; a feedwater heater with a desuperheating zone may go below zero."""
    return np.asarray(array(T_sat) - T_out)


def effectiveness_of_temperatures(T_sat: Real, T_in: Real, T_out: Real) -> Floats:
    """(T_out − T_in) / (T_sat − T_in), (n,) 1; NaN where there is no difference to work with."""
    T_sat = array(T_sat)
    greatest = np.where(T_sat > T_in, T_sat - T_in, np.nan)
    return np.asarray((np.asarray(T_out, dtype=np.float64) - T_in) / greatest)


def cooling_water(duty: Real, cp: Real, T_in: Real, T_out: Real) -> Floats:
    """Cooling water for a duty, Q / (cp (T_out − T_in)), (n,) kg/s; NaN where the water is not warmed."""
    rise = array(T_out) - T_in
    return np.asarray(duty / (cp * np.where(rise > 0.0, rise, np.nan)))


def cleanliness(U: Real, U_clean: Real) -> Floats:
    """Cleanliness factor U / U_clean; U_clean is HEI's at the measured velocity and inlet temperature; (n,) 1."""
    return np.asarray(array(U) / U_clean)


def air_pressure(p: Real, T: Real) -> Floats:
    """Partial pressure of air in the shell, p − p_sat(T), (n,) Pa; below zero tells of a wrong reading."""
    return np.asarray(array(p) - water.p_sat_T(array(T)))


def air_density(p: Real, T: Real) -> Floats:
    """Density of the air in the shell, p_air / (R T), (n,) kg/m3."""
    return air_pressure(p, T) / (R_AIR * array(T))


def air_per_steam(p: Real, T: Real) -> Floats:
    """Mass of air per mass of vapour in the shell (saturated vapour at T), (n,) kg/kg."""
    T = array(T)
    return np.asarray(air_density(p, T) * water.v_vapour_p(water.p_sat_T(T)))


def vacuum_efficiency(vacuum: Real, barometer: Real, T: Real) -> Floats:
    """Vacuum over the greatest one possible at T, vacuum / (barometer − p_sat(T)), (n,) 1; pressures in Pa."""
    return np.asarray(array(vacuum) / (barometer - water.p_sat_T(array(T))))


def corrected_vacuum(vacuum: Real, barometer: Real, standard: Real = 101325.0) -> Floats:
    """Vacuum referred to the standard barometer, standard − (barometer − vacuum), (n,) Pa."""
    return np.asarray(standard - (array(barometer) - vacuum))
