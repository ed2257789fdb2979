"""What Prometheus is told of a worker's partitions at each scrape: how far behind they are, and their alarms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from schemas.alarm import AlarmState
from streams.owner import Owner
from streams.state import AssetState, PartitionState


class WorkerMetrics(Collector):
    """Reads the owner from the thread that answers the scrape; a partition that is just lost is left out."""

    def __init__(self, owner: Owner, registry: CollectorRegistry) -> None:
        self._owner = owner
        registry.register(self)

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing is collected when it is registered."""
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """At each scrape."""
        partitions = list(self._owner.pipeline.partitions.items())
        yield self._consumer_lag()
        yield _watermark_lag(partitions)
        yield _alarms(partitions)

    def _consumer_lag(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "thermaliq_consumer_lag_records", "Records that are not processed yet", labels=["partition"]
        )
        for partition, owned in list(self._owner.owned.items()):
            end = self._owner.source.end(partition)
            if end is not None:
                family.add_metric([str(partition)], max(0, end - owned.next_offset))
        return family


def _watermark_lag(partitions: Iterable[tuple[int, PartitionState]]) -> GaugeMetricFamily:
    """How far event time is behind the time at which records arrive; of each type, the asset that is last."""
    worst: dict[str, float] = {}
    for _, state in partitions:
        for asset in _assets(state):
            if asset.watermark_us is not None:
                lag_s = (state.append_us - asset.watermark_us) / 1e6
                type_ = asset.plan.asset.type
                worst[type_] = max(lag_s, worst.get(type_, lag_s))
    family = GaugeMetricFamily(
        "thermaliq_watermark_lag_seconds", "From the watermark to the newest arrival, by type of asset", labels=["type"]
    )
    for type_, lag_s in sorted(worst.items()):
        family.add_metric([type_], lag_s)
    return family


def _alarms(partitions: Iterable[tuple[int, PartitionState]]) -> GaugeMetricFamily:
    counts: Counter[tuple[AlarmState, str]] = Counter()
    for _, state in partitions:
        for asset in _assets(state):
            counts.update((alarm.state, alarm.priority) for alarm in list(asset.alarms.values()))
    family = GaugeMetricFamily("thermaliq_alarms", "Alarms by their state", labels=["state", "priority"])
    for (name, priority), number in sorted(counts.items()):
        family.add_metric([name, priority], number)
    return family


def _assets(state: PartitionState) -> list[AssetState]:
    return list(state.assets.values())
