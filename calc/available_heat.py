"""Available heat of natural gas in furnaces, from flue-gas oxygen and temperatures: the relations of MEASUR (ORNL).

The share of the fuel's HHV that stays in the furnace. Fitted for United States natural gas; its constants are in degF
and Btu per standard cubic foot, so temperatures are converted inside. Validity: flue gas some 500 to 2500 degF.
"""

from __future__ import annotations

import numpy as np

from calc.asset_type import Floats
from calc.combustion import Real

O2_LIMIT = 2.0 / 9.52381


def excess_air_natural_gas(O2_dry: Real) -> Floats:
    """Excess air of natural gas from the dry gas's oxygen, 8.52381 O2 / (2 − 9.52381 O2).

    Parameters
    ----------
    O2_dry : (n,) mole fraction.

    Returns
    -------
    (n,) fraction; NaN where O2_dry is not within [0, 0.21).
    """
    O2 = np.asarray(O2_dry, dtype=np.float64)
    O2 = np.where((O2 >= 0.0) & (O2 < O2_LIMIT), O2, np.nan)
    return 8.52381 * O2 / (2.0 - 9.52381 * O2)


def available_heat_natural_gas(T_flue: Real, T_air: Real, excess_air: Real) -> Floats:
    """Available heat as a fraction of the fuel's HHV.

    Parameters
    ----------
    T_flue, T_air : (n,) K, flue gas leaving the furnace and combustion air (preheated or not).
    excess_air : (n,) fraction.

    Returns
    -------
    (n,) 1. Below zero where the flue gas carries more than the fuel brings.
    """
    flue, air = _fahrenheit(T_flue), _fahrenheit(T_air)
    cp = 0.017828518 + 2.556e-6 * air
    percent = (
        95.0 - 0.025 * flue - (cp * flue - 1.078913827) * excess_air + (cp * air - 1.078913827) * (1.0 + excess_air)
    )
    return np.asarray(percent / 100.0)


def oxygen_enrichment_gain(T_flue: Real, O2_air: Real) -> Floats:
    """What enriched air adds to the available heat (fraction of HHV): less nitrogen is heated from 60 degF.

    Parameters
    ----------
    T_flue : (n,) K.
    O2_air : (n,) mole fraction of oxygen in the combustion air; 0.21 adds nothing.
    """
    return np.asarray(9.38 * (O2_air - 0.21) / O2_air * 0.02 * (_fahrenheit(T_flue) - 60.0) / 980.0)


def fuel_saving(available_before: Real, available_after: Real) -> Floats:
    """Share of the fuel that is saved for the same heat to the furnace: 1 − before / after."""
    return np.asarray(1.0 - available_before / available_after)


def _fahrenheit(T: Real) -> Floats:
    return np.asarray(T, dtype=np.float64) * 1.8 - 459.67
