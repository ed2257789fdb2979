"""Surface condenser: heat given by the condensing steam, heat taken by the cooling water, and how well it works.

    in = steam_flow · (h_steam − h_condensate)        out = cw_flow · (h(T_cw_out) − h(T_cw_in))
    TTD = T_sat(p) − T_cw_out        U = ∫out dt / (A ∫LMTD dt)        cleanliness = U / U_clean

Without steam_flow the steam is taken to give what the water takes: eta is then 1 and there is no residual.
"""

from __future__ import annotations

import numpy as np

from calc import water
from calc.asset_type import (
    AssetType,
    Bound,
    Floats,
    Input,
    Inputs,
    Integrals,
    Mask,
    Parameter,
    Parameters,
    Quantity,
    Rates,
    number,
)
from calc.balance import known, ratio, unless
from calc.condenser_duty import condenser_lmtd
from calc.named_stream import backwards, where_known, while_running
from calc.steam_state import liquid, not_a_pressure, unanswered

P_CW_PA = 300e3


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Heat of steam and water, their residual, and what TTD, U and effectiveness are made of; (n,) each."""
    p, T_in, T_out = inputs["p_condenser"], inputs["T_cw_in"], inputs["T_cw_out"]
    T_sat = water.T_sat_p(p)
    h_in, h_out, faults, near = _water(inputs, T_sat)
    taken = unless(faults, inputs["cw_flow"] * (h_out - h_in))
    h_condensate, condensate_faults, near_hotwell = _condensate(inputs)
    faults |= condensate_faults
    faults |= backwards(inputs, "steam_flow")
    steam_flow = inputs.get("steam_flow", np.full(p.shape, np.nan))
    by_steam = steam_flow * (_steam(inputs, parameters) - h_condensate)
    given = while_running(inputs["cw_flow"], unless(faults, np.where(np.isnan(steam_flow), taken, by_steam)))
    C = inputs["cw_flow"] * (h_out - h_in) / np.where(T_out == T_in, np.nan, T_out - T_in)
    unknown = np.full(p.shape, np.nan)
    return Rates(
        energy_in_w=given,
        energy_out_w=unless(faults, taken),
        residual_w=where_known(inputs, ("steam_flow",), given - taken),
        sums={
            "LMTD": condenser_lmtd(T_sat, T_in, T_out),
            "TTD": T_sat - T_out,
            "Q_max": C * (T_sat - T_in),
            "undercooling": T_sat - inputs.get("T_condensate", unknown),
            "p_air": p - water.p_sat_T(inputs.get("T_shell", unknown)),
        },
        faults=faults,
        notes={"near_saturation": near | near_hotwell},
    )


def values(integrals: Integrals, parameters: Parameters) -> dict[str, float]:
    """The figures of a condenser over a window, each from integrals; a value without an answer is left out."""
    out, seconds, sums = integrals.energy_out_j, integrals.duration_s, integrals.sums
    area, clean = (parameters.get(name) for name in ("area", "U_clean"))
    UA = ratio(out, sums["LMTD"])
    found = {
        "TTD": ratio(sums["TTD"], seconds),
        "LMTD": ratio(sums["LMTD"], seconds),
        "effectiveness": ratio(out, sums["Q_max"]),
        "undercooling": ratio(sums["undercooling"], seconds),
        "p_air": ratio(sums["p_air"], seconds),
        "UA": UA,
    }
    if isinstance(area, float | int):
        found["U"] = UA / area
        if isinstance(clean, float | int):
            found["cleanliness"] = found["U"] / clean
    return known(found)


def check(parameters: Parameters, _measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix): the cleanliness needs the area too."""
    if parameters.get("U_clean") is not None and parameters.get("area") is None:
        return (("area", "with U_clean give area too"),)
    return ()


def _water(inputs: Inputs, T_sat: Floats) -> tuple[Floats, Floats, dict[str, Mask], Mask]:
    """Enthalpies of the cooling water, the faults of its temperatures and of the shell's pressure."""
    p_cw = np.full(T_sat.shape, P_CW_PA)
    h_in, wrong_in, near_in = liquid(p_cw, inputs["T_cw_in"])
    h_out, wrong_out, near_out = liquid(p_cw, inputs["T_cw_out"])
    p = inputs["p_condenser"]
    faults = {
        "p_condenser": not_a_pressure(p) | unanswered(T_sat, p, p),
        "T_cw_in": wrong_in | (inputs["T_cw_in"] > T_sat),
        "T_cw_out": wrong_out | (inputs["T_cw_out"] > T_sat),
        "cw_flow": inputs["cw_flow"] < 0.0,
    }
    return h_in, h_out, faults, near_in | near_out


def _condensate(inputs: Inputs) -> tuple[Floats, dict[str, Mask], Mask]:
    """Enthalpy of the condensate: at its temperature where that is known, else saturated."""
    p = inputs["p_condenser"]
    saturated = water.h_liquid_p(p)
    T = inputs.get("T_condensate", np.full(p.shape, np.nan))
    h, wrong, near = liquid(p, T)
    faults = {"T_condensate": wrong & ~not_a_pressure(p)} if "T_condensate" in inputs else {}
    return np.where(np.isnan(T), saturated, h), faults, near


def _steam(inputs: Inputs, parameters: Parameters) -> Floats:
    """Enthalpy of the exhaust steam: a wet state is not told by pressure and temperature, so its dryness is given."""
    p = inputs["p_condenser"]
    x = number(inputs, parameters, "steam_quality")
    dry = water.h_vapour_p(p)
    return dry if x is None else water.h_liquid_p(p) + x * (dry - water.h_liquid_p(p))


CONDENSER = AssetType(
    name="condenser",
    description="Surface condenser: heat taken by the cooling water over heat given by the steam.",
    inputs=(
        Input("p_condenser", "Pa", "pressure in the shell, absolute"),
        Input("cw_flow", "kg/s", "cooling water"),
        Input("T_cw_in", "K", "cooling water, entering"),
        Input("T_cw_out", "K", "cooling water, leaving"),
        Input("steam_flow", "kg/s", "steam that condenses", required=False),
        Input("T_condensate", "K", "condensate in the hotwell; saturated where it is not measured", required=False),
        Input("T_shell", "K", "vapour in the shell, for the air's partial pressure", required=False),
    ),
    parameters=(
        Parameter("steam_quality", "1", "dryness of the exhaust steam", 1.0, lower=0.0, upper=1.0),
        Parameter("area", "m2", "heat-exchange area, for U", may_be_input=False, lower=0.0),
        Parameter("U_clean", "W/(m2 K)", "coefficient of the clean condenser (HEI)", may_be_input=False, lower=0.0),
        Parameter("drive_cutoff", "kg/s", "out of use at or below this water flow", 0.0, may_be_input=False),
    ),
    losses=(),
    values_out=(
        Quantity("TTD", "K", "terminal temperature difference"),
        Quantity("LMTD", "K", "mean of the logarithmic mean temperature difference"),
        Quantity("effectiveness", "1", "heat taken / greatest possible heat"),
        Quantity("undercooling", "K", "condensate below saturation"),
        Quantity("p_air", "Pa", "partial pressure of air in the shell"),
        Quantity("UA", "W/K", "heat taken / LMTD"),
        Quantity("U", "W/(m2 K)", "UA / area"),
        Quantity("cleanliness", "1", "U / U_clean"),
    ),
    sums=("LMTD", "TTD", "Q_max", "undercooling", "p_air"),
    driver="cw_flow",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=lambda _integrals, _parameters: Bound("above_unity", 1.0, beyond_uncertainty=True),
    method=lambda _parameters, measured: f"condenser/{'balance' if 'steam_flow' in measured else 'water_side'}",
    check=check,
)
