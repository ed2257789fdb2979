"""The Modbus source against a real pymodbus server, and against the bytes that devices send when they are unwell."""

import asyncio
import logging
import struct
from collections.abc import Iterator
from typing import get_args
from unittest.mock import Mock

import pytest
from prometheus_client import CollectorRegistry

from connectors import supervisor
from connectors.backoff import Backoff
from connectors.events import Events
from connectors.modbus.plan import Table
from connectors.modbus.source import ModbusSource
from connectors.source import Sample
from schemas.errors import ConfigError, UnavailableError
from schemas.quality import BAD_DEVICE_FAILURE, BAD_NO_COMMUNICATION, BAD_TIMEOUT, GOOD
from schemas.site import Conversion, ModbusAddress
from tests.fix_connectors import ListSink, WallClock, modbus_source, modbus_tag, until
from tests.fix_modbus import ByteDevice, ModbusDevice, modbus_frame, registers_pdu

CLOCK = ModbusAddress(3, "holding_register", 10, "uint64", epoch="ms")
FLOW = modbus_tag("flow", ModbusAddress(3, "holding_register", 100, "float32"), Conversion(factor=0.5))
COUNT = modbus_tag("count", ModbusAddress(3, "holding_register", 0, "uint16"))
T0_MS = 1_500_000_000_000


def clock_words(ms: int) -> list[int]:
    return list(struct.unpack(">4H", struct.pack(">Q", ms)))


def float_words(value: float) -> list[int]:
    return list(struct.unpack(">2H", struct.pack(">f", value)))


class Running:
    """A source under its supervisor."""

    def __init__(self, source: ModbusSource, events: Events) -> None:
        self.source = source
        self.sink = ListSink()
        backoff = Backoff(lambda: 0.0, first_s=0.01)
        self.task = asyncio.create_task(supervisor.run(source, self.sink, WallClock(), backoff, events))

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


@pytest.fixture(autouse=True)
def _quiet_pymodbus() -> Iterator[None]:
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("pymodbus.logging").setLevel(logging.NOTSET)


async def test_values_arrive_with_the_devices_time(modbus_device: ModbusDevice, events: Events) -> None:
    await modbus_device.write(10, clock_words(T0_MS))
    await modbus_device.write(100, float_words(7.0))
    running = Running(ModbusSource(modbus_source([FLOW], modbus_device.url, CLOCK), WallClock()), events)
    await running.sink.until_samples(1)
    await modbus_device.write(100, float_words(9.0))
    await running.sink.until_samples(2)
    await running.stop()
    assert running.sink.samples() == [
        Sample(FLOW.id, T0_MS * 1000, 3.5, GOOD),
        Sample(FLOW.id, T0_MS * 1000, 4.5, GOOD),
    ]
    assert {scan.origin for scan in running.sink.scans if scan.samples} == {"source"}


async def test_a_device_whose_clock_stands_still_is_alive(modbus_device: ModbusDevice, events: Events) -> None:
    await modbus_device.write(10, clock_words(T0_MS))
    running = Running(ModbusSource(modbus_source([FLOW], modbus_device.url, CLOCK), WallClock()), events)
    scans = await running.sink.until_scans(4)
    await running.stop()
    assert len(running.sink.samples()) == 1
    assert [scan.assets for scan in scans[1:4]] == [("mill/boiler1",)] * 3


async def test_every_row_of_a_moving_device_is_told_once(modbus_device: ModbusDevice, events: Events) -> None:
    running = Running(
        ModbusSource(modbus_source([FLOW], modbus_device.url, CLOCK, poll_interval_s=0.002), WallClock()), events
    )
    for row in range(1, 30):
        registers = clock_words(T0_MS + row) + [0] * 86 + float_words(row)
        await modbus_device.write(10, registers)
        await running.sink.until_told((T0_MS + row) * 1000)
    await running.stop()
    told = [(sample.ts_us, sample.value) for sample in running.sink.samples() if sample.ts_us]
    assert told == [((T0_MS + row) * 1000, row / 2) for row in range(1, 30)]


async def test_a_read_beyond_the_device_is_a_device_failure(modbus_device: ModbusDevice, events: Events) -> None:
    absent = modbus_tag("absent", ModbusAddress(3, "holding_register", 400, "uint16"))
    source = ModbusSource(modbus_source([COUNT, absent], modbus_device.url), WallClock())
    running = Running(source, events)
    count, missing = (await running.sink.until_samples(2))[:2]
    await running.stop()
    assert (count.value, count.status) == (0.0, GOOD)
    assert (missing.value, missing.status) == (None, BAD_DEVICE_FAILURE)
    assert source.status.detail == "1 of 2 requests failed"


async def test_all_four_tables_are_read(byte_device: ByteDevice) -> None:
    def answer(transaction: int, request: bytes) -> list[bytes]:
        function = request[1]
        pdu = bytes([function, 1, 0b1]) if function <= 2 else bytes([function, 2, 0, function])
        return [modbus_frame(transaction, request[0], pdu)]

    byte_device.answering = answer
    tags = [modbus_tag(table, ModbusAddress(3, table, 5, "uint16")) for table in get_args(Table)]
    samples = await ModbusSource(modbus_source(tags, byte_device.url), WallClock()).scan_once()
    assert {sample.tag.rsplit("/")[-1]: sample.value for sample in samples} == {
        "coil": 1.0,
        "discrete_input": 1.0,
        "input_register": 4.0,
        "holding_register": 3.0,
    }
    assert sorted(request[1] for request in byte_device.requests) == [1, 2, 3, 4]


@pytest.mark.parametrize("code", [1, 2, 3, 4, 6, 10, 11])
async def test_an_exception_is_a_device_failure(byte_device: ByteDevice, code: int) -> None:
    byte_device.answer_all(bytes([0x83, code]))
    (sample,) = await ModbusSource(modbus_source([COUNT], byte_device.url), WallClock()).scan_once()
    assert (sample.value, sample.status) == (None, BAD_DEVICE_FAILURE)


@pytest.mark.parametrize("words", [[], [1], [1, 2, 3]])
async def test_a_frame_of_another_length_is_a_device_failure(byte_device: ByteDevice, words: list[int]) -> None:
    byte_device.answer_all(registers_pdu(words))
    (sample,) = await ModbusSource(modbus_source([FLOW], byte_device.url), WallClock()).scan_once()
    assert (sample.value, sample.status) == (None, BAD_DEVICE_FAILURE)


async def test_a_silent_device_is_a_time_out_and_stays_connected(byte_device: ByteDevice, events: Events) -> None:
    answers = iter([[], [5]])

    def answer(transaction: int, request: bytes) -> list[bytes]:
        return [modbus_frame(transaction, 3, registers_pdu([word])) for word in next(answers, [6])]

    byte_device.answering = answer
    running = Running(ModbusSource(modbus_source([COUNT], byte_device.url, timeout_s=0.1), WallClock()), events)
    silent, back = (await running.sink.until_samples(2))[:2]
    await running.stop()
    assert (silent.value, silent.status) == (None, BAD_TIMEOUT)
    assert (back.value, back.status) == (5.0, GOOD)
    assert byte_device.connections == 1


async def test_a_late_frame_is_dropped(byte_device: ByteDevice, events: Events) -> None:
    late: list[bytes] = []

    def answer(transaction: int, request: bytes) -> list[bytes]:
        if not late:
            late.append(modbus_frame(transaction, 3, registers_pdu([111])))
            return []
        return [late[0], modbus_frame(transaction, 3, registers_pdu([222]))]

    byte_device.answering = answer
    running = Running(ModbusSource(modbus_source([COUNT], byte_device.url, timeout_s=0.1), WallClock()), events)
    samples = await running.sink.until_samples(4)
    await running.stop()
    assert [sample.value for sample in samples[:4]] == [None, 222.0, 222.0, 222.0]


async def test_a_device_that_never_answers_is_given_up(byte_device: ByteDevice, events: Events) -> None:
    source = ModbusSource(modbus_source([COUNT], byte_device.url, timeout_s=0.01), WallClock())
    running = Running(source, events)
    await until(lambda: byte_device.connections > 1)
    await running.stop()
    assert {sample.status for sample in running.sink.samples()} == {BAD_TIMEOUT, BAD_NO_COMMUNICATION}


async def test_a_lost_device_is_one_null_a_tag_and_comes_back_with_a_gap(
    modbus_device: ModbusDevice, events: Events, registry: CollectorRegistry
) -> None:
    await modbus_device.write(10, clock_words(T0_MS))
    source = ModbusSource(modbus_source([FLOW, COUNT], modbus_device.url, CLOCK), WallClock())
    running = Running(source, events)
    await running.sink.until_samples(2)
    await modbus_device.stop()
    samples = await running.sink.until_samples(4)
    assert [(sample.value, sample.status) for sample in samples[2:]] == [(None, BAD_NO_COMMUNICATION)] * 2
    assert all(0 < sample.ts_us - T0_MS * 1000 < 10_000_000 for sample in samples[2:])
    await until(lambda: source.status.state == "lost")
    await modbus_device.start()
    await modbus_device.write(10, clock_words(T0_MS + 20_000))
    await running.sink.until_told((T0_MS + 20_000) * 1000)
    await running.stop()
    (gap,) = running.sink.gaps
    assert (gap.assets, gap.from_us) == (("mill/boiler1",), samples[2].ts_us)
    assert (
        registry.get_sample_value("thermaliq_source_losses_total", {"source": "boiler_plc", "code": "modbus.lost"}) == 1
    )


async def test_what_was_read_before_the_link_broke_is_handed_over(byte_device: ByteDevice, events: Events) -> None:
    def answer(transaction: int, request: bytes) -> list[bytes]:
        if request[2:4] == b"\x00\x00":
            return [modbus_frame(transaction, 3, registers_pdu([42]))]
        byte_device.hang_up()
        return []

    byte_device.answering = answer
    far = modbus_tag("far", ModbusAddress(3, "holding_register", 1000, "uint16"))
    running = Running(ModbusSource(modbus_source([COUNT, far], byte_device.url), WallClock()), events)
    read, *lost = (await running.sink.until_samples(3))[:3]
    await running.stop()
    assert (read.tag, read.value) == (COUNT.id, 42.0)
    assert [sample.status for sample in lost] == [BAD_NO_COMMUNICATION] * 2


async def test_a_broken_frame_costs_the_connection_not_the_source(byte_device: ByteDevice, events: Events) -> None:
    # asyncio tells of the exception with which pymodbus drops the connection
    asyncio.get_running_loop().set_exception_handler(Mock())

    def answer(transaction: int, request: bytes) -> list[bytes]:
        if byte_device.connections == 1 and len(byte_device.requests) > 1:
            return [modbus_frame(transaction, 3, bytes([3, 200, 0, 1]))]
        return [modbus_frame(transaction, 3, registers_pdu([9]))]

    byte_device.answering = answer
    running = Running(ModbusSource(modbus_source([COUNT], byte_device.url, timeout_s=0.1), WallClock()), events)
    await until(lambda: byte_device.connections > 1 and running.sink.samples()[-1].value == 9.0)
    await running.stop()
    assert len(running.sink.gaps) == 1


async def test_polls_that_take_too_long_are_left_out_and_counted(
    byte_device: ByteDevice, events: Events, registry: CollectorRegistry
) -> None:
    byte_device.answer_all(registers_pdu([1]))
    source = ModbusSource(modbus_source([COUNT], byte_device.url, poll_interval_s=0.01), WallClock(), events)

    class SlowSink(ListSink):
        async def put(self, scan: object) -> asyncio.Future[None]:
            await asyncio.sleep(0.035)
            return await super().put(scan)  # type: ignore[arg-type]

    sink = SlowSink()
    task = asyncio.create_task(source.run(sink))
    await sink.until_scans(3)
    task.cancel()
    await asyncio.wait([task])
    overruns = registry.get_sample_value("thermaliq_poll_overruns_total", {"source": "boiler_plc"})
    assert overruns is not None
    assert overruns >= 6


async def test_a_device_that_is_away_is_unavailable(byte_device: ByteDevice) -> None:
    await byte_device.stop()
    source = ModbusSource(modbus_source([COUNT], byte_device.url), WallClock())
    with pytest.raises(UnavailableError) as away:
        await source.scan_once()
    assert away.value.code == "modbus.connect"


async def test_cancelling_closes_the_connection(byte_device: ByteDevice, events: Events) -> None:
    byte_device.answer_all(registers_pdu([1]))
    before = asyncio.all_tasks()
    running = Running(ModbusSource(modbus_source([COUNT], byte_device.url), WallClock()), events)
    await running.sink.until_samples(1)
    await running.stop()
    await until(lambda: asyncio.all_tasks() == before)
    assert running.task.cancelled()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("rtu:///dev/ttyUSB0?baudrate=19200", "modbus.rtu_not_built"),
        ("http://plc", "modbus.url"),
        ("tcp://", "modbus.url"),
    ],
)
def test_an_address_that_is_not_modbus_tcp_is_refused(url: str, code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        ModbusSource(modbus_source([COUNT], url), WallClock())
    assert refused.value.code == code
