"""Cooling towers and humid air onto `calc.cooling_tower` and `calc.psychrometrics`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calc import cooling_tower as tower
from calc import psychrometrics as air
from calc import water
from tests.standards.cases import Case

P_AIR = 101325.0


def answer(case: Case) -> Mapping[str, object]:
    """The water account, a tower's balance, or a state of humid air."""
    if case.has("cycles_before", "load"):
        return _account(case)
    if case.has("T_hot"):
        return _tower(case)
    return _humid_air(case)


def _account(case: Case) -> dict[str, object]:
    """Makeup over the hours before and after; by the rule of thumb, a rule in gallons that density does not enter."""
    evaporation = tower.evaporation_by_rule(case.number("load"), rho=1.0) * case.number("loss_factor", default=1.0)
    made = {
        when: case.number("hours")
        * float(
            tower.makeup(evaporation, case.number(f"cycles_{when}"), case.number(f"drift_{when}") * case.number("flow"))
        )
        for when in ("before", "after")
    }
    return {"makeup_before": made["before"], "makeup_after": made["after"], "saving": made["before"] - made["after"]}


def _tower(case: Case) -> dict[str, object]:
    p, T_hot = case.number("p", default=P_AIR), case.number("T_hot")
    found: dict[str, object] = {}
    T_cold = case.number("T_cold", default=np.nan)
    h_hot = water.h_Tx(T_hot, 0.0)
    if case.has("T_air_out"):
        W_in, W_out = (_humidity(case, end, p) for end in ("in", "out"))
        h_in, h_out = (float(air.h_TW(case.number(f"T_air_{end}"), W)) for end, W in (("in", W_in), ("out", W_out)))
        h_makeup = water.h_Tx(case.number("T_makeup", "T_cold", default=T_hot), 0.0)
        gain = float(tower.air_gain(h_in, h_out, W_in, W_out, h_makeup))
        found["evaporation"] = W_out - W_in
        if case.has("water_air_ratio"):
            h_cold = float(tower.cold_water_enthalpy(h_hot, case.number("water_air_ratio"), gain))
            T_cold = water.T_ph(p, h_cold)
        if case.has("water_flow", "T_cold"):
            h_cold = water.h_Tx(T_cold, 0.0)
            found["air_flow"] = dry = float(tower.dry_air_flow(case.number("water_flow"), h_hot, h_cold, gain))
            found["makeup"] = found["makeup_flow"] = dry * (W_out - W_in)
            wet = dry * float(air.v_TW(case.number("T_air_in"), W_in, p))
            found["air_volume_flow"] = found["volume_flow"] = wet
    T_wet = case.number("T_wet_bulb", default=np.nan)
    if not case.has("T_wet_bulb") and case.has("T_air_in", "RH_in"):
        T_wet = float(air.wet_bulb(case.number("T_air_in"), _humidity(case, "in", p), p))
    found |= {"T_cold": T_cold, "range": T_hot - T_cold, "approach": T_cold - T_wet}
    found |= {
        "effectiveness": tower.effectiveness(T_hot, T_cold, T_wet),
        "efficiency": tower.effectiveness(T_hot, T_cold, T_wet),
    }
    if case.has("water_air_ratio"):
        found["merkel"] = found["NTU"] = tower.merkel_number(T_hot, T_cold, T_wet, case.number("water_air_ratio"), p)
    return found


def _humidity(case: Case, end: str, p: float) -> float:
    T = case.number(f"T_air_{end}")
    if case.has(f"RH_{end}"):
        return float(air.W_RH(T, case.number(f"RH_{end}"), p))
    if case.has(f"T_wet_bulb_{end}"):
        return float(air.W_wet_bulb(T, case.number(f"T_wet_bulb_{end}"), p))
    if case.has("T_wet_bulb") and end == "in":
        return float(air.W_wet_bulb(T, case.number("T_wet_bulb"), p))
    return float(air.W_RH(T, 1.0, p))


def _humid_air(case: Case) -> dict[str, object]:
    T, p = case.number("T", "T_dry_bulb"), case.number("p", default=P_AIR)
    if case.has("T_wet_bulb"):
        W = air.W_wet_bulb(T, case.number("T_wet_bulb"), p)
    elif case.has("RH"):
        W = air.W_RH(T, case.number("RH"), p)
    elif case.has("T_dew_point"):
        W = air.W_pw(air.p_sat_T(case.number("T_dew_point")), p)
    else:
        W = np.asarray(case.number("W", "humidity_ratio"))
    found: dict[str, object] = {
        "W": W,
        "RH": air.RH_W(T, W, p),
        "T_dew_point": air.dew_point(W, p),
        "T_wet_bulb": air.wet_bulb(T, W, p),
        "h": air.h_TW(T, W),
        "v": air.v_TW(T, W, p),
        "rho": air.rho_TW(T, W, p),
        "p_w": air.pw_W(W, p),
        "p_sat": air.p_sat_T(T),
    }
    return found
