"""The equations of IAPWS SR2-01(2014) and SR4-04(2014): pressure, boundaries and T_sat of enthalpy and entropy.

In kJ/kg, kJ/(kg K), MPa and K, as published; one state at a time.
"""

from __future__ import annotations

from math import exp

from calc.water import hs_tables as table

S_2C = 5.85
S_CRITICAL = 4.41202148223476


def p_1(h: float, s: float) -> float:
    """Pressure in region 1."""
    return 100.0 * _sum(table.P_1, h / 3400 + 0.05, s / 7.6 + 0.05)


def p_2(h: float, s: float) -> float:
    """Pressure in region 2, by its subregions 2a, 2b and 2c."""
    if h <= h_2ab(s):
        return float(4.0 * _sum(table.P_2A, h / 4200 - 0.5, s / 12 - 1.2) ** 4)
    if s >= S_2C:
        return float(100.0 * _sum(table.P_2B, h / 4100 - 0.6, s / 7.9 - 1.01) ** 4)
    return float(100.0 * _sum(table.P_2C, h / 3500 - 0.7, s / 5.9 - 1.1) ** 4)


def h_2ab(s: float) -> float:
    """Enthalpy between subregions 2a and 2b (p = 4 MPa)."""
    return ((27.6349063799944 * s - 421.073558227969) * s + 2575.60716905876) * s - 3498.98083432139


def p_3(h: float, s: float) -> float:
    """Pressure in region 3, by its subregions 3a and 3b."""
    if s <= S_CRITICAL:
        return 99.0 * _sum(table.P_3A, h / 2300 - 1.01, s / 4.4 - 0.75)
    return 16.6 / _sum(table.P_3B, h / 2800 - 0.681, s / 5.3 - 0.792)


def h_liquid_1(s: float) -> float:
    """Saturated liquid between 273.15 and 623.15 K."""
    return 1700.0 * _sum(table.H_LIQUID_1, s / 3.8 - 1.09, s / 3.8 + 0.366e-4)


def h_liquid_3a(s: float) -> float:
    """Saturated liquid between 623.15 K and the critical point."""
    return 1700.0 * _sum(table.H_LIQUID_3A, s / 3.8 - 1.09, s / 3.8 + 0.366e-4)


def h_vapour_2ab(s: float) -> float:
    """Saturated vapour with s from 5.85 kJ/(kg K)."""
    return 2800.0 * exp(_sum(table.H_VAPOUR_2AB, 5.21 / s - 0.513, s / 9.2 - 0.524))


def h_vapour_2c3b(s: float) -> float:
    """Saturated vapour between the critical point and 5.85 kJ/(kg K)."""
    return float(2800.0 * _sum(table.H_VAPOUR_2C3B, s / 5.9 - 1.02, s / 5.9 - 0.726) ** 4)


def h_b13(s: float) -> float:
    """Enthalpy between regions 1 and 3 (T = 623.15 K)."""
    return 1700.0 * _sum(table.H_B13, s / 3.8 - 0.884, s / 3.8 - 0.864)


def T_b23(h: float, s: float) -> float:
    """Temperature between regions 2 and 3."""
    return 900.0 * _sum(table.T_B23, h / 3000 - 0.727, s / 5.3 - 0.864)


def T_sat(h: float, s: float) -> float:
    """Saturation temperature of wet steam with s from 5.210887825 kJ/(kg K)."""
    return 550.0 * _sum(table.T_SAT, h / 2800 - 0.119, s / 9.2 - 1.07)


def _sum(terms: table.Terms, a: float, b: float) -> float:
    total = 0.0
    for i, j, n in terms:
        total += n * a**i * b**j
    return total
