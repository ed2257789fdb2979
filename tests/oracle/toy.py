"""A machine without physics: its asset type as the pipeline wants it, and the same formulas again for the oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from calc.asset_type import AssetType, Bound, Input, Inputs, Integrals, Parameter, Parameters, Quantity, Rates, number
from tests.oracle.plant import Answer

HEAT_OF_FUEL = 50e6
HEAT_OF_STEAM = 2e6


def _rates(inputs: Inputs, parameters: Parameters) -> Rates:
    fuel = inputs["fuel_flow"] if "fuel_flow" in inputs else inputs["fuel_a"] + inputs["fuel_b"]
    steam = inputs["steam_flow"]
    heating_value = number(inputs, parameters, "LHV")
    assert heating_value is not None
    wrong = steam < 0.0
    energy_in = np.where(wrong, np.nan, fuel * heating_value)
    energy_out = np.where(wrong, np.nan, steam * HEAT_OF_STEAM)
    shell = inputs.get("shell", np.full(steam.shape, np.nan))
    return Rates(
        energy_in_w=energy_in,
        energy_out_w=energy_out,
        losses_w={"shell": np.where(np.isnan(shell), 0.0, shell)},
        residual_w=energy_in - energy_out - shell,
        sums={"fuel": fuel},
        faults={"steam_flow": wrong},
    )


def _bound(_integrals: Integrals, _parameters: Parameters) -> Bound | None:
    return Bound("above_unity", 1.0)


TOY = AssetType(
    name="toy",
    description="Linear in everything.",
    inputs=(
        Input("steam_flow", "kg/s", "steam"),
        Input("fuel_flow", "kg/s", "fuel", alternatives=("fuel_a", "fuel_b")),
        Input("fuel_a", "kg/s", "a part of the fuel", required=False),
        Input("fuel_b", "kg/s", "the other part", required=False),
        Input("shell", "W", "loss through the shell", required=False),
    ),
    parameters=(
        Parameter("LHV", "J/kg", "heating value", HEAT_OF_FUEL),
        Parameter("fuel_cutoff", "kg/s", "off at or below it", 0.0, may_be_input=False),
    ),
    losses=(Quantity("shell", "W", "through the shell"),),
    values_out=(Quantity("fuel_mass", "kg", "burnt in the window"),),
    sums=("fuel",),
    driver="fuel_flow",
    cutoff="fuel_cutoff",
    off_reason="no_fuel",
    rates=_rates,
    values=lambda integrals, _parameters: {"fuel_mass": integrals.sums["fuel"]},
    bound=_bound,
    method=lambda _parameters, _measured: "toy/linear",
)


def formula(heating_value: float = HEAT_OF_FUEL) -> Callable[[Mapping[str, float | None]], Answer]:
    """The toy's answer to one state; a measured `LHV` wins over the constant."""

    def answer(values: Mapping[str, float | None]) -> Answer:
        if "fuel_flow" in values:
            fuel = known(values["fuel_flow"])
        else:
            fuel = known(values["fuel_a"]) + known(values["fuel_b"])
        steam = known(values["steam_flow"])
        if steam < 0.0:
            return Answer(None, None, faults=("steam_flow",))
        into = fuel * (known(values["LHV"]) if "LHV" in values else heating_value)
        out = steam * HEAT_OF_STEAM
        shell = values.get("shell")
        if shell is None:
            return Answer(into, out, {"shell": 0.0})
        return Answer(into, out, {"shell": shell}, into - out - shell)

    return answer


def known(value: float | None) -> float:
    """A required input stands wherever the formula is asked."""
    assert value is not None
    return value
