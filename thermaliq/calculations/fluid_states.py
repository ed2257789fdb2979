"""Properties of a fluid at one state. CoolProp is imported here, on first use: call it in a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from calc import fluids
from calc.errors import CalcError
from calc.fluids.name import parse_fluid
from thermaliq.calculations.refusal import Refusal, refuse

PAIRS: Final = ("pT", "ph", "ps", "hs", "px", "Tx")
UNITS: Final[Mapping[str, str]] = {
    "p": "Pa",
    "T": "K",
    "h": "J/kg",
    "s": "J/(kg K)",
    "x": "1",
    "u": "J/kg",
    "rho": "kg/m3",
    "cp": "J/(kg K)",
    "cv": "J/(kg K)",
    "w": "m/s",
    "mu": "Pa s",
    "lambda": "W/(m K)",
}
_DERIVED: Final = ("p", "T", "h", "s", "rho", "x")
_ONE_PHASE: Final = ("h", "s", "u", "rho", "cp", "cv", "w", "mu", "lambda")


class FluidItem(msgspec.Struct, frozen=True):
    """A fluid by the name that an asset's parameters and the routes take."""

    name: str
    kind: str


class PropertyItem(msgspec.Struct, frozen=True):
    """A value in SI."""

    value: float
    unit: str


class FluidState(msgspec.Struct, frozen=True):
    """A fluid's properties at one state; those that have no value there are left out."""

    fluid: str
    pair: str
    inputs_si: dict[str, float]
    properties: dict[str, PropertyItem]


def fluid_names() -> list[FluidItem]:
    """Every fluid that has a name of its own; mixtures and solutions are named by their fractions."""
    real, pure, solutions = fluids.names()
    listed = [FluidItem("water", "water"), FluidItem("flue_gas", "gas")]
    listed += [FluidItem(f"GAS::{gas}", "gas") for gas in sorted(fluids.GASES)]
    listed += [FluidItem(name, "real") for name in real]
    listed += [FluidItem(f"INCOMP::{name}", "incompressible") for name in pure]
    return listed + [FluidItem(f"INCOMP::{name}[fraction]", "solution") for name in solutions]


def fluid_state(fluid: str, pair: str, a: float, b: float) -> FluidState | Refusal:
    """The properties at a state of `pair` (`pT`, in this order); a refusal where there is none."""
    try:
        parse_fluid(fluid)
        found = {pair[0]: a, pair[1]: b}
        found |= _known(fluid, pair, a, b, [letter for letter in _DERIVED if letter not in pair])
        if "x" not in found and "p" in found and "T" in found:
            found |= _known(fluid, "pT", found["p"], found["T"], [name for name in _ONE_PHASE if name not in found])
    except CalcError as error:
        return refuse(error.code, "name" if error.code == "unknown_fluid" else "", error.detail, value=fluid)
    if len(found) == len(pair):
        return _why(fluid, pair, a, b)
    order = [name for name in UNITS if name in found]
    return FluidState(
        fluid, pair, {pair[0]: a, pair[1]: b}, {name: PropertyItem(found[name], UNITS[name]) for name in order}
    )


def _known(fluid: str, pair: str, a: float, b: float, letters: list[str]) -> dict[str, float]:
    """Those properties that this fluid has at this state."""
    found = {}
    for letter in letters:
        face = getattr(fluids, f"{letter}_{pair}", None)
        try:
            if face is not None:
                found[letter] = face(fluid, a, b)
        except CalcError as error:
            if error.code == "unknown_fluid":
                raise
    return found


def _why(fluid: str, pair: str, a: float, b: float) -> Refusal:
    """Why there is nothing at all."""
    letter = next(name for name in ("h", "T") if name not in pair)
    try:
        getattr(fluids, f"{letter}_{pair}")(fluid, a, b)
    except CalcError as error:
        return refuse(error.code, ",".join(pair), error.detail)
    return refuse("not_available", ",".join(pair), f"{fluid} has no properties of {pair[0]} and {pair[1]}")
