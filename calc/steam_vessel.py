"""Steam header, deaerator and flash tank: energies of what enters and leaves, above IF97's zero.

header      out = Σ flow_out · h(p_header, T_header)        h_mixed = Σ flow_in h_in / Σ flow_in
deaerator   steam = (m_fw h_f + m_vent h_g − (m_fw + m_vent) h_water) / (h_steam − h_water)
flash tank  x = (h_in − h_f) / h_fg at the tank's pressure
"""

from __future__ import annotations

import numpy as np

from calc import steam_system, water
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
from calc.named_stream import backwards, known_or, named_stream, where_known, while_running
from calc.steam_state import not_a_pressure

P_ATMOSPHERE_PA = 101325.0
PLACES = ("1", "2", "3", "4")


def header_rates(inputs: Inputs, _parameters: Parameters) -> Rates:
    """Energy of the streams that enter, and of what leaves at the header's state."""
    n = inputs["p_header"].size
    leaving = named_stream(inputs, "p_header", "T_header", "steam")
    faults, near = leaving.faults, leaving.near_saturation
    entering, total_in = np.zeros(n), np.zeros(n)
    for place in PLACES:
        if f"flow_in_{place}" in inputs and f"T_in_{place}" in inputs:
            stream = named_stream(inputs, f"p_in_{place}", f"T_in_{place}", "steam", inputs["p_header"])
            flow = known_or(inputs, f"flow_in_{place}", np.full(n, np.nan if place == "1" else 0.0))
            h = stream.h if place == "1" else np.where(np.isnan(inputs[f"T_in_{place}"]), leaving.h, stream.h)
            entering = entering + while_running(flow, flow * h)
            total_in = total_in + flow
            faults |= stream.faults | backwards(inputs, f"flow_in_{place}")
            near = near | stream.near_saturation
    out = [name for name in (f"flow_out_{place}" for place in PLACES[:3]) if name in inputs]
    faults |= backwards(inputs, *out)
    total_out = np.add.reduce([known_or(inputs, name, np.zeros(n)) for name in out]) if out else total_in
    energy_in, energy_out = unless(faults, entering), unless(faults, total_out * leaving.h)
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        residual_w=energy_in - energy_out,
        sums={"mass_in": total_in, "mass_out": total_out},
        faults=faults,
        notes={"near_saturation": near},
    )


def header_values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Enthalpy of the mixture that enters, and what the masses leave open."""
    mass_in, mass_out = integrals.sums["mass_in"], integrals.sums["mass_out"]
    mixed = ratio(integrals.energy_in_j, mass_in)
    return known({"h_mixed": mixed, "mass_residual": ratio(mass_in - mass_out, integrals.duration_s)})


def deaerator_rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Energy of water and steam that enter, of the feedwater and the vent; flows that are not measured by balance."""
    p = inputs["p_deaerator"]
    cold = named_stream(inputs, "p_water", "T_water", "liquid", p)
    hot = named_stream(inputs, "p_steam", "T_steam", "steam", p)
    flow = inputs["feedwater_flow"]
    faults = cold.faults | hot.faults | {"p_deaerator": _no_saturation(p)}
    faults |= backwards(inputs, "feedwater_flow", "water_flow", "steam_flow")
    vent_share = number(inputs, parameters, "vent_share")
    found = steam_system.deaerator(flow, p, 0.0 if vent_share is None else vent_share, cold.h, hot.h)
    steam, make_up = known_or(inputs, "steam_flow", found.steam), known_or(inputs, "water_flow", found.water)
    energy_in = while_running(flow, unless(faults, steam * hot.h + make_up * cold.h))
    energy_out = unless(faults, flow * found.h_feedwater)
    losses = {"vent": unless(faults, found.vent * found.h_vent)}
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        losses_w=losses,
        residual_w=where_known(inputs, ("steam_flow", "water_flow"), residual(energy_in, energy_out, losses)),
        sums={"steam_needed": found.steam},
        faults=faults,
        notes={"near_saturation": cold.near_saturation | hot.near_saturation},
    )


def deaerator_values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Mean heating steam that the balance asks for."""
    return known({"steam_needed": ratio(integrals.sums["steam_needed"], integrals.duration_s)})


def flash_rates(inputs: Inputs, _parameters: Parameters) -> Rates:
    """Energy of the entering liquid, of the flash steam, and of the liquid that stays."""
    p_tank, flow = inputs["p_tank"], inputs["flow"]
    entering = named_stream(inputs, "p_in", "T_in", "liquid")
    faults = entering.faults | {"p_tank": _no_saturation(p_tank)} | backwards(inputs, "flow", "vapour_flow")
    x = steam_system.dryness(p_tank, entering.h)
    flashed = flow * np.where(x < 0.0, 0.0, x)  # liquid below the tank's saturation does not flash
    vapour = known_or(inputs, "vapour_flow", flashed)
    h_left = np.where(x < 0.0, entering.h, water.h_liquid_p(p_tank))
    energy_in, energy_out = unless(faults, flow * entering.h), unless(faults, vapour * water.h_vapour_p(p_tank))
    losses = {"condensate": unless(faults, (flow - vapour) * h_left)}
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        losses_w=losses,
        residual_w=where_known(inputs, ("vapour_flow",), residual(energy_in, energy_out, losses)),
        sums={"flow": flow, "flashed": flashed},
        faults=faults,
        notes={"near_saturation": entering.near_saturation},
    )


def flash_values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Share of the entering mass that flashes, by the balance."""
    return known({"flash_share": ratio(integrals.sums["flashed"], integrals.sums["flow"])})


def _no_saturation(p: Floats) -> Mask:
    return not_a_pressure(p) | (np.isnan(water.T_sat_p(p)) & ~np.isnan(p))


def _header_streams() -> tuple[Input, ...]:
    found: list[Input] = []
    for place in PLACES:
        first = place == "1"
        found += [
            Input(f"flow_in_{place}", "kg/s", f"steam entering, stream {place}", required=first),
            Input(f"T_in_{place}", "K", f"its temperature, stream {place}; T_header where not known", required=first),
            Input(f"p_in_{place}", "Pa", f"its pressure, stream {place}; p_header stands in for it", required=False),
        ]
    return tuple(found)


def _header_check(_parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    pairs = ((f"flow_in_{place}", f"T_in_{place}") for place in PLACES)
    return tuple((T, f"with {flow} give {T} too") for flow, T in pairs if flow in measured and T not in measured)


def _unity(_integrals: Integrals, _parameters: Parameters) -> Bound:
    return Bound("above_unity", 1.0, beyond_uncertainty=True)


STEAM_HEADER = AssetType(
    name="steam_header",
    description="Steam header: energy that leaves over energy that enters.",
    inputs=(
        *_header_streams(),
        Input("p_header", "Pa", "pressure of the header, absolute"),
        Input("T_header", "K", "temperature of the header"),
        *(Input(f"flow_out_{place}", "kg/s", f"steam leaving, stream {place}", required=False) for place in PLACES[:3]),
    ),
    parameters=(
        Parameter("drive_cutoff", "Pa", "out of use at or below this pressure", P_ATMOSPHERE_PA, may_be_input=False),
    ),
    losses=(),
    values_out=(
        Quantity("h_mixed", "J/kg", "enthalpy of the mixture that enters"),
        Quantity("mass_residual", "kg/s", "mass in less mass out"),
    ),
    sums=("mass_in", "mass_out"),
    driver="p_header",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=header_rates,
    values=header_values,
    bound=_unity,
    method=lambda _parameters, measured: f"steam_header/{'measured' if 'flow_out_1' in measured else 'mass_balance'}",
    check=_header_check,
)
DEAERATOR = AssetType(
    name="deaerator",
    description="Deaerator: energy of the feedwater over energy of make-up water and heating steam.",
    inputs=(
        Input("feedwater_flow", "kg/s", "feedwater leaving, saturated"),
        Input("p_deaerator", "Pa", "pressure, absolute"),
        Input("T_water", "K", "water entering"),
        Input("T_steam", "K", "heating steam"),
        Input("p_water", "Pa", "pressure of the water, absolute; p_deaerator stands in for it", required=False),
        Input("p_steam", "Pa", "pressure of the steam, absolute; p_deaerator stands in for it", required=False),
        Input("water_flow", "kg/s", "water entering; by balance where it is not measured", required=False),
        Input("steam_flow", "kg/s", "heating steam; by balance where it is not measured", required=False),
    ),
    parameters=(
        Parameter("vent_share", "1", "vented vapour per feedwater", 0.0, lower=0.0, upper=0.1),
        Parameter("drive_cutoff", "kg/s", "out of use at or below this feedwater flow", 0.0, may_be_input=False),
    ),
    losses=(Quantity("vent", "W", "vapour vented"),),
    values_out=(Quantity("steam_needed", "kg/s", "heating steam that the balance asks for"),),
    sums=("steam_needed",),
    driver="feedwater_flow",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=deaerator_rates,
    values=deaerator_values,
    bound=_unity,
    method=lambda _parameters, measured: f"deaerator/{'measured' if 'steam_flow' in measured else 'balance'}",
)
FLASH_TANK = AssetType(
    name="flash_tank",
    description="Flash tank: energy of the flash steam over energy of the entering condensate.",
    inputs=(
        Input("flow", "kg/s", "condensate entering"),
        Input("p_in", "Pa", "its pressure, absolute"),
        Input("T_in", "K", "its temperature"),
        Input("p_tank", "Pa", "pressure of the tank, absolute"),
        Input("vapour_flow", "kg/s", "flash steam; by balance where it is not measured", required=False),
    ),
    parameters=(Parameter("drive_cutoff", "kg/s", "out of use at or below this flow", 0.0, may_be_input=False),),
    losses=(Quantity("condensate", "W", "liquid that stays"),),
    values_out=(Quantity("flash_share", "1", "flash steam per entering mass, by the balance"),),
    sums=("flow", "flashed"),
    driver="flow",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=flash_rates,
    values=flash_values,
    bound=_unity,
    method=lambda _parameters, measured: f"flash_tank/{'measured' if 'vapour_flow' in measured else 'balance'}",
)
