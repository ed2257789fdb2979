"""A point: the efficiency of one asset over one window (`point/1`)."""

from __future__ import annotations

from typing import Literal

import msgspec

PointQuality = Literal["GOOD", "UNCERTAIN", "BAD"]

PLAIN_REASONS = (
    "no_fuel",
    "not_running",
    "excluded",
    "coverage",
    "above_unity",
    "above_carnot",
    "not_finite",
    "unsteady",
    "internal_error",
)
TAGGED_REASONS = ("bad_input", "uncertain_input", "out_of_range", "impossible_state", "substituted_input")
"""Reasons that name the input they are about, as `bad_input:steam_flow`. Both lists are closed."""


class Point(msgspec.Struct, frozen=True):
    """eta = energy_out_j / energy_in_j over [window_start_us, window_end_us); null where it is undefined."""

    asset: str
    type: str
    window: str
    length_s: float
    window_start_us: int
    window_end_us: int
    revision: int
    eta: float | None
    eta_u95: float | None
    energy_in_j: float | None
    energy_out_j: float | None
    losses_j: dict[str, float]
    residual_j: float | None
    values: dict[str, float]
    coverage: float
    steady_fraction: float | None
    quality: PointQuality
    reasons: list[str]
    method: str
    provenance: str
