"""View factor of an opening in a thick furnace wall, whose reradiating sides pass on part of the radiation.

Source: polynomials that MEASUR (ORNL, U.S. Department of Energy) fits to the published chart, over the ratio of the
opening's smaller dimension to the wall's thickness; each in per cent, one below the ratio 1 and one from 1 to 6.
"""

from __future__ import annotations

import numpy as np

from calc.asset_type import Floats
from calc.combustion import Real

Fit = tuple[tuple[float, ...], tuple[float, ...]]
ROUND: Fit = (
    (1.1, 92.85714286, -57.58928571, 15.625),
    (29.5, 26.84166667, -4.35416667, -0.08333333, 0.10416667, -0.00833333),
)
SQUARE: Fit = (
    (3.5, 89.58333333, -50.0, 10.41666667),
    (24.0, 39.39166667, -11.60416667, 1.85416667, -0.14583333, 0.00416667),
)
TWO_TO_ONE: Fit = (
    (2.7, 112.67857143, -70.98214286, 15.625),
    (35.5, 29.45833333, -4.52083333, -0.6875, 0.27083333, -0.02083333),
)
SLOT: Fit = (
    (13.0, 123.75, -100.0, 31.25),
    (27.0, 64.56666667, -29.91666667, 7.14583333, -0.83333333, 0.0375),
)
"""Ten times as long as high, or longer."""
SMALLEST, LARGEST = 0.1, 6.0


def view_factor_round(diameter: Real, thickness: Real) -> Floats:
    """Of a round opening; diameter and wall thickness in one unit, (n,); at zero thickness the chart's end holds."""
    return _at(ROUND, _ratio(diameter, thickness))


def view_factor_rectangular(length: Real, height: Real, thickness: Real) -> Floats:
    """Of a rectangular opening, between square, 2:1 and slot (10:1) linearly in the ratio of its sides; (n,) 1."""
    length, height = np.asarray(length, dtype=np.float64), np.asarray(height, dtype=np.float64)
    longer, shorter = np.maximum(length, height), np.minimum(length, height)
    sides = longer / shorter
    ratio = _ratio(shorter, thickness)
    square, oblong, slot = (_at(fit, ratio) for fit in (SQUARE, TWO_TO_ONE, SLOT))
    below_two = square + (oblong - square) * (sides - 1.0)
    below_ten = oblong + (slot - oblong) * (sides - 2.0) / 8.0
    return np.where(sides < 2.0, below_two, np.where(sides < 10.0, below_ten, slot))


def _ratio(smaller: Real, thickness: Real) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.asarray(smaller, dtype=np.float64) / thickness)


def _at(fit: Fit, ratio: Floats) -> Floats:
    """The fit at a ratio; beyond 6 as at 6 (the chart's end), below 0.1 in proportion."""
    inside = np.minimum(np.maximum(ratio, SMALLEST), LARGEST)
    low, high = (np.polynomial.polynomial.polyval(inside, coefficients) for coefficients in fit)
    percent = np.where(inside < 1.0, low, high) * np.minimum(ratio / SMALLEST, 1.0)
    return np.asarray(percent / 100.0)
