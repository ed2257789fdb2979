"""Counterflow exchanger with change of phase: zones between phase boundaries, each with its own coefficient and LMTD.

An LMTD between the ends is wrong here: temperatures may pinch inside. The heat is found at which the zones' areas add
up to the exchanger's. Source: Bell et al., A generalized moving-boundary algorithm to predict the heat transfer rate of
counterflow heat exchangers for any phase configuration, Applied Thermal Engineering 79 (2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calc import fluids
from calc.asset_type import Floats
from calc.errors import CalcError
from calc.lmtd import log_mean

BISECTIONS = 60


@dataclass(frozen=True)
class Side:
    """A stream that enters: fluid (a name of `calc.fluids`), pressure Pa, flow kg/s, temperature K."""

    fluid: str
    p: float
    flow: float
    T_in: float


@dataclass(frozen=True)
class Coefficients:
    """Heat transfer coefficients of either side by its phase, W/(m2 K)."""

    single_phase: float
    two_phase: float


@dataclass(frozen=True)
class Exchange:
    """Heat, the greatest possible heat (W) and the leaving temperatures (K)."""

    Q: float
    Q_max: float
    T_hot_out: float
    T_cold_out: float


@dataclass(frozen=True)
class _Way:
    """A side's way from its inlet: enthalpy at the start, the phase boundaries on it."""

    side: Side
    h_in: float
    boundaries: tuple[float, ...]

    def T(self, h: float) -> float:
        return fluids.T_ph(self.side.fluid, self.side.p, h)

    def is_two_phase(self, h: float) -> bool:
        return len(self.boundaries) == 2 and self.boundaries[0] < h < self.boundaries[1]


def exchange(hot: Side, cold: Side, area: float, coefficients: Coefficients) -> Exchange:
    """Heat that a counterflow exchanger of a given area passes.

    Parameters
    ----------
    hot, cold : the entering streams.
    area : m2.
    coefficients : of both sides.

    Raises
    ------
    CalcError : `temperature_cross` where the hot side does not enter hotter; whatever the fluids raise.
    """
    if hot.T_in <= cold.T_in:
        raise CalcError("temperature_cross", "the hot side does not enter hotter than the cold side", "T_hot_in")
    ways = _way(hot), _way(cold)
    Q_max = greatest_heat(hot, cold)
    low, high = 0.0, Q_max
    for _ in range(BISECTIONS):
        Q = 0.5 * (low + high)
        low, high = (low, Q) if _area(*ways, Q, coefficients) > area else (Q, high)
    return Exchange(low, Q_max, ways[0].T(ways[0].h_in - low / hot.flow), ways[1].T(ways[1].h_in + low / cold.flow))


def greatest_heat(hot: Side, cold: Side) -> float:
    """Heat at which the temperatures touch, at an end or inside, W."""
    ways = _way(hot), _way(cold)
    low = 0.0
    high = min(
        hot.flow * (ways[0].h_in - fluids.h_pT(hot.fluid, hot.p, cold.T_in)),
        cold.flow * (fluids.h_pT(cold.fluid, cold.p, hot.T_in) - ways[1].h_in),
    )
    if _least_difference(*ways, high) >= -1e-6:
        return high
    for _ in range(BISECTIONS):
        Q = 0.5 * (low + high)
        low, high = (Q, high) if _least_difference(*ways, Q) >= 0.0 else (low, Q)
    return low


def _way(side: Side) -> _Way:
    h_in = fluids.h_pT(side.fluid, side.p, side.T_in)
    try:
        boundaries = tuple(fluids.h_px(side.fluid, side.p, x) for x in (0.0, 1.0))
    except CalcError:  # above the critical pressure, or a fluid that knows no change of phase
        boundaries = ()
    return _Way(side, h_in, boundaries)


def _zones(hot: _Way, cold: _Way, Q: float) -> tuple[Floats, Floats]:
    """Enthalpies of both sides at the ends of the zones, from the cold inlet's end on."""
    h_hot_out = hot.h_in - Q / hot.side.flow
    at = {0.0, Q}
    at |= {hot.side.flow * (h - h_hot_out) for h in hot.boundaries}
    at |= {cold.side.flow * (h - cold.h_in) for h in cold.boundaries}
    passed = np.array(sorted(q for q in at if 0.0 <= q <= Q))
    return h_hot_out + passed / hot.side.flow, cold.h_in + passed / cold.side.flow


def _differences(hot: _Way, cold: _Way, h_hot: Floats, h_cold: Floats) -> Floats:
    return np.array([hot.T(float(a)) - cold.T(float(b)) for a, b in zip(h_hot, h_cold, strict=True)])


def _least_difference(hot: _Way, cold: _Way, Q: float) -> float:
    return float(_differences(hot, cold, *_zones(hot, cold, Q)).min())


def _area(hot: _Way, cold: _Way, Q: float, coefficients: Coefficients) -> float:
    """Area that the zones need for a heat; infinite where temperatures touch."""
    h_hot, h_cold = _zones(hot, cold, Q)
    differences = _differences(hot, cold, h_hot, h_cold)
    if differences.min() <= 0.0:
        return np.inf
    means = log_mean(differences[:-1], differences[1:])
    heats = np.diff(h_hot) * hot.side.flow
    U = [
        _overall(hot.is_two_phase(float(a)), cold.is_two_phase(float(b)), coefficients)
        for a, b in zip(0.5 * (h_hot[1:] + h_hot[:-1]), 0.5 * (h_cold[1:] + h_cold[:-1]), strict=True)
    ]
    return float(np.sum(heats / (np.array(U) * means)))


def _overall(hot_boils: bool, cold_boils: bool, coefficients: Coefficients) -> float:
    sides = (coefficients.two_phase if boils else coefficients.single_phase for boils in (hot_boils, cold_boils))
    return 1.0 / sum(1.0 / alpha for alpha in sides)
