"""Worker processes for calculations behind a bounded queue; one that is killed or overdue fails its own call alone."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, TypeVar

import anyio
import anyio.to_process

from schemas.errors import UnavailableError
from thermaliq.calculations.metrics import CalculationMetrics

Result = TypeVar("Result")


@dataclass(frozen=True)
class Bounds:
    """processes : at work at once. queue_max : calls that wait. wait_s, run_s : the longest in queue and at work.

    idle_s : how long processes are kept that nobody needs; each holds up to 120 MB.
    """

    processes: int = 2
    queue_max: int = 128
    wait_s: float = 5.0
    run_s: float = 15.0
    idle_s: float = 120.0


DEFAULT_BOUNDS: Final = Bounds()


def bounds_of(cpus: int, api_processes: int) -> Bounds:
    """The machine's processors shared out among the service's processes."""
    return Bounds(processes=max(1, cpus // api_processes))


class Workers:
    """Processes of one event loop, started when first needed, that import what is heavy."""

    def __init__(self, metrics: CalculationMetrics, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self.bounds = bounds
        self._metrics = metrics
        self._free = asyncio.Semaphore(bounds.processes)
        self._limiter = anyio.CapacityLimiter(bounds.processes)
        self._waiting = 0
        self._busy = 0
        self._busiest = 0
        self._calls = 0

    def require_room(self) -> None:
        """UnavailableError where the queue is full."""
        if self._waiting >= self.bounds.queue_max:
            raise UnavailableError("calculation.busy", f"{self._waiting} calculations wait already; try again")

    async def run(self, function: Callable[[], Result], *, begun: Callable[[], None] = lambda: None) -> Result:
        """What `function` (a partial: it travels) gives in a process; `begun` is told when it leaves the queue.

        UnavailableError: `calculation.busy` where the queue is full or slow, `calculation.worker_died`,
        `calculation.overdue`. What `function` raises is passed on, with its traceback as a note.
        """
        self.require_room()
        await self._wait()
        self._calls += 1
        self._busy += 1
        self._busiest = max(self._busiest, self._busy)
        try:
            begun()
            with self._metrics.active.track_inprogress():
                return await self._in_process(function)
        finally:
            self._busy -= 1
            self._free.release()

    async def dismiss_idle(self) -> None:
        """Until cancelled: let all processes go once none was needed for `idle_s`."""
        # anyio kills all processes when the task ends that needed the first one: let that be this task, not a request's
        with suppress(UnavailableError):
            await self.run(os.getpid)
        seen = self._calls
        while True:
            await asyncio.sleep(self.bounds.idle_s)
            if seen == self._calls and not self._busy:
                idle, self._busiest = self._busiest, 0
                await asyncio.gather(*(self._dismiss() for _ in range(idle)))
            seen = self._calls

    async def _dismiss(self) -> None:
        # a process that raises SystemExit answers and ends
        with suppress(SystemExit, UnavailableError):
            await self._in_process(sys.exit)

    async def _wait(self) -> None:
        self._waiting += 1
        try:
            with self._metrics.queue_depth.track_inprogress():
                async with asyncio.timeout(self.bounds.wait_s):
                    await self._free.acquire()
        except TimeoutError as error:
            detail = f"no worker process was free within {self.bounds.wait_s:g} s; try again"
            raise UnavailableError("calculation.busy", detail) from error
        finally:
            self._waiting -= 1

    async def _in_process(self, function: Callable[[], Result]) -> Result:
        try:
            with anyio.fail_after(self.bounds.run_s):
                return await anyio.to_process.run_sync(noted, function, cancellable=True, limiter=self._limiter)
        except anyio.BrokenWorkerProcess as error:
            raise UnavailableError("calculation.worker_died", "the worker process ended; try again") from error
        except TimeoutError as error:
            detail = f"not done within {self.bounds.run_s:g} s; given up"
            raise UnavailableError("calculation.overdue", detail) from error


def noted(function: Callable[[], Result]) -> Result:
    """Runs in the process: a traceback does not travel, so it goes along as a note."""
    with ExitStack() as stack:
        stack.push(_note)
        return function()


def _note(_kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
    if error is not None:
        error.add_note("".join(traceback.format_exception(error)))
