"""Closed feedwater heater: heat given by extraction steam and cascaded drains, heat taken by the feedwater.

    in = extraction_flow · (h_extraction − h_drain) + drain_in_flow · (h_drain_in − h_drain)
    out = feedwater_flow · (h(T_out) − h(T_in))        TTD = T_sat(p_shell) − T_out        DCA = T_drain − T_in

Without extraction_flow the steam is taken to give what the water takes: eta is then 1, the residual unknown, and
`extraction_flow` a result.
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
)
from calc.balance import known, ratio, unless
from calc.heater_duty import drain_cooler_approach, extraction_flow
from calc.named_stream import backwards, where_known, while_running
from calc.steam_state import liquid, not_a_pressure, steam, unanswered


def rates(inputs: Inputs, _parameters: Parameters) -> Rates:
    """Heats of both sides, their residual, and what TTD, DCA and the extraction are made of; (n,) each."""
    p_shell, flow = inputs["p_shell"], inputs["feedwater_flow"]
    T_sat = water.T_sat_p(p_shell)
    h, faults, near = _enthalpies(inputs)
    faults["p_shell"] = not_a_pressure(p_shell) | unanswered(T_sat, p_shell, p_shell)
    faults |= backwards(inputs, "feedwater_flow", "extraction_flow", "drain_in_flow")
    taken = unless(faults, flow * (h["T_out"] - h["T_in"]))
    cascaded = unless(faults, _cascaded(inputs, h["T_drain"]))
    drop = h["T_extraction"] - h["T_drain"]
    extraction = extraction_flow(taken - cascaded, h["T_extraction"], h["T_drain"])
    measured = inputs.get("extraction_flow", np.full(flow.shape, np.nan))
    given = while_running(flow, unless(faults, np.where(np.isnan(measured), taken, measured * drop + cascaded)))
    return Rates(
        energy_in_w=given,
        energy_out_w=taken,
        residual_w=where_known(inputs, ("extraction_flow",), given - taken),
        sums={
            "TTD": T_sat - inputs["T_out"],
            "DCA": drain_cooler_approach(inputs["T_drain"], inputs["T_in"]),
            "extraction": extraction,
        },
        faults=faults,
        notes={"near_saturation": near},
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """TTD, DCA and the extraction that the balance asks for, as means over the window."""
    seconds, sums = integrals.duration_s, integrals.sums
    found = {"TTD": sums["TTD"], "DCA": sums["DCA"], "extraction_flow": sums["extraction"]}
    return known({name: ratio(total, seconds) for name, total in found.items()})


def _enthalpies(inputs: Inputs) -> tuple[dict[str, Floats], dict[str, Mask], Mask]:
    """Enthalpy at each temperature (feedwater at its pressure, drain and extraction at the shell's), faults, notes."""
    p_shell = inputs["p_shell"]
    p_feedwater = inputs["p_feedwater"]
    found: dict[str, Floats] = {}
    faults: dict[str, Mask] = {"p_feedwater": not_a_pressure(p_feedwater)}
    near = np.zeros(p_shell.shape, dtype=np.bool_)
    places = {"T_in": (liquid, p_feedwater), "T_out": (liquid, p_feedwater), "T_drain": (liquid, p_shell)}
    for name, (state, p) in (places | {"T_extraction": (steam, p_shell)}).items():
        found[name], wrong, close = state(p, inputs[name])
        faults[name] = wrong & ~not_a_pressure(p)
        near |= close
    return found, faults, near


def _cascaded(inputs: Inputs, h_drain: Floats) -> Floats:
    """Heat of drains from the heater above (saturated at their temperature); nothing where they are not measured."""
    unknown = np.full(h_drain.shape, np.nan)
    flow, T = inputs.get("drain_in_flow", unknown), inputs.get("T_drain_in", unknown)
    heat = flow * (water.h_Tx(T, np.zeros(T.shape)) - h_drain)
    return np.where(np.isnan(flow) | np.isnan(T), 0.0, heat)


FEEDWATER_HEATER = AssetType(
    name="feedwater_heater",
    description="Closed feedwater heater: heat taken by the feedwater over heat given by extraction and drains.",
    inputs=(
        Input("feedwater_flow", "kg/s", "feedwater"),
        Input("T_in", "K", "feedwater, entering"),
        Input("T_out", "K", "feedwater, leaving"),
        Input("p_feedwater", "Pa", "feedwater pressure, absolute"),
        Input("p_shell", "Pa", "shell pressure, absolute"),
        Input("T_extraction", "K", "extraction steam, entering the shell"),
        Input("T_drain", "K", "drain, leaving the shell"),
        Input("extraction_flow", "kg/s", "extraction steam", required=False),
        Input("drain_in_flow", "kg/s", "drain from the heater above", required=False),
        Input("T_drain_in", "K", "that drain", required=False),
    ),
    parameters=(
        Parameter("drive_cutoff", "kg/s", "out of use at or below this feedwater flow", 0.0, may_be_input=False),
    ),
    losses=(),
    values_out=(
        Quantity("TTD", "K", "terminal temperature difference; below zero with a desuperheating zone"),
        Quantity("DCA", "K", "drain cooler approach"),
        Quantity("extraction_flow", "kg/s", "extraction that the heat balance asks for"),
    ),
    sums=("TTD", "DCA", "extraction"),
    driver="feedwater_flow",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=lambda _integrals, _parameters: Bound("above_unity", 1.0, beyond_uncertainty=True),
    method=lambda _p, measured: f"feedwater_heater/{'balance' if 'extraction_flow' in measured else 'water_side'}",
)
