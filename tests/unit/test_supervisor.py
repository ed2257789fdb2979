"""A source that loses its peer comes back by itself, and is told of once each."""

import asyncio
import logging
from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry

from connectors import supervisor
from connectors.backoff import Backoff
from connectors.events import Events
from connectors.source import Sample, Scan, Sink, SourceStatus
from schemas.errors import ConfigError, UnavailableError
from tests.fix_connectors import ListSink, ManualClock, until

AWAY = UnavailableError("modbus.connect", "no connection")


class ScriptedSource:
    """Each start does the next thing of its script: raises it, or delivers and then raises it."""

    def __init__(self, script: list[BaseException | None], name: str = "plc") -> None:
        self.name = name
        self.status = SourceStatus()
        self.starts = 0
        self._script = script

    async def run(self, sink: Sink) -> None:
        fault = self._script[self.starts]
        self.starts += 1
        if fault is AWAY:
            raise fault
        self.status.state = "up"
        await sink.put(Scan([Sample("mill/boiler1/a", self.starts, 1.0)]))
        if fault is not None:
            raise fault

    async def scan_once(self) -> list[Sample]:
        return []


def quick() -> Backoff:
    return Backoff(lambda: 0.5, first_s=0.0005, max_s=0.002)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [f"{record.levelname} {record.getMessage().split(',')[0].split(' after')[0]}" for record in caplog.records]


async def test_a_source_that_ends_is_not_started_again(clock: ManualClock, events: Events) -> None:
    source, sink = ScriptedSource([None]), ListSink()
    await supervisor.run(source, sink, clock, quick(), events)
    assert (source.starts, len(sink.scans)) == (1, 1)


async def test_a_loss_is_logged_once_and_the_return_once(
    clock: ManualClock, events: Events, registry: CollectorRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    source, sink = (
        ScriptedSource([AWAY, AWAY, AWAY, UnavailableError("modbus.lost", "hung up"), AWAY, None]),
        ListSink(),
    )
    await supervisor.run(source, sink, clock, quick(), events)
    assert lines(caplog) == [
        "WARNING plc: lost",
        "INFO plc: back",
        "WARNING plc: lost",
        "INFO plc: back",
        "INFO plc: ended",
    ]
    assert registry.get_sample_value("thermaliq_source_losses_total", {"source": "plc", "code": "modbus.connect"}) == 4


async def test_an_unknown_fault_is_logged_with_its_trace_and_the_source_started_again(
    clock: ManualClock, events: Events, registry: CollectorRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    source, sink = ScriptedSource([ZeroDivisionError("odd"), None]), ListSink()
    await supervisor.run(source, sink, clock, quick(), events)
    assert source.starts == 2
    assert "ZeroDivisionError: odd" in caplog.text
    assert registry.get_sample_value("thermaliq_source_losses_total", {"source": "plc", "code": "failed"}) == 1


async def test_a_wrong_configuration_is_passed_on(clock: ManualClock, events: Events) -> None:
    source = ScriptedSource([ConfigError("modbus.url", "wrong")])
    with pytest.raises(ConfigError):
        await supervisor.run(source, ListSink(), clock, quick(), events)


async def test_the_state_of_a_source_is_one_of_four(
    clock: ManualClock, events: Events, registry: CollectorRegistry
) -> None:
    source = ScriptedSource([UnavailableError("modbus.lost", "hung up"), AWAY, AWAY])

    def states() -> dict[str, float | None]:
        names = ("starting", "up", "degraded", "lost")
        return {
            name: registry.get_sample_value("thermaliq_source_state", {"source": "plc", "state": name})
            for name in names
        }

    seen: list[dict[str, float | None]] = []

    class Watching(ListSink):
        async def put(self, scan: Scan) -> asyncio.Future[None]:
            seen.append(states())
            return await super().put(scan)

    task = asyncio.create_task(supervisor.run(source, Watching(), clock, quick(), events))
    await until(lambda: source.starts == 2)
    task.cancel()
    await asyncio.wait([task])
    assert seen == [{"starting": 0, "up": 1, "degraded": 0, "lost": 0}]
    assert states() == {"starting": 0, "up": 0, "degraded": 0, "lost": 1}
    assert source.status.detail.startswith("modbus.")


class EndlessSource(ScriptedSource):
    """Runs until it is cancelled."""

    async def run(self, sink: Sink) -> None:
        self.starts += 1
        await sink.put(Scan((), assets=("mill/boiler1",)))
        await asyncio.Event().wait()


async def test_cancelling_ends_all_sources_and_leaves_no_task(clock: ManualClock, events: Events) -> None:
    before = asyncio.all_tasks()
    sources = [EndlessSource([], "a"), EndlessSource([], "b")]
    task = asyncio.create_task(supervisor.run_all([(s, ListSink()) for s in sources], clock, quick, events))
    await until(lambda: all(source.starts for source in sources))
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert asyncio.all_tasks() == before


async def test_one_wrong_source_ends_all_with_its_own_error(clock: ManualClock, events: Events) -> None:
    pairs = [
        (EndlessSource([], "a"), ListSink()),
        (ScriptedSource([ConfigError("replay.misfit", "row 3")], "b"), ListSink()),
    ]
    with pytest.raises(ConfigError) as wrong:
        await supervisor.run_all(pairs, clock, quick, events)
    assert wrong.value.code == "replay.misfit"


@pytest.mark.parametrize(("random", "waits"), [(lambda: 0.0, [0.5] * 8), (lambda: 1.0, [1, 2, 4, 8, 16, 30, 30, 30])])
def test_waits_lie_between_half_a_second_and_a_ceiling_that_doubles(
    random: Callable[[], float], waits: list[float]
) -> None:
    backoff = Backoff(random)
    assert [backoff.next_s() for _ in waits] == waits
    backoff.reset()
    assert backoff.next_s() == waits[0]
