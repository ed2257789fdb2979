"""Patterns of assets: `mill/boiler1`, `mill/*`, `*`."""

from __future__ import annotations

import re
from typing import Final

PATTERN_CHARACTERS_MAX: Final = 200
MEANING: Final = "write an asset's id, as mill/boiler1, or a beginning and *, as mill/*"
_PATTERN: Final = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)*(?:/?\*)?|\*")


def is_pattern(text: str) -> bool:
    """Whether it can stand for an asset."""
    return len(text) <= PATTERN_CHARACTERS_MAX and _PATTERN.fullmatch(text) is not None


def covers(pattern: str, asset: str) -> bool:
    """Whether a pattern stands for an asset; `*` stands for all that follows."""
    return asset.startswith(pattern[:-1]) if pattern.endswith("*") else asset == pattern
