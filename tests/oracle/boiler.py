"""The directly judged boiler again, one state at a time, with enthalpies from CoolProp's IF97."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from CoolProp.CoolProp import PropsSI

from tests.oracle.plant import Answer
from tests.oracle.toy import known

NEAR_SATURATION_K = 0.05


def h_vapour(p_pa: float) -> float:
    """Enthalpy of dry saturated steam, J/kg."""
    return float(PropsSI("H", "P", p_pa, "Q", 1, "IF97::Water"))


def h_feedwater(p_pa: float, T_k: float) -> float | None:
    """Enthalpy of feedwater, J/kg; None where it would be steam."""
    above = T_k - float(PropsSI("T", "P", p_pa, "Q", 0, "IF97::Water"))
    if above > NEAR_SATURATION_K:
        return None
    if abs(above) <= NEAR_SATURATION_K:
        return float(PropsSI("H", "P", p_pa, "Q", 0, "IF97::Water"))
    return float(PropsSI("H", "P", p_pa, "T", T_k, "IF97::Water"))


def boiler_formula(lower_heating_value: float) -> Callable[[Mapping[str, float | None]], Answer]:
    """A boiler for saturated steam of which only the four required inputs are measured."""

    def answer(values: Mapping[str, float | None]) -> Answer:
        steam, fuel = known(values["steam_flow"]), known(values["fuel_flow"])
        p_pa, T_k = known(values["p_steam"]), known(values["T_feedwater"])
        faults = ["steam_flow"] if steam < 0.0 else []
        if p_pa <= 0.0:
            return Answer(None, None, faults=(*faults, "p_steam"))
        h_in = h_feedwater(p_pa, T_k)
        if h_in is None:
            faults.append("T_feedwater")
        if h_in is None or faults:
            return Answer(None, None, faults=tuple(faults))
        into, out = fuel * lower_heating_value, steam * (h_vapour(p_pa) - h_in)
        return Answer(into, out, residual=into - out)

    return answer
