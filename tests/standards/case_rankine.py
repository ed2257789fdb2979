"""Rankine cycles onto `calc.rankine`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

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
    reheats = []
    if case.has("p_reheat"):
        reheats.append(Reheat(case.number("p_reheat"), case.number("T_reheat", "T_in", "T_boiler")))
    kind: Literal["open", "closed"] = "closed" if case.says("closed") else "open"
    names = ("p_extraction", "p_heater", "p_fwh", "p_open_heater", "p_bleed")
    heaters = [Heater(case.number(name), kind) for name in names if case.has(name)]
    temperature = case.number("T_in", "T_boiler", "T_turbine_in", default=0.0)
    x = case.number("quality_in", default=1.0)
    return rankine(
        case.number("p_boiler"),
        case.number("p_condenser"),
        T=temperature or None,
        x=None if temperature else x,
        turbine_efficiency=case.number("turbine_efficiency", default=1.0),
        pump_efficiency=case.number("pump_efficiency", default=1.0),
        reheats=reheats,
        heaters=heaters,
    )


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
