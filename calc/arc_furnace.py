"""Electric arc furnace: chemical energy beside the electricity, and the heat of its exhaust (MEASUR, ORNL)."""

from __future__ import annotations

import numpy as np

from calc.asset_type import Floats
from calc.combustion import Real
from calc.gas_fuel import BTU_SCF_J_M3

STANDARD_F = 60.0
RANKINE_OFFSET = 460.0
DUST_BTU_LB_F = 0.25
GAS_BTU_SCF_F = 0.0225
HEATING_VALUES_BTU_SCF = {"CO": 321.0, "H2": 325.0, "combustibles": 1020.0}
LB_SCF_KG_M3 = 0.45359237 / 0.028316846592


def chemical_energy(
    gas_heat: Real, coal: Real, coal_value: Real, electrode: Real, electrode_value: Real, other: Real = 0.0
) -> Floats:
    """Energy of burners, injected coal and electrodes that burn away, (n,) W; flows kg/s, values J/kg, heats W."""
    return np.asarray(gas_heat + coal * np.asarray(coal_value) + electrode * np.asarray(electrode_value) + other)


def exhaust_heat(T_gas: Real, volume_flow: Real, CO: Real, H2: Real, combustibles: Real, dust: Real) -> Floats:
    """Heat of the exhaust: unburnt gases, sensible heat of gas and dust above 60 degF.

    Parameters
    ----------
    T_gas : (n,) K. volume_flow : (n,) m3/s at T_gas. CO, H2, combustibles : (n,) volume fractions.
    dust : (n,) kg per m3 of gas at 60 degF.

    Returns
    -------
    (n,) W.
    """
    fahrenheit = np.asarray(T_gas, dtype=np.float64) * 1.8 - 459.67
    shares = {"CO": CO, "H2": H2, "combustibles": combustibles}
    chemical = sum(share * HEATING_VALUES_BTU_SCF[name] for name, share in shares.items())
    sensible = (GAS_BTU_SCF_F + dust / LB_SCF_KG_M3 * DUST_BTU_LB_F) * (fahrenheit - STANDARD_F)
    standard_flow = volume_flow * (STANDARD_F + RANKINE_OFFSET) / (RANKINE_OFFSET + fahrenheit)
    return np.asarray(standard_flow * (chemical + sensible) * BTU_SCF_J_M3)
