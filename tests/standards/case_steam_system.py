"""Steam networks: deaerator, flash, header, pressure reduction, desuperheating, pipe losses."""

from __future__ import annotations

from collections.abc import Mapping

from calc import steam_system, water
from tests.standards.cases import Case


def answer(case: Case) -> Mapping[str, object]:
    """By what the equipment is."""
    if case.has("p_deaerator"):
        return _deaerator(case)
    if case.has("p_tank") or case.has("p_flash"):
        return _flash(case)
    if case.has("p_header") or case.has("flow_in"):
        return _header(case)
    if case.has("loss"):
        return _pipe(case)
    return _valve(case)


def h(case: Case, suffix: str) -> float:
    """Enthalpy of the stream with this suffix, from what is given of it."""
    if case.has(f"h_{suffix}"):
        return case.number(f"h_{suffix}")
    p = case.number(f"p_{suffix}", "p")
    if case.has(f"T_{suffix}"):
        return float(water.h_pT(p, case.number(f"T_{suffix}")))
    x = case.number(f"quality_{suffix}", f"x_{suffix}", default=0.0 if suffix in {"water", "feedwater"} else 1.0)
    return float(water.h_px(p, x))


def _deaerator(case: Case) -> dict[str, object]:
    flow = case.number("feedwater_flow")
    found = steam_system.deaerator(
        flow, case.number("p_deaerator"), case.number("vent_rate", default=0.0), h(case, "water"), h(case, "steam")
    )
    return {
        "feedwater_energy": flow * found.h_feedwater,
        "vented_flow": found.vent,
        "vented_energy": found.vent * found.h_vent,
        "water_flow": found.water,
        "water_energy": found.water * found.h_water,
        "steam_flow": found.steam,
        "steam_energy": found.steam * found.h_steam,
    }


def _flash(case: Case) -> dict[str, object]:
    split = steam_system.flash(case.number("flow", default=1.0), h(case, "in"), case.number("p_tank", "p_flash"))
    return {
        "gas_flow": split.vapour,
        "gas_energy": split.vapour * split.h_vapour,
        "liquid_flow": split.liquid,
        "liquid_energy": split.liquid * split.h_liquid,
        "flash_fraction": split.vapour / case.number("flow", default=1.0),
    }


def _header(case: Case) -> dict[str, object]:
    enthalpies = case.array("h_in") if case.has("h_in") else water.h_pT(case.array("p_in"), case.array("T_in"))
    total, mixed = steam_system.mix(case.array("flow_in"), enthalpies)
    found: dict[str, object] = {"h_header": mixed, "flow_header": total, "flow": total, "energy": total * mixed}
    if case.has("p_header"):
        header = case.number("p_header")
        found["T_header"] = water.T_ph(header, mixed)
        found["quality_header"] = steam_system.dryness(header, mixed)
    return found


def _pipe(case: Case) -> dict[str, object]:
    energy = case.number("flow") * h(case, "in")
    lost = energy * case.number("loss")
    out = (energy - lost) / case.number("flow")
    found: dict[str, object] = {"energy_in": energy, "energy_out": energy - lost, "loss_energy": lost, "h_out": out}
    return found


def _valve(case: Case) -> dict[str, object]:
    p_out = case.number("p_out")
    before = h(case, "in")
    flow = case.number("flow", default=1.0)
    found: dict[str, object] = {"energy_in": flow * before, "h_out": before, "T_out": water.T_ph(p_out, before)}
    found["quality_out"] = steam_system.dryness(p_out, before)
    if case.has("T_out"):
        spray = h(case, "feedwater" if case.has("p_feedwater") or case.has("T_feedwater") else "water")
        wanted = float(water.h_pT(p_out, case.number("T_out")))
        water_flow = steam_system.desuperheating_water(flow, before, wanted, spray)
        found |= {"T_out": case.number("T_out"), "water_flow": water_flow, "feedwater_flow": water_flow}
        found |= {"steam_out": water_flow + flow, "flow_out": water_flow + flow, "h_out": wanted}
        found |= {"energy_out": (water_flow + flow) * wanted}
        found |= {"water_energy": water_flow * spray, "feedwater_energy": water_flow * spray}
    return found
