"""A plant's site and plan, its parcels as records, and the pipeline driven over them through a `MemoryStore`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

import msgspec

from calc.asset_type import AssetType
from calc.asset_types import ASSET_TYPES
from schemas import site as sites
from schemas.point import Point
from streams.changes import Changes, Record
from streams.commands import passes
from streams.pipeline import Pipeline
from streams.plan import Plan, compile_plan
from tests.oracle.memory_store import MemoryHistory, MemoryStore
from tests.oracle.plant import Condition, Machine, Parcel, Plant, Sample, Signal
from tests.oracle.toy import TOY

TYPES: Mapping[str, AssetType] = {**ASSET_TYPES, "toy": TOY}
TOPIC = "thermaliq.readings"
PARTITION = 3


def site_of(plant: Plant, rules: Sequence[sites.AlarmRule] = ()) -> sites.Site:
    """The plant as a loaded site file."""
    owners = dict.fromkeys([*(m.id for m in plant.machines), *(s.asset for s in plant.signals)])
    machines = {machine.id: machine for machine in plant.machines}
    return sites.Site(
        id="mill",
        file="mill.toml",
        revision="0",
        timezone="UTC",
        atmospheric_pressure_pa=101_325.0,
        lateness_us=0,
        idle_after_us=0,
        late_accept_us=plant.late_accept_us,
        sources=tuple(
            sites.Source(
                name=feed.name,
                protocol="push",
                url="",
                options=sites.PushOptions(),
                tags=tuple(_tag(signal) for signal in plant.signals if signal.feed == feed.name),
                lateness_us=feed.lateness_us,
                idle_after_us=feed.idle_after_us,
            )
            for feed in plant.feeds
        ),
        assets=tuple(
            _asset(machines[owner]) if owner in machines else sites.Asset(owner, "mill/all", "none") for owner in owners
        ),
        alarms=tuple(rules),
    )


def _tag(signal: Signal) -> sites.Tag:
    bounded = signal.low > -inf or signal.high < inf
    accurate = signal.relative or signal.absolute
    return sites.Tag(
        id=signal.id,
        asset=signal.asset,
        measurand=signal.measurand,
        unit="1",
        unit_si="1",
        address=sites.PushAddress(),
        valid_range=(signal.low, signal.high) if bounded else None,
        accuracy=sites.Accuracy(signal.relative, signal.absolute) if accurate else None,
        calibration_group=signal.calibration_group,
        hold_limit_us=signal.hold_us,
    )


def _asset(machine: Machine) -> sites.Asset:
    return sites.Asset(
        id=machine.id,
        group="mill/all",
        type=machine.type,
        inputs=dict(machine.inputs),
        parameters=dict(machine.parameters),
        exclude_when=_comparison(machine.exclude_when),
        running_when=_comparison(machine.running_when),
        min_coverage=machine.min_coverage,
        windows=tuple(sites.Window(span.name, span.length_us, span.advance_us) for span in machine.windows),
    )


def _comparison(condition: Condition | None) -> sites.Comparison | None:
    if condition is None:
        return None
    operators: dict[str, sites.Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "==", "!=": "!="}
    return sites.Comparison(condition.signal, operators[condition.operator], condition.limit)


def plan_of(plant: Plant, rules: Sequence[sites.AlarmRule] = ()) -> Plan:
    """The plant compiled, with numbers that leave holes as a database does."""
    site = site_of(plant, rules)
    assets = {asset.id: 10 + 3 * index for index, asset in enumerate(site.assets)}
    series = {tag_id: 5 + 2 * index for index, tag_id in enumerate(site.tags())}
    return compile_plan([site], assets, series, TYPES, {"thermaliq": "test"})


def record_of(offset: int, parcel: Parcel) -> Record:
    """A parcel as a foreign producer would write it."""
    body = {
        "asset": parcel.asset,
        "source": parcel.feed,
        "session": "01J",
        "sequence": 0,  # holes in the numbers are `test_sequence`'s
        "origin": parcel.origin,
        "sent_us": parcel.append_us,
        "readings": [
            {"tag": s.tag.rsplit("/", 1)[1], "ts_us": s.ts_us, "value": s.value, "status": s.status}
            for s in parcel.samples
        ],
    }
    value = json.dumps(body, allow_nan=False).encode()
    return Record(offset, parcel.append_us, b"mill/all", value, [("schema", b"reading_batch/1")])


@dataclass
class Bench:
    """One partition's worker over a store; `restart` forgets everything but the rows."""

    plan: Plan
    store: MemoryStore = field(default_factory=MemoryStore)
    tally: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the partition."""
        self.restart()

    def restart(self) -> None:
        """A new process takes the partition from its rows."""
        self.pipeline = Pipeline(self.plan, TOPIC, MemoryHistory(self.store))
        self.pipeline.assign(PARTITION, self.store.loaded(self.pipeline.assets_of(PARTITION)))

    def feed(self, records: Sequence[Record]) -> None:
        """What one fetched batch brings: its passes and their commits."""
        for some in passes(records):
            self._go_on()
            self._commit(self.pipeline.process(PARTITION, some))
        self._go_on()

    def _go_on(self) -> None:
        while self.pipeline.unfinished(PARTITION):
            self._commit(self.pipeline.go_on(PARTITION))

    def _commit(self, changes: Changes) -> None:
        self.store.commit(changes)
        for what, number in changes.tally.items():
            self.tally[what] = self.tally.get(what, 0) + number

    def tick(self, now_us: int) -> None:
        """The worker's clock on a silent partition."""
        changes = self.pipeline.tick(PARTITION, now_us)
        if changes is not None:
            self.store.commit(changes)

    def run(
        self,
        parcels: Sequence[Parcel],
        cuts: Iterable[int] = (),
        restarts: Iterable[int] = (),
        silence_us: int | None = None,
    ) -> Bench:
        """All parcels; a pass ends before each index of `cuts` and of `restarts`, and there the worker dies.

        silence_us : where given, the worker's clock ticks that long after each pass.
        """
        deaths, first = set(restarts), self.store.next_offset or 100
        edges = sorted({0, len(parcels), *cuts, *deaths})
        for low, high in pairwise(edges):
            if low in deaths:
                self.restart()
            self.feed([record_of(first + index, parcels[index]) for index in range(low, high)])
            if silence_us is not None:
                self.tick(self.store.append_us + silence_us)
        return self

    def points(self, asset: str) -> list[Point]:
        """Latest revisions of one asset's points, by end, then by window."""
        found = [point for point in self.store.latest.values() if point.asset == asset]
        return sorted(found, key=lambda point: (point.window_end_us, point.window))


def without_revision(points: Iterable[Point]) -> list[bytes]:
    """Points as bytes, all but their revision."""
    return [msgspec.json.encode(msgspec.structs.replace(point, revision=0)) for point in points]


def arrived(parcels: Iterable[Parcel]) -> list[Sample]:
    """Every sample in order of arrival."""
    return [sample for parcel in parcels for sample in parcel.samples]
