"""When a text is a number: only where it is one in JSON's grammar, or the tag's `states` know it."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def number_of_text(text: str, states: Mapping[str, float]) -> float | None:
    """The number that `text` is, blanks around it allowed; else the number that `states` gives it; else None."""
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped):
        return float(stripped)
    return states.get(stripped)
