"""Amounts of energy and power in one readable unit a picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, log10
from typing import Final

PREFIXES: Final = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))
DIGITS: Final = 4


@dataclass(frozen=True)
class Scale:
    """SI = shown · factor; `decimals` gives the largest amount of a picture four digits."""

    unit: str
    factor: float
    decimals: int

    def shown(self, value: float) -> float:
        """The number that stands before the unit."""
        return value / self.factor

    def text(self, value: float) -> str:
        """`8.000 MW`; what would round to nothing says so."""
        least = 10.0**-self.decimals
        if value and abs(self.shown(value)) < least / 2.0:
            return f"{'−' if value < 0 else ''}<{least:.{self.decimals}f} {self.unit}"
        return f"{self.shown(value):.{self.decimals}f} {self.unit}".replace("-", "−")


def scale_of(values: Iterable[float], unit: str) -> Scale:
    """The prefix in which the largest of `values` lies between 1 and 1000."""
    largest = max((abs(value) for value in values), default=0.0)
    factor, prefix = next(((f, p) for f, p in PREFIXES if largest >= f), PREFIXES[-1])
    shown = largest / factor
    before = max(floor(log10(shown)) + 1, 1) if shown > 0.0 else 1
    return Scale(prefix + unit, factor, max(DIGITS - before, 0))


def percent(value: float | None, digits: int = 1) -> str:
    """A fraction as `86.1 %`."""
    return "–" if value is None else f"{100.0 * value:.{digits}f} %".replace("-", "−")
