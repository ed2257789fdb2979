"""Durations as people write them."""

from __future__ import annotations

import re

import pytest

from schemas.duration import PATTERN, parse_duration_us


@pytest.mark.parametrize(
    ("text", "us"),
    [
        *[("10s", 10_000_000), ("0s", 0), ("0.5s", 500_000), ("5min", 300_000_000), ("1.5h", 5_400_000_000)],
        *[("90d", 7_776_000_000_000), ("10y", 315_576_000_000_000)],
    ],
)
def test_a_number_and_a_unit_are_whole_microseconds(text: str, us: int) -> None:
    assert parse_duration_us(text) == us
    assert re.search(PATTERN, text)


@pytest.mark.parametrize(
    "text", ["", "10", "s", "10 s", "-1s", "1e3s", "1week", "1h30min", "10s\n", "١s", "9" * 400 + "s", "1000y"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration_us(text)
    assert not re.search(PATTERN, text)
