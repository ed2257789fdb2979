"""Water, steam and flue gas of the synthetic plant, from CoolProp."""

from __future__ import annotations

from functools import cache

import numpy as np
from CoolProp.CoolProp import PropsSI
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GAS = {"CarbonDioxide": 0.145, "Water": 0.117, "Nitrogen": 0.718, "Oxygen": 0.020}
"""Mass fractions of what natural gas and a tenth more air than it needs burn to."""
_GAS_PRESSURE_PA = 1e3
"""Low enough for the ideal gas, so that each component counts for itself."""
_GRID_K = np.arange(290.0, 901.0, 10.0)


def water_h(T: float, p: float) -> float:
    """Enthalpy of liquid water, J/kg."""
    return float(PropsSI("H", "T", T, "P", p, "Water"))


def water_T(h: float, p: float) -> float:
    """Temperature of water from its enthalpy, K."""
    return float(PropsSI("T", "H", h, "P", p, "Water"))


def steam_h(p: float) -> float:
    """Enthalpy of dry saturated steam, J/kg."""
    return float(PropsSI("H", "P", p, "Q", 1, "Water"))


def gas_h(T: float) -> float:
    """Enthalpy of the flue gas, J/kg, water as vapour."""
    return float(np.interp(T, _GRID_K, _gas_table()))


@cache
def _gas_table() -> Floats:
    table = np.zeros_like(_GRID_K)
    for fluid, fraction in _GAS.items():
        table += fraction * np.asarray(PropsSI("H", "T", _GRID_K, "P", _GAS_PRESSURE_PA, fluid), dtype=np.float64)
    return table
