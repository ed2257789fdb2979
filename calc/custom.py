"""An asset of one's own: energy in and energy out are expressions over its tags, checked for their dimension.

    energy_in = "gas_flow * '36.2 MJ/Nm3(0 degC, 101.325 kPa)'"
    energy_out = "feed_flow * (h_vapour_p(p) - h_pT(p, T_feed))"

Language and functions: `calc.expression`. A custom type has no inputs of its own: `specialise` makes those of its
expressions from the tags' units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from calc import unit_table as table
from calc.asset_type import AssetType, Bound, Floats, Input, Inputs, Integrals, Parameter, Parameters, Quantity, Rates
from calc.balance import known, ratio, residual
from calc.errors import CalcError
from calc.expression import dimension, evaluate, names

EXPRESSIONS = ("energy_in", "energy_out", "loss")


def rates(inputs: Inputs, parameters: Parameters) -> Rates:
    """Energy in, energy out, the loss and the residual by their expressions; (n,) W each."""
    shape = np.broadcast_shapes(*(value.shape for value in inputs.values()))
    energy_in, energy_out = (_rate(inputs, parameters, key, shape) for key in ("energy_in", "energy_out"))
    given = isinstance(parameters.get("loss"), str)
    losses = {"loss": _rate(inputs, parameters, "loss", shape) if given else np.full(shape, np.nan)}
    return Rates(energy_in, energy_out, losses_w=losses, residual_w=residual(energy_in, energy_out, losses))


def values(integrals: Integrals, _parameters: Parameters) -> dict[str, float]:
    """Mean powers over the window."""
    seconds = integrals.duration_s
    return known({"P_in": ratio(integrals.energy_in_j, seconds), "P_out": ratio(integrals.energy_out_j, seconds)})


def bound(_integrals: Integrals, _parameters: Parameters) -> Bound | None:
    """None: what an expression means is not known."""
    return None


def check(parameters: Parameters, measured: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) of expressions that cannot be read, or name an input that is not measured."""
    broken = []
    for key in EXPRESSIONS:
        text = parameters.get(key)
        if not isinstance(text, str):
            continue
        try:
            unknown = sorted(names(text) - measured)
        except CalcError as error:
            broken.append((key, error.detail))
            continue
        broken += [(key, f"{name} is no input of this asset; name it under inputs") for name in unknown]
    return tuple(broken)


def check_units(parameters: Parameters, units: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(key, fix) of expressions that are no power (W); `units`: SI unit of each input."""
    broken = []
    for key in EXPRESSIONS:
        text = parameters.get(key)
        if not isinstance(text, str):
            continue
        try:
            found = dimension(text, units)
        except CalcError as error:
            broken.append((key, error.detail))
            continue
        if found != table.POWER:
            broken.append((key, f"an energy per time is wanted (W), this is {_spelt(found)}"))
    return tuple(broken)


def specialise(parameters: Parameters, units: Mapping[str, str]) -> AssetType:
    """The custom type with the inputs that its expressions name; the first of `energy_in`, by name, is the driver.

    Parameters
    ----------
    parameters : of the asset; `driver` names another driving input.
    units : input → SI unit.

    Raises
    ------
    CalcError `unknown_input` where an expression or the driver names none, or no input drives the asset; the codes of
    `calc.expression` for a text that is none.
    """
    texts = [text for key in EXPRESSIONS if isinstance(text := parameters.get(key), str)]
    used = set().union(*(names(text) for text in texts))
    driver = _driver(parameters)
    if driver:
        used.add(driver)
    missing = sorted(used - set(units))
    if missing or not driver:
        name = missing[0] if missing else "energy_in"
        raise CalcError("unknown_input", f"{name} is no input of this asset" if missing else "no input drives it", name)
    inputs = tuple(Input(name, units[name], "of an expression") for name in sorted(used))
    cutoff = Parameter("drive_cutoff", units.get(driver, "1"), CUTOFF.description, 0.0, may_be_input=False)
    others = tuple(parameter for parameter in CUSTOM.parameters if parameter.name != "drive_cutoff")
    return replace(CUSTOM, inputs=inputs, parameters=(*others, cutoff), driver=driver)


def _driver(parameters: Parameters) -> str:
    """The input that is named as driver, else the first of `energy_in`, by name; empty where there is none."""
    named, energy_in = parameters.get("driver"), parameters.get("energy_in")
    if isinstance(named, str):
        return named
    return min(names(energy_in), default="") if isinstance(energy_in, str) else ""


def _rate(inputs: Inputs, parameters: Parameters, key: str, shape: tuple[int, ...]) -> Floats:
    """An expression at the states; an infinite result (a division by zero) is no answer."""
    text = parameters.get(key)
    if not isinstance(text, str):
        raise CalcError("missing_parameter", f"{key} is not given", key)
    value = np.broadcast_to(evaluate(text, inputs), shape)
    return np.where(np.isfinite(value), value, np.nan)


def _spelt(exponents: table.Exponents) -> str:
    known = table.DIMENSIONS.get(exponents)
    if known:
        return f"{known[0]} ({known[1]})"
    return " ".join(f"{base}{n}" for base, n in zip(table.BASES, exponents, strict=True) if n) or "1"


CUTOFF = Parameter(
    "drive_cutoff", "1", "off at or below this value of the driver, in its SI unit", 0.0, may_be_input=False
)
CUSTOM = AssetType(
    name="custom",
    description="An asset of one's own: energy in and out by expressions over its tags, checked for their dimension.",
    inputs=(),
    parameters=(
        Parameter("energy_in", None, "expression of the energy in, a power", required=True, may_be_input=False),
        Parameter("energy_out", None, "expression of the energy out, a power", required=True, may_be_input=False),
        Parameter("loss", None, "expression of a known loss, a power", may_be_input=False),
        Parameter("driver", None, "the input that tells whether the asset runs", may_be_input=False),
        CUTOFF,
    ),
    losses=(Quantity("loss", "W", "the loss of the expression"),),
    values_out=(Quantity("P_in", "W", "mean energy in"), Quantity("P_out", "W", "mean energy out")),
    sums=(),
    driver="",
    cutoff="drive_cutoff",
    off_reason="not_running",
    rates=rates,
    values=values,
    bound=bound,
    method=lambda _parameters, _measured: "custom/expression",
    check=check,
)
