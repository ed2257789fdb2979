"""Available heat of fuels in furnaces, from excess air and temperatures: the relations of MEASUR (ORNL).

The share of the fuel's HHV that stays in the furnace. Natural gas: fitted for that of the United States, with constants
in degF and Btu per standard cubic foot, so temperatures are converted inside. Validity: flue gas some 500 to 2500 degF.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc import combustion
from calc.asset_type import Floats
from calc.combustion import Real, Ultimate

O2_LIMIT = 2.0 / 9.52381
AMBIENT_F = 60.0


@dataclass(frozen=True)
class Residue:
    """Ash as it is discharged: carbon in it, kg/kg, and its temperature, K."""

    carbon: Real
    T: Real


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


def available_heat_solid(
    fuel: Ultimate, T_flue: Real, T_air: Real, excess_air: Real, T_fuel: Real, residue: Residue, humidity: Real = 0.0
) -> Floats:
    """Available heat of a solid or liquid fuel as a fraction of its heating value, above 60 degF.

    Parameters
    ----------
    fuel : analysis as fired. T_flue, T_air, T_fuel : (n,) K. excess_air : (n,) fraction.
    residue : what leaves with the ash. humidity : (n,) kg of water per kg of air.

    Returns
    -------
    (n,) 1.

    Notes
    -----
    Heating value 14100 C + 61100 H + 3980 S Btu/lb; specific heats of the gases by Sweigert and Beardsley, at the flue
    gas's temperature. Per pound of fuel, in Btu and degF inside.
    """
    flue, air, cold = _fahrenheit(T_flue), _fahrenheit(T_air), AMBIENT_F
    value = 14100.0 * fuel.C + 61100.0 * fuel.H + 3980.0 * fuel.S
    oxygen = combustion.oxygen_demand(fuel)
    supplied = oxygen / 0.2315 * (1.0 + excess_air)
    brought = 0.24 * (1.0 - fuel.moisture) * (_fahrenheit(T_fuel) - cold) + fuel.moisture * (flue - cold)
    brought = brought + supplied * (0.01788166862315 + 1.6704748e-6 * air) * (air - cold) / 0.075
    ash = fuel.ash * (14093.0 * residue.carbon + 0.25 * (_fahrenheit(residue.T) - cold))
    carried = _flue_heat(fuel, flue, excess_air, supplied, humidity)
    return np.asarray((value + brought - carried - ash) / value)


def _flue_heat(fuel: Ultimate, flue: Floats, excess_air: Real, air: Real, humidity: Real) -> Floats:
    """Heat of the flue gas above 60 degF, Btu/lb fuel."""
    rankine, rise = flue + 460.0, flue - AMBIENT_F
    gas = combustion.flue_gas(fuel, excess_air, 0.2315, humidity)
    from_fuel, from_air = 9.0 * fuel.H + fuel.moisture, humidity * air
    cp: dict[str, Real] = {
        "CO2": (16.2 - 6.53e3 / rankine + 1.41e6 / rankine**2) / 44.01,
        "H2O": (19.86 - 597.0 / np.sqrt(rankine) + 7500.0 / rankine) / 18.016,
        "O2": (11.515 - 172.0 / np.sqrt(rankine) + 1530.0 / rankine) / 32.0,
        "N2": (9.47 - 3.47e3 / rankine + 1.07e6 / rankine**2) / 28.016,
        "SO2": 17.472 / 64.06,
    }
    volumes = {"CO2": 0.116367, "H2O": 0.047636, "N2": 0.074077, "O2": 0.084611, "SO2": 0.169381}  # lb/scf
    share = (gas.H2O / volumes["H2O"]) / sum(getattr(gas, name) / density for name, density in volumes.items())
    saturated = 1096.7 * (share * 29.926) ** 0.013
    dry = sum(getattr(gas, name) * cp[name] for name in ("CO2", "O2", "N2", "SO2")) * rise
    return np.asarray(dry + from_fuel * (saturated + cp["H2O"] * rise) + from_air * cp["H2O"] * rise)
