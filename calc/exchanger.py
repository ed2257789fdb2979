"""Two-stream heat exchanger from flows and four temperatures: what the hot side gives, what the cold side takes.

    Q_hot = hot_flow · (h(T_hot_in) − h(T_hot_out))        Q_cold = cold_flow · (h(T_cold_out) − h(T_cold_in))
    eta = Q_cold / Q_hot        residual = Q_hot − Q_cold
    UA = ∫Q_hot dt / ∫F·LMTD dt        NTU = UA / C_min
    effectiveness = ∫Q_hot dt / ∫C_min (T_hot_in − T_cold_in) dt

C of a side is its heat over its temperature change, so that a phase change counts as an infinite C. Where steam
condenses or water boils in counterflow, the LMTD is that of its zones (desuperheating, condensing, subcooling …), not
that of the ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

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
from calc.exchanger_rating import coefficient_at_flow, fouling_resistance
from calc.mean_difference import ARRANGEMENTS, Temperatures, Way, mean_difference, zoned_difference
from calc.medium import MEDIA, Stream, enthalpy, stream
from calc.steam_state import not_a_pressure

SMALL_CHANGE_K = 1e-3
"""Up to this temperature change a side's C is taken from its cp, not from a quotient of two small numbers."""
FOULING = ("UA_clean", "hot_flow_clean")


@dataclass(frozen=True)
class Side:
    """One side at n states: the heat that it gives (n,) W, its C (n,) W/K, the enthalpies of its ends, its faults."""

    stream: Stream
    heat: Floats
    C: Floats
    h_in: Floats
    h_out: Floats
    faults: dict[str, Mask]
    near_saturation: Mask


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Heats of both sides, their residual, and what effectiveness and UA are made of; (n,) each."""
    T_hot_in, T_hot_out, T_cold_in, T_cold_out = temperatures = _temperatures(inputs)
    hot = _side(inputs, parameters, "hot", _hot_flow(inputs), (T_hot_in, T_hot_out))
    cold = _side(inputs, parameters, "cold", inputs["cold_flow"], (T_cold_in, T_cold_out))
    arrangement, shells = str(parameters["arrangement"]), number(inputs, parameters, "shells")
    difference, corrected, crossed = mean_difference(temperatures, arrangement, 1.0 if shells is None else shells)
    if arrangement == "counterflow" and (boiling := _boiling(hot, cold)) is not None:
        difference = corrected = np.where(_changes_phase(boiling), _zoned(temperatures, hot, cold), difference)
        crossed["T_cold_out"] |= np.isnan(difference) & ~np.isnan(hot.heat + cold.heat)
    faults = hot.faults | cold.faults
    for name, mask in crossed.items():
        faults[name] = faults[name] | mask
    Q_hot, Q_cold = unless(faults, hot.heat), unless(faults, cold.heat)
    C_min = np.minimum(hot.C, cold.C)
    if "hot_flow" not in inputs:
        faults["air_flow"] = faults.pop("hot_flow")
    return Rates(
        energy_in_w=Q_hot,
        energy_out_w=-Q_cold,
        residual_w=Q_hot + Q_cold,
        sums={
            "LMTD": difference,
            "F_LMTD": corrected,
            "C_min": C_min,
            "Q_max": C_min * (T_hot_in - T_cold_in),
            "hot_flow": _hot_flow(inputs),
        },
        faults={name: mask for name, mask in faults.items() if name in inputs},
        notes={"near_saturation": hot.near_saturation | cold.near_saturation},
    )


def values(integrals: Integrals, parameters: Parameters) -> dict[str, float]:
    """The figures of an exchanger over a window, each from integrals; a value without an answer is left out."""
    heat, seconds, sums = integrals.energy_in_j, integrals.duration_s, integrals.sums
    UA = ratio(heat, sums["F_LMTD"])
    found = {
        "effectiveness": ratio(heat, sums["Q_max"]),
        "UA": UA,
        "LMTD": ratio(sums["LMTD"], seconds),
        "NTU": ratio(UA * seconds, sums["C_min"]),
    }
    clean, flow_clean = (parameters.get(name) for name in FOULING)
    if isinstance(clean, float | int) and UA > 0.0:
        flow = ratio(sums["hot_flow"], seconds)
        moved = clean if flow_clean is None else float(coefficient_at_flow(clean, flow, cast("float", flow_clean)))
        found |= {"cleanliness": UA / moved, "fouling": float(fouling_resistance(UA, moved))}
    return known(found)


def heat_capacity_rate(heat: Floats, change: Floats, flow_cp: Floats) -> Floats:
    """Heat capacity rate of a side.

    Parameters
    ----------
    heat, change : (n,) W and K, what the side gives and by how much it cools.
    flow_cp : (n,) W/K, flow × cp, where the change is too small to divide by.

    Returns
    -------
    (n,) W/K; infinite where heat flows without a change of temperature: a change of phase.
    """
    still = (np.abs(change) <= SMALL_CHANGE_K) & (np.abs(heat) <= 2.0 * SMALL_CHANGE_K * flow_cp)
    with np.errstate(all="ignore"):
        return np.where(still, flow_cp, np.abs(heat / change))


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) of the broken rules: a glycol needs its mass fraction, steam its pressure."""
    broken = []
    for side in ("hot", "cold"):
        medium, fraction = str(parameters.get(f"{side}_fluid")), f"{side}_fraction"
        if (
            medium in MEDIA
            and MEDIA[medium].needs_fraction
            and fraction not in measured
            and parameters.get(fraction) is None
        ):
            broken.append((fraction, f"give the mass fraction of {medium}, as 0.30"))
        if medium == "steam" and f"p_{side}" not in measured:
            broken.append((f"p_{side}", f"steam needs the input p_{side}: its enthalpy depends on the pressure"))
    return tuple(broken)


def _temperatures(inputs: Inputs) -> Temperatures:
    return inputs["T_hot_in"], inputs["T_hot_out"], inputs["T_cold_in"], inputs["T_cold_out"]


def _hot_flow(inputs: Inputs) -> Floats:
    """The gas flow of an economiser may be told by what is fired: fuel and air together."""
    return inputs["hot_flow"] if "hot_flow" in inputs else inputs["fuel_flow"] + inputs["air_flow"]


def _side(inputs: Inputs, parameters: Parameters, name: str, flow: Floats, ends: tuple[Floats, Floats]) -> Side:
    """A side from its flow and the temperatures of its ends, entering and leaving."""
    entering, leaving = ends
    fluid = cast("str", parameters[f"{name}_fluid"])
    side = stream(fluid, inputs.get(f"p_{name}"), number(inputs, parameters, f"{name}_fraction"), flow.size)
    h_in, wrong_in, near_in = enthalpy(side, entering, vapour=True)
    h_out, wrong_out, near_out = enthalpy(side, leaving, vapour=name == "cold")
    heat = flow * (h_in - h_out)
    no_pressure = not_a_pressure(side.p)
    faults = {
        f"p_{name}": no_pressure,
        f"T_{name}_in": wrong_in & ~no_pressure,
        f"T_{name}_out": wrong_out & ~no_pressure,
        f"{name}_flow": flow < 0.0,
    }
    C = heat_capacity_rate(heat, entering - leaving, flow * _cp(side, entering, leaving))
    return Side(side, heat, C, h_in, h_out, faults, near_in | near_out)


def _boiling(hot: Side, cold: Side) -> Side | None:
    """The side whose medium may change its phase; of two such sides the hot one."""
    return next((side for side in (hot, cold) if side.stream.medium == "steam"), None)


def _changes_phase(side: Side) -> Mask:
    """Where a side passes a phase boundary on its way."""
    upper, lower = np.maximum(side.h_in, side.h_out), np.minimum(side.h_in, side.h_out)
    return (upper > water.h_liquid_p(side.stream.p)) & (lower < water.h_vapour_p(side.stream.p))


def _zoned(temperatures: Temperatures, hot: Side, cold: Side) -> Floats:
    """LMTD over the zones between the phase boundaries of the side that changes phase; (n,) K."""
    T_hot_in, T_hot_out, T_cold_in, T_cold_out = temperatures
    side = cast("Side", _boiling(hot, cold))
    p = side.stream.p
    boundaries = (water.h_liquid_p(p), water.h_vapour_p(p))
    if side is hot:
        way = Way(hot.h_in, hot.h_out, T_hot_in, T_hot_out, boundaries[::-1], water.T_sat_p(p))
        return zoned_difference(way, T_cold_out, T_cold_in)
    way = Way(cold.h_in, cold.h_out, T_cold_in, T_cold_out, boundaries, water.T_sat_p(p))
    return zoned_difference(way, T_hot_out, T_hot_in)


def _cp(side: Stream, entering: Floats, leaving: Floats) -> Floats:
    """cp (n,) J/(kg K) where the temperature hardly changes (NaN elsewhere: it is not asked for there)."""
    cp = np.full(entering.shape, np.nan)
    still = np.abs(entering - leaving) <= SMALL_CHANGE_K
    if still.any():
        upper, _, _ = enthalpy(side, entering + 0.5, vapour=True)
        lower, _, _ = enthalpy(side, entering - 0.5, vapour=True)
        cp = np.where(still, upper - lower, np.nan)
    return cp


def exchanger_type(name: str, description: str, fluids: tuple[str, str], hot_flow: tuple[Input, ...]) -> AssetType:
    """An asset type with two streams and four temperatures; `fluids` are the defaults of hot and cold side."""
    return AssetType(
        name=name,
        description=description,
        inputs=(
            *hot_flow,
            Input("T_hot_in", "K", "hot side, entering"),
            Input("T_hot_out", "K", "hot side, leaving"),
            Input("cold_flow", "kg/s", "flow of the cold side"),
            Input("T_cold_in", "K", "cold side, entering"),
            Input("T_cold_out", "K", "cold side, leaving"),
            Input("p_hot", "Pa", "absolute pressure of the hot side", required=False),
            Input("p_cold", "Pa", "absolute pressure of the cold side", required=False),
        ),
        parameters=(
            *_fluid_parameters("hot", fluids[0]),
            *_fluid_parameters("cold", fluids[1]),
            Parameter("arrangement", None, "how the streams run", "counterflow", ARRANGEMENTS, may_be_input=False),
            Parameter("shells", "1", "shell passes in series (shell_and_tube)", 1.0, may_be_input=False, lower=1.0),
            Parameter("UA_clean", "W/K", "UA of the clean exchanger, for its fouling", may_be_input=False, lower=0.0),
            Parameter("hot_flow_clean", "kg/s", "hot flow of UA_clean; UA ~ flow^0.8", may_be_input=False, lower=0.0),
            Parameter("drive_cutoff", "kg/s", "out of use at or below this hot flow", 0.0, may_be_input=False),
        ),
        losses=(),
        values_out=(
            Quantity("effectiveness", "1", "heat given / greatest possible heat"),
            Quantity("UA", "W/K", "heat given / corrected mean temperature difference"),
            Quantity("LMTD", "K", "mean of the logarithmic mean temperature difference"),
            Quantity("NTU", "1", "UA / C_min"),
            Quantity("cleanliness", "1", "UA / UA_clean, this moved to the mean hot flow"),
            Quantity("fouling", "K/W", "1/UA − 1/UA_clean"),
        ),
        sums=("LMTD", "F_LMTD", "C_min", "Q_max", "hot_flow"),
        driver="hot_flow",
        cutoff="drive_cutoff",
        off_reason="not_running",
        rates=rates,
        values=values,
        bound=lambda _integrals, _parameters: Bound("above_unity", 1.0, beyond_uncertainty=True),
        method=lambda parameters, _measured: f"{name}/{parameters.get('arrangement') or 'counterflow'}",
        check=check,
    )


def _fluid_parameters(side: str, default: str) -> tuple[Parameter, ...]:
    return (
        Parameter(f"{side}_fluid", None, f"medium of the {side} side", default, tuple(MEDIA), may_be_input=False),
        Parameter(f"{side}_fraction", "1", f"mass fraction of glycol, {side} side", lower=0.0, upper=0.6),
    )


HEAT_EXCHANGER = exchanger_type(
    "heat_exchanger",
    "Two-stream heat exchanger: heat taken by the cold side over heat given by the hot side.",
    ("water", "water"),
    (Input("hot_flow", "kg/s", "flow of the hot side"),),
)
ECONOMISER = exchanger_type(
    "economiser",
    "Economiser: feedwater heated by flue gas.",
    ("flue_gas", "water"),
    (
        Input("hot_flow", "kg/s", "flue gas", alternatives=("fuel_flow", "air_flow")),
        Input("fuel_flow", "kg/s", "fuel fired; with air_flow in the place of hot_flow", required=False),
        Input("air_flow", "kg/s", "combustion air; with fuel_flow in the place of hot_flow", required=False),
    ),
)
