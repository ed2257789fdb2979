"""A property of any fluid as a function: `h_pT(fluid, p, T)`. Water goes to `calc.water`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import cast, overload

import numpy as np

from calc import water
from calc.asset_type import Floats, Mask
from calc.errors import CalcError
from calc.fluids import coolprop, ideal_gas
from calc.fluids.name import Fluid, parse_fluid
from calc.property import ON_SATURATION, SINGLE_PHASE, OfOne, OfTwo, Reasons

_COOLPROP = {
    "h": "hmass",
    "s": "smass",
    "u": "umass",
    "rho": "rhomass",
    "cp": "cpmass",
    "cv": "cvmass",
    "w": "speed_sound",
    "mu": "viscosity",
    "lambda": "conductivity",
    "T": "T",
    "p": "p",
    "x": "Q",
}
_GAS = {
    "h_pT": ideal_gas.h_pT,
    "s_pT": ideal_gas.s_pT,
    "rho_pT": ideal_gas.rho_pT,
    "cp_pT": ideal_gas.cp_pT,
    "cv_pT": ideal_gas.cv_pT,
    "w_pT": ideal_gas.w_pT,
    "T_ph": ideal_gas.T_ph,
    "T_ps": ideal_gas.T_ps,
}


@dataclass(frozen=True)
class FluidProperty:
    """One property of whichever fluid is named first; the inputs are the letters behind the name's `_`."""

    name: str
    description: str

    @overload
    def __call__(self, fluid: str, a: float, b: float, /) -> float: ...
    @overload
    def __call__(self, fluid: str, a: Floats, b: Floats | float, /) -> Floats: ...
    @overload
    def __call__(self, fluid: str, a: float, b: Floats, /) -> Floats: ...
    def __call__(self, fluid: str, a: Floats | float, b: Floats | float, /) -> Floats | float:
        """The value, or CalcError; of arrays: values, NaN where there is none. CalcError `unknown_fluid`."""
        return _property(fluid, self.name)(cast("Floats", a), b)

    def reasons(self, fluid: str, a: Floats | float, b: Floats | float) -> Reasons:
        """Why elements are NaN, as places in `REASONS`."""
        return _property(fluid, self.name).reasons(a, b)


@lru_cache(maxsize=1024)
def _property(name: str, face: str) -> OfTwo:
    """The property of one fluid, as `calc.water` has them."""
    fluid = parse_fluid(name)
    if fluid.kind == "water":
        return _of_water(face)
    letter, pair = face.split("_")
    if fluid.kind == "gas":
        return OfTwo(f"{face} of {name}", (pair[0], pair[1:]), face, _of_gas(fluid, face))
    coolprop.check(fluid)
    if fluid.kind == "incompressible" and (pair in ("hs", "px", "Tx") or letter in ("w", "x")):
        raise CalcError("not_available", f"{name} is a liquid without vapour: no {face}", "fluid")
    inputs, title = (pair[0], pair[1:]), f"{face} of {name}"
    kernel = partial(coolprop.evaluate, fluid, pair, _COOLPROP[letter])
    if letter == "x":
        return OfTwo(title, inputs, face, partial(_dryness, kernel), partial(_exists, fluid, pair), SINGLE_PHASE)
    if pair == "pT":
        return OfTwo(title, inputs, face, kernel, partial(coolprop.on_saturation, fluid), ON_SATURATION)
    return OfTwo(title, inputs, face, kernel)


def _dryness(kernel: partial[Floats], a: Floats, b: Floats) -> Floats:
    """CoolProp's quality; outside the wet region it says −1 or some other number."""
    x = kernel(a, b)
    return np.where((x >= 0) & (x <= 1), x, np.nan)


def _exists(fluid: Fluid, pair: coolprop.Pair, a: Floats, b: Floats) -> Mask:
    return np.isfinite(coolprop.evaluate(fluid, pair, "T", a, b))


def _of_water(face: str) -> OfTwo:
    special = {"T_px": _T_px, "p_Tx": _p_Tx}
    found = special.get(face, getattr(water, face, None))
    if not isinstance(found, OfTwo):
        raise CalcError("not_available", f"water has no {face}", "fluid")
    return found


def _of_gas(fluid: Fluid, face: str) -> partial[Floats]:
    ideal_gas.mixture(fluid)
    if face not in _GAS:
        raise CalcError("not_available", f"{fluid.name} is an ideal gas: no {face}", "fluid")
    return partial(_GAS[face], fluid)


def _if_wet(of_one: OfOne, a: Floats, x: Floats) -> Floats:
    return np.where((x >= 0) & (x <= 1), of_one(a), np.nan)


_T_px = OfTwo("T_px", ("p", "x"), "saturation temperature, K", partial(_if_wet, water.T_sat_p))
_p_Tx = OfTwo("p_Tx", ("T", "x"), "saturation pressure, Pa", partial(_if_wet, water.p_sat_T))
