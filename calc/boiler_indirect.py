"""Boiler by the indirect (heat-loss) method: each loss as a share of the fuel's heat, what is left over is useful.

    energy_out = energy_in · (1 − Σ losses)        residual = in − heat to steam − losses, where steam is measured

The forms are those of `calc.boiler_form`. The fuel flow only scales: the efficiency does not depend on it, and so
checks the direct method.
"""

from __future__ import annotations

import numpy as np

from calc import boiler_form, boiler_loss, combustion, stack, water
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
from calc.boiler_form import Firing
from calc.combustion import Real, Ultimate
from calc.fuel_heat import basis, fuel_heat, heating_values, missing_heating_value, unity_bound
from calc.named_stream import backwards, named_stream, where_known
from calc.steam_state import unanswered

T_AIR_K = 298.15
T_FREEZING_K = 273.15
ON_HHV = {"bee", "ptc4"}
NATURAL_GAS = {"C": 0.740, "H": 0.244, "O": 0.005, "N": 0.011, "S": 0.0, "moisture": 0.0, "ash": 0.0}
"""Mass fractions of a usual natural gas: the analysis where none is given."""
LOSSES = {
    "stack": "sensible heat of the flue gas (dry; in Siegert's form wet)",
    "hydrogen": "vapour from the fuel's hydrogen",
    "moisture": "vapour from the fuel's moisture",
    "air_humidity": "vapour that the air brings",
    "CO": "carbon burnt to CO only",
    "unburnt": "what burns in the residue",
    "surface": "radiation and convection of the surface",
    "air_credit": "heat that warm air brings, below zero (ptc4)",
}
STEAM = ("steam_flow", "p_steam", "T_feedwater")


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Fuel heat, what the losses leave of it, the losses, and the balance with measured steam; (n,) W each."""
    firing = _firing(inputs, parameters)
    faults = _faults(inputs)
    steam, steam_faults = _steam_heat(inputs)
    heat, heat_hhv = fuel_heat(inputs, parameters)
    heat = unless(faults, heat)
    shares = boiler_form.FORMS[_form(parameters)](firing)
    losses = {name: heat * shares.get(name, 0.0) for name in LOSSES}
    losses["surface"] = heat * _value(inputs, parameters, "surface_loss", 0.0) + _radiation(inputs, parameters)
    losses = {name: unless(faults, loss) for name, loss in losses.items()}
    useful = heat - np.add.reduce(list(losses.values()))
    fuel = inputs["fuel_flow"]
    return Rates(
        energy_in_w=heat,
        energy_out_w=useful,
        losses_w=losses,
        residual_w=where_known(inputs, STEAM, useful - steam),
        sums={"fuel_heat_hhv": heat_hhv, "fuel": fuel, "fuel_excess_air": fuel * firing.excess_air},
        faults=faults | steam_faults,
    )


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Excess air, weighted with the fuel, and all losses as a share of the fuel's heat, over the window."""
    lost = integrals.energy_in_j - integrals.energy_out_j
    excess = ratio(integrals.sums["fuel_excess_air"], integrals.sums["fuel"])
    return known({"excess_air": excess, "total_loss": ratio(lost, integrals.energy_in_j)})


def bound(integrals: Integrals, _parameters: Parameters) -> Bound | None:
    """Unity on the basis of the heating value."""
    return unity_bound(integrals)


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) of the broken rules: the form's basis has its heating value; steam is measured whole or not at all."""
    broken = list(missing_heating_value(parameters, measured))
    form, on = _form(parameters), basis(parameters, measured)
    if form in ON_HHV and on == "lhv":
        broken.append(("LHV", f"the form {form} is on HHV: give HHV alone"))
    if form == "siegert" and on == "hhv" and not broken:
        broken.append(("LHV", "the form siegert is on LHV: give LHV"))
    given = [name for name in STEAM if name in measured]
    if given:
        broken += [(name, f"with {given[0]} give {name} too") for name in STEAM if name not in measured]
    return tuple(broken)


def _form(parameters: Parameters) -> str:
    return str(parameters.get("form") or "bee")


def _faults(inputs: Inputs) -> dict[str, Mask]:
    O2 = inputs["O2_dry"]
    return {
        "O2_dry": (O2 < 0.0) | (O2 >= combustion.O2_AIR),
        "T_stack": inputs["T_stack"] < T_FREEZING_K,
    }


def _value(inputs: Inputs, parameters: Parameters, name: str, default: float) -> Real:
    """An optional input or parameter; the default where it is not there or not known."""
    value = number(inputs, parameters, name)
    return default if value is None else np.where(np.isnan(value), default, value)


def _firing(inputs: Inputs, parameters: Parameters) -> Firing:
    given = {name: number(inputs, parameters, name) for name in NATURAL_GAS}
    fuel = Ultimate(**{name: NATURAL_GAS[name] if share is None else share for name, share in given.items()})
    lower, higher = (number(inputs, parameters, name) for name in ("LHV", "HHV"))
    chosen = higher if lower is None else lower
    return Firing(
        fuel=fuel,
        heating_value=np.nan if chosen is None else chosen,
        T_gas=inputs["T_stack"],
        T_air=_value(inputs, parameters, "T_air", T_AIR_K),
        O2_dry=inputs["O2_dry"],
        CO_dry=_value(inputs, parameters, "CO_dry", 0.0),
        humidity=_value(inputs, parameters, "humidity", 0.0),
        cp_gas=_value(inputs, parameters, "cp_gas", boiler_loss.CP_FLUE_GAS),
        unburnt=_unburnt(inputs, parameters, fuel),
        on_hhv=lower is None,
        siegert=stack.SIEGERT[str(parameters.get("fuel") or "natural_gas")],
    )


def _unburnt(inputs: Inputs, parameters: Parameters, fuel: Ultimate) -> Real:
    """Heat that the residue keeps, J/kg fuel."""
    bottom = _value(inputs, parameters, "bottom_ash_share", 0.0)
    in_bottom = bottom * _value(inputs, parameters, "GCV_bottom_ash", 0.0)
    return fuel.ash * (in_bottom + (1.0 - bottom) * _value(inputs, parameters, "GCV_fly_ash", 0.0))


def _radiation(inputs: Inputs, parameters: Parameters) -> Real:
    """Surface loss of EN 12952-15 where the rated output is given, W; it stays the same at part load."""
    rated, kind = number(inputs, parameters, "rated_output"), parameters.get("radiation_class")
    if rated is None or kind is None:
        return 0.0
    return boiler_loss.radiation_en12952(rated, boiler_loss.RADIATION_CLASS[str(kind)])


def _steam_heat(inputs: Inputs) -> tuple[Floats, dict[str, Mask]]:
    """Heat to dry saturated steam, (n,) W, NaN where it is not known; its faults cost the residual alone."""
    if not all(name in inputs for name in STEAM):
        return np.full(inputs["fuel_flow"].shape, np.nan), {}
    p, feedwater = inputs["p_steam"], named_stream(inputs, "p_steam", "T_feedwater", "liquid")
    h_steam = water.h_vapour_p(p)
    faults = feedwater.faults | backwards(inputs, "steam_flow")
    faults["p_steam"] = faults["p_steam"] | unanswered(h_steam, p, p)
    return unless(faults, inputs["steam_flow"] * (h_steam - feedwater.h)), faults


BOILER_INDIRECT = AssetType(
    name="boiler_indirect",
    description="Fired boiler, indirect (heat-loss) method: one less the losses, whatever the fuel flow.",
    inputs=(
        Input("fuel_flow", "kg/s", "fuel fired; it scales the energies, not the efficiency"),
        Input("O2_dry", "1", "oxygen in the dry flue gas, mole fraction"),
        Input("T_stack", "K", "flue gas leaving the boundary"),
        Input("CO_dry", "1", "carbon monoxide in the dry flue gas, mole fraction", required=False),
        Input("steam_flow", "kg/s", "dry saturated steam, for the residual against the direct method", required=False),
        Input("p_steam", "Pa", "steam pressure, absolute, for the residual", required=False),
        Input("T_feedwater", "K", "feedwater, for the residual", required=False),
    ),
    parameters=(
        *heating_values(),
        Parameter("form", None, "form of the method", "bee", tuple(boiler_form.FORMS), may_be_input=False),
        Parameter("fuel", None, "kind of fuel (siegert)", "natural_gas", tuple(stack.SIEGERT), may_be_input=False),
        *(
            Parameter(name, "1", f"{name} of the fuel as fired, mass fraction", share, lower=0.0, upper=1.0)
            for name, share in NATURAL_GAS.items()
        ),
        Parameter("T_air", "K", "combustion air", T_AIR_K, lower=200.0, upper=1000.0),
        Parameter("humidity", "kg/kg", "water in the air, per dry air", 0.0, lower=0.0, upper=0.1),
        Parameter("cp_gas", "J/(kg K)", "specific heat of the dry gas (bee)", boiler_loss.CP_FLUE_GAS, lower=500.0),
        Parameter("bottom_ash_share", "1", "share of the ash that falls as bottom ash", 0.0, lower=0.0, upper=1.0),
        Parameter("GCV_bottom_ash", "J/kg", "calorific value of the bottom ash", 0.0, lower=0.0),
        Parameter("GCV_fly_ash", "J/kg", "calorific value of the fly ash", 0.0, lower=0.0),
        Parameter("surface_loss", "1", "surface loss as a share of the fuel's heat", 0.0, lower=0.0, upper=0.2),
        Parameter("rated_output", "W", "greatest useful heat output, for the radiation of EN 12952-15", lower=0.0),
        Parameter(
            "radiation_class",
            None,
            "class of that radiation",
            None,
            tuple(boiler_loss.RADIATION_CLASS),
            may_be_input=False,
        ),
        Parameter("fuel_cutoff", "kg/s", "no fire at or below this fuel flow", 0.0, may_be_input=False),
    ),
    losses=tuple(Quantity(name, "W", description) for name, description in LOSSES.items()),
    values_out=(
        Quantity("excess_air", "1", "excess air, weighted with the fuel"),
        Quantity("total_loss", "1", "all losses as a share of the fuel's heat"),
    ),
    sums=("fuel_heat_hhv", "fuel", "fuel_excess_air"),
    driver="fuel_flow",
    cutoff="fuel_cutoff",
    off_reason="no_fuel",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda parameters, measured: f"boiler_indirect/{_form(parameters)}_{basis(parameters, measured)}",
    check=check,
)
