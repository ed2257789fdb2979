"""Which states of water and steam a calculation's inputs tell, by asset type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from calc import water
from calc.errors import CalcError

WATERS: Final = frozenset({"water", "steam"})


@dataclass(frozen=True)
class Rule:
    """A state at the first of `pressures` that is there: at a temperature, at a dryness, or at an enthalpy."""

    label: str
    pressures: tuple[str, ...]
    T: str = ""
    x: float | str | None = None
    h: str = ""


class State(msgspec.Struct, frozen=True):
    """A state of water: Pa, K, J/kg, J/(kg K); dryness where it is wet or saturated."""

    label: str
    p: float
    T: float
    h: float
    s: float
    x: float | None


Chain = tuple[Rule, ...]
"""States that the water passes one after the other."""

_FEED: Final = Rule("feedwater", ("p_feedwater", "p_steam"), T="T_feedwater")
_BOILED: Final = (_FEED, Rule("boiling", ("p_steam",), x=0.0), Rule("saturated vapour", ("p_steam",), x=1.0))
_SAME: Final = Rule("out, same enthalpy", ("p_out",), h="in")

CHAINS: Final[Mapping[str, tuple[Chain, ...]]] = {
    "boiler_direct": (
        (*_BOILED, Rule("steam", ("p_steam",), T="T_steam")),
        (Rule("reheat in", ("p_reheat_in",), T="T_reheat_in"), Rule("reheat out", ("p_reheat_out",), T="T_reheat_out")),
    ),
    "boiler_indirect": (_BOILED,),
    "steam_turbine": (
        (
            Rule("inlet", ("p_in",), T="T_in"),
            *(Rule(f"extraction {n}", (f"p_extraction_{n}",), T=f"T_extraction_{n}") for n in (1, 2, 3)),
            Rule("hot reheat", ("p_reheat",), T="T_reheat"),
            Rule("exhaust", ("p_out",), T="T_out"),
            Rule("exhaust, by balance", ("p_out",), h="h_exhaust"),
        ),
    ),
    "condenser": (
        (
            Rule("steam", ("p_condenser",), x="steam_quality"),
            Rule("saturated liquid", ("p_condenser",), x=0.0),
            Rule("condensate", ("p_condenser",), T="T_condensate"),
        ),
    ),
    "feedwater_heater": (
        (Rule("feedwater in", ("p_feedwater",), T="T_in"), Rule("feedwater out", ("p_feedwater",), T="T_out")),
        (
            Rule("extraction", ("p_shell",), T="T_extraction"),
            Rule("condensing", ("p_shell",), x=1.0),
            Rule("condensed", ("p_shell",), x=0.0),
            Rule("drain", ("p_shell",), T="T_drain"),
        ),
    ),
    "prv": ((Rule("in", ("p_in",), T="T_in"), Rule("out", ("p_out",), T="T_out"), _SAME),),
    "steam_pipe": ((Rule("in", ("p_in",), T="T_in"), Rule("out", ("p_out", "p_in"), T="T_out")),),
    "desuperheater": (
        (Rule("steam", ("p_steam",), T="T_steam"), Rule("out", ("p_out", "p_steam"), T="T_out")),
        (Rule("spray water", ("p_water", "p_steam"), T="T_water"),),
    ),
    "steam_header": tuple(
        (Rule(f"in {n}", (f"p_in_{n}", "p_header"), T=f"T_in_{n}"), Rule("header", ("p_header",), T="T_header"))
        for n in (1, 2, 3, 4)
    ),
    "deaerator": (
        (Rule("water", ("p_deaerator",), T="T_water"), Rule("feedwater", ("p_deaerator",), x=0.0)),
        (Rule("steam", ("p_deaerator",), T="T_steam"),),
    ),
    "flash_tank": (
        (Rule("in", ("p_in",), T="T_in"), Rule("in, flashed", ("p_tank",), h="in")),
        (Rule("vapour", ("p_tank",), x=1.0), Rule("liquid", ("p_tank",), x=0.0)),
    ),
    "steam_trap": ((Rule("vapour", ("p_upstream",), x=1.0), Rule("condensate", ("p_upstream",), x=0.0)),),
}
_SIDES: Final = tuple(
    (Rule(f"{side} in", (f"p_{side}",), T=f"T_{side}_in"), Rule(f"{side} out", (f"p_{side}",), T=f"T_{side}_out"))
    for side in ("hot", "cold")
)


def chains_of(kind: str, values: Mapping[str, float | str]) -> list[list[State]]:
    """The states that `values` (inputs, parameters and results, SI) tell, in the order of the flow."""
    told = ([*_states(chain, values)] for chain in _rules(kind, values))
    return [chain for chain in told if chain]


def _rules(kind: str, values: Mapping[str, float | str]) -> tuple[Chain, ...]:
    if kind in {"economiser", "heat_exchanger"}:
        fluids = (values.get("hot_fluid"), values.get("cold_fluid"))
        return tuple(side for side, fluid in zip(_SIDES, fluids, strict=True) if fluid in WATERS)
    return CHAINS.get(kind, ())


def _states(chain: Chain, values: Mapping[str, float | str]) -> Iterator[State]:
    """The chain's states; one that the inputs do not tell, or that does not exist, is passed over."""
    before: dict[str, State] = {}
    for rule in chain:
        p = next((p for name in rule.pressures if isinstance(p := values.get(name), float)), None)
        if p is None:
            continue
        try:
            state = _state(rule, p, values, before)
        except CalcError:
            continue
        if state is not None:
            before[rule.label] = state
            yield state


def _state(rule: Rule, p: float, values: Mapping[str, float | str], before: Mapping[str, State]) -> State | None:
    x = values.get(rule.x) if isinstance(rule.x, str) else rule.x
    if isinstance(x, float):
        return State(rule.label, p, water.T_sat_p(p), water.h_px(p, x), water.s_px(p, x), x)
    h = before[rule.h].h if rule.h in before else values.get(rule.h)
    if isinstance(h, float):
        return State(rule.label, p, water.T_ph(p, h), h, water.s_ph(p, h), _dryness(p, h))
    T = values.get(rule.T)
    return State(rule.label, p, T, water.h_pT(p, T), water.s_pT(p, T), None) if isinstance(T, float) else None


def _dryness(p: float, h: float) -> float | None:
    try:
        x = water.x_ph(p, h)
    except CalcError:
        return None
    return x if 0.0 <= x <= 1.0 else None
