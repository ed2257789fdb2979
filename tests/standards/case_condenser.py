"""Surface condensers: LMTD, duty, cooling water, terminal difference, effectiveness at Cr = 0, vacuum and air."""

from __future__ import annotations

from collections.abc import Mapping

from calc import condenser_duty, water
from calc.effectiveness_ntu import effectiveness, ntu
from calc.steam_system import wet_steam
from tests.standards.cases import Case


def answer(case: Case) -> Mapping[str, object]:
    """Everything of the family that the inputs tell."""
    if case.has("vacuum"):
        return _vacuum(case)
    if case.has("effectiveness"):
        return _off_design(case)
    if case.has("p_condenser") or case.has("quality_in"):
        return _heat_balance(case)
    return _terminal(case)


def T_sat(case: Case) -> float:
    """Saturation temperature, given or by the pressure."""
    return case.number("T_sat") if case.has("T_sat") else float(water.T_sat_p(case.number("p_condenser", "p")))


def _terminal(case: Case) -> dict[str, object]:
    T, T_in, T_out = T_sat(case), case.number("T_cw_in"), case.number("T_cw_out")
    mean = condenser_duty.condenser_lmtd(T, T_in, T_out)
    cp = case.number("cp_water", default=4180.0)
    found: dict[str, object] = {"LMTD": mean, "TTD": condenser_duty.terminal_difference(T, T_out)}
    found["effectiveness"] = condenser_duty.effectiveness_of_temperatures(T, T_in, T_out)
    if case.has("U", "A"):
        duty = case.number("U") * case.number("A") * mean
        found |= {"Q": duty, "cw_flow": condenser_duty.cooling_water(duty, cp, T_in, T_out)}
        if case.has("h_fg"):
            found["condensate"] = duty / case.number("h_fg")
        return found
    return found | _measured(case, mean, cp * (T_out - T_in))


def _measured(case: Case, mean: object, warming: float) -> dict[str, object]:
    if case.has("cw_flow"):
        duty = case.number("cw_flow") * warming
    elif case.has("Q"):
        duty = case.number("Q")
    else:
        return {}
    found: dict[str, object] = {"Q": duty, "cw_flow": duty / warming}
    if case.has("A"):
        U = duty / (case.number("A") * mean)  # type: ignore[operator]
        found["U"] = U
        if case.has("U_clean"):
            found["cleanliness"] = condenser_duty.cleanliness(U, case.number("U_clean"))
    if case.has("U"):
        found["A"] = duty / (case.number("U") * mean)  # type: ignore[operator]
    return found


def _off_design(case: Case) -> dict[str, object]:
    """The book sizes by the stated effectiveness, takes the flow from the nominal rise, then halves the flow."""
    eps, cp = case.number("effectiveness"), case.number("cp_water")
    rise = case.number("T_cw_out_nominal") - case.number("T_cw_in")
    C = case.number("Q_design") / rise
    NTU = float(ntu(eps, 0.0, "counterflow"))
    area = NTU * C / case.number("U")
    half = 0.5 * C
    eps_half = float(effectiveness(area * case.number("U") / half, 0.0, "counterflow"))
    Q_half = half * eps_half * (T_sat(case) - case.number("T_cw_in"))
    return {"A": area, "flow": C / cp, "Q": Q_half, "reduction": 1.0 - Q_half / case.number("Q_design")}


def _heat_balance(case: Case) -> dict[str, object]:
    p = case.number("p_condenser")
    h_in = float(wet_steam(p, case.number("quality_in", default=1.0))[0])
    h_out = (
        float(water.h_Tx(case.number("T_condensate"), 0.0)) if case.has("T_condensate") else float(water.h_liquid_p(p))
    )
    duty = case.number("steam_flow") * (h_in - h_out)
    T_in, T_out = case.number("T_cw_in"), case.number("T_cw_out")
    rise = float(water.h_Tx(T_out, 0.0)) - float(water.h_Tx(T_in, 0.0))
    return {"Q": duty, "cw_flow": duty / rise, "cw_per_steam": duty / rise / case.number("steam_flow")}


def _vacuum(case: Case) -> dict[str, object]:
    vacuum, barometer = case.number("vacuum"), case.number("barometer")
    T = case.number("T_condenser", "T_sat")
    p = barometer - vacuum
    return {
        "corrected_vacuum": condenser_duty.corrected_vacuum(vacuum, barometer),
        "vacuum_efficiency": condenser_duty.vacuum_efficiency(vacuum, barometer, T),
        "undercooling": T - case.number("T_condensate", "T_hotwell", default=float("nan")),
        "air_pressure": condenser_duty.air_pressure(p, T),
        "air_density": condenser_duty.air_density(p, T),
        "air_per_steam": condenser_duty.air_per_steam(p, T),
    }
