"""A stampede computes once; with nothing to store in it still answers; a calculation begun ahead is found again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from schemas.errors import UnavailableError
from tests.fix_calculations import Here, asked, boiler, calculating, example
from thermaliq.calculations.answer import Answer, Job
from thermaliq.calculations.refusal import CalculationRefused
from thermaliq.calculations.service import Calculations


class Gate:
    """Holds calculations until it is opened."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self) -> None:
        await self._open.wait()
        if self.failure is not None:
            raise self.failure

    def open(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self._open.set()


async def settled(calculations: Calculations, number: str) -> Answer | Job:
    for _ in range(500):
        found = await calculations.find(number)
        if found is not None and found.status in {"done", "failed"}:
            return found
        await asyncio.sleep(0.01)
    pytest.fail("it never ends")


async def test_a_hundred_at_once_compute_once() -> None:
    runner, registry = Here(hold=lambda: asyncio.sleep(0.05)), CollectorRegistry()
    async with calculating(runner, registry=registry) as calculations:
        answers = await asyncio.gather(*(calculations.calculate(asked(boiler())) for _ in range(100)))
    assert runner.runs == 1
    assert len({answer.id for answer in answers}) == 1
    assert sum(not answer.cached for answer in answers) == 1
    assert registry.get_sample_value("thermaliq_calculations_total", {"outcome": "computed"}) == 1.0
    assert registry.get_sample_value("thermaliq_calculations_total", {"outcome": "joined"}) == 99.0


async def test_who_gives_up_waiting_does_not_take_the_answer_from_the_others() -> None:
    gate = Gate()
    runner = Here(hold=gate)
    async with calculating(runner) as calculations:
        first = asyncio.create_task(calculations.calculate(asked(boiler())))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(calculations.calculate(asked(boiler())))
        await asyncio.sleep(0.01)
        first.cancel()
        gate.open()
        assert (await second).eta is not None
    assert runner.runs == 1


async def test_each_is_told_of_its_own_gauge_pressure() -> None:
    async with calculating(Here(hold=lambda: asyncio.sleep(0.05))) as calculations:
        gauge, absolute = await asyncio.gather(
            calculations.calculate(asked(boiler(p_steam="40 bar(g)"))),
            calculations.calculate(asked(boiler(p_steam="41.01325 bar(a)"))),
        )
    assert gauge.id == absolute.id
    assert [item.code for item in gauge.warnings] == ["gauge_reference"]
    assert absolute.warnings == []


async def test_switched_off_is_not_away() -> None:
    async with calculating(Here()) as calculations:
        answer = await calculations.calculate(asked(boiler()))
    assert answer.not_stored == []


async def test_a_calculation_begun_ahead_is_queued_then_runs_then_is_done() -> None:
    gate = Gate()
    async with calculating(Here(hold=gate)) as calculations:
        request = asked(boiler())
        assert await calculations.submit(request) == Job(request.id, "queued")
        await asyncio.sleep(0.01)
        assert await calculations.find(request.id) == Job(request.id, "running")
        assert (await calculations.submit(request)).status == "running"
        gate.open()
        found = await settled(calculations, request.id)
    assert isinstance(found, Answer)
    assert found.eta is not None


async def test_a_calculation_begun_ahead_that_has_no_answer_says_why() -> None:
    async with calculating(Here()) as calculations:
        job = await calculations.submit(asked(boiler(T_feedwater="300 degC")))
        found = await settled(calculations, job.id)
    assert isinstance(found, Job)
    assert [refusal.field for refusal in found.errors] == ["inputs.T_feedwater"]


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (UnavailableError("calculation.worker_died", "gone"), "calculation.worker_died"),
        (ZeroDivisionError(), "internal"),
    ],
)
async def test_a_calculation_begun_ahead_that_dies_says_so_and_may_be_tried_again(
    failure: Exception, code: str
) -> None:
    gate = Gate()
    runner = Here(hold=gate)
    async with calculating(runner) as calculations:
        request = asked(boiler())
        await calculations.submit(request)
        gate.open(failure)
        found = await settled(calculations, request.id)
        assert isinstance(found, Job)
        assert [refusal.code for refusal in found.errors] == [code]
        runner.hold = None
        await calculations.submit(request)
        assert isinstance(await settled(calculations, request.id), Answer)


async def test_an_impossible_state_is_refused_to_all_who_asked() -> None:
    async with calculating(Here(hold=lambda: asyncio.sleep(0.02))) as calculations:
        bodies: list[dict[str, Any]] = [boiler(T_feedwater="300 degC")] * 3
        found = await asyncio.gather(*(calculations.calculate(asked(body)) for body in bodies), return_exceptions=True)
    assert all(isinstance(error, CalculationRefused) for error in found)


async def test_an_unknown_id_is_nothing() -> None:
    async with calculating(Here()) as calculations:
        assert await calculations.find("0" * 32) is None


async def test_the_same_machine_with_another_parameter_is_another_calculation() -> None:
    body = example("pump")
    other = {**body, "parameters": {**body["parameters"], "motor_efficiency": 0.9}}
    async with calculating(Here()) as calculations:
        one, two = await calculations.calculate(asked(body)), await calculations.calculate(asked(other))
    assert one.id != two.id
    assert one.provenance != two.provenance
