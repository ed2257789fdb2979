"""Names of fluids: which backend, which components, which fractions.

water, steam, IF97::Water      calc.water
R134a, Ammonia, HEOS::CO2      a pure fluid, or a blend with an equation of its own (R410A)
R407C.mix, R32[0.7]&R125[0.3]  a mixture by CoolProp's name, or by mole fractions
MEG-30%, INCOMP::MEG[0.3]      an aqueous solution by mass fraction; INCOMP::T66 a pure heat-transfer liquid
flue_gas, GAS::N2[0.79]&O2[0.21]   ideal gases by mole fractions
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from calc.errors import CalcError

Kind = Literal["water", "gas", "incompressible", "real"]
FLUE_GAS = "N2[0.72451]&CO2[0.08348]&H2O[0.16697]&O2[0.02504]"
"""Mole fractions of methane's flue gas with 15 % excess air, argon counted as nitrogen."""
_WATER = ("water", "steam", "Water", "IF97::Water")
_PERCENT = re.compile(r"(?:INCOMP::)?([A-Za-z0-9]+)-(\d+(?:\.\d+)?)%")
_COMPONENT = re.compile(r"([^\[\]&]+)\[([0-9.eE+-]+)\]")
_LONGEST = 200
_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Fluid:
    """A fluid as its backend needs it; `fractions` by mole, of an incompressible by mass, empty for a pure fluid."""

    name: str
    kind: Kind
    components: tuple[str, ...] = ()
    fractions: tuple[float, ...] = ()


@lru_cache(maxsize=256)
def parse_fluid(name: str) -> Fluid:
    """The fluid of that name; CalcError `unknown_fluid` where the name has no form of the above."""
    if name in _WATER:
        return Fluid(name, "water")
    if len(name) > _LONGEST:
        raise unknown(name[:_LONGEST], "the name is too long")
    if name == "flue_gas":
        return Fluid(name, "gas", *_mixture(name, FLUE_GAS))
    if match := _PERCENT.fullmatch(name):
        return Fluid(name, "incompressible", (match[1],), (_fraction(name, match[2]) / 100.0,))
    backend, _, rest = name.rpartition("::")
    if backend == "INCOMP":
        match = _COMPONENT.fullmatch(rest)
        return Fluid(name, "incompressible", *(((match[1],), (_fraction(name, match[2]),)) if match else ((rest,), ())))
    if backend not in ("", "HEOS", "GAS") or not rest:
        raise unknown(name, "backends are HEOS, INCOMP, IF97 and GAS")
    components, fractions = _mixture(name, rest) if "[" in rest else ((rest,), ())
    return Fluid(name, "gas" if backend == "GAS" else "real", components, fractions or _whole(backend))


def unknown(name: str, why: str) -> CalcError:
    """The error of a name that no fluid has."""
    return CalcError("unknown_fluid", f"no fluid {name!r}: {why}", "fluid")


def _whole(backend: str) -> tuple[float, ...]:
    return (1.0,) if backend == "GAS" else ()


def _mixture(name: str, text: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    matches = [_COMPONENT.fullmatch(part) for part in text.split("&")]
    pairs = [(match[1], _fraction(name, match[2])) for match in matches if match]
    if len(pairs) != len(matches) or abs(sum(x for _, x in pairs) - 1.0) > _SUM_TOLERANCE:
        raise unknown(name, "write N2[0.79]&O2[0.21], mole fractions that add up to 1")
    return tuple(component for component, _ in pairs), tuple(x for _, x in pairs)


def _fraction(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise unknown(name, f"{text} is no number") from None
