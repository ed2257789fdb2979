"""A duration as people write it: `10s`, `5min`, `1h`, `90d`."""

from __future__ import annotations

import re
from typing import Final

PATTERN: Final = r"^\d+(\.\d+)?(s|min|h|d|y)$"
MEANING: Final = 'a number and s, min, h or d, as "10s", "5min", "1h" or "90d"'
_UNITS_US = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000, "y": 31_557_600_000_000}


def parse_duration_us(text: str) -> int:
    """Whole microseconds of `text`; `ValueError` where it is no duration."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|min|h|d|y)", text)
    if match is None:
        raise ValueError(f"{text!r} is no duration: write {MEANING}")
    return round(float(match[1]) * _UNITS_US[match[2]])
