"""Boiler losses by the indirect (heat-loss) method, each as a fraction of the fuel's gross calorific value (HHV).

The eight losses of BEE (Bureau of Energy Efficiency, India) and IS 8753, put into SI: 584 kcal/kg is the heat to
evaporate water from 25 °C, 0.45 kcal/(kg K) the specific heat of vapour, 5744 kcal/kg what carbon gives from CO to CO2.
Radiation by the formula of EN 12952-15. All arguments may be arrays (n,).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calc import combustion
from calc.asset_type import Floats
from calc.combustion import Real, Ultimate

KCAL_J = 4186.8
CP_FLUE_GAS = 0.24 * KCAL_J
CP_VAPOUR = 0.45 * KCAL_J
EVAPORATION_J_KG = 584.0 * KCAL_J
CO_TO_CO2_J_KG = 5744.0 * KCAL_J
RADIATION_CLASS = {"oil_gas": 0.0113, "hard_coal": 0.0220, "lignite": 0.0315}
"""C of EN 12952-15 by the boiler's fuel; lignite stands for fluidised beds too."""


@dataclass(frozen=True)
class Gas:
    """What is measured of flue gas and air: temperatures K, humidity kg/kg dry air, CO2 and CO mole fractions."""

    T_gas: Real
    T_air: Real
    humidity: Real = 0.0
    CO2_dry: Real = np.nan
    CO_dry: Real = 0.0
    cp: Real = CP_FLUE_GAS


@dataclass(frozen=True)
class Ash:
    """Residue: share of the ash that falls as bottom ash, and the calorific values of bottom and fly ash, J/kg."""

    bottom_share: Real = 0.0
    GCV_bottom: Real = 0.0
    GCV_fly: Real = 0.0


def dry_gas_mass(fuel: Ultimate, stoichiometric: Real, excess_air: Real) -> Real:
    """Dry flue gas of BEE's form, 44/12 C + N + 0.77 AAS + 0.23 (AAS − TA) + 2 S, kg/kg fuel."""
    supplied = stoichiometric * (1.0 + excess_air)
    nitrogen = fuel.N + 0.77 * supplied
    return 44.0 / 12.0 * fuel.C + nitrogen + 0.23 * (supplied - stoichiometric) + 2.0 * fuel.S


def dry_gas(mass: Real, cp: Real, T_gas: Real, T_air: Real, GCV: Real) -> Real:
    """L1: sensible heat of the dry gas, m cp (T_gas − T_air) / GCV; mass in kg/kg fuel, cp in J/(kg K)."""
    return mass * cp * (T_gas - T_air) / GCV


def water_vapour(water: Real, T_gas: Real, T_air: Real, GCV: Real) -> Real:
    """L2 and L3: heat to water that the fuel brings or makes, water {584 + 0.45 (T_gas − T_air)} / GCV.

    Parameters
    ----------
    water : kg/kg fuel; 9 H for hydrogen (L2), the moisture itself (L3).
    """
    return water * (EVAPORATION_J_KG + CP_VAPOUR * (T_gas - T_air)) / GCV


def air_humidity(air: Real, humidity: Real, T_gas: Real, T_air: Real, GCV: Real) -> Real:
    """L4: sensible heat of the air's own vapour; air supplied in kg/kg fuel, humidity in kg/kg dry air."""
    return air * humidity * CP_VAPOUR * (T_gas - T_air) / GCV


def incomplete_combustion(C: Real, CO: Real, CO2: Real, GCV: Real) -> Real:
    """L5: carbon that burns to CO only, CO C / (CO + CO2) · 5744 kcal/kg / GCV; CO and CO2 in the same unit."""
    return CO * C / (CO + CO2) * CO_TO_CO2_J_KG / GCV


def surface_flux(T_surface: Real, T_ambient: Real, wind: Real = 0.0) -> Floats:
    """L6: heat from the surface, 0.548 [(Ts/55.55)⁴ − (Ta/55.55)⁴] + 1.957 (Ts − Ta)^1.25 √((196.85 v + 68.9)/68.9).

    Parameters
    ----------
    T_surface, T_ambient : (n,) K. wind : (n,) m/s.

    Returns
    -------
    (n,) W/m2; NaN where the surface is colder than its surroundings.
    """
    Ts, Ta = np.asarray(T_surface, dtype=np.float64), np.asarray(T_ambient, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        convection = 1.957 * (Ts - Ta) ** 1.25 * np.sqrt((196.85 * wind + 68.9) / 68.9)
    return np.asarray(0.548 * ((Ts / 55.55) ** 4 - (Ta / 55.55) ** 4) + convection)


def unburnt(ash: Real, share: Real, GCV_ash: Real, GCV: Real) -> Real:
    """L7 and L8: what burns in the residue; ash in kg/kg fuel, the share of it, its calorific value J/kg."""
    return ash * share * GCV_ash / GCV


def unburnt_carbon(ash: Real, carbon_in_residue: Real, CV_carbon: Real, GCV: Real) -> Real:
    """The same from the carbon in the residue: per ash, c / (1 − c) of carbon leaves unburnt; CV_carbon in J/kg."""
    return ash * carbon_in_residue / (1.0 - carbon_in_residue) * CV_carbon / GCV


def radiation_en12952(rated_output_w: Real, C: float) -> Floats:
    """Radiation and convection of a water-tube boiler, Q_RC = C Q_N^0.7 in MW; (n,) W.

    Parameters
    ----------
    rated_output_w : (n,) W, the greatest useful heat output; the loss stays the same at part load.
    C : see `RADIATION_CLASS`.
    """
    return C * (np.asarray(rated_output_w, dtype=np.float64) / 1e6) ** 0.7 * 1e6


def bee_losses(
    fuel: Ultimate, GCV: Real, gas: Gas, excess_air: Real, ash: Ash | None = None, surface: Real = 0.0
) -> Mapping[str, Real]:
    """All eight losses as fractions of GCV; the efficiency is one less their sum.

    Parameters
    ----------
    fuel : ultimate analysis as fired. GCV : J/kg.
    gas : flue gas and air. excess_air : fraction.
    ash : residue; without it nothing is lost there.
    surface : L6, a fraction of GCV.

    Returns
    -------
    name → loss: dry_gas, hydrogen, moisture, air_humidity, CO, surface, fly_ash, bottom_ash.
    """
    residue = ash if ash is not None else Ash()
    theoretical = combustion.stoichiometric_air_bee(fuel)
    supplied = theoretical * (1.0 + excess_air)
    mass = dry_gas_mass(fuel, theoretical, excess_air)
    with_CO = np.asarray(gas.CO_dry) > 0.0
    return {
        "dry_gas": dry_gas(mass, gas.cp, gas.T_gas, gas.T_air, GCV),
        "hydrogen": water_vapour(9.0 * fuel.H, gas.T_gas, gas.T_air, GCV),
        "moisture": water_vapour(fuel.moisture, gas.T_gas, gas.T_air, GCV),
        "air_humidity": air_humidity(supplied, gas.humidity, gas.T_gas, gas.T_air, GCV),
        "CO": np.where(with_CO, incomplete_combustion(fuel.C, gas.CO_dry, gas.CO2_dry, GCV), 0.0),
        "surface": surface,
        "fly_ash": unburnt(fuel.ash, 1.0 - residue.bottom_share, residue.GCV_fly, GCV),
        "bottom_ash": unburnt(fuel.ash, residue.bottom_share, residue.GCV_bottom, GCV),
    }
