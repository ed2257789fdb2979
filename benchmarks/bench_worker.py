"""Peak memory of a worker with 1000 assets over 75 minutes of event time, and how soon another one takes it up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from benchmarks import plant
from benchmarks.result import Result
from benchmarks.scratch_database import scratch_database
from benchmarks.worker import Report, pack

ASSETS = 1000
READINGS_A_RECORD = 40
RECORDS_A_PASS = 400
MINUTES = 75
"""Until the long window is full, and then some."""
CEILING_MIB = 400.0


class Boilers:
    """What the boilers say, minute by minute, as frames for a worker."""

    def __init__(self) -> None:
        self.minute = 0
        self.next_offset = 0

    def frames(self, minutes: int) -> Iterator[bytes]:
        """The passes of the next `minutes`."""
        for _ in range(minutes):
            start_s = self.minute * 60
            records = plant.records(ASSETS, READINGS_A_RECORD, start_s, start_s + 60, self.next_offset)
            while batch := list(islice(records, RECORDS_A_PASS)):
                self.next_offset += len(batch)
                yield pack(batch)
            self.minute += 1


def run() -> list[Result]:
    """Peak memory; then, on the rows that it left, the time from taking the partition to the first commit."""
    boilers = Boilers()
    with scratch_database() as url:
        full = _worker(url, boilers.frames(MINUTES))
        again = _worker(url, boilers.frames(1))
    fleet = f"{ASSETS} assets x {len(plant.LEVELS)} tags at 1 Hz, {MINUTES} min"
    return [
        Result(
            "worker_memory", f"peak memory of a worker, {fleet}", full.peak_mib, None, "MiB", None, "≤", CEILING_MIB
        ),
        Result(
            "restart", f"from taking a partition to the first commit, {ASSETS} assets", again.first_commit_s, None, "s"
        ),
    ]


def _worker(url: str, frames: Iterable[bytes]) -> Report:
    """One worker from its start until it has committed all of `frames`."""
    command = [sys.executable, "-m", "benchmarks.worker", url, str(ASSETS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        if worker.stdin is None or worker.stdout is None:
            raise AssertionError("both are pipes")
        for frame in frames:
            worker.stdin.write(frame)
        worker.stdin.close()
        answer = worker.stdout.read()
    if worker.returncode:
        raise RuntimeError(f"the worker ended with {worker.returncode}")
    return msgspec.json.decode(answer, type=Report)
