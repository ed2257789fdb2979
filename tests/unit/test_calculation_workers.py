"""Worker processes: one that is killed or overdue fails its own call alone; the queue is bounded."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from functools import partial

import pytest
from prometheus_client import CollectorRegistry

from schemas.errors import UnavailableError
from tests.fix_calculations import asked, boiler
from tests.worker_calls import die, divide, slow_pid
from thermaliq.calculations.answer import Computed
from thermaliq.calculations.compute import compute
from thermaliq.calculations.metrics import CalculationMetrics
from thermaliq.calculations.workers import Bounds, Workers, bounds_of


def made(bounds: Bounds, registry: CollectorRegistry | None = None) -> Workers:
    return Workers(CalculationMetrics(registry or CollectorRegistry()), bounds)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_calculation_in_a_process_is_the_one_that_this_process_makes() -> None:
    canonical = asked(boiler()).canonical
    found = await made(Bounds(processes=1)).run(partial(compute, canonical))
    assert isinstance(found, Computed)
    assert found == compute(canonical)


async def test_a_killed_worker_fails_its_own_call_and_the_next_one_works() -> None:
    workers = made(Bounds(processes=2))
    killed, lives = await asyncio.gather(workers.run(die), workers.run(os.getpid), return_exceptions=True)
    assert isinstance(killed, UnavailableError)
    assert killed.code == "calculation.worker_died"
    assert isinstance(lives, int)
    assert await workers.run(os.getpid) != os.getpid()


async def test_a_worker_killed_between_calls_fails_one_call_at_most() -> None:
    workers = made(Bounds(processes=1))
    first = await workers.run(os.getpid)
    os.kill(first, signal.SIGKILL)
    with suppress(UnavailableError):
        await workers.run(os.getpid)
    assert await workers.run(os.getpid) != first


async def test_an_overdue_worker_is_given_up_and_ended() -> None:
    workers = made(Bounds(processes=1, run_s=3.0))
    first = await workers.run(os.getpid)
    with pytest.raises(UnavailableError) as caught:
        await workers.run(partial(time.sleep, 60.0))
    assert caught.value.code == "calculation.overdue"
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert await workers.run(os.getpid) != first


async def test_the_queue_is_bounded_and_measured() -> None:
    registry = CollectorRegistry()
    workers = made(Bounds(processes=1, queue_max=2), registry)
    calls = [asyncio.create_task(workers.run(partial(time.sleep, 0.3))) for _ in range(3)]
    while registry.get_sample_value("calculation_queue_depth") != 2.0:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert registry.get_sample_value("active_calculations") == 1.0
    with pytest.raises(UnavailableError) as caught:
        await workers.run(os.getpid)
    assert caught.value.code == "calculation.busy"
    await asyncio.gather(*calls)
    assert registry.get_sample_value("calculation_queue_depth") == 0.0
    assert registry.get_sample_value("active_calculations") == 0.0


async def test_who_waits_too_long_is_sent_away() -> None:
    workers = made(Bounds(processes=1, wait_s=0.2))
    long = asyncio.create_task(workers.run(partial(time.sleep, 3.0)))
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError) as caught:
        await workers.run(os.getpid)
    assert caught.value.code == "calculation.busy"
    await long


async def test_what_a_calculation_raises_comes_back_with_its_traceback_and_the_pool_goes_on() -> None:
    workers = made(Bounds(processes=1))
    with pytest.raises(ZeroDivisionError) as caught:
        await workers.run(divide)
    assert "in divide" in "".join(caught.value.__notes__)
    assert isinstance(await workers.run(os.getpid), int)


async def test_processes_that_nobody_needs_are_let_go_and_come_back() -> None:
    workers = made(Bounds(processes=2, idle_s=0.3))
    first = await asyncio.gather(*(workers.run(partial(slow_pid, 0.5)) for _ in range(2)))
    dismissing = asyncio.create_task(workers.dismiss_idle())
    for _ in range(500):
        if not any(map(lives, first)):
            break
        await asyncio.sleep(0.02)
    assert not any(map(lives, first))
    dismissing.cancel()
    assert await workers.run(os.getpid) not in first


async def test_the_processes_outlive_the_task_that_first_needed_one() -> None:
    workers = made(Bounds(processes=1))
    keeping = asyncio.create_task(workers.dismiss_idle())
    await asyncio.sleep(0)
    first, second = [await asyncio.create_task(workers.run(os.getpid)) for _ in range(2)]
    assert first == second
    keeping.cancel()


@pytest.mark.parametrize(("cpus", "api_processes", "wanted"), [(8, 1, 8), (8, 4, 2), (2, 4, 1)])
def test_processors_are_shared_out(cpus: int, api_processes: int, wanted: int) -> None:
    assert bounds_of(cpus, api_processes).processes == wanted
