"""Properties of water and steam: whatever pair of inputs a case gives, onto `calc.water`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from calc import water
from tests.standards.cases import Case

PAIRS = ("pT", "rhoT", "ph", "ps", "hs", "px", "Tx")
OF_ONE = {
    "p_sat": "p_sat_T",
    "T_sat": "T_sat_p",
    "p_B23": "p_B23_T",
    "sigma": "sigma_T",
    "p": "p_sat_T",
    "T": "T_sat_p",
}
OF_PRESSURE = {"h_f": "h_liquid_p", "h_g": "h_vapour_p", "s_f": "s_liquid_p", "s_g": "s_vapour_p", "v_f": "v_liquid_p"}
NAMES = {"quality": "x", "dryness": "x", "d": "rho", "density": "rho", "t": "T", "P": "p"}


def answer(case: Case) -> Mapping[str, object]:
    """Every wanted property that the inputs tell."""
    given = {
        NAMES.get(name, name): np.asarray(value) for name, value in case.given.items() if not isinstance(value, str)
    }
    return {name: _property(name, given) for name in case.wanted}


def _property(name: str, given: Mapping[str, NDArray[np.float64]]) -> object:
    """Of one input, of a saturated end, or of the pair of inputs that `calc.water` knows it of."""
    if name in OF_ONE and len(given) == 1:
        return _call(OF_ONE[name], *given.values())
    if name in OF_PRESSURE and "p" in given:
        return _call(OF_PRESSURE[name], given["p"])
    for pair in PAIRS:
        first, second = ("rho", "T") if pair == "rhoT" else (pair[0], pair[1])
        if first in given and second in given and hasattr(water, f"{name}_{pair}"):
            return _call(f"{name}_{pair}", given[first], given[second])
    raise KeyError(f"{name} of {sorted(given)}")


def _call(name: str, *states: NDArray[np.float64]) -> object:
    function: Callable[..., object] | None = getattr(water, name, None)
    if function is None:
        raise KeyError(name)
    return function(*states)
