"""Boilers, direct method: heat to steam, efficiency on either basis, sections, blowdown, stack temperature."""

from __future__ import annotations

from collections.abc import Mapping

from calc import boiler, water
from calc.steam_system import wet_steam
from tests.standards.cases import Case

HEATING_VALUES = ("GCV", "HHV", "NCV", "LHV", "CV", "calorific_value", "heating_value")


def answer(case: Case) -> Mapping[str, object]:
    """Everything of the family that the inputs tell."""
    if case.has("tds_drum"):
        return _blowdown_from_solids(case)
    if case.has("blowdown_rate"):
        return _blowdown_rate(case)
    found = {**_efficiency(case), **_sections(case)}
    if case.has("stack_share_of_loss"):
        found |= _stack(case)
    if case.has("boiler_efficiency"):
        found |= _fuel(case)
    if case.has("p_exhaust"):
        found |= _exhaust(case)
    return found


def h_steam(case: Case) -> float:
    """Enthalpy of the steam that leaves, by its dryness or temperature, else dry saturated."""
    p = case.number("p_steam", "p")
    if case.has("T_steam"):
        return float(water.h_pT(p, case.number("T_steam")))
    return float(wet_steam(p, case.number("steam_quality", "dryness", "quality", default=1.0))[0])


def h_feedwater(case: Case) -> float:
    """Enthalpy of the feedwater, saturated at its temperature: the books state no other pressure for it."""
    if case.has("h_feedwater"):
        return case.number("h_feedwater")
    return float(water.h_Tx(case.number("T_feedwater", "T_water"), 0.0))


def steam_per_fuel(case: Case) -> float:
    """Mass of steam from a mass of fuel, by flows, by masses over a time, or as given."""
    if case.has("steam_per_fuel"):
        return case.number("steam_per_fuel")
    if case.has("duration") and not case.has("fuel_flow", "steam_flow"):
        duration = case.number("duration")
        steam = case.number("steam_mass") if case.has("steam_mass") else case.number("steam_flow") * duration
        fuel = case.number("fuel_mass") if case.has("fuel_mass") else case.number("fuel_flow", "coal_flow") * duration
        return steam / fuel
    return case.number("steam_flow", "steam_mass") / case.number(
        "fuel_flow", "coal_flow", "oil_flow", "gas_flow", "fuel_mass"
    )


def _efficiency(case: Case) -> dict[str, object]:
    try:
        ratio, steam, feed = steam_per_fuel(case), h_steam(case), h_feedwater(case)
    except KeyError:
        return {}
    heat = boiler.heat_to_steam(ratio, steam, feed)
    found: dict[str, object] = {
        "equivalent_evaporation": boiler.equivalent_evaporation(ratio, steam, feed),
        "factor_of_evaporation": boiler.equivalent_evaporation(1.0, steam, feed),
        "steam_per_fuel": ratio,
        "evaporation": ratio,
    }
    for name, keys in {"_gross": ("GCV", "HHV"), "_net": ("NCV", "LHV"), "": HEATING_VALUES}.items():
        if any(case.has(key) for key in keys):
            found[f"efficiency{name}"] = boiler.direct_efficiency(heat, 1.0, case.number(*keys))
    return found


def _sections(case: Case) -> dict[str, object]:
    if not case.has("T_eco_out", "drum_quality", "T_steam"):
        return {}
    p = case.number("p_steam")
    drum = float(wet_steam(p, case.number("drum_quality"))[0])
    way = (h_feedwater(case), float(water.h_Tx(case.number("T_eco_out"), 0.0)), drum, h_steam(case))
    names = ("economiser", "evaporator", "superheater")
    return dict(zip(names, boiler.section_shares(way), strict=True))


def _stack(case: Case) -> dict[str, object]:
    coal = case.number("coal_flow", "fuel_flow")
    heat = boiler.heat_to_steam(case.number("steam_flow"), h_steam(case), h_feedwater(case))
    lost = coal * case.number(*HEATING_VALUES) - heat
    gas = coal * (case.number("air_fuel_ratio") + 1.0)
    share = case.number("stack_share_of_loss")
    T = boiler.stack_temperature(share * lost, gas, case.number("cp_flue_gas"), case.number("T_ambient", "T_air"))
    return {"T_flue_gas": T}


def _fuel(case: Case) -> dict[str, object]:
    flow, efficiency = case.number("steam_flow", "steam_mass"), case.number("boiler_efficiency", "efficiency")
    steam, feed, value = h_steam(case), h_feedwater(case), case.number(*HEATING_VALUES)
    fuel = boiler.fuel_flow(boiler.heat_to_steam(flow, steam, feed), efficiency, value)
    found: dict[str, object] = dict.fromkeys(("oil_flow", "fuel_flow", "coal_flow", "gas_volume", "gas_flow"), fuel)
    if case.has("drum_quality"):
        drum = float(wet_steam(case.number("p_steam"), case.number("drum_quality"))[0])
        found["Q_boiler"] = boiler.heat_to_steam(flow, drum, feed)
        found["Q_superheater"] = boiler.heat_to_steam(flow, steam, drum)
    return found


def _exhaust(case: Case) -> dict[str, object]:
    """A turbine on the boiler's steam: work over the drop in enthalpy, and the heat left in the exhaust."""
    p = case.number("p_exhaust")
    exhaust = float(wet_steam(p, case.number("exhaust_quality", default=1.0))[0])
    drop = case.number("steam_flow") * (h_steam(case) - exhaust)
    condensate = h_feedwater(case)
    return {"enthalpy_drop_to_work": case.number("turbine_power") / drop, "exhaust_heat": exhaust - condensate}


def _blowdown_from_solids(case: Case) -> dict[str, object]:
    feed = case.number("feedwater_flow") * case.number("tds_feedwater")
    feed += case.number("makeup_flow", default=0.0) * case.number("tds_makeup", default=0.0)
    moisture = case.number("steam_flow") * case.number("moisture_carryover", default=0.0)
    carried = moisture * case.number("tds_carryover", default=0.0)
    blowdown = boiler.blowdown_from_solids(feed, carried, case.number("tds_drum"))
    drum = float(water.h_liquid_p(case.number("p_drum", "p_steam")))
    reference = float(water.h_pT(1e5, case.number("T_reference", "T_feedwater")))
    fuel_heat = case.number("fuel_flow") * case.number(*HEATING_VALUES)
    return {"blowdown": blowdown, "blowdown_loss": boiler.blowdown_loss(blowdown, drum, reference, fuel_heat)}


def _blowdown_rate(case: Case) -> dict[str, object]:
    share = case.number("blowdown_rate")
    feedwater = boiler.feedwater_with_blowdown(case.number("steam_flow"), share)
    h_feed = float(water.h_liquid_p(case.number("p_deaerator")))
    h_drum = float(water.h_liquid_p(case.number("p_steam")))
    return {
        "feedwater_flow": feedwater,
        "blowdown_flow": feedwater * share,
        "blowdown_energy": feedwater * share * h_drum,
        "feedwater_energy": feedwater * h_feed,
    }
