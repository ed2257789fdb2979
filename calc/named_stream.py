"""A measured stream of water or steam by the names of its inputs: enthalpy, faults, nearness to saturation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from calc.asset_type import Floats, Inputs, Mask
from calc.steam_state import liquid, not_a_pressure, steam

Phase = Literal["steam", "liquid"]


@dataclass(frozen=True)
class NamedStream:
    """h : (n,) J/kg, NaN where it is not known. faults : by input. near_saturation : (n,)."""

    h: Floats
    faults: dict[str, Mask]
    near_saturation: Mask


def named_stream(inputs: Inputs, p: str, T: str, phase: Phase, p_default: Floats | None = None) -> NamedStream:
    """The stream whose pressure and temperature stand under these names.

    Parameters
    ----------
    p, T : names of the inputs.
    phase : what it is within 0.05 K of saturation, and on which side of it the state must be.
    p_default : (n,) Pa where the pressure is not measured or not known.
    """
    temperature = inputs[T]
    given = inputs.get(p, np.full(temperature.shape, np.nan))
    pressure = given if p_default is None else np.where(np.isnan(given), p_default, given)
    h, wrong, near = (steam if phase == "steam" else liquid)(pressure, temperature)
    no_pressure = not_a_pressure(pressure)
    faults = {T: wrong & ~no_pressure}
    if p in inputs:
        faults[p] = no_pressure
    return NamedStream(h, faults, near)


def backwards(inputs: Inputs, *flows: str) -> dict[str, Mask]:
    """Faults of flows below zero, of those that are measured."""
    return {name: inputs[name] < 0.0 for name in flows if name in inputs}


def known_or(inputs: Inputs, name: str, otherwise: Floats) -> Floats:
    """An optional input, (n,); `otherwise` where it is not measured or not known."""
    given = inputs.get(name, otherwise)
    return np.where(np.isnan(given), otherwise, given)


def while_running(flow: Floats, rate: Floats) -> Floats:
    """The rate where the flow runs, nothing where it does not; NaN where the flow is not known."""
    return np.where(flow == 0.0, 0.0, rate + 0.0 * flow)


def where_known(inputs: Inputs, names: tuple[str, ...], rate: Floats) -> Floats | None:
    """The rate where all of these optional inputs are known, NaN elsewhere; None where one is not measured at all."""
    if not all(name in inputs for name in names):
        return None
    unknown = np.zeros(rate.shape, dtype=np.bool_)
    for name in names:
        unknown = unknown | np.isnan(inputs[name])
    return np.where(unknown, np.nan, rate)
