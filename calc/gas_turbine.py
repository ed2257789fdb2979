"""Gas turbine: fuel heat in, electricity out; figures at ISO conditions by the maker's curves; the compressor.

    eta = P / (m_fuel LHV)          heat rate = 1 / eta
    P_corrected = P / Π f_x(x)      HR_corrected = HR / Π g_x(x),  x: inlet T and p, RH, inlet and exhaust loss, speed
    without curves, where `theta_exponent` is given: P_corrected = P (101.325 kPa / p) (T / 288.15 K)^a, "indicative"
    eta_compressor = (h_2s − h_1) / (h_2 − h_1), dry air

ISO conditions: 15 °C, 101.325 kPa, 60 % relative humidity (ISO 2314). A measured quantity without a curve is not
corrected for; outside its curve there is no corrected figure.

Source: first law; dry air by NASA polynomials (NASA/TP-2002-211556). Valid for air from 200 to 6000 K; the exhaust
counts as air, real exhaust gas carries some 2 to 5 % more.
"""

from __future__ import annotations

import numpy as np

from calc import air
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
from calc.balance import known, ratio, residual, unless
from calc.curve import parse_curve
from calc.elementwise import power as power_of
from calc.errors import CalcError
from calc.fuel_heat import basis, fuel_heat, heating_values, missing_heating_value, unity_bound

T_ISO_K = 288.15
P_ISO_PA = 101325.0
CONDITIONS = {
    "T_inlet": "K",
    "p_inlet": "Pa",
    "RH_inlet": "1",
    "inlet_loss": "Pa(d)",
    "exhaust_loss": "Pa(d)",
    "speed": "Hz",
}
Number = Floats | float


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Fuel heat, electricity, exhaust loss where it is measured, residual; (n,) W each."""
    faults = _faults(inputs)
    heat, heat_hhv = (unless(faults, part) for part in fuel_heat(inputs, parameters))
    power = unless(faults, inputs["electric_power"])
    f_power, f_heat_rate = (_factor(inputs, parameters, figure) for figure in ("power", "heat_rate"))
    losses = {"exhaust": unless(faults, _exhaust(inputs))}
    sums = {
        "fuel_heat_hhv": heat_hhv,
        "corrected_power": power / f_power,
        "corrected_heat": heat / (f_power * f_heat_rate),
        **{name: unless(faults, part) for name, part in _compressor(inputs).items()},
    }
    return Rates(
        energy_in_w=heat,
        energy_out_w=power,
        losses_w=losses,
        residual_w=residual(heat, power, losses),
        sums=sums,
        faults=faults,
    )


def values(integrals: Integrals, parameters: Parameters) -> dict[str, float]:
    """Heat rate, corrected figures and compressor over a window, from integrals; what has no answer is left out."""
    sums = integrals.sums
    found = {
        "heat_rate": ratio(integrals.energy_in_j, integrals.energy_out_j),
        "compressor_efficiency": ratio(sums["compressor_ideal"], sums["compressor_actual"]),
        "pressure_ratio": ratio(sums["pressure_ratio"], integrals.duration_s),
    }
    if _correction(parameters) != "uncorrected":
        found["corrected_power"] = ratio(sums["corrected_power"], integrals.duration_s)
        found["corrected_heat_rate"] = ratio(sums["corrected_heat"], sums["corrected_power"])
    return known(found)


def bound(integrals: Integrals, _parameters: Parameters) -> Bound | None:
    """Unity on the basis of the heating value."""
    return unity_bound(integrals)


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix): a heating value is needed, curves can be read and their quantities are measured."""
    broken = list(missing_heating_value(parameters, measured))
    for figure in ("power", "heat_rate"):
        for name, unit in CONDITIONS.items():
            key, text = f"{figure}_curve_{name}", parameters.get(f"{figure}_curve_{name}")
            if not isinstance(text, str):
                continue
            try:
                parse_curve(text, unit)
            except CalcError as error:
                broken.append((key, error.detail))
            if name not in measured:
                broken.append((name, f"{key} needs the input {name}"))
    return tuple(broken)


def method(parameters: Parameters, measured: frozenset[str]) -> str:
    """Basis and how figures are brought to ISO conditions: `curves`, `indicative` or `uncorrected`."""
    return f"gas_turbine/{basis(parameters, measured)}/{_correction(parameters)}"


def compressor_efficiency(p_in: Number, T_in: Number, p_out: Number, T_out: Number) -> Floats:
    """Isentropic efficiency of an air compressor, dry air of real heat capacity.

    Parameters
    ----------
    p_in, p_out : (n,) Pa. T_in, T_out : (n,) K.

    Returns
    -------
    (n,) 1; NaN where the air does not get warmer or a pressure is not above zero.
    """
    p_in, p_out = np.asarray(p_in, dtype=np.float64), np.asarray(p_out, dtype=np.float64)
    rise = air.h_T(T_out) - air.h_T(T_in)
    ideal = air.h_T(air.T_isentropic(T_in, p_out / np.where(p_in > 0.0, p_in, np.nan))) - air.h_T(T_in)
    return np.asarray(ideal / np.where(rise > 0.0, rise, np.nan))


def net_power(m_air: Number, h_1: Number, h_2: Number, m_gas: Number, h_4: Number, h_5: Number) -> Floats:
    """Power of the expander less the compressor's, (n,) W, from flows (n,) kg/s and enthalpies (n,) J/kg."""
    return np.asarray(np.asarray(m_gas) * (np.asarray(h_4) - h_5) - np.asarray(m_air) * (np.asarray(h_2) - h_1))


def indicative_iso_power(power: Number, T_inlet: Number, p_inlet: Number, theta_exponent: Number) -> Floats:
    """Power at 15 °C and 101.325 kPa by P ~ δ θ^−a, (n,) W: a fitted model, no maker's curve, indicative."""
    T, p = np.asarray(T_inlet, dtype=np.float64), np.asarray(p_inlet, dtype=np.float64)
    T, p = np.where(T > 0.0, T, np.nan), np.where(p > 0.0, p, np.nan)
    return np.asarray(power * (P_ISO_PA / p) * power_of(T / T_ISO_K, theta_exponent))


def _correction(parameters: Parameters) -> str:
    if any(isinstance(parameters.get(f"power_curve_{name}"), str) for name in CONDITIONS):
        return "curves"
    return "indicative" if isinstance(parameters.get("theta_exponent"), float | int) else "uncorrected"


def _factor(inputs: Inputs, parameters: Parameters, figure: str) -> Floats:
    """Product of a figure's curves, (n,) 1; NaN where one is left or its quantity is not measured."""
    shape = inputs["fuel_flow"].shape
    unknown = np.full(shape, np.nan)
    if figure == "power" and _correction(parameters) == "indicative":
        a = number(inputs, parameters, "theta_exponent")
        T, p = inputs.get("T_inlet", unknown), inputs.get("p_inlet", np.full(shape, P_ISO_PA))
        return 1.0 / indicative_iso_power(1.0, T, p, np.nan if a is None else a)
    factor = np.ones(shape)
    for name, unit in CONDITIONS.items():
        text = parameters.get(f"{figure}_curve_{name}")
        if isinstance(text, str):
            factor = factor * parse_curve(text, unit)(inputs.get(name, unknown))
    return factor


def _compressor(inputs: Inputs) -> dict[str, Floats]:
    """Ideal and actual rise of the air's enthalpy, J/kg, and the pressure ratio; NaN where not measured."""
    shape = inputs["fuel_flow"].shape
    if any(name not in inputs for name in ("T_inlet", "p_inlet", "p_compressor_out")):
        return dict.fromkeys(("compressor_ideal", "compressor_actual", "pressure_ratio"), np.full(shape, np.nan))
    T_1, p_1, p_2 = (inputs[name] for name in ("T_inlet", "p_inlet", "p_compressor_out"))
    pressure_ratio = p_2 / np.where(p_1 > 0.0, p_1, np.nan)
    h_1 = air.h_T(T_1)
    T_2 = inputs.get("T_compressor_out", np.full(shape, np.nan))
    ideal = air.h_T(air.T_isentropic(T_1, pressure_ratio)) - h_1
    return {"compressor_ideal": ideal, "compressor_actual": air.h_T(T_2) - h_1, "pressure_ratio": pressure_ratio}


def _exhaust(inputs: Inputs) -> Floats:
    """Sensible heat of the exhaust above the inlet, (n,) W, as air; NaN where its flow or a temperature is unknown."""
    if any(name not in inputs for name in ("exhaust_flow", "T_exhaust", "T_inlet")):
        return np.full(inputs["fuel_flow"].shape, np.nan)
    return np.asarray(inputs["exhaust_flow"] * (air.h_T(inputs["T_exhaust"]) - air.h_T(inputs["T_inlet"])))


def _faults(inputs: Inputs) -> dict[str, Mask]:
    """No flow runs backwards, no pressure or temperature is below what a turbine can stand in."""
    found = {"fuel_flow": np.asarray(inputs["fuel_flow"] < 0.0)}
    for name in ("p_inlet", "p_compressor_out"):
        if name in inputs:
            found[name] = np.asarray(inputs[name] <= 0.0)
    for name in ("T_inlet", "T_compressor_out", "T_exhaust"):
        if name in inputs:
            found[name] = np.asarray((inputs[name] < air.T_RANGE_K[0]) | (inputs[name] > air.T_RANGE_K[1]))
    if "RH_inlet" in inputs:
        found["RH_inlet"] = np.asarray((inputs["RH_inlet"] < 0.0) | (inputs["RH_inlet"] > 1.0))
    return found


GAS_TURBINE = AssetType(
    name="gas_turbine",
    description="Gas turbine: heat of the fuel in, electricity out; corrected to ISO conditions by the maker's curves.",
    inputs=(
        Input("fuel_flow", "kg/s", "fuel fired"),
        Input("electric_power", "W", "power at the generator's terminals"),
        Input("T_inlet", "K", "compressor inlet", required=False),
        Input("p_inlet", "Pa", "compressor inlet, absolute", required=False),
        Input("RH_inlet", "1", "relative humidity at the inlet", required=False),
        Input("inlet_loss", "Pa(d)", "pressure loss of inlet filter and duct", required=False),
        Input("exhaust_loss", "Pa(d)", "pressure loss of exhaust duct and what follows", required=False),
        Input("speed", "Hz", "speed of the shaft", required=False),
        Input("p_compressor_out", "Pa", "compressor discharge, absolute", required=False),
        Input("T_compressor_out", "K", "compressor discharge", required=False),
        Input("T_exhaust", "K", "exhaust", required=False),
        Input("exhaust_flow", "kg/s", "exhaust", required=False),
    ),
    parameters=(
        *heating_values(),
        *(
            Parameter(f"{figure}_curve_{name}", None, f"curve of the {what} over {name}, 1 at ISO", may_be_input=False)
            for figure, what in (("power", "power"), ("heat_rate", "heat rate"))
            for name in CONDITIONS
        ),
        Parameter("theta_exponent", "1", "a of P ~ θ^−a, fitted; for want of curves", lower=0.0, may_be_input=False),
        Parameter("fuel_cutoff", "kg/s", "no fire at or below this fuel flow", 0.0, may_be_input=False),
    ),
    losses=(Quantity("exhaust", "W", "sensible heat of the exhaust above the inlet, as air, where measured"),),
    values_out=(
        Quantity("heat_rate", "1", "fuel heat / electricity (× 3600: kJ/kWh)"),
        Quantity("corrected_power", "W", "mean power at ISO conditions"),
        Quantity("corrected_heat_rate", "1", "heat rate at ISO conditions"),
        Quantity("compressor_efficiency", "1", "isentropic, dry air"),
        Quantity("pressure_ratio", "1", "mean compressor pressure ratio"),
    ),
    sums=(
        *("fuel_heat_hhv", "corrected_power", "corrected_heat"),
        *("compressor_ideal", "compressor_actual", "pressure_ratio"),
    ),
    driver="fuel_flow",
    cutoff="fuel_cutoff",
    off_reason="no_fuel",
    rates=rates,
    values=values,
    bound=bound,
    method=method,
    check=check,
)
