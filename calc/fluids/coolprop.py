"""CoolProp, state by state: its refusals become NaN, and what it would extrapolate silently is refused here."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache, partial
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from calc.asset_type import Floats, Mask
from calc.fluids.name import Fluid, unknown

Pair = str
"""`pT`, `ph`, `ps`, `hs`, `px` or `Tx`: the inputs in our order."""
_INPUTS = {
    "pT": ("PT_INPUTS", False),
    "ph": ("HmassP_INPUTS", True),
    "ps": ("PSmass_INPUTS", False),
    "hs": ("HmassSmass_INPUTS", False),
    "px": ("PQ_INPUTS", False),
    "Tx": ("QT_INPUTS", True),
}
"""CoolProp's name of the pair, and whether it takes the second input first."""
Update = Callable[[float, float], None]
_MOST_STATES = 64
_ON_SATURATION = 1e-6
"""Relative distance in pressure within which CoolProp refuses a state of p and T."""
_REFUSALS = (ValueError, RuntimeError, OverflowError, ZeroDivisionError)


class _States(threading.local):
    """A state object keeps its last state, so each thread has its own; the oldest goes where there are too many."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Fluid, Any] = OrderedDict()

    def of(self, fluid: Fluid) -> Any:
        state = self.kept.get(fluid)
        if state is None:
            state = self.kept[fluid] = _new_state(fluid)
            if len(self.kept) > _MOST_STATES:
                self.kept.popitem(last=False)
        self.kept.move_to_end(fluid)
        return state


_STATES = _States()


def _new_state(fluid: Fluid) -> Any:
    from CoolProp.CoolProp import AbstractState  # noqa: PLC0415 - 2 s and 75 MB, so on first use

    _, _, solutions = names()
    if fluid.kind == "incompressible" and not fluid.fractions and fluid.components[0] in solutions:
        raise unknown(fluid.name, f"write its mass fraction, as {fluid.components[0]}-30%")
    try:
        state = AbstractState("INCOMP" if fluid.kind == "incompressible" else "HEOS", "&".join(fluid.components))
        if fluid.fractions and fluid.kind == "incompressible":
            state.set_mass_fractions(list(fluid.fractions))
        elif fluid.fractions:
            state.set_mole_fractions(list(fluid.fractions))
    except _REFUSALS:
        known = [name for kind in names() for name in kind]
        near = get_close_matches(fluid.components[0], known, 1, 0.5)
        raise unknown(fluid.name, f"nearest known: {near[0]}" if near else "see calc.fluids.names()") from None
    return state


def check(fluid: Fluid) -> None:
    """CalcError `unknown_fluid` where CoolProp has no such fluid."""
    _STATES.of(fluid)


def evaluate(fluid: Fluid, pair: Pair, output: str, a: Floats, b: Floats) -> Floats:
    """The property that CoolProp calls `output` (`hmass`) for every state of the pair, NaN where there is none."""
    from CoolProp import CoolProp  # noqa: PLC0415

    state = _STATES.of(fluid)
    inputs, swapped = _INPUTS[pair]
    update = _update(state, fluid, getattr(CoolProp, inputs))
    within, read = _limits(state, fluid, pair), getattr(state, output)
    first, second = (b, a) if swapped else (a, b)
    states = zip(first.tolist(), second.tolist(), strict=True)
    return np.fromiter((_value(update, within, read, x, y) for x, y in states), np.float64, a.size)


def _value(update: Update, within: Callable[[], bool], read: Callable[[], float], x: float, y: float) -> float:
    try:
        update(x, y)
        value = read() if within() else nan
    except _REFUSALS:
        return nan
    return value if isfinite(value) else nan


def _update(state: Any, fluid: Fluid, inputs: Any) -> Update:
    """A refused state leaves CoolProp's phase imposed, and the next one answers differently: so it is lifted first."""
    if fluid.kind == "incompressible":
        return partial(state.update, inputs)

    def update(x: float, y: float) -> None:
        state.unspecify_phase()
        state.update(inputs, x, y)

    return update


def _limits(state: Any, fluid: Fluid, pair: Pair) -> Callable[[], bool]:
    """Whether the state that was just set lies where its equation is valid; CoolProp goes beyond without a word."""
    if fluid.kind == "incompressible":
        return lambda: 0.0 < float(state.p()) < inf
    coldest, warmest, most = state.Tmin(), state.Tmax(), state.pmax()
    wet = pair in ("px", "Tx")
    return lambda: coldest <= state.T() <= warmest and 0.0 < state.p() <= most and (not wet or 0.0 <= state.Q() <= 1.0)


def on_saturation(fluid: Fluid, p: Floats, T: Floats) -> Mask:
    """True where p and T lie on the saturation line of a pure fluid, so that they tell no phase."""
    if fluid.kind != "real":
        return np.zeros(p.size, np.bool_)
    p_sat = evaluate(fluid, "Tx", "p", T, np.zeros(T.size))
    return np.asarray(np.abs(p_sat - p) <= 2.0 * _ON_SATURATION * p)


def critical_point(fluid: Fluid) -> tuple[float, float]:
    """Critical temperature, K, and pressure, Pa; infinite where CoolProp does not know them (mixtures)."""
    state = _STATES.of(fluid)
    try:
        return float(state.T_critical()), float(state.p_critical())
    except _REFUSALS:
        return inf, inf


@lru_cache(maxsize=1)
def names() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Pure fluids and blends, pure heat-transfer liquids, solutions."""
    from CoolProp.CoolProp import get_global_param_string  # noqa: PLC0415

    lists = ("FluidsList", "incompressible_list_pure", "incompressible_list_solution")
    real, pure, solutions = (tuple(sorted(get_global_param_string(key).split(","))) for key in lists)
    return real, pure, solutions
