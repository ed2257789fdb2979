"""Rankine cycles onto `calc.rankine`."""

from __future__ import annotations

from collections.abc import Mapping

from calc import water
from calc.rankine import Cycle, Heater, Reheat, rankine, rankine_with_line_losses
from tests.standards.cases import Case


def answer(case: Case) -> Mapping[str, object]:
    """The cycle's figures, scaled by net power or flow where one is given."""
    cycle = _with_lines(case) if case.has("p_pump_in", "p_turbine_in") else _simple(case)
    found: dict[str, object] = {
        "efficiency": cycle.efficiency,
        "back_work_ratio": cycle.back_work_ratio,
        "q_in": cycle.q_in,
        "q_out": cycle.q_out,
        "w_net": cycle.w_net,
        "net_work": cycle.w_net,
        "w_turbine": cycle.w_turbine,
        "turbine_work": cycle.w_turbine,
        "w_pump": cycle.w_pump,
        "pump_work": cycle.w_pump,
        "x_exhaust": cycle.x_exhaust,
        "quality_out": cycle.x_exhaust,
        "heat_rate": 1.0 / cycle.efficiency,
        "steam_rate": 1.0 / cycle.w_net,
        "specific_steam_consumption": 1.0 / cycle.w_net,
        "extraction_fraction": cycle.bled[0] if cycle.bled else None,
        "y": cycle.bled[0] if cycle.bled else None,
        **{f"y{i + 1}": share for i, share in enumerate(cycle.bled)},
    }
    flow = case.number("flow", "steam_flow", default=0.0)
    if case.has("net_power"):
        flow = found["steam_flow"] = cycle.steam_flow(case.number("net_power"))
    if flow:
        scaled = {"net_power": cycle.w_net, "Q_in": cycle.q_in, "Q_out": cycle.q_out, "turbine_power": cycle.w_turbine}
        found |= {name: flow * value for name, value in scaled.items()} | {"pump_power": flow * cycle.w_pump}
    if case.has("T_cw_in", "T_cw_out") and flow:
        rise = [water.h_Tx(case.number(f"T_cw_{end}"), 0.0) for end in ("in", "out")]
        found["cw_flow"] = flow * cycle.q_out / (rise[1] - rise[0])
    return found


def _simple(case: Case) -> Cycle:
    temperature = case.number("T_in", "T_boiler", "T_turbine_in", "T_steam", "T_superheat", default=0.0)
    reheats = []
    if case.has("p_reheat"):
        reheats.append(Reheat(case.number("p_reheat"), case.number("T_reheat", default=temperature)))
    return rankine(
        case.number("p_boiler", "p_in", "p_steam"),
        case.number("p_condenser", "p_out"),
        T=temperature or None,
        x=None if temperature else case.number("quality_in", default=1.0),
        turbine_efficiency=case.number("turbine_efficiency", "isentropic_efficiency", default=1.0),
        pump_efficiency=case.number("pump_efficiency", default=1.0),
        reheats=reheats,
        heaters=_heaters(case),
    )


def _heaters(case: Case) -> list[Heater]:
    """Every pressure that is none of the cycle's own is a heater's; its name, else the method, says its kind."""
    own = {"p_boiler", "p_in", "p_steam", "p_condenser", "p_out", "p_reheat"}
    found = []
    for name in case.given:
        if not name.startswith("p_") or name in own:
            continue
        closed = "closed" in name or (case.says("closed") and "open" not in name)
        T_out = case.number("T_feedwater", "T_fw_out", "T_closed_out", default=0.0) or None
        found.append(Heater(case.number(name), "closed", T_out=T_out) if closed else Heater(case.number(name)))
    return found


def _with_lines(case: Case) -> Cycle:
    def state(place: str) -> tuple[float, float]:
        return case.number(f"p_{place}"), case.number(f"T_{place}")

    return rankine_with_line_losses(
        state("pump_in"),
        case.number("p_pump_out"),
        state("boiler_in"),
        state("boiler_out"),
        state("turbine_in"),
        case.number("p_turbine_out"),
        turbine_efficiency=case.number("turbine_efficiency", default=1.0),
        pump_efficiency=case.number("pump_efficiency", default=1.0),
    )
