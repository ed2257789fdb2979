"""Heat pump: electricity in, heat to the hot loop out, from the balance of its loops.

    COP = Q_hot / W          Q_hot = m_hot · (h(T_hot_out) − h(T_hot_in))          residual = W + Q_cold − Q_hot
    COP_carnot = T_hot / (T_hot − T_cold), between the leaving temperatures

Source: first law on the loops, Carnot's limit; water by IAPWS-IF97, glycols by CoolProp's incompressible mixtures.
Valid for liquid loops: water from 273.15 K to saturation, glycols where CoolProp has them.
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
from calc.elementwise import log1p
from calc.secondary import broken_loop, loop_faults, loop_heat, loop_parameters, partial_loop

SOURCE = ("cold_flow", "T_cold_in", "T_cold_out")


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Electricity, heat to the hot loop and, where the source is measured, the residual; (n,) W each.

    An impossible input of the cold loop costs the residual alone: the COP does not need it.
    """
    hot, cold = (loop_faults(inputs, parameters, side) for side in ("hot", "cold"))
    power = unless(hot, inputs["electric_power"])
    heat = unless(hot, loop_heat(inputs, parameters, "hot", "T_hot_in", "T_hot_out"))
    unknown = np.full(power.shape, np.nan)
    has_source = all(name in inputs for name in SOURCE)
    taken = -loop_heat(inputs, parameters, "cold", "T_cold_in", "T_cold_out") if has_source else unknown
    taken = unless(hot | cold, taken)
    sums = {
        "Q_cold": taken,
        "T_hot_out": unless(hot, inputs["T_hot_out"]),
        "T_cold_out": unless(cold, inputs.get("T_cold_out", unknown)),
    }
    residual = power + taken - heat if has_source else None
    return Rates(power, heat, residual_w=residual, sums=sums, faults=hot | cold)


def values(integrals: Integrals, parameters: Parameters) -> dict[str, float]:
    """The figures of a heat pump over a window, each from integrals; a value without an answer is left out."""
    seconds = integrals.duration_s
    carnot = _carnot(integrals)
    heat = ratio(integrals.energy_out_j, seconds)
    rated = parameters.get("rated_heat")
    return known(
        {
            "Q_hot": heat,
            "Q_cold": integrals.sums["Q_cold"] / seconds if seconds > 0.0 else float("nan"),
            "T_hot_out": ratio(integrals.sums["T_hot_out"], seconds),
            "cop_carnot": carnot,
            "second_law_efficiency": ratio(ratio(integrals.energy_out_j, integrals.energy_in_j), carnot),
            "part_load": ratio(heat, rated) if isinstance(rated, float | int) else float("nan"),
        }
    )


def bound(integrals: Integrals, _parameters: Parameters) -> Bound | None:
    """The reversible limit between the time-averaged leaving temperatures; None where these are unknown or cross."""
    carnot = _carnot(integrals)
    return Bound("above_carnot", carnot) if np.isfinite(carnot) else None


def cop_carnot_heating(T_cold: Floats | float, T_hot: Floats | float) -> Floats:
    """COP of a reversible heat pump, T_hot / (T_hot − T_cold).

    Parameters
    ----------
    T_cold, T_hot : (n,) K.

    Returns
    -------
    (n,) 1; NaN where T_hot is not above T_cold (no limit there) or a temperature is not above 0 K.
    """
    T_cold, T_hot = np.asarray(T_cold, dtype=np.float64), np.asarray(T_hot, dtype=np.float64)
    lift = T_hot - T_cold
    return np.asarray(T_hot / np.where((lift > 0.0) & (T_cold > 0.0), lift, np.nan))


def least_power(heat: Floats | float, T_cold: Floats | float, T_hot: Floats | float) -> Floats:
    """Least power, (n,) W, that a heat pump needs for a heat (n,) W from T_cold to T_hot (n,) K."""
    return np.asarray(heat / cop_carnot_heating(T_cold, T_hot))


def entropic_mean(T_in: Floats | float, T_out: Floats | float) -> Floats:
    """Mean temperature at which a liquid stream takes heat, (T_out − T_in) / ln(T_out / T_in), (n,) K; both (n,) K.

    It is the temperature to judge a machine's second law by where its loops glide.
    """
    T_in, T_out = np.asarray(T_in, dtype=np.float64), np.asarray(T_out, dtype=np.float64)
    T_in, T_out = (np.where((T_in > 0.0) & (T_out > 0.0), T, np.nan) for T in (T_in, T_out))
    x = (T_out - T_in) / T_in
    glides = np.abs(x) > 1e-6
    series = 1.0 + x / 2.0 - x**2 / 12.0  # of x / ln(1 + x), where the quotient would lose its digits
    return np.asarray(T_in * np.where(glides, x / log1p(np.where(glides, x, 1.0)), series))


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix): a glycol needs its fraction, the source all of its three inputs."""
    partial = partial_loop("cold_flow", SOURCE, measured)
    return broken_loop("hot", parameters, measured) + broken_loop("cold", parameters, measured) + partial


def _carnot(integrals: Integrals) -> float:
    T_cold, T_hot = (ratio(integrals.sums[name], integrals.duration_s) for name in ("T_cold_out", "T_hot_out"))
    return float(cop_carnot_heating(T_cold, T_hot))


HEAT_PUMP = AssetType(
    name="heat_pump",
    description="Heat pump: electricity in, heat to the hot loop out; eta is the COP.",
    inputs=(
        Input("electric_power", "W", "electric power of the compressor (or of the whole set)"),
        Input("hot_flow", "kg/s", "flow of the heated loop"),
        Input("T_hot_in", "K", "heated loop, entering"),
        Input("T_hot_out", "K", "heated loop, leaving"),
        Input("cold_flow", "kg/s", "flow of the source loop", required=False),
        Input("T_cold_in", "K", "source loop, entering", required=False),
        Input("T_cold_out", "K", "source loop, leaving", required=False),
    ),
    parameters=(
        *loop_parameters("hot", "heated"),
        *loop_parameters("cold", "source"),
        Parameter("rated_heat", "W", "heat at full load, for `part_load`", may_be_input=False, lower=0.0),
        Parameter("drive_cutoff", "W", "the machine is off at or below this electric power", 0.0, may_be_input=False),
    ),
    losses=(),
    values_out=(
        Quantity("Q_hot", "W", "mean heat to the hot loop"),
        Quantity("Q_cold", "W", "mean heat from the source"),
        Quantity("T_hot_out", "K", "mean leaving temperature of the hot loop"),
        Quantity("cop_carnot", "1", "COP of a reversible machine between the leaving temperatures"),
        Quantity("second_law_efficiency", "1", "COP / cop_carnot"),
        Quantity("part_load", "1", "mean heat / rated_heat"),
    ),
    sums=("Q_cold", "T_hot_out", "T_cold_out"),
    driver="electric_power",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda parameters, _measured: f"heat_pump/{parameters.get('hot_fluid') or 'water'}",
    check=check,
)
