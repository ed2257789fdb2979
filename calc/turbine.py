"""Steam turbine, by section: what the steam could give without loss, and what the generator gives.

    available = Σ m_j (h_in − h(p_j, s_in)) over extractions and exhaust, a run from its own inlet; eta = P / available
    section j: (h_in,j − h_out,j) / (h_in,j − h_s,j), where both ends are surely dry
    wet exhaust: h = (Σ m h in − Σ m h out − P / generator_efficiency) / m_exhaust

eta needs no temperature behind the inlet, so a wet exhaust does no harm. Where `p_reheat` and `T_reheat` are measured,
what extraction 1 leaves is reheated to them and expands in a second run.

Source: first law and isentropic efficiency by section, water and steam by IAPWS-IF97 (R7-97(2012)). Valid for an inlet
that is superheated or within 0.05 K of saturation; gland steam is not counted apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

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
from calc.expansion import dryness, exhaust_enthalpy, isentropic_enthalpy, outlet_enthalpy, superheated_state
from calc.steam_state import liquid, not_a_pressure, steam

EXTRACTIONS = (1, 2, 3)
EXHAUST = 4
SECTIONS = (*EXTRACTIONS, EXHAUST)
"""Section j ends at extraction j, the last one at the exhaust."""


@dataclass(frozen=True)
class Outlet:
    """Steam leaving at the end of a section: flow (n,) kg/s, p (n,) Pa, h (n,) J/kg, NaN where it is not surely dry."""

    section: int
    flow: Floats
    p: Floats
    h: Floats
    s: Floats


@dataclass(frozen=True)
class Run:
    """Sections in a row without heat between them: the inlet and its outlets, (n,) each."""

    flow: Floats
    h: Floats
    s: Floats
    outlets: tuple[Outlet, ...]

    def available(self) -> Floats:
        """Power of an expansion without loss, (n,) W."""
        total = np.zeros(self.flow.shape)
        for outlet in self.outlets:
            total = total + outlet.flow * (self.h - isentropic_enthalpy(outlet.p, self.s))
        return total

    def given(self) -> Floats:
        """Power that the steam gave, (n,) W; NaN where an outlet is not surely dry."""
        total = np.zeros(self.flow.shape)
        for outlet in self.outlets:
            total = total + outlet.flow * (self.h - outlet.h)
        return total

    def sections(self) -> dict[str, Floats]:
        """Actual and ideal power of each section from its own inlet, (n,) W."""
        found: dict[str, Floats] = {}
        left, h, s = self.flow, self.h, self.s
        for outlet in self.outlets:
            found[f"actual_{outlet.section}"] = left * (h - outlet.h)
            found[f"ideal_{outlet.section}"] = left * (h - isentropic_enthalpy(outlet.p, s))
            left, h, s = left - outlet.flow, outlet.h, outlet.s
        return found


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Available power, generator (else steam) power, the losses that the inputs tell, and the residual; (n,) W each."""
    faults = _faults(inputs)
    runs = _runs(inputs)
    unknown = np.full(inputs["steam_flow"].shape, np.nan)
    available, given = (_both(part, runs) for part in (Run.available, Run.given))
    efficiency = number(inputs, parameters, "generator_efficiency")
    power = inputs.get("electric_power", unknown)
    shaft = power / (np.nan if efficiency is None else efficiency)
    energy_in = unless(faults, available)
    energy_out = unless(faults, power if "electric_power" in inputs else given)
    losses = {"internal": unless(faults, available - given), "generator": unless(faults, shaft - power)}
    sums = dict.fromkeys(SUMS, unknown) | _exhaust(runs, shaft) | {"heat": _heat(inputs, runs), "steam": runs[0].flow}
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        losses_w=losses,
        residual_w=residual(energy_in, energy_out, losses),
        sums={name: unless(faults, sums[name]) for name in SUMS},
        faults=faults,
        notes={"near_saturation": steam(inputs["p_in"], inputs["T_in"])[2]},
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Section efficiencies, exhaust, steam and heat rate over a window; a value without an answer is left out."""
    sums, out = integrals.sums, integrals.energy_out_j
    found = {f"eta_section_{j}": ratio(sums[f"actual_{j}"], sums[f"ideal_{j}"]) for j in SECTIONS}
    found["steam_rate"] = ratio(sums["steam"], out)
    found["heat_rate"] = ratio(sums["heat"], out)
    found["cycle_efficiency"] = ratio(out, sums["heat"])
    found["h_exhaust"] = ratio(sums["exhaust_enthalpy"], sums["exhaust"])
    p_exhaust = ratio(sums["p_exhaust"], integrals.duration_s)
    x = float(dryness(p_exhaust, np.asarray(found["h_exhaust"])))
    found["x_exhaust"] = x if 0.0 <= x <= 1.0 else float("nan")
    return known(found)


def bound(_integrals: Integrals, _parameters: Parameters) -> Bound:
    """No expansion gives more than the isentropic one."""
    return Bound("above_unity", 1.0)


def check(_parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix): an extraction's flow goes with its pressure, a reheat with extraction 1."""
    broken = []
    for j in EXTRACTIONS:
        flow, pressure = f"extraction_flow_{j}", f"p_extraction_{j}"
        if flow in measured and pressure not in measured:
            broken.append((pressure, f"with {flow} give {pressure} too"))
    if len(measured & {"p_reheat", "T_reheat"}) == 1:
        broken.append(("T_reheat", "give p_reheat and T_reheat together"))
    if {"p_reheat", "T_reheat"} <= measured and "p_extraction_1" not in measured:
        broken.append(("p_extraction_1", "with a reheat give p_extraction_1, the pressure of the cold reheat"))
    return tuple(broken)


def _runs(inputs: Inputs) -> tuple[Run, ...]:
    """One run, or two with a reheat between them."""
    flow = inputs["steam_flow"]
    h, s = superheated_state(inputs["p_in"], inputs["T_in"])
    bled = tuple(_extraction(inputs, j) for j in EXTRACTIONS if f"p_extraction_{j}" in inputs)
    left = flow
    for outlet in bled:
        left = left - outlet.flow
    exhaust = _outlet(inputs, EXHAUST, left, "p_out", "T_out")
    if "p_reheat" not in inputs or "T_reheat" not in inputs:
        return (Run(flow, h, s, (*bled, exhaust)),)
    cold = _outlet(inputs, 1, flow, "p_extraction_1", "T_extraction_1")
    h_hot, s_hot = superheated_state(inputs["p_reheat"], inputs["T_reheat"])
    reheated = flow - bled[0].flow
    return Run(flow, h, s, (cold,)), Run(reheated, h_hot, s_hot, (*bled[1:], exhaust))


def _both(part: Callable[[Run], Floats], runs: tuple[Run, ...]) -> Floats:
    """A power summed over the runs, (n,) W."""
    total = part(runs[0])
    for run in runs[1:]:
        total = total + part(run)
    return total


def _extraction(inputs: Inputs, j: int) -> Outlet:
    flow = inputs.get(f"extraction_flow_{j}", np.zeros(inputs["steam_flow"].shape))
    return _outlet(inputs, j, flow, f"p_extraction_{j}", f"T_extraction_{j}")


def _outlet(inputs: Inputs, section: int, flow: Floats, pressure: str, temperature: str) -> Outlet:
    p, T = inputs[pressure], inputs.get(temperature, np.full(flow.shape, np.nan))
    h = outlet_enthalpy(p, T)
    return Outlet(section, flow, p, h, np.where(np.isnan(h), np.nan, superheated_state(p, T)[1]))


def _exhaust(runs: tuple[Run, ...], shaft: Floats) -> dict[str, Floats]:
    """The sections' powers and the exhaust: its enthalpy as measured where dry, else by balance with the shaft."""
    last = runs[-1]
    exhaust = last.outlets[-1]
    taken, before = np.zeros(shaft.shape), np.zeros(shaft.shape)
    for outlet in last.outlets[:-1]:
        taken = taken + outlet.flow * outlet.h
    for run in runs[:-1]:
        before = before + run.given()
    balanced = exhaust_enthalpy(shaft - before, last.flow, last.h, taken, exhaust.flow)
    h = np.where(np.isnan(exhaust.h), balanced, exhaust.h)
    whole = Run(last.flow, last.h, last.s, (*last.outlets[:-1], Outlet(EXHAUST, exhaust.flow, exhaust.p, h, exhaust.s)))
    sections: dict[str, Floats] = {}
    for run in (*runs[:-1], whole):
        sections |= run.sections()
    return sections | {"exhaust": exhaust.flow, "exhaust_enthalpy": exhaust.flow * h, "p_exhaust": exhaust.p}


def _heat(inputs: Inputs, runs: tuple[Run, ...]) -> Floats:
    """Heat that boiler and reheater gave to the steam, (n,) W; NaN without the feedwater's temperature."""
    if "T_feedwater" not in inputs:
        return np.full(runs[0].flow.shape, np.nan)
    p_feedwater = inputs.get("p_feedwater", inputs["p_in"])
    h_feedwater, _wrong, _near = liquid(
        np.where(np.isnan(p_feedwater), inputs["p_in"], p_feedwater), inputs["T_feedwater"]
    )
    heat = runs[0].flow * (runs[0].h - h_feedwater)
    return heat if len(runs) == 1 else heat + runs[1].flow * (runs[1].h - runs[0].outlets[0].h)


def _faults(inputs: Inputs) -> dict[str, Mask]:
    """No flow runs backwards, no more is bled than enters, no pressure rises on the way, no steam is too cold."""
    flows = ("steam_flow", *(f"extraction_flow_{j}" for j in EXTRACTIONS))
    found = {name: np.asarray(inputs[name] < 0.0) for name in flows if name in inputs}
    left = inputs["steam_flow"]
    for name in flows[1:]:
        left = left - inputs.get(name, np.zeros(left.shape))
    found["steam_flow"] = found["steam_flow"] | (left < 0.0)
    found["p_in"] = not_a_pressure(inputs["p_in"])
    for name in ("p_out", *(f"p_extraction_{j}" for j in EXTRACTIONS)):
        if name in inputs:
            found[name] = np.asarray((inputs[name] <= 0.0) | (inputs[name] > inputs["p_in"]))
    for p, T in (("p_in", "T_in"), ("p_reheat", "T_reheat")):
        if p in inputs and T in inputs:
            found[T] = steam(inputs[p], inputs[T])[1]
    for name in ("T_out", "T_feedwater", *(f"T_extraction_{j}" for j in EXTRACTIONS)):
        if name in inputs:
            found[name] = np.asarray(inputs[name] < 273.15)
    return found


def _extraction_inputs() -> tuple[Input, ...]:
    """Flow, pressure and temperature of each extraction."""
    return tuple(
        Input(f"{name}_{j}", unit, f"{what} of extraction {j}", required=False)
        for j in EXTRACTIONS
        for name, unit, what in (
            ("extraction_flow", "kg/s", "flow"),
            ("p_extraction", "Pa", "absolute pressure"),
            ("T_extraction", "K", "temperature"),
        )
    )


SUMS = (
    *(f"{kind}_{j}" for j in SECTIONS for kind in ("actual", "ideal")),
    *("steam", "heat", "exhaust", "exhaust_enthalpy", "p_exhaust"),
)
STEAM_TURBINE = AssetType(
    name="steam_turbine",
    description="Steam turbine: power of an expansion without loss in, electricity out; eta is isentropic.",
    inputs=(
        Input("steam_flow", "kg/s", "steam at the inlet"),
        Input("p_in", "Pa", "inlet pressure, absolute"),
        Input("T_in", "K", "inlet temperature"),
        Input("p_out", "Pa", "exhaust pressure, absolute"),
        Input("electric_power", "W", "power at the generator's terminals", alternatives=("T_out",)),
        Input("T_out", "K", "exhaust temperature; used where it is dry", required=False),
        *_extraction_inputs(),
        Input("p_reheat", "Pa", "hot reheat, absolute pressure", required=False),
        Input("T_reheat", "K", "hot reheat, temperature", required=False),
        Input("T_feedwater", "K", "feedwater to the boiler, for the heat rate", required=False),
        Input("p_feedwater", "Pa", "feedwater's absolute pressure; p_in where absent", required=False),
    ),
    parameters=(
        Parameter("generator_efficiency", "1", "electric / shaft power, bearings included", lower=0.5, upper=1.0),
        Parameter("drive_cutoff", "kg/s", "the turbine is off at or below this steam flow", 0.0, may_be_input=False),
    ),
    losses=(
        Quantity("internal", "W", "available less what the steam gave, where all outlets are dry"),
        Quantity("generator", "W", "shaft less electric power"),
    ),
    values_out=(
        *(Quantity(f"eta_section_{j}", "1", f"isentropic efficiency up to extraction {j}") for j in EXTRACTIONS),
        Quantity("eta_section_4", "1", "isentropic efficiency of the last section, by balance where it ends wet"),
        Quantity("steam_rate", "kg/J", "steam a unit of electricity (× 3.6e6: kg/kWh)"),
        Quantity("heat_rate", "1", "heat to the steam / electricity (× 3600: kJ/kWh)"),
        Quantity("cycle_efficiency", "1", "electricity / heat to the steam"),
        Quantity("h_exhaust", "J/kg", "enthalpy of the exhaust, measured where dry, else by balance"),
        Quantity("x_exhaust", "1", "dryness of a wet exhaust"),
    ),
    sums=SUMS,
    driver="steam_flow",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda _parameters, measured: (
        "steam_turbine/generator_power" if "electric_power" in measured else "steam_turbine/enthalpy_drop"
    ),
    check=check,
)
