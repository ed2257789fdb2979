"""Properties beside their rivals in one run (µs a point): IF97 against CoolProp's, tiles against scalar HEOS.

The ratio is rival / ours. The least of many repeats counts: on a shared machine everything else only adds.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from CoolProp import CoolProp
from numpy.typing import NDArray

from benchmarks.result import Result
from calc import fluids, water
from calc.property_cache import PropertyCache

Floats = NDArray[np.float64]
N = 10_000
BAR_US, BAR_RATIO, BAR_TILE_RATIO = 0.2, 3.0, 50.0


class NoCounters:
    """Counts nothing."""

    def hits(self, _name: str, _points: int, /) -> None:
        """Not counted."""

    misses = direct = fetched = evicted = hits

    def built(self, _name: str, _tiles: int, _seconds: float, _error: float, /) -> None:
        """Not counted."""


def least_us(run: Callable[[], object], points: int, repeats: int) -> float:
    """Microseconds a point in the fastest of the repeats."""
    fastest = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        fastest = min(fastest, time.perf_counter() - began)
    return fastest / points * 1e6


def water_rows(rng: np.random.Generator) -> list[tuple[str, float, float, float]]:
    """h(p,T), T(p,h) and h(p,s) at 10,000 points of liquid, of vapour and of both."""
    kinds = {
        "liquid": (rng.uniform(1e5, 2e7, N), rng.uniform(280.0, 370.0, N)),
        "vapour": (rng.uniform(1e5, 5e6, N), rng.uniform(560.0, 1000.0, N)),
        "mixed": (rng.uniform(1e5, 2e7, N), rng.uniform(280.0, 1000.0, N)),
    }
    rows = []
    for kind, (p, T) in kinds.items():
        h, s = water.h_pT(p, T), water.s_pT(p, T)
        faces = ((water.h_pT, T, "H", "T"), (water.T_ph, h, "T", "H"), (water.h_ps, s, "H", "S"))
        for face, b, output, letter in faces:
            ours = least_us(lambda face=face, b=b, p=p: face(p, b), N, 30)  # type: ignore[misc]
            args = (output, "P", p, letter, b, "IF97::Water")
            theirs = least_us(lambda args=args: CoolProp.PropsSI(*args), N, 5)  # type: ignore[misc]
            rows.append((f"water {face.name}, {kind}", ours, theirs, BAR_RATIO if face is water.h_pT else 0.0))
    return rows


def tile_rows(rng: np.random.Generator) -> list[tuple[str, float, float, float]]:
    """Tiles of R134a, warm, against scalar HEOS through PropsSI."""
    cache = PropertyCache(NoCounters(), time.perf_counter)
    p = rng.uniform(3.3e5, 3.7e5, N)
    T = fluids.T_px("R134a", p, 1.0) + rng.uniform(3.0, 15.0, N)
    h = fluids.h_pT("R134a", p, T)
    rows = []
    for name, b, output, letter in (("h_pT", T, "H", "T"), ("T_ph", h, "T", "H"), ("rho_ph", h, "D", "H")):
        cache.evaluate(name, "R134a", p, b)
        ours = least_us(lambda name=name, b=b: cache.evaluate(name, "R134a", p, b), N, 30)  # type: ignore[misc]
        states = list(zip(p[:300].tolist(), b[:300].tolist(), strict=True))

        def scalar(states: list[tuple[float, float]] = states, output: str = output, letter: str = letter) -> None:
            for pressure, second in states:
                CoolProp.PropsSI(output, "P", pressure, letter, second, "R134a")

        rows.append((f"R134a tiles {name}", ours, least_us(scalar, len(states), 5), BAR_TILE_RATIO))
    return rows


def run() -> list[Result]:
    """One line a property and state; then the slowest h(p,T), which has a bar of its own."""
    rng = np.random.default_rng(97)
    rows = [*water_rows(rng), *tile_rows(rng)]
    slowest = max(ours for _, ours, _, bar in rows if bar == BAR_RATIO)
    return [
        *(
            Result("water", name, ours, theirs, "µs", theirs / ours, "≥" if bar else "", bar or None)
            for name, ours, theirs, bar in rows
        ),
        Result("water", "water h_pT, a point, the slowest of these", slowest, None, "µs", None, "≤", BAR_US),
    ]
