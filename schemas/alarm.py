"""One transition of an alarm (`alert/1`), with the states of ISA-18.2."""

from __future__ import annotations

from typing import Literal

import msgspec

AlarmState = Literal[
    "normal",
    "unacknowledged",
    "acknowledged",
    "returned_unacknowledged",
    "latched_unacknowledged",
    "latched_acknowledged",
    "shelved",
    "suppressed",
    "out_of_service",
]
Priority = Literal["low", "medium", "high", "critical"]
Cause = Literal["condition", "revision", "command"]


class Alert(msgspec.Struct, frozen=True):
    """`asset/name` went into `state` because of the point whose window ends at `window_end_us`."""

    asset: str
    name: str
    episode_us: int
    state: AlarmState
    priority: Priority
    value: float | None
    limit: float | None
    window_end_us: int
    transition_us: int
    cause: Cause
    revision: int
