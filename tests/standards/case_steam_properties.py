"""Properties of water and steam: whatever pair of inputs a case gives, onto `calc.water`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from calc import water
from tests.standards.cases import Case

States = NDArray[np.float64]
PAIRS = ("pT", "rhoT", "ph", "ps", "hs", "px", "Tx")
OF_ONE = {
    "p": {"T": "T_sat_p", "T_sat": "T_sat_p", "T_B23": "T_B23_p"},
    "T": {"p": "p_sat_T", "p_sat": "p_sat_T", "p_B23": "p_B23_T", "sigma": "sigma_T"},
}
ENDS = {
    0.0: re.compile(r"([hsv])_?(?:f|l|liq|liquid|sat_liquid)"),
    1.0: re.compile(r"([hsv])_?(?:g|v|gas|vap|vapou?r|sat_vapou?r)"),
}
LATENT = re.compile(r"([hsv])_?(?:fg|evap|evaporation|vaporisation)")
NAMES = {"quality": "x", "dryness": "x", "d": "rho", "density": "rho", "t": "T", "P": "p"}


def answer(case: Case) -> Mapping[str, object]:
    """Every wanted property that the inputs tell."""
    given = {
        NAMES.get(name, name): np.asarray(value) for name, value in case.given.items() if not isinstance(value, str)
    }
    return {name: _property(name, given) for name in case.wanted}


def _property(name: str, given: Mapping[str, States]) -> object:
    """Of one input, of a saturated end, or of the pair of inputs that `calc.water` knows it of."""
    if len(given) == 1:
        (key, state), *_none = given.items()
        if name in OF_ONE.get(key, {}):
            return _call(OF_ONE[key][name], state)
        for x, end in ENDS.items():
            if match := end.fullmatch(name):
                return _end(match[1], key, state, x)
        if match := LATENT.fullmatch(name):
            return _end(match[1], key, state, 1.0) - _end(match[1], key, state, 0.0)
    name = {"T_sat": "T", "p_sat": "p"}.get(name, name)
    for pair in PAIRS:
        first, second = ("rho", "T") if pair == "rhoT" else (pair[0], pair[1])
        if first in given and second in given and hasattr(water, f"{name}_{pair}"):
            return _call(f"{name}_{pair}", given[first], given[second])
    raise KeyError(f"{name} of {sorted(given)}")


def _end(name: str, key: str, state: States, x: float) -> States:
    return _call(f"{name}_{key}x", state, np.asarray(x))


def _call(name: str, *states: States) -> States:
    function: Callable[..., States] | None = getattr(water, name, None)
    if function is None:
        raise KeyError(name)
    return function(*states)
