"""Air preheaters and economisers: balance of gas and air, its residual, leakage, efficiencies."""

from __future__ import annotations

from collections.abc import Mapping

from calc import heater_duty
from tests.standards.cases import Case


def answer(case: Case) -> Mapping[str, object]:
    """Everything of the family that the inputs tell."""
    if case.has("h_air_in"):
        return _of_enthalpies(case)
    if case.has("dry_gas_in"):
        return _with_leakage(case)
    found: dict[str, object] = {}
    if case.has("O2_in", "O2_out") or case.has("O2_gas_in", "O2_gas_out"):
        found |= _test(case)
    if case.has("gas_flow", "cp_gas"):
        found |= _balance(case)
    return found


def _of_enthalpies(case: Case) -> dict[str, object]:
    Q_air = case.number("m_air") * (case.number("h_air_out") - case.number("h_air_in"))
    Q_gas = case.number("m_gas") * (case.number("h_gas_in") - case.number("h_gas_out"))
    return {"Q_air": Q_air, "Q_gas": Q_gas, "residual": Q_gas - Q_air}


def _with_leakage(case: Case) -> dict[str, object]:
    """The air that leaks in is warmed from its own temperature to that of the leaving gas."""
    T_in, T_out, cp = case.number("T_gas_in"), case.number("T_gas_out"), case.number("cp_gas")
    leakage = case.number("dry_gas_out") - case.number("dry_gas_in")
    Q_gas = case.number("dry_gas_in") * cp * (T_in - T_out) - leakage * cp * (T_out - case.number("T_air"))
    water = case.number("water_flow") * case.number("cp_water")
    Q_water = water * (case.number("T_water_out") - case.number("T_water_in")) / case.number("coal_flow")
    return {"air_leakage": leakage, "Q_gas": Q_gas, "Q_water": Q_water, "residual": Q_gas - Q_water}


def _balance(case: Case) -> dict[str, object]:
    Q = case.number("gas_flow") * case.number("cp_gas") * (case.number("T_gas_in") - case.number("T_gas_out"))
    warmed = Q / (case.number("air_flow", "m_air") * case.number("cp_air"))
    return {"Q": Q, "T_air_out": case.number("T_air_in") + warmed}


def _test(case: Case) -> dict[str, object]:
    leakage = heater_duty.air_leakage(case.number("O2_in", "O2_gas_in"), case.number("O2_out", "O2_gas_out"))
    T_gas_in, T_gas_out = case.number("T_gas_in"), case.number("T_gas_out")
    T_air_in = case.number("T_air_in")
    cp_air, cp_gas = case.number("cp_air", default=1005.0), case.number("cp_gas", default=1075.0)
    T_no_leak = heater_duty.no_leak_temperature(T_gas_out, T_air_in, leakage, cp_air, cp_gas)
    found: dict[str, object] = {"leakage": leakage, "air_leakage": leakage, "T_no_leak": T_no_leak}
    found["gas_side_efficiency"] = heater_duty.gas_side_efficiency(T_gas_in, T_no_leak, T_air_in)
    if case.has("T_air_out"):
        found["x_ratio"] = heater_duty.x_ratio(T_gas_in, T_no_leak, T_air_in, case.number("T_air_out"))
        found["X_ratio"] = found["x_ratio"]
    return found
