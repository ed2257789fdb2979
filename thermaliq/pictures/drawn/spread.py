"""Labels that would lie on each other are moved apart."""

from __future__ import annotations

from collections.abc import Sequence


def spread(places: Sequence[float], apart: float, lowest: float, highest: float) -> list[float]:
    """Descending places, each at least `apart` below the one before, within the bounds as far as there is room."""
    made: list[float] = []
    for place in places:
        made.append(min(place, highest) if not made else min(place, made[-1] - apart))
    floor = lowest
    for index in reversed(range(len(made))):
        made[index] = max(made[index], floor)
        floor = made[index] + apart
    return made
