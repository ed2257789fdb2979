"""A maker's correction curve as text: `"288.15 K: 1.0, 303.15 K: 0.915"`, linear between its points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from calc.asset_type import Floats
from calc.errors import CalcError
from calc.units import dimension_of, parse_quantity

MOST_POINTS = 100


@dataclass(frozen=True)
class Curve:
    """Factor over a measured quantity in SI, rising x."""

    x: tuple[float, ...]
    factor: tuple[float, ...]

    def __call__(self, x: Floats) -> Floats:
        """Factor at x (n,) SI; NaN outside the curve, which is never drawn on."""
        inside = (x >= self.x[0]) & (x <= self.x[-1])
        return np.where(inside, np.interp(x, self.x, self.factor), np.nan)


@lru_cache(maxsize=256)
def parse_curve(text: str, unit_si: str) -> Curve:
    """The curve of a text; x in any unit of `unit_si`'s dimension, factors above zero.

    Raises CalcError `bad_curve` with what to write instead.
    """
    points = [part.rsplit(":", 1) for part in _parts(text)]
    if not 2 <= len(points) <= MOST_POINTS or any(len(point) != 2 for point in points):
        raise CalcError("bad_curve", f"{text!r} is no curve: write it as 288.15 K: 1.0, 303.15 K: 0.915")
    pairs = sorted((_quantity(x, unit_si), _factor(factor)) for x, factor in points)
    xs, factors = zip(*pairs, strict=True)
    if len(set(xs)) != len(xs):
        raise CalcError("bad_curve", f"{text!r} has two factors at one place")
    return Curve(tuple(xs), tuple(factors))


def _parts(text: str) -> list[str]:
    """The points, told by their commas; those within a unit's brackets do not count."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _quantity(text: str, unit_si: str) -> float:
    value, unit = parse_quantity(text, difference=unit_si.endswith("(d)"))
    if unit.dimension.exponents != dimension_of(unit_si).exponents:
        raise CalcError("bad_curve", f"{text.strip()!r} is not in {unit_si}")
    return value


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError as error:
        raise CalcError("bad_curve", f"{text.strip()!r} is no factor: write it as 0.915") from error
    if not (np.isfinite(factor) and factor > 0.0):
        raise CalcError("bad_curve", f"{text.strip()!r} is no factor above zero")
    return factor
