"""What connectors are tested with: a clock that a test moves, a sink and a record log that keep what they get."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.record_log import Headers, Position
from connectors.source import GapSeen, Refusal, Sample, Scan
from schemas.site import Conversion, ModbusAddress, ModbusOptions, Source, Tag


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what has no event of its own."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


@dataclass
class ManualClock:
    """Stands until it is moved; every look may move it by `step_s`."""

    us: int = 1_700_000_000_000_000
    s: float = 100.0
    step_s: float = 0.0

    def now_us(self) -> int:
        return self.us

    def monotonic_s(self) -> float:
        self.pass_s(self.step_s)
        return self.s

    def pass_s(self, seconds: float) -> None:
        self.s += seconds
        self.us += round(seconds * 1e6)


class WallClock:
    """The real one."""

    def now_us(self) -> int:
        return time.time_ns() // 1000

    def monotonic_s(self) -> float:
        return time.monotonic()


@dataclass
class ListSink:
    """Keeps what it is given; every future is done at once."""

    scans: list[Scan] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    gaps: list[GapSeen] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def put(self, scan: Scan) -> asyncio.Future[None]:
        self.scans.append(scan)
        return self._done()

    async def refuse(self, refusal: Refusal) -> asyncio.Future[None]:
        self.refusals.append(refusal)
        return self._done()

    async def gap(self, gap: GapSeen) -> asyncio.Future[None]:
        self.gaps.append(gap)
        return self._done()

    def samples(self) -> list[Sample]:
        return [sample for scan in self.scans for sample in scan.samples]

    async def until_samples(self, count: int) -> list[Sample]:
        """Wait for so many samples."""
        async with asyncio.timeout(10):
            while len(self.samples()) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.samples()

    async def until_told(self, ts_us: int) -> None:
        """Wait for a sample of that time."""
        await until(lambda: any(sample.ts_us == ts_us for sample in self.samples()))

    async def until_scans(self, count: int) -> list[Scan]:
        """Wait for so many scans."""
        async with asyncio.timeout(10):
            while len(self.scans) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.scans

    def _done(self) -> asyncio.Future[None]:
        self.changed.set()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


@dataclass
class Kept:
    """A record that was sent."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers
    durable: asyncio.Future[Position]


class ListRecordLog:
    """Keeps records; durable at once, or when the test says so."""

    def __init__(self, *, durable: bool = True) -> None:
        self.durable = durable
        self.records: list[Kept] = []

    async def send(
        self, topic: str, key: bytes | None, value: bytes, headers: Headers, partition: int | None = None
    ) -> asyncio.Future[Position]:
        future: asyncio.Future[Position] = asyncio.get_running_loop().create_future()
        self.records.append(Kept(topic, key, value, headers, future))
        if self.durable:
            future.set_result(Position(partition or 0, len(self.records) - 1))
        return future

    def acknowledge(self) -> None:
        """All that was sent is durable."""
        for offset, record in enumerate(self.records):
            if not record.durable.done():
                record.durable.set_result(Position(0, offset))


AS_SENT = Conversion()


def modbus_tag(measurand: str, address: ModbusAddress, conversion: Conversion = AS_SENT) -> Tag:
    """A tag of `mill/boiler1`."""
    return Tag(
        id=f"mill/boiler1/{measurand}",
        asset="mill/boiler1",
        measurand=measurand,
        unit="kg/s",
        unit_si="kg/s",
        address=address,
        conversion=conversion,
    )


def modbus_source(
    tags: Sequence[Tag],
    url: str = "tcp://127.0.0.1:1502",
    clock: ModbusAddress | None = None,
    poll_interval_s: float = 0.02,
    timeout_s: float = 0.2,
) -> Source:
    """A configured Modbus source."""
    options = ModbusOptions(poll_interval_s=poll_interval_s, timeout_s=timeout_s, clock=clock)
    return Source("boiler_plc", "modbus", url, options, tuple(tags), 10_000_000, 30_000_000)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def events(registry: CollectorRegistry) -> Events:
    return Events(registry)
