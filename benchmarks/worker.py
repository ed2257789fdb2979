"""One worker's work in a process of its own: passes of records on standard input → the database; peak memory as JSON.

Owner, pipeline and store are those of `thermaliq work`, whose modules (Faust, Kafka's client) are loaded as well, so
that the process is as large; only the fetches come from a pipe.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from prometheus_client import CollectorRegistry

from benchmarks import plant
from streams.changes import Record
from streams.events import StreamEvents
from streams.owner import Owned, Owner
from streams.pipeline import Pipeline
from streams.store import Store
from thermaliq.wiring import SystemClock, make_plan
from thermaliq.working import partition_of, spare_collector

TOPIC = "thermaliq.readings"
TAKEN_WITHIN_S = 60.0

Fetched = list[tuple[int, int, bytes, bytes]]
"""(offset, append time, key, value) of the records of one pass."""


class Report(msgspec.Struct, frozen=True):
    """What the process says at its end."""

    peak_mib: float
    idle_mib: float
    """Before the partition was taken: the interpreter, the modules and the plan."""
    first_commit_s: float
    """From asking for the partition to the first commit."""
    readings: int


class Pipe:
    """The log of one partition that has everything from its start on."""

    def __init__(self) -> None:
        self.started = asyncio.Event()

    async def bounds(self, _partition: int) -> tuple[int, int]:
        """Any offset is there."""
        return 0, sys.maxsize

    def end(self, _partition: int) -> int | None:
        """Nobody knows how much is to come."""
        return None

    async def start_at(self, _partition: int, _offset: int) -> None:
        """The sender knows."""
        self.started.set()


def pack(records: list[Record]) -> bytes:
    """A pass as a frame: its length, then msgpack."""
    body = msgspec.msgpack.encode([(each.offset, each.append_us, each.key, each.value) for each in records])
    return len(body).to_bytes(4, "big") + body


def _unpack(stream: BinaryIO) -> Iterator[list[Record]]:
    decoder = msgspec.msgpack.Decoder(Fetched)
    while size := stream.read(4):
        yield [Record(*each) for each in decoder.decode(stream.read(int.from_bytes(size, "big")))]


def _memory_mib(field: str) -> float:
    """`VmHWM` (the peak) or `VmRSS` of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


async def _work(url: str, count: int) -> Report:
    site, pipe = plant.boilers(count), Pipe()
    owned: dict[int, Owned] = {}
    store = Store(url, "bench", "bench", TOPIC)
    pipeline = Pipeline(make_plan([site], store.register([site])), TOPIC, store.history, partition_of(1))
    spare_collector()
    registry = CollectorRegistry()
    owner = Owner(pipeline, store, pipe, StreamEvents(registry), SystemClock(), lambda _partition: None, owned)
    idle_mib, asked_s, first_commit_s = _memory_mib("VmRSS"), time.monotonic(), 0.0
    owner.on_assigned(frozenset({0}))
    async with asyncio.timeout(TAKEN_WITHIN_S):
        await pipe.started.wait()
    for records in _unpack(sys.stdin.buffer):
        if not await owner.handle(0, records):
            raise RuntimeError("a pass was refused")
        first_commit_s = first_commit_s or time.monotonic() - asked_s
    await owner.close()
    store.close()
    stored = registry.get_sample_value("thermaliq_stored_readings_total") or 0.0
    return Report(_memory_mib("VmHWM"), idle_mib, first_commit_s, int(stored))


if __name__ == "__main__":
    report = asyncio.run(_work(sys.argv[1], int(sys.argv[2])))
    sys.stdout.buffer.write(msgspec.json.encode(report))
