"""Gas turbines and their combined cycles onto `calc.brayton`, `calc.gas_turbine` and `calc.hrsg`."""

from __future__ import annotations

from collections.abc import Mapping

from calc.brayton import AIR, Gas, Machine, brayton, constant_cp, mass_flow
from calc.combined_cycle import combined_efficiency
from calc.expansion import heat_rate
from calc.gas_turbine import compressor_efficiency, net_power
from calc.hrsg import supplementary_fired, unfired
from calc.rankine import rankine
from tests.standards.cases import Case


def answer(case: Case) -> Mapping[str, object]:
    """A cycle from its ratios and temperatures, or a machine from its streams."""
    if case.has("m_air", "h1", "h2"):
        return _streams(case)
    if case.has("T_stack", "h_steam_in"):
        return _fired(case)
    if case.has("T_stack", "p_steam"):
        return _unfired(case)
    if case.has("efficiency_gas", "efficiency_steam"):
        return {"efficiency": combined_efficiency(case.number("efficiency_gas"), case.number("efficiency_steam"))}
    if case.has("p1", "T1", "p2", "T2"):
        return _machine(case)
    if case.has("LHV") and not case.has("T1"):
        return _plant(case)
    return _cycle(case)


def _machine(case: Case) -> dict[str, object]:
    """One compressor from its measured ends."""
    p_1, T_1, p_2, T_2 = (case.number(name) for name in ("p1", "T1", "p2", "T2"))
    efficiency = compressor_efficiency(p_1, T_1, p_2, T_2)
    work = AIR.h_T(T_2) - AIR.h_T(T_1)
    found: dict[str, object] = {"compressor_efficiency": efficiency, "isentropic_efficiency": efficiency, "work": work}
    flow = case.number("m_air", "flow", default=0.0)
    return found | {"power": flow * work, "compressor_power": flow * work}


def _plant(case: Case) -> dict[str, object]:
    """Efficiency and heat rate from fuel and power."""
    heat = case.number("m_fuel", "fuel_flow") * case.number("LHV")
    power = case.number("net_power", "power", default=0.0)
    power = power or case.number("gas_power") + case.number("steam_power", default=0.0)
    return {"efficiency": power / heat, "heat_rate": heat_rate(heat, power), "heat": heat, "Q_in": heat}


def _streams(case: Case) -> dict[str, object]:
    m_air, m_gas = case.number("m_air"), case.number("m_gas")
    h = [case.number(f"h{place}") for place in (1, 2, 4, 5)]
    found: dict[str, object] = {"compressor_power": m_air * (h[1] - h[0]), "expander_power": m_gas * (h[2] - h[3])}
    power = found["net_power"] = float(net_power(m_air, h[0], h[1], m_gas, h[2], h[3]))
    if case.has("m_fuel", "LHV"):
        heat = case.number("m_fuel") * case.number("LHV")
        found |= {"electric_efficiency": power / heat, "efficiency": power / heat, "heat_rate": heat_rate(heat, power)}
    if case.has("p1", "T1", "p2", "T2"):
        found["compressor_efficiency"] = compressor_efficiency(
            *(case.number(name) for name in ("p1", "T1", "p2", "T2"))
        )
    return found


def _gas(case: Case, side: str = "") -> Gas:
    cp, k = (next((name for name in (f"{what}_{side}", what) if case.has(name)), "") for what in ("cp", "k"))
    return constant_cp(case.number(cp), case.number(k)) if cp and k else AIR


def _cycle(case: Case) -> dict[str, object]:
    """Ratios given, or of pressures: p1, p2 (intercooling), p4, p7 (reheat); T1, and T3 or T6 of the hot gas."""
    T_1, T_hot = case.number("T1"), case.number("T3", "T6")
    eta_c, eta_t = (case.number(f"{machine}_efficiency", default=1.0) for machine in ("compressor", "turbine"))
    ratios_c = ratios_t = [case.number("pressure_ratio", default=0.0)]
    if case.has("p1", "p2") and case.has("p4"):
        p_1, p_2, p_4 = (case.number(name) for name in ("p1", "p2", "p4"))
        ratios_c = [p_2 / p_1, p_4 / p_2]
        p_7 = case.number("p7", default=p_1)
        ratios_t = [p_4 / p_7, p_7 / p_1] if case.has("p7") else [p_4 / p_1]
    elif case.has("p1", "p2"):
        ratios_c = ratios_t = [case.number("p2") / case.number("p1")]
    stages = round(case.number("stages", "n_stages", default=1.0))
    if stages > 1:
        ratios_c = ratios_t = [ratios_c[0] ** (1.0 / stages)] * stages
    T_reheat, T_cooled = case.number("T_reheat", default=T_hot), case.number("T_intercooled", "T3_cooled", default=T_1)
    cycle = brayton(
        _gas(case),
        [Machine(ratio, T_cooled if i else T_1, eta_c) for i, ratio in enumerate(ratios_c)],
        [Machine(ratio, T_reheat if i else T_hot, eta_t) for i, ratio in enumerate(ratios_t)],
        case.number("regenerator_effectiveness", "effectiveness", default=0.0),
    )
    found: dict[str, object] = {
        "efficiency": cycle.efficiency,
        "back_work_ratio": cycle.back_work_ratio,
        "compressor_work": cycle.w_compressor,
        "turbine_work": cycle.w_turbine,
        "net_work": cycle.w_net,
        "q_in": cycle.q_in,
        "q_out": cycle.q_in - cycle.w_net,
        **{f"T{i + 1}": T for i, T in enumerate(cycle.T)},
    }
    flow = case.number("flow", default=0.0)
    if case.has("volume_flow"):
        flow = mass_flow(_gas(case), case.number("volume_flow"), case.number("p1"), T_1)
    if case.has("net_power"):
        flow = case.number("net_power") / cycle.w_net
    if flow:
        found |= {"flow": flow, "air_flow": flow, "net_power": flow * cycle.w_net, "Q_in": flow * cycle.q_in}
    return found


def _fired(case: Case) -> dict[str, object]:
    ratio = case.number("pressure_ratio")
    cycle = supplementary_fired(
        case.number("net_power"),
        (_gas(case, "air"), Machine(ratio, case.number("T1"), case.number("compressor_efficiency", default=1.0))),
        (_gas(case, "gas"), Machine(ratio, case.number("T3"), case.number("turbine_efficiency", default=1.0))),
        case.number("T_stack"),
        (case.number("h_steam_in"), case.number("h_steam_out"), case.number("h_condensate")),
        case.number("LHV"),
    )
    names = ("air_flow", "steam_flow", "gas_power", "steam_power", "efficiency", "air_fuel_ratio", "fuel_flow")
    return {name: getattr(cycle, name) for name in names}


def _unfired(case: Case) -> dict[str, object]:
    ratio = case.number("pressure_ratio")
    steam = rankine(
        case.number("p_steam"),
        case.number("p_condenser"),
        T=case.number("T_steam"),
        turbine_efficiency=case.number("steam_turbine_efficiency", "turbine_efficiency", default=1.0),
        pump_efficiency=case.number("pump_efficiency", default=1.0),
    )
    cycle = unfired(
        case.number("net_power", default=1.0),
        _gas(case),
        Machine(ratio, case.number("T1"), case.number("compressor_efficiency", default=1.0)),
        Machine(ratio, case.number("T3"), case.number("gas_turbine_efficiency", "turbine_efficiency", default=1.0)),
        case.number("T_stack"),
        steam,
    )
    names = ("air_flow", "steam_flow", "gas_power", "steam_power", "efficiency")
    return {name: getattr(cycle, name) for name in names} | {"Q_in": cycle.heat, "heat": cycle.heat}
