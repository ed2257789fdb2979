"""exp, log and powers that give an element the same bits wherever it stands: numpy's own may not.

Shapes are kept; what has no value is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from calc.asset_type import Floats
from calc.water.native import each

Number = Floats | float


def exp(x: Number) -> Floats:
    """e to the x."""
    return _each(math.exp, x)


def expm1(x: Number) -> Floats:
    """e to the x, less 1."""
    return _each(math.expm1, x)


def log(x: Number) -> Floats:
    """Natural logarithm; NaN at and below 0."""
    return _each(math.log, x)


def log1p(x: Number) -> Floats:
    """Natural logarithm of 1 + x; NaN at and below −1."""
    return _each(math.log1p, x)


def power(x: Number, exponent: Number) -> Floats:
    """x to the exponent, of x above 0; NaN elsewhere."""
    return exp(exponent * log(x))


def _each(function: Callable[[float], float], x: Number) -> Floats:
    array = np.asarray(x, dtype=np.float64)
    return each(function, array.reshape(-1)).reshape(array.shape)
