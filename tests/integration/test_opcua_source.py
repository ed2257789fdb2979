"""The OPC UA source against a real asyncua server."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from connectors import supervisor
from connectors.backoff import Backoff
from connectors.events import Events
from connectors.opcua.source import OpcuaSource
from connectors.source import Sample, Scan
from schemas.errors import ConfigError, UnavailableError
from schemas.quality import BAD_NO_COMMUNICATION, BAD_SENSOR_FAILURE, BAD_TYPE_MISMATCH, UNCERTAIN
from schemas.site import OpcuaAddress, OpcuaOptions, Source, Tag, Trigger
from tests.fix_connectors import ListSink, WallClock, until
from tests.fix_opcua import OpcuaServer, Wire

T = 1_500_000_000_000_000
BAD_NODE_ID_UNKNOWN = 0x8034_0000


def tag(name: str, index: int | None = None, hold_limit_s: float = 60.0) -> Tag:
    address = OpcuaAddress(f"ns=2;s={name}", index)
    measurand = name.lower() if index is None else f"{name.lower()}_{index}"
    limit_us = round(hold_limit_s * 1e6)
    return Tag(f"mill/b/{measurand}", "mill/b", measurand, "1", "1", address, hold_limit_us=limit_us)


def config(url: str, tags: Sequence[Tag], trigger: Trigger = "status_value", queue_size: int = 10) -> Source:
    options = OpcuaOptions(0.05, 0.05, queue_size, trigger, timeout_s=1.0)
    return Source("dcs", "opcua", url, options, tuple(tags), 0, 30_000_000)


class Running:
    """A source under its supervisor."""

    def __init__(self, source: OpcuaSource, events: Events, sink: ListSink | None = None) -> None:
        self.source = source
        self.sink = sink or ListSink()
        backoff = Backoff(lambda: 0.5, first_s=0.05, max_s=0.2)
        self.task = asyncio.create_task(supervisor.run(source, self.sink, WallClock(), backoff, events))

    async def until_lost(self) -> None:
        await until(lambda: self.source.status.state == "lost")

    async def until_up(self) -> None:
        """`degraded` too: these sources live in another year."""
        await until(lambda: self.source.status.state in {"up", "degraded"})

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


async def test_values_arrive_with_the_sources_time_and_whole_status(opcua_server: OpcuaServer, events: Events) -> None:
    await opcua_server.start(["A", "B", "C"])
    await opcua_server.write("A", 1.5, ts_us=T + 1)
    await opcua_server.write("B", 2.5, ts_us=T + 2, status=UNCERTAIN | 0x92_0000)
    await opcua_server.write("C", 0.0, ts_us=T + 3, status=BAD_SENSOR_FAILURE)
    running = Running(OpcuaSource(config(opcua_server.url, [tag("A"), tag("B"), tag("C")]), WallClock()), events)
    samples = await running.sink.until_samples(3)
    await running.stop()
    assert samples == [
        Sample("mill/b/a", T + 1, 1.5),
        Sample("mill/b/b", T + 2, 2.5, UNCERTAIN | 0x92_0000),
        Sample("mill/b/c", T + 3, None, BAD_SENSOR_FAILURE),  # this server sends no value with a Bad status
    ]
    assert running.sink.scans[0].origin == "source"
    assert running.source.status.readings_total == {"GOOD": 1, "UNCERTAIN": 1, "BAD": 1}


async def test_an_unchanged_value_with_a_new_time_is_news_by_the_trigger_alone(
    opcua_server: OpcuaServer, events: Events
) -> None:
    await opcua_server.start(["A", "B"])
    for name in ("A", "B"):
        await opcua_server.write(name, 1.0, ts_us=T)
    by_value = Running(OpcuaSource(config(opcua_server.url, [tag("A"), tag("B")]), WallClock()), events)
    by_time = Running(OpcuaSource(config(opcua_server.url, [tag("A")], "status_value_timestamp"), WallClock()), events)
    await by_value.sink.until_samples(2)
    await by_time.sink.until_samples(1)
    await opcua_server.write("A", 1.0, ts_us=T + 5)
    await opcua_server.write("B", 2.0, ts_us=T + 6)
    assert (await by_value.sink.until_samples(3))[2:] == [Sample("mill/b/b", T + 6, 2.0)]
    assert (await by_time.sink.until_samples(2))[1:] == [Sample("mill/b/a", T + 5, 1.0)]
    await by_value.stop()
    await by_time.stop()


async def test_elements_of_an_array_are_picked_and_an_array_alone_is_no_number(
    opcua_server: OpcuaServer, events: Events
) -> None:
    await opcua_server.start(["A"], [0.0, 0.0, 0.0])
    await opcua_server.write("A", [1.0, 2.0, 3.0], ts_us=T)
    source = OpcuaSource(config(opcua_server.url, [tag("A", 0), tag("A", 2), tag("A")]), WallClock())
    running = Running(source, events)
    samples = await running.sink.until_samples(3)
    await running.stop()
    assert samples == [
        Sample("mill/b/a_0", T, 1.0),
        Sample("mill/b/a_2", T, 3.0),
        Sample("mill/b/a", T, None, BAD_TYPE_MISMATCH),
    ]


@pytest.mark.parametrize(
    ("value", "si", "status"), [("OPEN", 4.0, 0), ("1.5", 1.5, 0), ("23,5", None, BAD_TYPE_MISMATCH), (True, 1.0, 0)]
)
async def test_texts_and_bools_become_numbers(
    opcua_server: OpcuaServer, value: object, si: float | None, status: int
) -> None:
    await opcua_server.start(["S"], value)
    source = OpcuaSource(config(opcua_server.url, [replace(tag("S"), states={"OPEN": 4.0})]), WallClock())
    (sample,) = await source.scan_once()
    assert (sample.value, sample.status) == (si, status)


async def test_a_node_that_the_server_does_not_know_is_a_bad_tag_on_the_sources_clock(
    opcua_server: OpcuaServer, events: Events
) -> None:
    await opcua_server.start(["A"])
    await opcua_server.write("A", 1.0, ts_us=T)
    source = OpcuaSource(config(opcua_server.url, [tag("A"), tag("Nowhere")]), WallClock())
    running = Running(source, events)
    samples = await running.sink.until_samples(2)
    refused = next(sample for sample in samples if sample.tag == "mill/b/nowhere")
    assert (refused.value, refused.status) == (None, BAD_NODE_ID_UNKNOWN)
    assert T <= refused.ts_us < T + 60_000_000
    await until(lambda: "mill/b/nowhere" in source.status.detail)
    assert source.status.state == "degraded"
    await running.stop()


async def test_an_unchanged_value_is_held_while_the_server_is_proven_alive(
    opcua_server: OpcuaServer, events: Events
) -> None:
    await opcua_server.start(["A"])
    await opcua_server.write("A", 1.0, ts_us=T)
    running = Running(OpcuaSource(config(opcua_server.url, [tag("A", hold_limit_s=1.0)]), WallClock()), events)
    scans = await running.sink.until_scans(3)
    await running.stop()
    assert [scan.origin for scan in scans] == ["source", "held", "held"]
    times = [scan.samples[0].ts_us for scan in scans]
    assert [scan.samples[0].value for scan in scans] == [1.0, 1.0, 1.0]
    assert times[0] == T
    assert T + 400_000 <= times[1] < times[2] < T + 20_000_000


async def test_a_lost_server_ends_every_tag_once_and_what_comes_back_stands_again(
    opcua_server: OpcuaServer, events: Events
) -> None:
    await opcua_server.start(["A", "B"])
    await opcua_server.write("A", 1.0, ts_us=T)
    await opcua_server.write("B", 2.0, ts_us=T + 10_000_000)
    source = OpcuaSource(config(opcua_server.url, [tag("A"), tag("B")]), WallClock())
    running = Running(source, events)
    await running.sink.until_samples(2)
    await opcua_server.stop()
    await running.until_lost()
    lost = (await running.sink.until_samples(4))[2:]
    assert [(sample.tag, sample.value, sample.status) for sample in lost] == [
        ("mill/b/a", None, BAD_NO_COMMUNICATION),
        ("mill/b/b", None, BAD_NO_COMMUNICATION),
    ]
    assert all(T + 10_000_000 < sample.ts_us < T + 40_000_000 for sample in lost)
    await opcua_server.start(["A", "B"])
    await opcua_server.write("A", 1.0, ts_us=T)
    await opcua_server.write("B", 3.0, ts_us=T + 60_000_000)
    await until(lambda: any(scan.origin == "held" for scan in running.sink.scans))
    await running.stop()
    assert Sample("mill/b/b", T + 60_000_000, 3.0) in running.sink.samples()
    held = [scan.samples[0] for scan in running.sink.scans if scan.origin == "held"]
    assert [(sample.tag, sample.value) for sample in held] == [("mill/b/a", 1.0)]
    assert held[0].ts_us >= lost[0].ts_us
    assert sum(sample.status == BAD_NO_COMMUNICATION for sample in running.sink.samples()) == 2
    gap = running.sink.gaps[0]
    assert (gap.assets, gap.from_us, gap.reason) == (("mill/b",), min(s.ts_us for s in lost), "link_lost")
    assert gap.to_us > gap.from_us


async def test_a_half_open_connection_is_noticed_and_the_loss_is_at_the_last_proof(
    opcua_server: OpcuaServer, wire: Wire, events: Events
) -> None:
    await opcua_server.start(["A"])
    await opcua_server.write("A", 1.0, ts_us=T)
    source = OpcuaSource(config(f"opc.tcp://127.0.0.1:{wire.port}/", [tag("A")]), WallClock())
    running = Running(source, events)
    await running.sink.until_samples(1)
    wire.freeze()
    await running.until_lost()
    lost = (await running.sink.until_samples(2))[1]
    assert (lost.value, lost.status) == (None, BAD_NO_COMMUNICATION)
    wire.thaw()
    await running.until_up()
    await running.stop()


async def test_a_clock_that_is_off_makes_the_source_degraded_and_a_right_one_does_not(
    opcua_server: OpcuaServer, events: Events
) -> None:
    await opcua_server.start(["A"])
    source = OpcuaSource(config(opcua_server.url, [tag("A")]), WallClock())
    await opcua_server.write("A", 1.0, ts_us=WallClock().now_us())
    running = Running(source, events)
    await running.sink.until_samples(1)
    assert source.status.state == "up"
    await opcua_server.write("A", 2.0, ts_us=WallClock().now_us() + 120_000_000)
    await until(lambda: source.status.state == "degraded")
    await running.stop()
    assert "clock" in source.status.detail


async def test_what_the_servers_queue_dropped_is_a_gap(opcua_server: OpcuaServer, events: Events) -> None:
    await opcua_server.start(["A"])
    await opcua_server.write("A", 1.0, ts_us=T)
    running = Running(OpcuaSource(config(opcua_server.url, [tag("A")]), WallClock()), events)
    await running.sink.until_samples(1)
    await opcua_server.write("A", 2.0, ts_us=T + 9, status=0x0000_0480)
    await running.sink.until_samples(2)
    await running.stop()
    assert [(gap.assets, gap.from_us, gap.to_us, gap.reason) for gap in running.sink.gaps] == [
        (("mill/b",), T, T + 9, "queue_overflow")
    ]


class ClosedSink(ListSink):
    """Full: `put` waits until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = asyncio.Event()

    async def put(self, scan: Scan) -> asyncio.Future[None]:
        await self.opened.wait()
        return await super().put(scan)


async def test_while_the_sink_is_full_the_servers_queue_keeps_the_values(
    opcua_server: OpcuaServer, events: Events
) -> None:
    await opcua_server.start(["A"])
    await opcua_server.write("A", 0.0, ts_us=T)
    sink = ClosedSink()
    running = Running(OpcuaSource(config(opcua_server.url, [tag("A")], queue_size=100), WallClock()), events, sink)
    await running.until_up()
    for step in range(1, 31):
        await opcua_server.write("A", float(step), ts_us=T + step)
        await asyncio.sleep(0.01)
    assert sink.samples() == []
    sink.opened.set()
    samples = await sink.until_samples(31)
    await running.stop()
    assert [sample.value for sample in samples] == [float(step) for step in range(31)]


async def test_a_scan_reads_every_node_once(opcua_server: OpcuaServer) -> None:
    await opcua_server.start(["A"])
    await opcua_server.write("A", 1.5, ts_us=T)
    samples = await OpcuaSource(config(opcua_server.url, [tag("A"), tag("Nowhere")]), WallClock()).scan_once()
    assert samples[0] == Sample("mill/b/a", T, 1.5)
    assert (samples[1].value, samples[1].status) == (None, BAD_NODE_ID_UNKNOWN)


async def test_no_server_is_unavailable_and_leaves_no_task(opcua_server: OpcuaServer) -> None:
    before = asyncio.all_tasks()
    source = OpcuaSource(config(opcua_server.url, [tag("A")]), WallClock())
    with pytest.raises(UnavailableError) as refusal:
        await source.run(ListSink())
    assert refusal.value.code == "opcua.unreachable"
    assert asyncio.all_tasks() == before


async def test_a_stopped_source_leaves_no_task(opcua_server: OpcuaServer, events: Events) -> None:
    await opcua_server.start(["A"])
    before = asyncio.all_tasks()
    running = Running(OpcuaSource(config(opcua_server.url, [tag("A")]), WallClock()), events)
    await running.sink.until_samples(1)
    await running.stop()
    await asyncio.sleep(0.1)
    assert {task for task in asyncio.all_tasks() - before if "client" in repr(task.get_coro())} == set()


def test_a_security_policy_is_not_built_yet_and_is_named() -> None:
    options = OpcuaOptions(security_policy="Basic256Sha256")
    source = Source("dcs", "opcua", "opc.tcp://h:1/", options, (), 0, 0)
    with pytest.raises(ConfigError, match="Basic256Sha256") as refusal:
        OpcuaSource(source, WallClock())
    assert refusal.value.code == "opcua.security_not_built"


def test_a_node_id_that_is_none_is_a_config_error() -> None:
    broken = replace(tag("A"), address=OpcuaAddress("ns=x;s=A"))
    with pytest.raises(ConfigError) as refusal:
        OpcuaSource(config("opc.tcp://h:1/", [broken]), WallClock())
    assert refusal.value.code == "opcua.node_id"
