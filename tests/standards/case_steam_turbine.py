"""Steam turbines and plant heat rates onto `calc.expansion`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calc import expansion, water
from tests.standards.cases import Case


def answer(case: Case) -> Mapping[str, object]:
    """States at both ends, efficiency or its consequence, power; or a plant's heat rate from its fuel."""
    if case.has("coal_rate") or case.has("fuel_rate"):
        rate = expansion.plant_heat_rate(
            case.number("coal_rate", "fuel_rate"), case.number("HHV", "LHV", "heating_value")
        )
        return {"heat_rate": rate, "efficiency": expansion.efficiency_of_heat_rate(rate)}
    if case.has("heat_rate"):
        return {"efficiency": expansion.efficiency_of_heat_rate(case.number("heat_rate"))}
    found = _states(case)
    return found | _power(case, found)


def _states(case: Case) -> dict[str, object]:
    """Enthalpies given, or of p and T (or dryness); the outlet measured, or from the isentropic efficiency."""
    found: dict[str, object] = {}
    h_in = case.number("h_in", default=np.nan)
    h_s = case.number("h_out_isentropic", default=np.nan)
    if case.has("p_in"):
        p = case.number("p_in")
        if case.has("T_in"):
            found["h_in"], found["s_in"] = expansion.superheated_state(p, case.number("T_in"))
        else:
            x = case.number("quality_in", "x_in", default=1.0)
            found["h_in"], found["s_in"] = water.h_px(p, x), water.s_px(p, x)
        h_in = float(np.asarray(found["h_in"]))
        if case.has("p_out"):
            h_s = float(expansion.isentropic_enthalpy(case.number("p_out"), np.asarray(found["s_in"])))
    found["h_out_isentropic"] = h_s
    h_out = case.number("h_out", default=np.nan)
    if case.has("p_out") and (case.has("T_out") or case.has("quality_out")):
        p = case.number("p_out")
        wet = case.has("quality_out")
        x = case.number("quality_out", default=1.0)
        state = (water.h_px(p, x), water.s_px(p, x)) if wet else expansion.superheated_state(p, case.number("T_out"))
        h_out, found["s_out"] = float(state[0]), state[1]
    if case.has("isentropic_efficiency"):
        work = expansion.actual_work(h_in, h_s, case.number("isentropic_efficiency"))
        h_out = h_in - float(work)
        if case.has("p_out"):
            found["s_out"] = water.s_ph(case.number("p_out"), h_out)
            found["T_out"] = water.T_ph(case.number("p_out"), h_out)
            found["quality_out"] = expansion.dryness(case.number("p_out"), h_out)
    found["h_in"], found["h_out"], found["work"] = h_in, h_out, h_in - h_out
    found["isentropic_efficiency"] = expansion.isentropic_efficiency(h_in, h_out, h_s)
    return found


def _power(case: Case, found: Mapping[str, object]) -> dict[str, object]:
    """Energy and power of a flow, or the flow of a power; a heat loss lowers the work."""
    work = float(np.asarray(found["work"]))
    generator = case.number("generator_efficiency", default=1.0)
    work += 0.5 * (case.number("V_in", default=0.0) ** 2 - case.number("V_out", default=0.0) ** 2)
    flow = case.number("flow", "steam_flow", default=0.0)
    if flow and case.has("power"):
        loss = flow * work - case.number("power") / generator
        return {"Q_loss": loss, "Q": -loss, "heat_loss": loss}
    if not flow and case.has("power"):
        flow = case.number("power") / (work * generator)
    if not flow:
        return {"steam_rate": expansion.steam_rate(work)}
    energy = flow * work - case.number("Q_loss", "heat_loss", default=0.0)
    return {
        "flow": flow,
        "mass_flow": flow,
        "energy": energy,
        "power": energy * generator,
        "energy_in": flow * float(np.asarray(found["h_in"])),
        "energy_out": flow * float(np.asarray(found["h_out"])),
        "steam_rate": expansion.steam_rate(work),
    }
