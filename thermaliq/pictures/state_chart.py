"""A calculation's states of water and steam in a T–s or h–s chart: saturation dome, isobars, the way between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal

import msgspec
import numpy as np

from calc import water
from calc.asset_type import Floats
from thermaliq.calculations.answer import Answer
from thermaliq.pictures.water_states import State, chains_of

Diagram = Literal["Ts", "hs"]
T_TRIPLE_K: Final = 273.16
T_CRITICAL_K: Final = 647.096
P_CRITICAL_PA: Final = 22.064e6
ISOBARS_MAX: Final = 6
T_MAX_K: Final = 1073.15


class Curve(msgspec.Struct, frozen=True):
    """A line in the chart, `label` empty where it needs none."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]


class StateMark(msgspec.Struct, frozen=True):
    """A state at its place, numbered in the order of the flow."""

    number: int
    x: float
    y: float
    state: State


class StateChart(msgspec.Struct, frozen=True):
    """s in kJ/(kg K) to the right; T in degC or h in kJ/kg upwards."""

    title: str
    caption: str
    fact: str
    note: str
    diagram: Diagram
    x_name: str
    y_name: str
    dome: Curve
    isobars: tuple[Curve, ...]
    ways: tuple[Curve, ...]
    states: tuple[StateMark, ...]


AXES: Final = {"Ts": ("s in kJ/(kg K)", "T in °C"), "hs": ("s in kJ/(kg K)", "h in kJ/kg")}


def state_chart_of(answer: Answer, diagram: Diagram) -> StateChart:
    """The chart; without states where the inputs tell none of water with a pressure, and `note` says so."""
    values = {**answer.parameters_si, **answer.inputs_si, **answer.values}
    chains = chains_of(answer.type, values)
    unique = list(dict.fromkeys(state for chain in chains for state in chain))
    marks = tuple(StateMark(n, *_place(state, diagram), state) for n, state in enumerate(unique, start=1))
    pressures = list(dict.fromkeys(state.p for state in unique))[:ISOBARS_MAX]
    return StateChart(
        title=f"{answer.method}: {'T–s' if diagram == 'Ts' else 'h–s'} chart of water and steam",
        caption=f"calculation {answer.id[:12]}",
        fact="",
        note="" if chains else "the inputs tell no state of water or steam at a known pressure",
        diagram=diagram,
        x_name=AXES[diagram][0],
        y_name=AXES[diagram][1],
        dome=_dome(diagram),
        isobars=tuple(_isobar(p, unique, diagram) for p in sorted(pressures)),
        ways=tuple(_way(chain, diagram) for chain in chains if len(chain) > 1),
        states=marks,
    )


def _dome(diagram: Diagram) -> Curve:
    """Saturated liquid up to the critical point, and saturated vapour down again."""
    p = water.p_sat_T(
        np.concatenate([np.linspace(T_TRIPLE_K, 640.0, 120), np.linspace(640.5, T_CRITICAL_K - 0.01, 40)])
    )
    T, there = water.T_sat_p(p), slice(None, None, -1)
    s = np.concatenate([water.s_liquid_p(p), water.s_vapour_p(p)[there]])
    h = np.concatenate([water.h_liquid_p(p), water.h_vapour_p(p)[there]])
    return _curve("saturation", s, h, np.concatenate([T, T[there]]), diagram)


def _isobar(p: float, states: Sequence[State], diagram: Diagram) -> Curve:
    """From cold liquid to somewhat beyond the hottest state at this pressure."""
    top = min(max(state.T for state in states if state.p == p) + 60.0, T_MAX_K)
    h_low, h_high = water.h_pT(p, T_TRIPLE_K + 1.0), water.h_pT(p, max(top, _T_boiling(p) + 60.0))
    return _along(p, h_low, h_high, f"{p / 1e5:.4g} bar(a)", diagram)


def _T_boiling(p: float) -> float:
    return water.T_sat_p(p) if p < P_CRITICAL_PA else T_CRITICAL_K


def _way(chain: Sequence[State], diagram: Diagram) -> Curve:
    """From state to state: along the isobar where the pressure stays, else straight."""
    parts = [
        _along(here.p, here.h, there.h, "", diagram, 40)
        if here.p == there.p
        else Curve("", *zip(_place(here, diagram), _place(there, diagram), strict=True))
        for here, there in pairwise(chain)
    ]
    return Curve("", tuple(x for part in parts for x in part.x), tuple(y for part in parts for y in part.y))


def _along(p: float, h_from: float, h_to: float, label: str, diagram: Diagram, steps: int = 160) -> Curve:
    h = np.linspace(h_from, h_to, steps)
    pressure = np.full(h.shape, p)
    return _curve(label, water.s_ph(pressure, h), h, water.T_ph(pressure, h), diagram)


def _curve(label: str, s: Floats, h: Floats, T: Floats, diagram: Diagram) -> Curve:
    y = T - 273.15 if diagram == "Ts" else h / 1e3
    known = np.isfinite(s) & np.isfinite(y)
    return Curve(label, tuple((s[known] / 1e3).tolist()), tuple(y[known].tolist()))


def _place(state: State, diagram: Diagram) -> tuple[float, float]:
    return state.s / 1e3, state.T - 273.15 if diagram == "Ts" else state.h / 1e3
