"""Names, keys, partitions and retention of the Kafka topics."""

from __future__ import annotations

from dataclasses import dataclass

DAY_MS = 86_400_000
RECORD_BYTES_MAX = 1 << 20
DEAD_LETTER_BYTES_MAX = 2 << 20


@dataclass(frozen=True)
class TopicSpec:
    """A topic as `thermaliq topics --create` makes it."""

    name: str
    cleanup_policy: str
    retention_ms: int
    bytes_max: int
    log_append_time: bool = False

    def config(self) -> dict[str, str]:
        """The broker's configuration keys for this topic."""
        config = {
            "cleanup.policy": self.cleanup_policy,
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.bytes_max + 4096),
        }
        if self.log_append_time:
            config["message.timestamp.type"] = "LogAppendTime"
        return config


@dataclass(frozen=True)
class Topics:
    """The product's topics under one prefix."""

    prefix: str = "thermaliq."

    @property
    def readings(self) -> str:
        """Reading batches and commands, key = group."""
        return f"{self.prefix}readings"

    @property
    def points(self) -> str:
        """Points, key = asset."""
        return f"{self.prefix}points"

    @property
    def alerts(self) -> str:
        """Alarm transitions, key = asset/alarm name."""
        return f"{self.prefix}alerts"

    @property
    def gaps(self) -> str:
        """Gaps, key = asset."""
        return f"{self.prefix}gaps"

    @property
    def dead_letters(self) -> str:
        """Dead letters, the original key and bytes."""
        return f"{self.prefix}dead_letters"

    def specs(self) -> tuple[TopicSpec, ...]:
        """Every topic with its policy."""
        return (
            TopicSpec(self.readings, "delete", 7 * DAY_MS, RECORD_BYTES_MAX, log_append_time=True),
            TopicSpec(self.points, "delete", 30 * DAY_MS, RECORD_BYTES_MAX),
            TopicSpec(self.alerts, "compact,delete", 90 * DAY_MS, RECORD_BYTES_MAX),
            TopicSpec(self.gaps, "delete", 90 * DAY_MS, RECORD_BYTES_MAX),
            TopicSpec(self.dead_letters, "delete", 30 * DAY_MS, DEAD_LETTER_BYTES_MAX),
        )
