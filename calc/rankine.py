"""Rankine cycles: simple, with losses, reheat, open and closed feedwater heaters; for a kilogram at the boiler.

    efficiency = (w_turbine − w_pump) / q_in          back work ratio = w_pump / w_turbine

The expansion is one line from the boiler through its reheats; stages end where a heater bleeds, a reheat begins or the
condenser stands, and each has the turbine's isentropic efficiency from its own inlet. Scalars in SI; IAPWS-IF97.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from calc import water
from calc.errors import CalcError

P_CRITICAL_PA = 22.064e6


@dataclass(frozen=True)
class Reheat:
    """Steam is taken at p (Pa), heated to T (K) and returned at p − loss."""

    p: float
    T: float
    loss: float = 0.0


@dataclass(frozen=True)
class Heater:
    """A feedwater heater fed at p (Pa). Open: mixes. Closed: drains to the next heater below, or to the condenser.

    T_out (K) of a closed heater's feedwater; where None it is T_sat(p) − ttd.
    """

    p: float
    kind: Literal["open", "closed"] = "open"
    ttd: float = 0.0
    T_out: float | None = None


@dataclass(frozen=True)
class Cycle:
    """Figures of a cycle, J for a kilogram at the boiler; `bled` holds each heater's share of the steam."""

    q_in: float
    q_out: float
    w_turbine: float
    w_pump: float
    h_boiler_in: float
    h_boiler_out: float
    h_exhaust: float
    x_exhaust: float | None
    bled: tuple[float, ...] = ()

    @property
    def w_net(self) -> float:
        """Net work, J/kg."""
        return self.w_turbine - self.w_pump

    @property
    def efficiency(self) -> float:
        """Net work over heat in."""
        return self.w_net / self.q_in

    @property
    def back_work_ratio(self) -> float:
        """Pump work over turbine work."""
        return self.w_pump / self.w_turbine

    def steam_flow(self, net_power: float) -> float:
        """Steam, kg/s, for a net power in W."""
        return net_power / self.w_net


def rankine(
    p_boiler: float,
    p_condenser: float,
    *,
    T: float | None = None,
    x: float | None = None,
    turbine_efficiency: float = 1.0,
    pump_efficiency: float = 1.0,
    reheats: Sequence[Reheat] = (),
    heaters: Sequence[Heater] = (),
) -> Cycle:
    """The cycle between two pressures.

    Parameters
    ----------
    p_boiler, p_condenser : Pa absolute.
    T, x : K of superheated steam, or dryness, at the boiler's outlet; one of them.
    turbine_efficiency, pump_efficiency : isentropic, 1.
    reheats, heaters : in any order; heaters bleed before a reheat at the same pressure.

    Raises
    ------
    CalcError `outside_range`, `impossible_state` (pressures out of order, steam below saturation), `missing_parameter`.
    """
    if not p_condenser < p_boiler:
        raise CalcError("impossible_state", "the condenser's pressure is below the boiler's", "p_condenser")
    pressures = [reheat.p for reheat in reheats] + [heater.p for heater in heaters]
    if any(not p_condenser < p < p_boiler for p in pressures):
        raise CalcError("impossible_state", "reheats and heaters lie between condenser and boiler", "p")
    ordered = sorted(heaters, key=lambda heater: -heater.p)
    feed = _feedwater(p_boiler, p_condenser, pump_efficiency, ordered)
    stages = _expand(steam(p_boiler, T, x), p_condenser, turbine_efficiency, reheats, ordered)
    bled, flows = _bleed(ordered, feed, [stage.h_out for stage in stages if stage.bleeds])
    w_turbine, q_reheat, left, taken = 0.0, 0.0, 1.0, iter(bled)
    for stage in stages:
        w_turbine += left * (stage.h_in - stage.h_out)
        left -= next(taken) if stage.bleeds else 0.0
        q_reheat += left * stage.q_reheat
    w_pump = sum(work * flows[first] for first, work in feed.pumps)
    q_in = stages[0].h_in - feed.h_boiler + q_reheat
    h_exhaust = stages[-1].h_out
    return Cycle(
        q_in=q_in,
        q_out=q_in + w_pump - w_turbine,
        w_turbine=w_turbine,
        w_pump=w_pump,
        h_boiler_in=feed.h_boiler,
        h_boiler_out=stages[0].h_in,
        h_exhaust=h_exhaust,
        x_exhaust=_dryness(p_condenser, h_exhaust),
        bled=tuple(bled),
    )


def rankine_with_line_losses(
    pump_in: tuple[float, float],
    p_pump_out: float,
    boiler_in: tuple[float, float],
    boiler_out: tuple[float, float],
    turbine_in: tuple[float, float],
    p_turbine_out: float,
    *,
    turbine_efficiency: float = 1.0,
    pump_efficiency: float = 1.0,
) -> Cycle:
    """A simple cycle whose lines lose pressure and heat: every measured state as (p in Pa, T in K)."""
    w_pump = pump_work(*pump_in, p_pump_out, pump_efficiency)
    h_in, s_in = steam(turbine_in[0], turbine_in[1], None)
    w_turbine = turbine_efficiency * (h_in - water.h_ps(p_turbine_out, s_in))
    h_boiler_in, h_boiler_out = water.h_pT(*boiler_in), water.h_pT(*boiler_out)
    h_exhaust = h_in - w_turbine
    return Cycle(
        q_in=h_boiler_out - h_boiler_in,
        q_out=h_exhaust - water.h_pT(*pump_in),
        w_turbine=w_turbine,
        w_pump=w_pump,
        h_boiler_in=h_boiler_in,
        h_boiler_out=h_boiler_out,
        h_exhaust=h_exhaust,
        x_exhaust=_dryness(p_turbine_out, h_exhaust),
    )


def steam(p: float, T: float | None, x: float | None) -> tuple[float, float]:
    """Enthalpy and entropy of steam at p (Pa) and T (K), or at p and dryness x; exactly one of T and x."""
    if (T is None) == (x is None):
        raise CalcError("missing_parameter", "give T or x", "T")
    if x is not None:
        return water.h_px(p, x), water.s_px(p, x)
    assert T is not None  # noqa: S101
    if p < P_CRITICAL_PA and water.T_sat_p(p) > T:
        raise CalcError("impossible_state", f"{T} K is below saturation: this is no steam", "T")
    return water.h_pT(p, T), water.s_pT(p, T)


def pump_work(p_in: float, T_in: float, p_out: float, efficiency: float = 1.0) -> float:
    """Work of a pump, J/kg: v (p_out − p_in) / efficiency, from liquid at p_in (Pa), T_in (K)."""
    return water.v_pT(p_in, T_in) * (p_out - p_in) / efficiency


@dataclass(frozen=True)
class _Stage:
    """Expansion from h_in to h_out; then steam may be bled, and what is left be heated by q_reheat."""

    h_in: float
    h_out: float
    bleeds: bool
    q_reheat: float


@dataclass(frozen=True)
class _Feedwater:
    """Enthalpy into and out of each heater, highest pressure first, and into the boiler.

    pumps : (place of the heater that the pump feeds first, or −1 for the boiler; work J/kg).
    """

    h_in: tuple[float, ...]
    h_out: tuple[float, ...]
    h_boiler: float
    pumps: tuple[tuple[int, float], ...]


def _expand(
    inlet: tuple[float, float], p_condenser: float, efficiency: float, reheats: Sequence[Reheat], heaters: list[Heater]
) -> list[_Stage]:
    """The expansion line, cut wherever steam leaves; a heater and a reheat at one pressure share their cut."""
    h, s = inlet
    stages = []
    bleeding = {heater.p for heater in heaters}
    heating = {reheat.p: reheat for reheat in reheats}
    for p in sorted({*bleeding, *heating, p_condenser}, reverse=True):
        h_out = h - efficiency * (h - water.h_ps(p, s))
        reheat = heating.get(p)
        following = steam(p - reheat.loss, reheat.T, None) if reheat else (h_out, water.s_ph(p, h_out))
        stages.append(_Stage(h, h_out, p in bleeding, following[0] - h_out))
        h, s = following
    return stages


def _feedwater(p_boiler: float, p_condenser: float, efficiency: float, heaters: list[Heater]) -> _Feedwater:
    """From the condenser up: a pump to the next open heater above (or the boiler), closed heaters on its way."""
    n = len(heaters)
    h_in, h_out, pumps = [0.0] * n, [0.0] * n, []
    p, h, v = p_condenser, water.h_liquid_p(p_condenser), water.v_liquid_p(p_condenser)
    pumped = False
    for i in reversed(range(n)):
        heater = heaters[i]
        if not pumped:
            target = next((above.p for above in reversed(heaters[: i + 1]) if above.kind == "open"), p_boiler)
            work = v * (target - p) / efficiency
            pumps.append((i, work))
            p, h, pumped = target, h + work, True
        h_in[i] = h
        if heater.kind == "open":
            h, v, pumped = water.h_liquid_p(heater.p), water.v_liquid_p(heater.p), False
        else:
            h = water.h_pT(p, water.T_sat_p(heater.p) - heater.ttd if heater.T_out is None else heater.T_out)
        h_out[i] = h
    if not pumped:
        work = v * (p_boiler - p) / efficiency
        pumps.append((-1, work))
        h += work
    return _Feedwater(tuple(h_in), tuple(h_out), h, tuple(pumps))


def _bleed(heaters: list[Heater], feed: _Feedwater, h_bled: list[float]) -> tuple[list[float], dict[int, float]]:
    """Each heater's share of the steam, and the feedwater into each (−1: the boiler), by balances from the top down."""
    shares, flows = [], {-1: 1.0}
    flow, drain, h_drain = 1.0, 0.0, 0.0
    for i, (heater, h_steam) in enumerate(zip(heaters, h_bled, strict=True)):
        gain = flow * (feed.h_out[i] - feed.h_in[i])
        if heater.kind == "open":
            share = (gain - drain * (h_drain - feed.h_in[i])) / (h_steam - feed.h_in[i])
            flow, drain = flow - share - drain, 0.0
        else:
            h_own = water.h_liquid_p(heater.p)
            share = (gain - drain * (h_drain - h_own)) / (h_steam - h_own)
            drain, h_drain = drain + share, h_own
        shares.append(share)
        flows[i] = flow
    return shares, flows


def _dryness(p: float, h: float) -> float | None:
    """Dryness where the state is wet, else None."""
    liquid, vapour = water.h_liquid_p(p), water.h_vapour_p(p)
    return (h - liquid) / (vapour - liquid) if liquid <= h <= vapour else None
