"""Units of the published cases: `calc.units`, and what books write beside a unit."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from calc.units import Unit, parse_unit

Value = float | str | NDArray[np.float64]
PRESSURES = re.compile(r"(?:M|k|h)?Pa|m?bar|psi|atm|cmHg|mmHg|inHg")
REMARKS = re.compile(
    r"\s*(?:,.*|\((?:in|feed|each|per)\b.*\)| of \w+| (?:coal|fuel|dry air|dry|mass|vol|steam|air|each side).*)$"
)
SPELLINGS = {
    "cm Hg": "cmHg",
    "mm Hg": "mmHg",
    "in Hg": "inHg",
    "scfm": "ft3/min",
    "scfh": "ft3/h",
    "/scf": "/ft3",
    "(scf ": "(ft3 ",
    "/day": "/d",
    "Btu/h ": "Btu/h",
}
OWN = {"ton (211 kJ/min)": Unit("ton (211 kJ/min)", parse_unit("W").dimension, "W", 211e3 / 60.0)}


def unit_of(text: str) -> Unit:
    """The unit behind a book's text: remarks dropped, a bare pressure absolute, a standard cubic foot a volume."""
    if text in OWN:
        return OWN[text]
    for written, known in SPELLINGS.items():
        text = text.replace(written, known)
    if text.startswith("fraction"):
        return parse_unit("1")
    plain = REMARKS.sub("", text).strip()
    return parse_unit(f"{plain}(a)" if PRESSURES.fullmatch(plain) else plain or "1")


def to_si(value: object, unit: str) -> Value:
    """SI value of a case's number or list; text stays as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return np.array([to_si(item, unit) for item in value], dtype=np.float64)
    if isinstance(value, bool | int | float):
        return unit_of(unit).to_si(float(value))
    raise TypeError(f"{value!r} is no value of a case")


def from_si(value: object, unit: str) -> NDArray[np.float64]:
    """A result in the case's unit, as an array."""
    found = unit_of(unit)
    return (np.asarray(value, dtype=np.float64) - found.shift_si()) / found.factor
