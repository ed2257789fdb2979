"""A file played: every reading once, at its own times, and nothing before the file is known to fit."""

import asyncio
import math
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.publisher import Publisher, Route
from connectors.replay.source import ReplaySource
from connectors.source import Sample, Scan
from schemas import codec
from schemas.errors import ConfigError, UnavailableError
from schemas.quality import BAD_NO_DATA, GOOD
from schemas.site import Conversion, ReplayAddress, ReplayOptions, ReplayTime, Source, Tag
from schemas.topics import Topics
from tests.fix_connectors import ListRecordLog, ListSink, ManualClock, WallClock

BOILER = Path(__file__).parents[2] / "connectors/simulator/datasets/steam_boiler/BoilerClosedLoopCase23328000.mos"
CSV = ReplayOptions("csv", ReplayTime("time", "s"))


def tag(measurand: str, column: int | str, asset: str = "mill/boiler1") -> Tag:
    return Tag(f"{asset}/{measurand}", asset, measurand, "kg/s", "kg/s", ReplayAddress(column), Conversion(scale=2.0))


def source_of(options: ReplayOptions, *tags: Tag) -> Source:
    return Source("history", "replay", "", options, tags, 10_000_000, 30_000_000)


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "history.csv"
    file.write_text(text)
    return file


async def test_every_cell_is_told_once_with_its_own_time(
    tmp_path: Path, events: Events, registry: CollectorRegistry
) -> None:
    file = write(tmp_path, "time,a,b\n10,1,\n20,text,NaN\n30,3,4\n")
    seen: list[tuple[int, int]] = []
    source = ReplaySource(
        source_of(CSV, tag("a", "a"), tag("b", 3)),
        file,
        math.inf,
        ManualClock(),
        events,
        progress=lambda rows, total: seen.append((rows, total)),
    )
    sink = ListSink()
    await source.run(sink)
    a, b = "mill/boiler1/a", "mill/boiler1/b"
    assert sink.samples() == [
        Sample(a, 10_000_000, 2.0, GOOD),
        Sample(a, 20_000_000, None, BAD_NO_DATA),
        Sample(a, 30_000_000, 6.0, GOOD),
        Sample(b, 30_000_000, 8.0, GOOD),
    ]
    summary = source.summary
    assert (summary.rows, summary.readings, summary.skipped) == (3, 4, 2)
    assert seen[-1] == (3, 3)
    assert source.status.readings_total == {"GOOD": 3, "BAD": 1}
    assert registry.get_sample_value("thermaliq_replay_skipped_total", {"source": "history"}) == 2


async def test_nothing_is_told_of_a_file_that_does_not_fit(tmp_path: Path) -> None:
    file = write(tmp_path, "time,a\n" + "".join(f"{second},1\n" for second in range(5_000)) + "soon,1\n")
    sink = ListSink()
    with pytest.raises(ConfigError) as wrong:
        await ReplaySource(source_of(CSV, tag("a", "a")), file, math.inf, ManualClock()).run(sink)
    assert wrong.value.findings[0].line == 5_002
    assert sink.scans == []


async def test_a_tag_without_its_column_is_refused_before_the_first_record(tmp_path: Path) -> None:
    sink = ListSink()
    source = ReplaySource(source_of(CSV, tag("a", "steam")), write(tmp_path, "time,a\n1,1\n"), math.inf, ManualClock())
    with pytest.raises(ConfigError, match="steam"):
        await source.run(sink)
    assert sink.scans == []


async def test_scans_keep_the_bound_of_readings(tmp_path: Path) -> None:
    file = write(tmp_path, "time,a\n" + "".join(f"{second},1\n" for second in range(95)))
    sink = ListSink()
    source = ReplaySource(source_of(CSV, tag("a", "a")), file, math.inf, ManualClock(), batch_readings=10)
    await source.run(sink)
    assert [len(scan.samples) for scan in sink.scans] == [10] * 9 + [5]


async def test_at_a_given_speed_rows_come_when_they_are_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, "time,a\n100,1\n102,2\n102,3\n101,4\n110,5\n")
    clock = ManualClock()
    started_s = clock.s
    told: list[tuple[float, int]] = []

    class TimedSink(ListSink):
        async def put(self, scan: Scan) -> asyncio.Future[None]:
            told.append((clock.s - started_s, len(scan.samples)))
            return await super().put(scan)

    async def pass_s(seconds: float) -> None:
        clock.pass_s(seconds)

    monkeypatch.setattr("connectors.replay.source.asyncio.sleep", pass_s)
    await ReplaySource(source_of(CSV, tag("a", "a")), file, 2.0, clock).run(TimedSink())
    assert told == [(0.0, 1), (1.0, 3), (5.0, 1)]


async def test_a_step_back_is_a_warning_with_its_row(
    tmp_path: Path, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    file = write(tmp_path, "time,a\n100,1\n99.5,2\n101,3\n")
    await ReplaySource(source_of(CSV, tag("a", "a")), file, math.inf, ManualClock(), events).run(ListSink())
    assert [record.getMessage() for record in caplog.records] == ["history: row 3: the time steps back by 0.5 s"]


async def test_it_ends_only_when_all_is_durable(tmp_path: Path) -> None:
    file = write(tmp_path, "time,a\n1,1\n2,2\n")
    futures: list[asyncio.Future[None]] = []

    class SlowSink(ListSink):
        async def put(self, scan: Scan) -> asyncio.Future[None]:
            self.scans.append(scan)
            futures.append(asyncio.get_running_loop().create_future())
            self.changed.set()
            return futures[-1]

    sink = SlowSink()
    source = ReplaySource(source_of(CSV, tag("a", "a")), file, math.inf, ManualClock(), batch_readings=1)
    run = asyncio.create_task(source.run(sink))
    await sink.until_scans(2)
    futures[0].set_result(None)
    await asyncio.sleep(0.01)
    assert not run.done()
    futures[1].set_result(None)
    await asyncio.wait_for(run, 5)
    again = asyncio.create_task(source.run(sink))
    await sink.until_scans(4)
    futures[2].cancel()
    futures[3].set_result(None)
    with pytest.raises(UnavailableError):
        await again


async def test_one_scan_is_the_first_row(tmp_path: Path) -> None:
    source = ReplaySource(source_of(CSV, tag("a", "a")), write(tmp_path, "time,a\n7,1\n8,2\n"), 1.0, ManualClock())
    assert await source.scan_once() == [Sample("mill/boiler1/a", 7_000_000, 2.0, GOOD)]


async def test_the_measured_boiler_arrives_whole(events: Events) -> None:
    options = ReplayOptions("mos", ReplayTime(1, "s", origin_us=1_704_067_200_000_000))
    tags = [tag(f"c{column}", column, f"mill/boiler{1 + column % 2}") for column in range(2, 17)]
    source = ReplaySource(source_of(options, *tags), BOILER, math.inf, WallClock(), events)
    log = ListRecordLog()
    async with Publisher("history", Route(log, Topics(), {}, "01S"), WallClock(), events, readings_max=200) as sink:
        await source.run(sink)
    assert (source.summary.rows, source.summary.readings, source.summary.skipped) == (9121, 9121 * 15, 0)
    batches = [codec.decode_batch(record.value)[0] for record in log.records]
    assert max(len(batch.readings) for batch in batches) == 200
    readings = {(batch.asset, r.tag, r.ts_us) for batch in batches for r in batch.readings}
    assert len(readings) == 9121 * 15
    for asset in ("mill/boiler1", "mill/boiler2"):
        mine = [batch for batch in batches if batch.asset == asset]
        assert [batch.sequence for batch in mine] == list(range(len(mine)))
    assert min(r.ts_us for batch in batches for r in batch.readings) == 1_704_067_200_000_000 + 23_328_000_000_000
