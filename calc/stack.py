"""Stack loss from flue-gas temperature and oxygen alone, in Siegert's form.

    q = (T_gas − T_air) · (A2 / (21 − O2) + B) / 100        of the fuel's heat on LHV, O2 in % of the dry gas

Source: the form and constants of the German ordinance on small firing installations (1. BImSchV), as chimney sweeps and
analysers use them. Valid for near-complete combustion in air.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc.asset_type import Floats
from calc.combustion import Real

O2_AIR = 0.21
"""Mole fraction of oxygen in dry air, as Siegert's form rounds it."""


@dataclass(frozen=True)
class SiegertFuel:
    """Siegert's constants of a fuel, and its usual LHV/HHV for where only one heating value is known."""

    A2: float
    B: float
    lhv_to_hhv: float


SIEGERT = {
    "natural_gas": SiegertFuel(0.66, 0.009, 0.902),
    "heating_oil": SiegertFuel(0.68, 0.007, 0.940),
    "lpg": SiegertFuel(0.63, 0.008, 0.922),
    "town_gas": SiegertFuel(0.63, 0.011, 0.900),
}


def siegert_loss(T_gas: Real, T_air: Real, O2_dry: Real, A2: Real, B: Real) -> Floats:
    """Sensible stack loss as a fraction of the fuel's heat on LHV.

    Parameters
    ----------
    T_gas, T_air : (n,) K, flue gas and combustion air.
    O2_dry : (n,) mole fraction of the dry gas.
    A2, B : the fuel's constants (`SIEGERT`).

    Returns
    -------
    (n,) 1; NaN where O2_dry is not within [0, 0.21): there is no flame then.
    """
    O2 = np.asarray(O2_dry, dtype=np.float64)
    spare = np.where((O2 >= 0.0) & (O2 < O2_AIR), 100.0 * (O2_AIR - O2), np.nan)
    return np.asarray((T_gas - T_air) * (A2 / spare + B) / 100.0)


def siegert_loss_co2(T_gas: Real, T_air: Real, CO2_dry: Real, k: Real) -> Floats:
    """Sensible stack loss q = k (T_gas − T_air) / CO2 / 100 as a fraction of the fuel's heat on LHV.

    Parameters
    ----------
    T_gas, T_air : (n,) K.
    CO2_dry : (n,) mole fraction of the dry gas.
    k : the fuel's constant for CO2 in %.

    Returns
    -------
    (n,) 1; NaN where CO2_dry is not above zero.
    """
    CO2 = np.asarray(CO2_dry, dtype=np.float64)
    percent = np.where(CO2 > 0.0, 100.0 * CO2, np.nan)
    return np.asarray(k * (T_gas - T_air) / percent / 100.0)


def bs845_dry_gas_loss(T_gas: Real, T_air: Real, CO2_dry: Real, carbon: Real, heating_value: Real) -> Floats:
    """Dry flue-gas loss in the form of BS 845, K1 (T_gas − T_air) / CO2 with K1 = 255 C / Q.

    Parameters
    ----------
    T_gas, T_air : (n,) K. CO2_dry : (n,) mole fraction of the dry gas.
    carbon : kg/kg fuel. heating_value : J/kg, gross or net; the loss is on that basis.

    Returns
    -------
    (n,) fraction; NaN where CO2_dry is not above zero.
    """
    K1 = 255.0 * (100.0 * carbon) / (heating_value / 1e3)
    return siegert_loss_co2(T_gas, T_air, CO2_dry, K1)
