"""Compressor, wire to gas: electricity in, work of an ideal compression out.

    isentropic: h(p_out, s_in) − h_in          isothermal: R T_in ln(p_out / p_in)
    loss to the gas = m (h_out − h_in − ideal)          cooling = m_cw (h_cw,out − h_cw,in)

Air has its real heat capacity; another gas is ideal with constant k and molar mass. Real-gas effects are not counted:
above some 3 MPa of air expect a percent. Source: work of an ideal gas; air by NASA polynomials.
"""

from __future__ import annotations

import numpy as np

from calc import air, water
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
from calc.elementwise import expm1, log
from calc.motor import drive_loss, drive_parameters

R_MOLAR = 8.31446261815324
P_COOLING_PA = 400e3
Number = Floats | float


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Electricity, ideal work, the losses that the inputs tell, residual; (n,) W each."""
    flow, p_in, p_out = inputs["flow"], inputs["p_in"], inputs["p_out"]
    faults = _faults(inputs)
    power = unless(faults, inputs["electric_power"])
    pressure_ratio = p_out / np.where(p_in > 0.0, p_in, np.nan)
    isentropic, isothermal, rise, entropy = _works(inputs, parameters, pressure_ratio)
    reference = isothermal if parameters.get("reference") == "isothermal" else isentropic
    out = unless(faults, flow * reference)
    losses = {
        "drive": drive_loss(inputs, parameters, power),
        "gas": unless(faults, flow * (rise - reference)),
        "cooling": unless(faults, _cooling(inputs)),
    }
    sums = {
        "mass": flow,
        "pressure_ratio": pressure_ratio,
        "isentropic": flow * isentropic,
        "rise": flow * rise,
        "isothermal_entropy": flow * isothermal / inputs["T_in"],
        "entropy": flow * entropy,
    }
    return Rates(
        energy_in_w=power,
        energy_out_w=out,
        losses_w=losses,
        residual_w=residual(power, out, losses),
        sums={name: unless(faults, part) for name, part in sums.items()},
        faults=faults,
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Specific energy, pressure ratio and the efficiencies of the compression; what has no answer is left out."""
    sums = integrals.sums
    return known(
        {
            "specific_energy": ratio(integrals.energy_in_j, sums["mass"]),
            "pressure_ratio": ratio(sums["pressure_ratio"], integrals.duration_s),
            "isentropic_efficiency": ratio(sums["isentropic"], sums["rise"]),
            "polytropic_efficiency": ratio(sums["isothermal_entropy"], sums["entropy"]),
        }
    )


def bound(_integrals: Integrals, _parameters: Parameters) -> Bound:
    """No compression needs less than the ideal one (an isothermal reference is for cooled machines)."""
    return Bound("above_unity", 1.0)


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix): another gas needs k and molar mass, cooling all of its three inputs."""
    broken = []
    if parameters.get("gas") == "other":
        broken += [
            (key, f"give {key} of the gas")
            for key in ("k", "molar_mass")
            if key not in measured and parameters.get(key) is None
        ]
    if "cooling_flow" in measured:
        missing = [name for name in ("T_cooling_in", "T_cooling_out") if name not in measured]
        broken += [(name, f"with cooling_flow give {name} too") for name in missing]
    return tuple(broken)


def isentropic_work(T_in: Number, pressure_ratio: Number, k: Number, R: Number) -> Floats:
    """Work of an isentropic compression of an ideal gas, k/(k − 1) R T (r^((k−1)/k) − 1), (n,) J/kg.

    Parameters
    ----------
    T_in : (n,) K. pressure_ratio : (n,) 1. k : (n,) 1. R : (n,) J/(kg K).

    Returns
    -------
    (n,) J/kg; NaN where the ratio is not above zero or k not above 1.
    """
    r, k = np.asarray(pressure_ratio, dtype=np.float64), np.asarray(k, dtype=np.float64)
    r, k = np.where(r > 0.0, r, np.nan), np.where(k > 1.0, k, np.nan)
    return np.asarray(k / (k - 1.0) * R * np.asarray(T_in) * expm1((k - 1.0) / k * log(r)))


def isothermal_work(T_in: Number, pressure_ratio: Number, R: Number) -> Floats:
    """Work of an isothermal compression of an ideal gas, R T ln r, (n,) J/kg; NaN where the ratio is not above zero."""
    r = np.asarray(pressure_ratio, dtype=np.float64)
    return np.asarray(R * np.asarray(T_in) * log(np.where(r > 0.0, r, np.nan)))


def polytropic_exponent(T_in: Number, T_out: Number, pressure_ratio: Number) -> Floats:
    """Exponent n of p v^n between two states of an ideal gas, (n,) 1: ln r / (ln r − ln(T_out / T_in))."""
    T = np.asarray(T_out, dtype=np.float64) / np.asarray(T_in, dtype=np.float64)
    r = np.asarray(pressure_ratio, dtype=np.float64)
    ln_r, ln_T = log(np.where(r > 0.0, r, np.nan)), log(np.where(T > 0.0, T, np.nan))
    left = ln_r - ln_T
    return np.asarray(ln_r / np.where(left == 0.0, np.nan, left))


def _works(inputs: Inputs, parameters: Parameters, r: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Isentropic and isothermal work, rise of enthalpy (J/kg), R ln r's and the state's entropy rise s° (J/(kg K))."""
    T_in = inputs["T_in"]
    T_out = inputs.get("T_out", np.full(T_in.shape, np.nan))
    if parameters.get("gas") != "other":
        h_in = air.h_T(T_in)
        ideal = air.h_T(air.T_isentropic(T_in, r)) - h_in
        return ideal, isothermal_work(T_in, r, air.R_AIR), air.h_T(T_out) - h_in, air.s0_T(T_out) - air.s0_T(T_in)
    k, molar_mass = (number(inputs, parameters, name) for name in ("k", "molar_mass"))
    k, R = np.asarray(np.nan if k is None else k), R_MOLAR / np.asarray(np.nan if molar_mass is None else molar_mass)
    cp = R * k / (k - 1.0)
    entropy = cp * log(np.where(T_out > 0.0, T_out, np.nan) / T_in)
    return isentropic_work(T_in, r, k, R), isothermal_work(T_in, r, R), cp * (T_out - T_in), entropy


def _cooling(inputs: Inputs) -> Floats:
    """Heat that the cooling water takes, (n,) W; NaN where it is not measured."""
    if any(name not in inputs for name in ("cooling_flow", "T_cooling_in", "T_cooling_out")):
        return np.full(inputs["flow"].shape, np.nan)
    h_in, h_out = (water.h_pT(P_COOLING_PA, inputs[f"T_cooling_{end}"]) for end in ("in", "out"))
    return np.asarray(inputs["cooling_flow"] * (h_out - h_in))


def _faults(inputs: Inputs) -> dict[str, Mask]:
    """No flow runs backwards, no pressure is below zero, no gas is colder than 200 K (a °C read as K is found so)."""
    found = {name: np.asarray(inputs[name] <= 0.0) for name in ("p_in", "p_out")}
    found["flow"] = np.asarray(inputs["flow"] < 0.0)
    for name in ("T_in", "T_out"):
        if name in inputs:
            found[name] = np.asarray((inputs[name] < air.T_RANGE_K[0]) | (inputs[name] > air.T_RANGE_K[1]))
    for name in ("T_cooling_in", "T_cooling_out"):
        if name in inputs:
            found[name] = np.asarray(inputs[name] < 273.15)
    return found


COMPRESSOR = AssetType(
    name="compressor",
    description="Compressor, wire to gas: electricity in, work of an ideal compression out.",
    inputs=(
        Input("electric_power", "W", "electric power of the motor (or of the whole set)"),
        Input("flow", "kg/s", "flow of the gas"),
        Input("p_in", "Pa", "suction pressure, absolute"),
        Input("T_in", "K", "suction temperature"),
        Input("p_out", "Pa", "discharge pressure, absolute"),
        Input("T_out", "K", "discharge temperature, before any aftercooler", required=False),
        Input("cooling_flow", "kg/s", "cooling water of jacket and intercoolers", required=False),
        Input("T_cooling_in", "K", "cooling water, entering", required=False),
        Input("T_cooling_out", "K", "cooling water, leaving", required=False),
    ),
    parameters=(
        Parameter("gas", None, "the gas", "air", ("air", "other"), may_be_input=False),
        Parameter("k", "1", "isentropic exponent of another gas", lower=1.01, upper=1.67),
        Parameter("molar_mass", "kg/mol", "molar mass of another gas", lower=0.002, upper=0.5),
        Parameter("reference", None, "the ideal work", "isentropic", ("isentropic", "isothermal"), may_be_input=False),
        *drive_parameters(),
        Parameter("drive_cutoff", "W", "the compressor is off at or below this power", 0.0, may_be_input=False),
    ),
    losses=(
        Quantity("drive", "W", "loss of motor and drive, where their efficiency is given"),
        Quantity("gas", "W", "heat in the gas above the ideal work, where T_out is measured"),
        Quantity("cooling", "W", "heat to the cooling water, where it is measured"),
    ),
    values_out=(
        Quantity("specific_energy", "J/kg", "electricity a kilogram of gas"),
        Quantity("pressure_ratio", "1", "mean pressure ratio"),
        Quantity("isentropic_efficiency", "1", "ideal / actual rise of enthalpy, uncooled"),
        Quantity("polytropic_efficiency", "1", "R ln r / rise of s°, uncooled"),
    ),
    sums=("mass", "pressure_ratio", "isentropic", "rise", "isothermal_entropy", "entropy"),
    driver="electric_power",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda parameters, _measured: f"compressor/{parameters.get('reference') or 'isentropic'}",
    check=check,
)
