"""Temperature of (p,h) or (p,s) by bisection of the forward equations, where the backward ones give none.

That is region 5 of high entropy, and the last 25 mK above 273.15 K, where a backward equation may answer less.
"""

from __future__ import annotations

from math import nan

from calc.water.native import native

_COLDEST, _WARMEST, _WARMEST_LOW = 0.0, 800.0, 2000.0  # degC
_P_LOW = 50.0  # MPa
_LARGEST_CODE = -1000.0


def temperature(forward: str, p_mpa: float, wanted: float) -> float:
    """degC at which `pt2h` or `pt2s` is `wanted` (kJ), NaN where that is nowhere in the range of IF97."""
    of = native(forward)
    low, high = _COLDEST, _WARMEST_LOW if p_mpa <= _P_LOW else _WARMEST
    if not _LARGEST_CODE < of(p_mpa, low) <= wanted <= of(p_mpa, high):
        return nan
    while low < (middle := 0.5 * (low + high)) < high:
        low, high = (middle, high) if of(p_mpa, middle) <= wanted else (low, middle)
    return low
