"""Real humid air (ASHRAE RP-1485, in CoolProp): per kilogram of dry air, W in kg water a kg dry air, RH a fraction.

For cooling towers and air near the atmosphere's pressure the ideal mixture of `calc.psychrometrics` is as good and far
faster; this one holds from 143.15 to 623.15 K and up to 10 MPa.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import isfinite, nan
from typing import overload

import numpy as np

from calc.asset_type import Floats
from calc.property import Property

_LETTERS = {
    "T": "T",
    "W": "W",
    "RH": "R",
    "T_dew": "D",
    "T_wet_bulb": "B",
    "h": "H",
    "s": "S",
    "v": "V",
    "cp": "C",
}
_T_RANGE = (143.15, 623.15)
_P_MOST = 10e6


@dataclass(frozen=True)
class OfThree(Property):
    """A property of humid air: of pressure and two more inputs."""

    @overload
    def __call__(self, p: float, a: float, b: float, /) -> float: ...
    @overload
    def __call__(self, p: Floats | float, a: Floats, b: Floats | float, /) -> Floats: ...
    @overload
    def __call__(self, p: Floats | float, a: float, b: Floats, /) -> Floats: ...
    @overload
    def __call__(self, p: Floats, a: float, b: float, /) -> Floats: ...
    def __call__(self, p: Floats | float, a: Floats | float, b: Floats | float, /) -> Floats | float:
        """The value, or CalcError; of arrays: values, NaN where there is none."""
        if isinstance(p, float | int) and isinstance(a, float | int) and isinstance(b, float | int):
            return self._scalar(p, a, b)
        return self._array(p, a, b)


def _kernel(output: str, first: str, second: str, p: Floats, a: Floats, b: Floats) -> Floats:
    states = zip(p.tolist(), a.tolist(), b.tolist(), strict=True)
    return np.fromiter((_value(output, first, second, *state) for state in states), np.float64, p.size)


def _value(output: str, first: str, second: str, p: float, a: float, b: float) -> float:
    from CoolProp.CoolProp import HAPropsSI  # noqa: PLC0415 - 2 s and 75 MB, so on first use

    given = {first: a, second: b}
    if not 0.0 < p <= _P_MOST or given.get("W", 0.0) < 0 or not 0.0 <= given.get("RH", 0.0) <= 1.0:
        return nan
    inputs = (_LETTERS[first], a, _LETTERS[second], b, "P", p)
    try:
        T, _within_saturation = HAPropsSI("T", *inputs), HAPropsSI("R", *inputs)
        value = HAPropsSI(_LETTERS[output], *inputs)
    except ValueError:
        return nan
    return value if _T_RANGE[0] <= T <= _T_RANGE[1] and isfinite(value) else nan


def _of(output: str, first: str, second: str, name: str, description: str) -> OfThree:
    return OfThree(name, ("p", first, second), description, partial(_kernel, output, first, second))


h_pTW = _of("h", "T", "W", "h_pTW", "enthalpy, J a kg dry air")
h_pTRH = _of("h", "T", "RH", "h_pTRH", "enthalpy, J a kg dry air")
s_pTW = _of("s", "T", "W", "s_pTW", "entropy, J/K a kg dry air")
v_pTW = _of("v", "T", "W", "v_pTW", "volume, m3 a kg dry air")
cp_pTW = _of("cp", "T", "W", "cp_pTW", "isobaric heat capacity, J/K a kg dry air")
W_pTRH = _of("W", "T", "RH", "W_pTRH", "humidity ratio, kg/kg")
W_pTT_wet_bulb = _of("W", "T", "T_wet_bulb", "W_pTT_wet_bulb", "humidity ratio, kg/kg")
RH_pTW = _of("RH", "T", "W", "RH_pTW", "relative humidity, 1")
T_dew_pTW = _of("T_dew", "T", "W", "T_dew_pTW", "dew point, K")
T_wet_bulb_pTW = _of("T_wet_bulb", "T", "W", "T_wet_bulb_pTW", "thermodynamic wet bulb, K")
T_phW = _of("T", "h", "W", "T_phW", "temperature, K")
