"""Gaseous fuels by mole: heating values of mixtures, combustion in (humid) air, natural gas in furnaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calc.combustion import Real
from calc.errors import CalcError

MOLAR_MASS_KG = {
    "CH4": 16.0425e-3,
    "C2H6": 30.0690e-3,
    "C3H8": 44.0956e-3,
    "C4H10": 58.1222e-3,
    "C5H12": 72.1488e-3,
    "C2H4": 28.0532e-3,
    "H2": 2.01588e-3,
    "CO": 28.0101e-3,
    "H2S": 34.0809e-3,
    "CO2": 44.0095e-3,
    "N2": 28.0134e-3,
    "O2": 31.9988e-3,
    "H2O": 18.0153e-3,
    "SO2": 64.0638e-3,
    "Ar": 39.948e-3,
}
"""kg/mol."""
ATOMS = {
    "CH4": (1, 4, 0, 0),
    "C2H6": (2, 6, 0, 0),
    "C3H8": (3, 8, 0, 0),
    "C4H10": (4, 10, 0, 0),
    "C5H12": (5, 12, 0, 0),
    "C2H4": (2, 4, 0, 0),
    "H2": (0, 2, 0, 0),
    "CO": (1, 0, 1, 0),
    "H2S": (0, 2, 0, 1),
    "CO2": (1, 0, 2, 0),
    "O2": (0, 0, 2, 0),
    "H2O": (0, 2, 1, 0),
    "SO2": (0, 0, 2, 1),
    "N2": (0, 0, 0, 0),
    "Ar": (0, 0, 0, 0),
}
"""Atoms of carbon, hydrogen, oxygen and sulphur in a molecule."""
BTU_SCF_J_M3 = 1055.05585262 / 0.028316846592
HHV_MEASUR_J_M3 = {
    name: value * BTU_SCF_J_M3
    for name, value in {
        "CH4": 1012.0,
        "C2H6": 1773.0,
        "C3H8": 2523.0,
        "C4H10": 3270.0,
        "H2": 325.0,
        "CO": 321.0,
    }.items()
}
"""Higher heating values of components by volume at 60 °F and 14.7 psi, J/m3: the figures of MEASUR (ORNL)."""
HHV_J_MOL = {
    "CH4": 890.58e3,
    "C2H6": 1560.69e3,
    "C3H8": 2219.17e3,
    "C4H10": 2877.40e3,
    "C5H12": 3535.77e3,
    "C2H4": 1411.18e3,
    "H2": 285.83e3,
    "CO": 282.98e3,
    "H2S": 562.01e3,
}
"""Molar higher heating values at 25 °C, J/mol, from standard enthalpies of formation (as in ISO 6976)."""
VAPORISATION_J_MOL = 44.016e3
"""Of water at 25 °C."""


@dataclass(frozen=True)
class GasCombustion:
    """Complete combustion of one mole of gas: air and wet flue gas in mol per mol of fuel, air by mass in kg/kg."""

    air: float
    air_by_mass: float
    products: Mapping[str, float]

    def fraction(self, name: str, *, dry: bool) -> float:
        """Mole fraction of a product in the dry or wet gas."""
        water = self.products["H2O"] if dry else 0.0
        return self.products[name] / (sum(self.products.values()) - water)


def heating_value(composition: Mapping[str, Real], components: Mapping[str, float]) -> Real:
    """Heating value of a mixture by volume or mole: the sum over its components, the composition made to add up to one.

    Parameters
    ----------
    composition : name → share (any scale; a number or (n,)).
    components : name → heating value; what is not named there does not burn.

    Raises
    ------
    CalcError : `no_composition` where nothing is given.
    """
    total = sum(composition.values())
    if not composition or (isinstance(total, float | int) and total <= 0.0):
        raise CalcError("no_composition", "the composition is empty", "composition")
    return sum(share * components.get(name, 0.0) for name, share in composition.items()) / total


def molar_mass(composition: Mapping[str, Real]) -> Real:
    """Mean molar mass of a mixture, kg/mol."""
    total = sum(composition.values())
    return sum(share * MOLAR_MASS_KG[name] for name, share in composition.items()) / total


def hhv_mass(composition: Mapping[str, Real]) -> Real:
    """Higher heating value of a gas mixture (mole fractions), J/kg."""
    return heating_value(composition, HHV_J_MOL) / molar_mass(composition)


def lhv_mass(composition: Mapping[str, Real]) -> Real:
    """Lower heating value of a gas mixture (mole fractions), J/kg: HHV less the heat of condensation of its water."""
    total = sum(composition.values())
    hydrogen = sum(share * ATOMS[name][1] for name, share in composition.items() if name in HHV_J_MOL) / total
    condensation = 0.5 * hydrogen * VAPORISATION_J_MOL
    return (heating_value(composition, HHV_J_MOL) - condensation) / molar_mass(composition)


def oxygen_of(name: str) -> float:
    """Oxygen that one mole burns with, mol: C + H/4 + S − O/2; below zero where it brings more than it needs."""
    C, H, O, S = ATOMS[name]  # noqa: E741 - oxygen
    return C + H / 4.0 + S - O / 2.0


def burn(
    fuel: Mapping[str, float], air: Mapping[str, float], excess_air: float, *, credit_oxygen: bool = True
) -> GasCombustion:
    """Complete combustion of a gas in air.

    Parameters
    ----------
    fuel, air : mole fractions; the air may hold water and CO2. They are made to add up to one.
    excess_air : fraction.
    credit_oxygen : the fuel's own O2 reduces the demand before the excess is counted; else after it.

    Raises
    ------
    CalcError : `no_oxygen` where the air holds none.
    """
    fuel, air = _normalised(fuel), _normalised(air)
    if air.get("O2", 0.0) <= 0.0:
        raise CalcError("no_oxygen", "the air holds no oxygen", "air")
    own = fuel.get("O2", 0.0)
    needed = sum(share * oxygen_of(name) for name, share in fuel.items() if name != "O2")
    supplied = (needed - own) * (1.0 + excess_air) if credit_oxygen else needed * (1.0 + excess_air) - own
    moles = supplied / air["O2"]
    mass = moles * sum(share * MOLAR_MASS_KG[name] for name, share in air.items())
    return GasCombustion(moles, mass / _mass(fuel), _products(fuel, air, moles, supplied + own - needed))


def _normalised(composition: Mapping[str, float]) -> dict[str, float]:
    total = sum(composition.values())
    if total <= 0.0:
        raise CalcError("no_composition", "the composition is empty", "composition")
    return {name: share / total for name, share in composition.items()}


def _mass(composition: Mapping[str, float]) -> float:
    return sum(share * MOLAR_MASS_KG[name] for name, share in composition.items())


def _products(fuel: Mapping[str, float], air: Mapping[str, float], moles: float, O2: float) -> dict[str, float]:
    products = {"CO2": 0.0, "H2O": 0.0, "SO2": 0.0, "N2": 0.0, "O2": O2}
    for name, share in fuel.items():
        C, H, _, S = ATOMS[name]
        products["CO2"] += share * C
        products["H2O"] += share * H / 2.0
        products["SO2"] += share * S
    for name in ("CO2", "H2O", "N2", "Ar"):
        brought = moles * air.get(name, 0.0) + (fuel.get(name, 0.0) if name in ("N2", "Ar") else 0.0)
        products[name] = products.get(name, 0.0) + brought
    return products
