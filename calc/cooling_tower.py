"""Wet cooling tower: heat that the water gives, out of what it could give down to the wet bulb; its water and its air.

    effectiveness = L (h(T_hot) − h(T_cold)) / L (h(T_hot) − h(T_wet_bulb)) ≈ range / (range + approach)
    air side: G (h_out − h_in) = L (h_hot − h_cold) + E h_makeup,  E = G (W_out − W_in)
    Merkel: KaV/L = ∫ cp dT / (h_saturated(T) − h_air(T)) from T_cold to T_hot, h_air = h_in + L/G cp (T − T_cold)

Source: first law, Merkel's equation; humid air by `calc.psychrometrics`, water by IAPWS-IF97. Valid for water that is
not frozen and a wet bulb above 273.15 K. Evaporation without a measured air side is heat over heat of vaporisation,
some 10 to 25 % high, as part of the heat warms the air.
"""

from __future__ import annotations

import numpy as np

from calc import psychrometrics as air
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
from calc.steam_state import liquid

P_ATMOSPHERE_PA = 101325.0
CP_WATER = 4186.8
"""J/(kg K); of Merkel's integral alone, which assumes it constant."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
AIR_SIDE = ("air_flow", "T_air", "RH_air", "T_air_out", "RH_air_out")
Number = Floats | float


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Heat available above the wet bulb, heat rejected and, where the air is measured, the residual; (n,) W each."""
    flow, T_hot, T_cold = inputs["water_flow"], inputs["T_hot"], inputs["T_cold"]
    p = _atmosphere(inputs, parameters, flow.shape)
    T_wet = _wet_bulb(inputs, p)
    faults = _faults(inputs, p, T_wet)
    h_hot, h_cold, h_wet = (liquid(p, T)[0] for T in (T_hot, T_cold, T_wet))
    available = unless(faults, flow * (h_hot - h_wet))
    rejected = unless(faults, flow * (h_hot - h_cold))
    evaporated, residual = _air_side(inputs, p, rejected, h_cold)
    unknown = np.full(flow.shape, np.nan)
    sums = {
        "T_hot": unless(faults, T_hot),
        "T_cold": unless(faults, T_cold),
        "T_wet_bulb": unless(faults, T_wet),
        "water": unless(faults, flow),
        "evaporation": evaporated,
        "fan": inputs.get("fan_power", unknown),
        "makeup": inputs.get("makeup_flow", unknown),
        "blowdown": inputs.get("blowdown_flow", unknown),
    }
    return Rates(available, rejected, residual_w=residual, sums=sums, faults=faults)


def values(integrals: Integrals, parameters: Parameters) -> dict[str, float]:
    """The figures of a tower over a window, from integrals; a value without an answer is left out."""
    seconds, sums = integrals.duration_s, integrals.sums
    T_hot, T_cold, T_wet = (ratio(sums[name], seconds) for name in ("T_hot", "T_cold", "T_wet_bulb"))
    evaporation = sums["evaporation"]
    if not np.isfinite(evaporation):
        evaporation = ratio(integrals.energy_out_j, float(evaporation_heat(np.float64(T_cold))))
    found = {
        "range": T_hot - T_cold,
        "approach": T_cold - T_wet,
        "Q_rejected": ratio(integrals.energy_out_j, seconds),
        "evaporation": ratio(evaporation, seconds),
        "evaporation_fraction": ratio(evaporation, sums["water"]),
        "fan_share": ratio(sums["fan"], integrals.energy_out_j),
        "cycles": ratio(sums["makeup"], sums["blowdown"]),
    }
    water_air_ratio = parameters.get("water_air_ratio")
    if isinstance(water_air_ratio, float | int):
        found["merkel"] = float(merkel_number(T_hot, T_cold, T_wet, water_air_ratio))
    return known(found)


def bound(_integrals: Integrals, _parameters: Parameters) -> Bound:
    """Water cannot leave below the wet bulb."""
    return Bound("above_unity", 1.0)


def effectiveness(T_hot: Number, T_cold: Number, T_wet_bulb: Number) -> Floats:
    """Range over range and approach, (n,) 1, of temperatures (n,) K; NaN where hot water is not above the wet bulb."""
    T_hot, T_cold, T_wet = (np.asarray(x, dtype=np.float64) for x in (T_hot, T_cold, T_wet_bulb))
    span = T_hot - T_wet
    return np.asarray((T_hot - T_cold) / np.where(span > 0.0, span, np.nan))


def evaporation_heat(T: Number) -> Floats:
    """Heat of vaporisation at T (n,) K, (n,) J/kg: what a kilogram of evaporated water takes away, the air's apart."""
    p_sat = water.p_sat_T(np.asarray(T, dtype=np.float64))
    return np.asarray(water.h_vapour_p(p_sat) - water.h_liquid_p(p_sat))


def evaporation_by_rule(heat: Number, rho: Number = 999.0) -> Floats:
    """Evaporated water, (n,) kg/s, of a heat (n,) W by the rule of thumb 1 % of the flow for 10 °F of range.

    The rule counts 500 Btu/h a gallon a minute and degree; as MEASUR's cooling tower calculator uses it. `rho` kg/m3.
    """
    gallons_per_minute = 0.01 * np.asarray(heat) * _BTU_PER_HOUR / (500.0 * 10.0)
    return np.asarray(gallons_per_minute * _GALLON_M3 / 60.0 * rho)


_BTU_PER_HOUR = 3600.0 / 1055.05585262
_GALLON_M3 = 3.785411784e-3


def blowdown(evaporation: Number, cycles: Number) -> Floats:
    """Blowdown at cycles of concentration: evaporation / (cycles − 1), in evaporation's unit; NaN for cycles ≤ 1."""
    excess = np.asarray(cycles, dtype=np.float64) - 1.0
    return np.asarray(evaporation / np.where(excess > 0.0, excess, np.nan))


def makeup(evaporation: Number, cycles: Number, drift: Number) -> Floats:
    """Makeup = evaporation + blowdown + drift, all in one unit (kg/s, or the volumes of the same time)."""
    return np.asarray(evaporation + blowdown(evaporation, cycles) + drift)


def air_gain(h_in: Number, h_out: Number, W_in: Number, W_out: Number, h_makeup: Number) -> Floats:
    """Heat that a kilogram of dry air takes from the water, (n,) J/kg: Δh less the evaporated water's own enthalpy."""
    return np.asarray(np.asarray(h_out) - h_in - (np.asarray(W_out) - W_in) * h_makeup)


def dry_air_flow(water_flow: Number, h_hot: Number, h_cold: Number, gain: Number) -> Floats:
    """Dry air, (n,) kg/s, that cools water_flow (n,) kg/s from h_hot to h_cold, each kg taking `gain` (`air_gain`)."""
    gain = np.asarray(gain, dtype=np.float64)
    return np.asarray(water_flow * (np.asarray(h_hot) - h_cold) / np.where(gain > 0.0, gain, np.nan))


def cold_water_enthalpy(h_hot: Number, water_air_ratio: Number, gain: Number) -> Floats:
    """Enthalpy of the cooled water, (n,) J/kg, where each kg of dry air cools water_air_ratio kg of water."""
    return np.asarray(h_hot - np.asarray(gain) / np.asarray(water_air_ratio))


def merkel_number(
    T_hot: Number, T_cold: Number, T_wet_bulb: Number, water_air_ratio: Number, p: Number = P_ATMOSPHERE_PA
) -> Floats:
    """Merkel's number KaV/L of a counterflow tower.

    Parameters
    ----------
    T_hot, T_cold, T_wet_bulb : (n,) K. water_air_ratio : (n,) kg water a kg dry air. p : (n,) Pa.

    Returns
    -------
    (n,) 1 by 16-point Gauss-Legendre integration; NaN where the air would be hotter than the water's film somewhere.
    """
    arrays = (np.asarray(x, dtype=np.float64) for x in (T_hot, T_cold, T_wet_bulb, water_air_ratio, p))
    hot, cold, wet, ratio, total = (x[..., None] for x in np.broadcast_arrays(*arrays))
    T = cold + (hot - cold) * 0.5 * (_NODES + 1.0)
    driving = air.h_saturated(T, total) - air.h_saturated(wet, total) - ratio * CP_WATER * (T - cold)
    terms = CP_WATER * (hot - cold) * 0.5 * _WEIGHTS / np.where(driving > 0.0, driving, np.nan)
    result = terms[..., 0]
    for node in range(1, len(_WEIGHTS)):
        result = result + terms[..., node]
    return np.asarray(result)


def check(_parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) where the air side is given in part."""
    if "air_flow" not in measured:
        return ()
    return tuple((name, f"with air_flow give {name} too") for name in AIR_SIDE if name not in measured)


def _atmosphere(inputs: Inputs, parameters: Parameters, shape: tuple[int, ...]) -> Floats:
    given = number(inputs, parameters, "p_air")
    return np.broadcast_to(np.asarray(P_ATMOSPHERE_PA if given is None else given, dtype=np.float64), shape)


def _wet_bulb(inputs: Inputs, p: Floats) -> Floats:
    """The measured wet bulb, or that of the measured air."""
    measured = inputs.get("T_wet_bulb", np.full(p.shape, np.nan))
    if "T_air" not in inputs or "RH_air" not in inputs:
        return measured
    made = air.wet_bulb(inputs["T_air"], air.W_RH(inputs["T_air"], inputs["RH_air"], p), p)
    return np.where(np.isnan(measured), made, measured)


def _faults(inputs: Inputs, p: Floats, T_wet: Floats) -> dict[str, Mask]:
    """Frozen or boiling water, air outside the tables, a flow that runs backwards, humidity beyond saturation."""
    found = {name: liquid(p, inputs[name])[1] for name in ("T_hot", "T_cold")}
    found["water_flow"] = np.asarray(inputs["water_flow"] < 0.0)
    wet = "T_wet_bulb" if "T_wet_bulb" in inputs else "T_air"
    found[wet] = np.asarray(T_wet < air.T_ZERO_K)
    if "RH_air" in inputs:
        found["RH_air"] = np.asarray((inputs["RH_air"] < 0.0) | (inputs["RH_air"] > 1.0))
    return found


def _air_side(inputs: Inputs, p: Floats, rejected: Floats, h_cold: Floats) -> tuple[Floats, Floats | None]:
    """Evaporated water kg/s and the residual W; NaN and None where the air is not measured."""
    if any(name not in inputs for name in AIR_SIDE):
        return np.full(p.shape, np.nan), None
    W_in = air.W_RH(inputs["T_air"], inputs["RH_air"], p)
    W_out = air.W_RH(inputs["T_air_out"], inputs["RH_air_out"], p)
    h_in, h_out = air.h_TW(inputs["T_air"], W_in), air.h_TW(inputs["T_air_out"], W_out)
    h_makeup = liquid(p, inputs["T_makeup"])[0] if "T_makeup" in inputs else h_cold
    return inputs["air_flow"] * (W_out - W_in), rejected - inputs["air_flow"] * air_gain(
        h_in, h_out, W_in, W_out, h_makeup
    )


COOLING_TOWER = AssetType(
    name="cooling_tower",
    description="Wet cooling tower: heat available above the wet bulb in, heat rejected out; eta is the effectiveness.",
    inputs=(
        Input("water_flow", "kg/s", "circulating water"),
        Input("T_hot", "K", "water entering the tower"),
        Input("T_cold", "K", "water leaving the tower"),
        Input("T_wet_bulb", "K", "wet bulb of the entering air", alternatives=("T_air", "RH_air")),
        Input("T_air", "K", "entering air, dry bulb", required=False),
        Input("RH_air", "1", "entering air, relative humidity", required=False),
        Input("air_flow", "kg/s", "dry air", required=False),
        Input("T_air_out", "K", "leaving air, dry bulb", required=False),
        Input("RH_air_out", "1", "leaving air, relative humidity", required=False),
        Input("T_makeup", "K", "makeup water; the cold water's temperature where absent", required=False),
        Input("fan_power", "W", "electric power of the fans", required=False),
        Input("makeup_flow", "kg/s", "makeup water", required=False),
        Input("blowdown_flow", "kg/s", "blowdown", required=False),
    ),
    parameters=(
        Parameter("p_air", "Pa", "absolute pressure of the air", P_ATMOSPHERE_PA, lower=5e4, upper=1.1e5),
        Parameter(
            "water_air_ratio", "1", "kg of water a kg of dry air (L/G), for `merkel`", lower=0.0, may_be_input=False
        ),
        Parameter("drive_cutoff", "kg/s", "the tower is off at or below this flow of water", 0.0, may_be_input=False),
    ),
    losses=(),
    values_out=(
        Quantity("range", "K(d)", "mean T_hot − T_cold"),
        Quantity("approach", "K(d)", "mean T_cold − T_wet_bulb"),
        Quantity("Q_rejected", "W", "mean heat given by the water"),
        Quantity("evaporation", "kg/s", "evaporated water: measured on the air side, else heat / heat of vaporisation"),
        Quantity("evaporation_fraction", "1", "evaporated water / circulating water"),
        Quantity("fan_share", "1", "fan power / heat rejected"),
        Quantity("cycles", "1", "makeup / blowdown: cycles of concentration without drift"),
        Quantity("merkel", "1", "KaV/L at the mean temperatures"),
    ),
    sums=("T_hot", "T_cold", "T_wet_bulb", "water", "evaporation", "fan", "makeup", "blowdown"),
    driver="water_flow",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda _parameters, _measured: "cooling_tower/wet_bulb_effectiveness",
    check=check,
)
