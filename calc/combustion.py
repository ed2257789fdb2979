"""Combustion from an ultimate analysis: air, flue gas, heating values, and what a flue-gas analysis tells.

Per kilogram of fuel as fired. Solid and liquid fuels by the textbook method with the atomic masses 12, 1, 16, 14, 32
that BEE and IS 8753 use too (exact ones move the air by 0.1 %). Gases by mole: `calc.gas_fuel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calc.asset_type import Floats

Real = Floats | float
O2_AIR_MASS = 0.23
"""Mass fraction of oxygen in dry air, as the textbooks round it."""
O2_AIR = 0.21
LATENT_HEAT_J_KG = 2.442e6
"""Of water at 25 °C, between HHV and LHV."""
MOLAR_MASS = {"CO2": 44.0, "H2O": 18.0, "SO2": 64.0, "O2": 32.0, "N2": 28.0, "CO": 28.0, "H2": 2.0, "CH4": 16.0}
"""g/mol, rounded as the atomic masses above."""


@dataclass(frozen=True)
class Ultimate:
    """Ultimate analysis as fired: mass fractions, numbers or arrays (n,). They need not add up to one."""

    C: Real
    H: Real
    O: Real = 0.0  # noqa: E741 - oxygen
    N: Real = 0.0
    S: Real = 0.0
    moisture: Real = 0.0
    ash: Real = 0.0


@dataclass(frozen=True)
class FlueGas:
    """Masses in the flue gas of one kilogram of fuel, kg/kg."""

    CO2: Real
    H2O: Real
    SO2: Real
    O2: Real
    N2: Real

    @property
    def dry(self) -> Real:
        """Mass without the water."""
        return self.CO2 + self.SO2 + self.O2 + self.N2

    @property
    def wet(self) -> Real:
        """Mass with the water."""
        return self.dry + self.H2O

    def mass_fractions(self, *, dry: bool) -> dict[str, Real]:
        """Composition by mass of the dry or the wet gas."""
        whole = self.dry if dry else self.wet
        return {name: mass / whole for name, mass in self._masses(dry=dry).items()}

    def mole_fractions(self, *, dry: bool) -> dict[str, Real]:
        """Composition by volume of the dry or the wet gas."""
        return mass_to_mole(self._masses(dry=dry))

    def _masses(self, *, dry: bool) -> dict[str, Real]:
        masses = {"CO2": self.CO2, "SO2": self.SO2, "O2": self.O2, "N2": self.N2}
        return masses if dry else masses | {"H2O": self.H2O}


def oxygen_demand(fuel: Ultimate) -> Real:
    """Oxygen for complete combustion, kg/kg: 8/3 C + 8 H + S − O."""
    return 8.0 / 3.0 * fuel.C + 8.0 * fuel.H + fuel.S - fuel.O


def stoichiometric_air(fuel: Ultimate, O2_in_air: float = O2_AIR_MASS) -> Real:
    """Dry air for complete combustion, kg/kg; `O2_in_air` is oxygen's mass fraction in air."""
    return oxygen_demand(fuel) / O2_in_air


def stoichiometric_air_bee(fuel: Ultimate) -> Real:
    """The same by the form of BEE and IS 8753: 11.6 C + 34.8 (H − O/8) + 4.35 S, kg/kg."""
    return 11.6 * fuel.C + 34.8 * (fuel.H - fuel.O / 8.0) + 4.35 * fuel.S


def flue_gas(fuel: Ultimate, excess_air: Real, O2_in_air: float = O2_AIR_MASS, humidity: Real = 0.0) -> FlueGas:
    """Flue gas of complete combustion.

    Parameters
    ----------
    fuel : analysis as fired.
    excess_air : fraction of the stoichiometric air, not below zero.
    O2_in_air : mass fraction of oxygen in dry air.
    humidity : kg of water per kg of dry air.

    Returns
    -------
    Masses of the components, kg/kg fuel.
    """
    demand = oxygen_demand(fuel)
    air = demand / O2_in_air * (1.0 + excess_air)
    return FlueGas(
        CO2=44.0 / 12.0 * fuel.C,
        H2O=9.0 * fuel.H + fuel.moisture + humidity * air,
        SO2=2.0 * fuel.S,
        O2=demand * excess_air,
        N2=(1.0 - O2_in_air) * air + fuel.N,
    )


def mass_to_mole(masses: Mapping[str, Real]) -> dict[str, Real]:
    """Mole fractions of a mixture of known masses (of any total)."""
    moles = {name: mass / MOLAR_MASS[name] for name, mass in masses.items()}
    total = sum(moles.values())
    return {name: amount / total for name, amount in moles.items()}


def mole_to_mass(moles: Mapping[str, Real]) -> dict[str, Real]:
    """Mass fractions of a mixture of known amounts (of any total)."""
    masses = {name: amount * MOLAR_MASS[name] for name, amount in moles.items()}
    total = sum(masses.values())
    return {name: mass / total for name, mass in masses.items()}


def excess_air_from_O2(O2_dry: Real, O2_air: float = O2_AIR) -> Floats:
    """Excess air from the oxygen of the dry gas, O2 / (0.21 − O2).

    Parameters
    ----------
    O2_dry : (n,) mole fraction.
    O2_air : mole fraction of oxygen in air.

    Returns
    -------
    (n,) fraction; NaN where O2_dry is not within [0, O2_air).
    """
    O2 = np.asarray(O2_dry, dtype=np.float64)
    spare = np.where((O2 >= 0.0) & (O2_air > O2), O2_air - O2, np.nan)
    return O2 / spare


def CO2_stoichiometric(fuel: Ultimate, air: Real) -> Real:
    """Greatest CO2 of the dry gas, mole fraction; `air` stoichiometric, kg/kg (BEE: 77 % of it is nitrogen by mass)."""
    carbon = fuel.C / 12.0
    nitrogen = 0.77 * air / 28.0 + fuel.N / 28.0
    return carbon / (carbon + nitrogen)


def excess_air_from_CO2(CO2_dry: Real, CO2_stoich: Real) -> Floats:
    """Excess air from the CO2 of the dry gas, 0.79 (CO2t − CO2) / (CO2 (1 − CO2t)) (BEE).

    Returns
    -------
    (n,) fraction; NaN where CO2_dry is not above zero. Below zero where the gas holds more CO2 than the fuel can give.
    """
    CO2 = np.asarray(CO2_dry, dtype=np.float64)
    CO2 = np.where(CO2 > 0.0, CO2, np.nan)
    return 0.79 * (CO2_stoich - CO2) / (CO2 * (1.0 - np.asarray(CO2_stoich, dtype=np.float64)))


def air_from_flue_gas(C: Real, CO2_dry: Real, CO_dry: Real, N2_dry: Real, N2_in_air: float = 1.0 - O2_AIR_MASS) -> Real:
    """Air per fuel from the analysis of the dry gas (Orsat): 28 N2 C / (12 (CO2 + CO) N2_in_air), kg/kg.

    Parameters
    ----------
    C : carbon that burns, kg/kg fuel.
    CO2_dry, CO_dry, N2_dry : mole fractions; nitrogen of the fuel itself is neglected.
    """
    return 28.0 * N2_dry * C / (12.0 * (CO2_dry + CO_dry) * N2_in_air)


def dry_gas_from_flue_gas(C: Real, CO2_dry: Real, CO_dry: Real, O2_dry: Real, N2_dry: Real) -> Real:
    """Dry flue gas per fuel from its analysis, kg/kg: its mass per mole of carbon times the moles of carbon."""
    mass = 44.0 * CO2_dry + 28.0 * CO_dry + 32.0 * O2_dry + 28.0 * N2_dry
    return mass * C / (12.0 * (CO2_dry + CO_dry))


def hhv_dulong(fuel: Ultimate) -> Real:
    """HHV by Dulong, 33.8 C + 142.8 (H − O/8) + 9.5 S MJ/kg; J/kg. For coals; within some 3 %."""
    return 33.8e6 * fuel.C + 142.8e6 * (fuel.H - fuel.O / 8.0) + 9.5e6 * fuel.S


def hhv_boie(fuel: Ultimate) -> Real:
    """HHV by Boie, 34.73 C + 115.1 H + 2.9 N + 4.2 S − 10.8 O MJ/kg; J/kg. For solid and liquid fuels."""
    return 34.73e6 * fuel.C + 115.1e6 * fuel.H + 2.9e6 * fuel.N + 4.2e6 * fuel.S - 10.8e6 * fuel.O


def lhv_from_hhv(HHV: Real, H: Real, moisture: Real = 0.0, latent_heat: Real = LATENT_HEAT_J_KG) -> Real:
    """LHV = HHV − latent heat × (9 H + moisture), J/kg; H and moisture in kg/kg fuel."""
    return HHV - latent_heat * (9.0 * H + moisture)


def water_dew_point(H2O_wet: Real, p: Real) -> Floats:
    """Dew point of the flue gas's water, (n,) K, from its mole fraction and the gas's absolute pressure (n,) Pa."""
    from calc import water  # noqa: PLC0415 - the analysis needs no steam tables

    return np.asarray(water.T_sat_p(np.asarray(H2O_wet, dtype=np.float64) * p))


def acid_dew_point(H2O_wet: Real, SO3_wet: Real, p: Real) -> Floats:
    """Dew point of sulphuric acid by Verhoff and Banchero.

    Parameters
    ----------
    H2O_wet, SO3_wet : (n,) mole fractions of the wet gas, above zero.
    p : (n,) Pa absolute.

    Returns
    -------
    (n,) K; NaN where a fraction is not above zero.

    Notes
    -----
    1000/T = 2.276 − 0.0294 ln pw − 0.0858 ln ps + 0.0062 ln pw ln ps, with the partial pressures in mmHg.
    """
    torr = np.asarray(p, dtype=np.float64) / 133.322
    with np.errstate(all="ignore"):
        w, s = np.log(H2O_wet * torr), np.log(SO3_wet * torr)
        T = 1000.0 / (2.276 - 0.0294 * w - 0.0858 * s + 0.0062 * w * s)
    return np.where(np.isfinite(w) & np.isfinite(s), T, np.nan)
