"""Chiller: electricity in, cooling out, from the balance of the secondary loops; and the published part-load figure.

    COP = Q_evap / W          Q_evap = m_chilled · (h(T_chilled_in) − h(T_chilled_out))
    residual = W + Q_evap − Q_cond          kW/ton = 3.51685 / COP
    COP_carnot = T_cold / (T_hot − T_cold), between the leaving temperatures

Source: first law on the loops, Carnot's limit; water by IAPWS-IF97, glycols by CoolProp's incompressible mixtures.
Valid for liquid loops: water from 273.15 K to saturation, glycols where CoolProp has them. Time averages stand in the
limit, so a window with great swings may exceed it slightly.
"""

from __future__ import annotations

import numpy as np

from calc.asset_type import (
    AssetType,
    Bound,
    Floats,
    Input,
    Inputs,
    Integrals,
    Parameter,
    Parameters,
    Quantity,
    Rates,
)
from calc.balance import known, ratio, unless
from calc.secondary import broken_loop, loop_faults, loop_heat, loop_parameters, partial_loop

TON_W = 3516.8528420667
"""One ton of refrigeration: 12 000 Btu(IT)/h."""
CONDENSER = ("cond_flow", "T_cond_in", "T_cond_out")


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Electricity, cooling and, where the condenser loop is measured, the balance's residual; (n,) W each.

    An impossible condenser input costs the residual alone: the COP does not need it.
    """
    chilled, cond = (loop_faults(inputs, parameters, side) for side in ("chilled", "cond"))
    has_condenser = all(name in inputs for name in CONDENSER)
    power = unless(chilled, inputs["electric_power"])
    cooling = unless(chilled, -loop_heat(inputs, parameters, "chilled", "T_chilled_in", "T_chilled_out"))
    unknown = np.full(power.shape, np.nan)
    heat = loop_heat(inputs, parameters, "cond", "T_cond_in", "T_cond_out") if has_condenser else unknown
    rejected = unless(chilled | cond, heat)
    sums = {
        "Q_cond": rejected,
        "T_chilled_out": unless(chilled, inputs["T_chilled_out"]),
        "T_cond_out": unless(cond, inputs.get("T_cond_out", unknown)),
    }
    residual = power + cooling - rejected if has_condenser else None
    return Rates(power, cooling, residual_w=residual, sums=sums, faults=chilled | cond)


def values(integrals: Integrals, parameters: Parameters) -> dict[str, float]:
    """The figures of a chiller over a window, each from integrals; a value without an answer is left out."""
    seconds, energy_in, cooling = integrals.duration_s, integrals.energy_in_j, integrals.energy_out_j
    carnot = carnot_of(integrals, "T_chilled_out", "T_cond_out")
    found = {
        "Q_evap": ratio(cooling, seconds),
        "Q_cond": ratio(integrals.sums["Q_cond"], seconds),
        "kw_per_ton": ratio(energy_in * TON_W / 1000.0, cooling),
        "T_chilled_out": ratio(integrals.sums["T_chilled_out"], seconds),
        "cop_carnot": carnot,
        "second_law_efficiency": ratio(ratio(cooling, energy_in), carnot),
    }
    rated = parameters.get("rated_cooling")
    if isinstance(rated, float | int):
        found["part_load"] = ratio(found["Q_evap"], rated)
    return known(found)


def bound(integrals: Integrals, _parameters: Parameters) -> Bound | None:
    """The reversible limit between the time-averaged leaving temperatures; None where these are unknown or cross."""
    carnot = carnot_of(integrals, "T_chilled_out", "T_cond_out")
    return Bound("above_carnot", carnot) if np.isfinite(carnot) else None


def carnot_of(integrals: Integrals, cold: str, hot: str) -> float:
    """COP of a reversible chiller between two time-averaged temperatures, NaN where there is none."""
    T_cold, T_hot = (ratio(integrals.sums[name], integrals.duration_s) for name in (cold, hot))
    return float(cop_carnot_cooling(np.float64(T_cold), np.float64(T_hot)))


def cop(heat: Floats | float, power: Floats | float) -> Floats:
    """Coefficient of performance = useful heat / power.

    Parameters
    ----------
    heat, power : (n,) W (or J over the same time).

    Returns
    -------
    (n,) 1; NaN where power is not above zero: a machine without power has no COP.
    """
    heat, power = np.asarray(heat, dtype=np.float64), np.asarray(power, dtype=np.float64)
    return np.asarray(heat / np.where(power > 0.0, power, np.nan))


def cop_carnot_cooling(T_cold: Floats | float, T_hot: Floats | float) -> Floats:
    """COP of a reversible refrigerator, T_cold / (T_hot − T_cold).

    Parameters
    ----------
    T_cold, T_hot : (n,) K.

    Returns
    -------
    (n,) 1; NaN where T_hot is not above T_cold (no limit there) or a temperature is not above 0 K.
    """
    T_cold, T_hot = np.asarray(T_cold, dtype=np.float64), np.asarray(T_hot, dtype=np.float64)
    lift = T_hot - T_cold
    return np.asarray(T_cold / np.where((lift > 0.0) & (T_cold > 0.0), lift, np.nan))


def kw_per_ton(cop_cooling: Floats | float) -> Floats:
    """Electric kW per ton of refrigeration at a COP, (n,); NaN where the COP is not above zero."""
    return cop(TON_W / 1000.0, cop_cooling)


def integrated_part_load_value(at_100: float, at_75: float, at_50: float, at_25: float) -> float:
    """IPLV = 0.01 A + 0.42 B + 0.45 C + 0.12 D, from COP (or EER) at 100, 75, 50 and 25 % load.

    Figures in kW/ton are combined by `integrated_part_load_kw_per_ton`. Source: the weights of AHRI 550/590.
    """
    return 0.01 * at_100 + 0.42 * at_75 + 0.45 * at_50 + 0.12 * at_25


def integrated_part_load_kw_per_ton(at_100: float, at_75: float, at_50: float, at_25: float) -> float:
    """IPLV in kW/ton: the weights of `integrated_part_load_value` on the reciprocals, then the reciprocal again."""
    return 1.0 / integrated_part_load_value(1.0 / at_100, 1.0 / at_75, 1.0 / at_50, 1.0 / at_25)


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) of the rules over several keys: a glycol needs its fraction, the condenser all of its three inputs."""
    partial = partial_loop("cond_flow", CONDENSER, measured)
    return broken_loop("chilled", parameters, measured) + broken_loop("cond", parameters, measured) + partial


CHILLER = AssetType(
    name="chiller",
    description="Refrigerating machine: electricity in, cooling of the chilled loop out; eta is the COP.",
    inputs=(
        Input("electric_power", "W", "electric power of the compressor (or of the whole set)"),
        Input("chilled_flow", "kg/s", "flow of the chilled loop"),
        Input("T_chilled_in", "K", "chilled loop, entering the evaporator"),
        Input("T_chilled_out", "K", "chilled loop, leaving the evaporator"),
        Input("cond_flow", "kg/s", "flow of the condenser loop", required=False),
        Input("T_cond_in", "K", "condenser loop, entering the condenser", required=False),
        Input("T_cond_out", "K", "condenser loop, leaving the condenser", required=False),
    ),
    parameters=(
        *loop_parameters("chilled", "chilled"),
        *loop_parameters("cond", "condenser"),
        Parameter("rated_cooling", "W", "cooling at full load, for `part_load`", may_be_input=False, lower=0.0),
        Parameter("drive_cutoff", "W", "the machine is off at or below this electric power", 0.0, may_be_input=False),
    ),
    losses=(),
    values_out=(
        Quantity("Q_evap", "W", "mean cooling"),
        Quantity("Q_cond", "W", "mean heat given to the condenser loop"),
        Quantity("kw_per_ton", "kW/TR", "electric kW per ton of refrigeration"),
        Quantity("T_chilled_out", "K", "mean leaving temperature of the chilled loop"),
        Quantity("cop_carnot", "1", "COP of a reversible machine between the leaving temperatures"),
        Quantity("second_law_efficiency", "1", "COP / cop_carnot"),
        Quantity("part_load", "1", "mean cooling / rated_cooling"),
    ),
    sums=("Q_cond", "T_chilled_out", "T_cond_out"),
    driver="electric_power",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda parameters, _measured: f"chiller/{parameters.get('chilled_fluid') or 'water'}",
    check=check,
)
