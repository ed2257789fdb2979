"""Combustion: air, flue gas and losses from an ultimate analysis, gaseous fuels, heating values, available heat."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calc import available_heat, boiler_loss, combustion, gas_fuel
from calc.combustion import Ultimate
from tests.standards.case_boiler_indirect import ultimate
from tests.standards.cases import Case

GASES = tuple(gas_fuel.ATOMS)


def answer(case: Case) -> Mapping[str, object]:
    """Everything of the family that the inputs tell."""
    if case.has("O2_before"):
        return _improvement(case)
    if any(name.startswith("fuel_") and name[5:] in GASES for name in case.given):
        return _gas_in_air(case)
    if case.has("C"):
        return _solid(case)
    if any(name in GASES for name in case.given):
        return _heating_value(case)
    return _from_O2(case)


def _solid(case: Case) -> dict[str, object]:
    fuel = ultimate(case)
    found: dict[str, object] = {}
    excess = _excess(case)
    O2_in_air = case.number("O2_in_air_mass", default=combustion.O2_AIR_MASS)
    HHV = combustion.hhv_dulong(fuel) if case.says("dulong") else combustion.hhv_boie(fuel)
    found |= {
        "HHV": HHV,
        "LHV": combustion.lhv_from_hhv(case.number("HHV", "GCV", default=float(HHV)), fuel.H, fuel.moisture),
    }
    gas = combustion.flue_gas(fuel, excess, O2_in_air)
    for state, dry in (("dry", True), ("wet", False)):
        found |= {f"{name}_{state}_mass": share for name, share in gas.mass_fractions(dry=dry).items()}
        found |= {f"{name}_{state}": share for name, share in gas.mole_fractions(dry=dry).items()}
    theoretical = combustion.stoichiometric_air(fuel, O2_in_air)
    found |= {"stoichiometric_air": theoretical, "theoretical_air": theoretical, "minimum_air": theoretical}
    found |= {
        "actual_air": theoretical * (1.0 + excess),
        "air_fuel": theoretical * (1.0 + excess),
        "excess_air": excess,
    }
    return found | _air_and_loss(case, fuel, theoretical * (1.0 + excess))


def _excess(case: Case) -> float:
    if case.has("O2_dry"):
        return float(combustion.excess_air_from_O2(case.number("O2_dry")))
    return case.number("excess_air", default=0.0)


def _air_and_loss(case: Case, fuel: Ultimate, air: float | np.ndarray) -> dict[str, object]:
    found: dict[str, object] = {}
    if case.has("p_air", "T_air", "R_air"):
        volume = case.number("R_air") * case.number("T_air") / case.number("p_air")
        found["air_volume"] = air * volume * case.number("coal_flow", "fuel_flow", default=1.0)
    if case.has("cp_flue_gas", "T_flue_gas"):
        mass = air + 1.0 - 9.0 * fuel.H - fuel.moisture  # the book counts the ash as gas
        heat = boiler_loss.dry_gas(
            mass, case.number("cp_flue_gas"), case.number("T_flue_gas"), case.number("T_ambient"), 1.0
        )
        found |= {"dry_gas_loss": heat, "dry_gas": mass}
    return found


def _composition(case: Case, prefix: str = "") -> dict[str, float]:
    return {name: case.number(prefix + name) for name in GASES if case.has(prefix + name)}


def _gas_in_air(case: Case) -> dict[str, object]:
    fuel, air = _composition(case, "fuel_"), _composition(case, "air_") or {"O2": 0.21, "N2": 0.79}
    burnt = gas_fuel.burn(fuel, air, case.number("excess_air", default=0.0), credit_oxygen=False)
    found: dict[str, object] = {"air_fuel_mole": burnt.air, "air_fuel_mass": burnt.air_by_mass}
    found["air_moles"] = burnt.air * case.number("fuel_moles", default=1.0)
    for name in burnt.products:
        found |= {f"{name}_wet": burnt.fraction(name, dry=False), f"{name}_dry": burnt.fraction(name, dry=True)}
    return found


def _heating_value(case: Case) -> dict[str, object]:
    composition = _composition(case)
    return {
        "HHV_vol": gas_fuel.heating_value(composition, gas_fuel.HHV_MEASUR_J_M3),
        "HHV": gas_fuel.hhv_mass(composition),
        "LHV": gas_fuel.lhv_mass(composition),
    }


def _improvement(case: Case) -> dict[str, object]:
    air = [available_heat.excess_air_natural_gas(case.number(f"O2_{when}")) for when in ("before", "after")]
    heats = [
        available_heat.available_heat_natural_gas(
            case.number(f"T_exhaust_{when}"), case.number(f"T_air_{when}"), excess
        )
        for when, excess in zip(("before", "after"), air, strict=True)
    ]
    saving = available_heat.fuel_saving(*heats)
    return {
        "excess_air_1": air[0],
        "excess_air_2": air[1],
        "available_heat_1": heats[0],
        "available_heat_2": heats[1],
        "fuel_saving": saving,
        "new_energy": case.number("energy_before") * (1.0 - saving),
    }


def _from_O2(case: Case) -> dict[str, object]:
    O2 = case.number("O2_dry", "O2_flue", "O2", default=float("nan"))
    excess = case.number("excess_air", default=float(available_heat.excess_air_natural_gas(O2)))
    found: dict[str, object] = {"excess_air": excess}
    if case.has("T_air") or case.has("T_combustion_air"):
        T_flue = case.number("T_flue", "T_exhaust", "T_flue_gas")
        heat = available_heat.available_heat_natural_gas(T_flue, case.number("T_air", "T_combustion_air"), excess)
        total = case.number("heat_input", "total_heat_input", "energy", default=1.0)
        found |= {"available_heat": heat, "heat_delivered": heat * total, "exhaust_loss": (1.0 - heat) * total}
    return found
