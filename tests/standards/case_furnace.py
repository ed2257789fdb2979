"""Furnaces: charges, cooling, openings, walls, electrics, oxygen enrichment."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calc import available_heat, furnace_loss, view_factor
from calc.furnace_loss import LiquidCharge, SolidCharge
from tests.standards.cases import Case


def answer(case: Case) -> Mapping[str, object]:
    """Everything of the family that the inputs tell."""
    if case.has("O2_enriched"):
        return _enrichment(case)
    return {"Q": _heat(case), "heat": _heat(case), "loss": _heat(case)}


def _heat(case: Case) -> object:
    if case.has("phases"):
        return _electric(case)
    if case.has("view_factor") or case.says("opening"):
        return _opening(case)
    if case.has("T_surface"):
        return _wall(case)
    if case.has("cp_solid"):
        return _solid(case)
    if case.has("cp_liquid"):
        return _liquid(case)
    if case.has("cp_gas"):
        return _gas(case)
    if case.says("water cooling") or not case.has("cp"):
        return furnace_loss.water_cooling(case.number("flow"), case.number("T_in"), case.number("T_out"))
    flow = case.number("flow", "feed", "weight", "mass") * case.number("density", default=1.0)
    heat = furnace_loss.sensible(flow, case.number("cp"), case.number("T_in"), case.number("T_out"))
    return heat * case.number("correction_factor", "correction", default=1.0)


def _reaction(case: Case) -> object:
    endothermic = "exothermic" not in case.method.lower() + case.units.get("heat_of_reaction", "").lower()
    reacted, heat = case.number("reacted", default=0.0), case.number("heat_of_reaction", default=0.0)
    dry = 1.0 - case.number("water_in", default=0.0)
    return furnace_loss.reaction(case.number("feed") * dry, reacted, heat, endothermic=endothermic)


def _solid(case: Case) -> object:
    charge = SolidCharge(
        cp_solid=case.number("cp_solid"),
        cp_liquid=case.number("cp_liquid", default=0.0),
        latent_fusion=case.number("latent_fusion", "latent", default=0.0),
        T_melt=case.number("T_melt", default=np.inf),
        melted=case.number("melted", default=0.0),
        water_in=case.number("water_in", default=0.0),
        water_out=case.number("water_out", default=0.0),
        T_vapour=case.number("T_vapour", "T_water_vapour", "T_vapor", default=furnace_loss.T_BOILING_K),
    )
    heat = furnace_loss.charge_solid(case.number("feed"), charge, case.number("T_in"), case.number("T_out"))
    return heat + _reaction(case) + case.number("additional_heat", default=0.0)  # type: ignore[operator]


def _liquid(case: Case) -> object:
    charge = LiquidCharge(
        cp_liquid=case.number("cp_liquid"),
        cp_vapour=case.number("cp_vapour", default=0.0),
        latent=case.number("latent", "latent_vaporisation", default=0.0),
        T_vaporise=case.number("T_vaporise", default=np.inf),
        vaporised=case.number("vaporised", default=0.0),
    )
    heat = furnace_loss.charge_liquid(case.number("feed"), charge, case.number("T_in"), case.number("T_out"))
    return heat + _reaction(case) + case.number("additional_heat", default=0.0)  # type: ignore[operator]


def _gas(case: Case) -> object:
    heat = furnace_loss.charge_gas(
        case.number("feed"),
        case.number("cp_gas"),
        case.number("cp_vapour", default=0.0),
        case.number("vapour", default=0.0),
        case.number("T_in"),
        case.number("T_out"),
    )
    return heat + _reaction(case) + case.number("additional_heat", default=0.0)  # type: ignore[operator]


def _opening(case: Case) -> object:
    if case.has("diameter"):
        area = 0.25 * np.pi * case.number("diameter") ** 2
        view = view_factor.view_factor_round(case.number("diameter"), case.number("wall_thickness"))
    else:
        area = case.number("length") * case.number("height", "width")
        view = view_factor.view_factor_rectangular(
            case.number("length"), case.number("height", "width"), case.number("wall_thickness")
        )
    return furnace_loss.opening(
        area,
        case.number("T_furnace", "T_inside"),
        case.number("T_ambient"),
        case.number("emissivity", default=1.0),
        case.number("view_factor", default=float(view)),
        case.number("open_time", default=1.0),
    )


def _wall(case: Case) -> object:
    return furnace_loss.wall(
        case.number("area", "A"),
        case.number("T_surface"),
        case.number("T_ambient"),
        case.number("emissivity"),
        case.number("wind", "wind_velocity", default=0.0),
        case.number("shape_factor", "condition_factor", default=1.394),
    )


def _electric(case: Case) -> object:
    phases, voltage, current = (case.number(name) for name in ("phases", "voltage", "current"))
    running = case.number("operating_time", default=1.0)
    return furnace_loss.electric_power(phases, voltage, current, case.number("power_factor"), running)


def _enrichment(case: Case) -> dict[str, object]:
    heats = []
    for suffix in ("", "_enriched"):
        T_flue = case.number(f"T_flue{suffix}")
        excess = available_heat.excess_air_natural_gas(case.number(f"O2_flue{suffix}"))
        heat = available_heat.available_heat_natural_gas(T_flue, case.number(f"T_air{suffix}"), excess)
        O2 = case.number("O2_enriched" if suffix else "O2_air")
        heats.append(heat + available_heat.oxygen_enrichment_gain(T_flue, O2))
    saving = available_heat.fuel_saving(*heats)
    return {
        "available_heat": heats[0],
        "available_heat_enriched": heats[1],
        "fuel_saving": saving,
        "new_fuel": case.number("fuel") * (1.0 - saving),
    }
