"""Where a dashboard turns red: the same figures at which `deploy/prometheus/rules` alert; a test compares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LIMITS: Final[Mapping[str, float]] = {
    "GL009HighErrorRate": 0.05,
    "GL009HighLatency": 5,
    "GL009PodDown": 2,
    "GL009HighMemoryUsage": 0.9,
    "GL009HighCPUUsage": 1.8,
    "GL009HighQueueDepth": 100,
    "GL009DatabasePoolExhaustion": 0.9,
    "GL009RedisConnectionFailure": 10,
    "ThermaliqConsumerLag": 10_000,
    "ThermaliqPointQuality": 0.5,
}
"""Alert → its limit."""


def above(alert: str) -> tuple[tuple[float | None, str], ...]:
    """Green, and red from an alert's limit on."""
    return ((None, "green"), (LIMITS[alert], "red"))


def below(alert: str) -> tuple[tuple[float | None, str], ...]:
    """Red, and green from an alert's limit on."""
    return ((None, "red"), (LIMITS[alert], "green"))
