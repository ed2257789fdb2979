"""Chillers and heat pumps onto `calc.refrigeration`, `calc.chiller` and `calc.heat_pump`."""

from __future__ import annotations

from collections.abc import Mapping

from calc import chiller, fluids, heat_pump, refrigeration
from calc.brayton import AIR, Machine
from calc.refrigeration import Cycle
from tests.standards.cases import Case


def answer(case: Case) -> Mapping[str, object]:
    """A cycle of the refrigerant, a gas cycle, or the reversible limit."""
    if case.has("fluid"):
        return _refrigerant(case)
    if case.has("pressure_ratio", "T1", "T3"):
        return _gas(case)
    return _limits(case)


def _refrigerant(case: Case) -> dict[str, object]:
    fluid = str(case.given["fluid"])
    if case.has("p_suction", "T_suction"):
        states = [
            (case.number(f"p_{place}"), case.number(f"T_{place}")) for place in ("suction", "discharge", "liquid")
        ]
        return _figures(case, refrigeration.measured_cycle(fluid, states[0], states[1], states[2]))
    low, high = _pressure(case, fluid, "evap", 1.0), _pressure(case, fluid, "cond", 0.0)
    if case.has("p_flash"):
        share, cold, work = refrigeration.flash_cycle(fluid, low, case.number("p_flash"), high)
        return {"flash_fraction": share, "q_L": cold, "w": work, "COP": cold / work}
    if case.has("p_intermediate", "p_mid") or case.says("cascade"):
        middle = case.number("p_intermediate", "p_mid", "p_exchanger")
        lower, upper = refrigeration.ideal_cycle(fluid, low, middle), refrigeration.ideal_cycle(fluid, middle, high)
        return _cascade(case, lower, upper)
    subcooling = case.number("subcooling", default=0.0)
    if case.has("T_liquid"):
        subcooling = fluids.T_px(fluid, high, 0.0) - case.number("T_liquid")
    cycle = refrigeration.ideal_cycle(
        fluid,
        low,
        high,
        superheat=case.number("superheat", default=0.0),
        subcooling=subcooling,
        efficiency=case.number("compressor_efficiency", "isentropic_efficiency", default=1.0),
    )
    found = _figures(case, cycle)
    if case.has("T_evap", "T_cond"):
        found["COP_carnot"] = found["COP_max"] = float(
            chiller.cop_carnot_cooling(case.number("T_evap"), case.number("T_cond"))
        )
    return found


def _pressure(case: Case, fluid: str, end: str, x: float) -> float:
    if case.has(f"p_{end}"):
        return case.number(f"p_{end}")
    return refrigeration.p_saturation(fluid, case.number(f"T_{end}"), x)


def _figures(case: Case, cycle: Cycle) -> dict[str, object]:
    cop = cycle.cop_heating if case.asset_type == "heat_pump" else cycle.cop_cooling
    found: dict[str, object] = {
        "COP": cop,
        "COP_cooling": cycle.cop_cooling,
        "COP_heating": cycle.cop_heating,
        "isentropic_efficiency": cycle.isentropic_efficiency,
        "w": cycle.work,
        "q_L": cycle.q_cold,
        "q_H": cycle.q_hot,
    }
    flow = case.number("flow", default=0.0)
    if case.has("Q_L"):
        flow = case.number("Q_L") / cycle.q_cold
    if case.has("Q_H"):
        flow = case.number("Q_H") / cycle.q_hot
    if flow:
        cold = flow * cycle.q_cold
        found |= {"Q_L": cold, "capacity_tons": cold, "W": flow * cycle.work, "Q_H": flow * cycle.q_hot, "flow": flow}
    return found


def _cascade(case: Case, lower: Cycle, upper: Cycle) -> dict[str, object]:
    ratio = refrigeration.cascade_flow_ratio(lower, upper)
    found: dict[str, object] = {"COP": refrigeration.cascade_cop(lower, upper), "flow_ratio": ratio}
    if case.has("flow_upper") or case.has("flow_lower"):
        flow = case.number("flow_lower", default=case.number("flow_upper", default=0.0) / ratio)
        work = flow * (lower.work + ratio * upper.work)
        found |= {"flow_lower": flow, "flow_upper": flow * ratio, "Q_L": flow * lower.q_cold, "W": work}
    return found


def _gas(case: Case) -> dict[str, object]:
    ratio = case.number("pressure_ratio")
    compressor = Machine(ratio, case.number("T1"), case.number("compressor_efficiency", default=1.0))
    turbine = Machine(ratio, case.number("T3"), case.number("turbine_efficiency", default=1.0))
    cold, work = refrigeration.gas_cycle(AIR, compressor, turbine)
    flow = case.number("flow", default=1.0)
    return {"COP": cold / work, "W": flow * work, "Q_L": flow * cold, "q_L": cold, "w": work}


def _limits(case: Case) -> dict[str, object]:
    """Carnot's COP, least power and second-law efficiency from two temperatures; a COP from heat and power."""
    found: dict[str, object] = {}
    limit = float("nan")
    heating = case.asset_type == "heat_pump" or case.has("Q_H")
    if case.has("T_cold", "T_hot"):
        temperatures = case.number("T_cold"), case.number("T_hot")
        of = heat_pump.cop_carnot_heating if heating else chiller.cop_carnot_cooling
        limit = float(of(*temperatures))
        found["COP_carnot"] = found["COP_max"] = limit
        heat = case.number("Q_H" if heating else "Q_L", default=0.0)
        if heat:
            found["W_min"] = heat / limit
    if case.has("W"):
        work = case.number("W")
        cold = case.number("Q_L", default=case.number("Q_H", default=0.0) - work)
        cop = float(chiller.cop(cold + work if heating else cold, work))
        found |= {"COP": cop, "Q_H": cold + work, "Q_L": cold, "kw_per_ton": chiller.kw_per_ton(cop)}
        if "COP_carnot" in found:
            found["second_law_efficiency"] = cop / limit
    return found
