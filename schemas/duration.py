"""A duration as people write it: `10s`, `5min`, `1h`, `90d`, `10y`."""

from __future__ import annotations

import re
from typing import Final

_WRITTEN = r"[0-9]{1,7}(?:\.[0-9]{1,6})?(?:s|min|h|d)|[0-9]{1,3}y"
PATTERN: Final = rf"^(?:{_WRITTEN})$(?!\n)"
"""For JSON Schema and Python alike; the length keeps every duration well within 64 bits of microseconds."""
MEANING: Final = 'a number and s, min, h or d, as "10s", "5min", "1h" or "90d"'
_UNITS_US = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000, "y": 31_557_600_000_000}


def parse_duration_us(text: str) -> int:
    """Whole microseconds of `text`; `ValueError` where it is no duration."""
    if re.fullmatch(_WRITTEN, text) is None:
        raise ValueError(f"{text!r} is no duration: write {MEANING}")
    number = text.rstrip("sminhdy")
    return round(float(number) * _UNITS_US[text[len(number) :]])
