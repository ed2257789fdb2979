"""Whether a rectangle of two inputs touches a real fluid's saturation line: yes too often rather than too seldom."""

from __future__ import annotations

from math import inf, isfinite

import numpy as np

from calc.fluids import coolprop
from calc.fluids.name import Fluid, parse_fluid

Box = tuple[float, float, float, float]
"""Least and largest pressure, Pa, least and largest second input (T, h or s), SI."""
_MARGIN = 0.1
_ALONG = 5
_OUTPUTS = {"h": "hmass", "s": "smass"}


def crosses(name: str, second: str, box: Box) -> bool:
    """Whether the box of pressure and T, h or s touches the saturation line, or may."""
    fluid = parse_fluid(name)
    T_critical, p_critical = coolprop.critical_point(fluid)
    return _crosses_T(fluid, box, T_critical) if second == "T" else _crosses_b(fluid, second, box, p_critical)


def _crosses_T(fluid: Fluid, box: Box, T_critical: float) -> bool:
    p_low, p_high, T_low, T_high = box
    margin = _MARGIN * (T_high - T_low)
    if T_low - margin > T_critical:
        return False
    ends = np.array([T_low - margin, T_high + margin])
    dew, bubble = (float(coolprop.evaluate(fluid, "Tx", "p", ends, np.full(2, x))[k]) for k, x in ((0, 1.0), (1, 0.0)))
    if ends[1] >= T_critical:
        bubble = inf
    return not (p_high < dew or p_low > bubble)  # NaN: true


def _crosses_b(fluid: Fluid, second: str, box: Box, p_critical: float) -> bool:
    p_low, p_high, b_low, b_high = box
    margin = _MARGIN * (b_high - b_low)
    if p_low > p_critical:
        return False
    p = np.linspace(p_low, p_high, _ALONG)
    for x in (0.0, 1.0):
        line = coolprop.evaluate(fluid, "px", _OUTPUTS[second], p, np.full(_ALONG, x))
        low, high = float(line.min()), float(line.max())
        if not (isfinite(low) and isfinite(high)) or (low - margin <= b_high and high + margin >= b_low):
            return True
    return False
