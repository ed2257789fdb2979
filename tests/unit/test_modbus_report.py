"""What a poll's answers tell: whose time, what is new, what a loss and a return mean."""

import struct
from collections.abc import Sequence

import pytest

from connectors.modbus.plan import Request, plan
from connectors.modbus.report import Report
from connectors.modbus.samples import Answer, status_of
from connectors.source import Sample, Scan
from schemas.quality import (
    BAD_DECODING_ERROR,
    BAD_DEVICE_FAILURE,
    BAD_NO_COMMUNICATION,
    BAD_OUT_OF_RANGE,
    BAD_TIMEOUT,
    GOOD,
)
from schemas.site import Conversion, ModbusAddress, Tag
from tests.fix_connectors import modbus_tag

NOW_US = 1_700_000_000_000_000
CLOCK = ModbusAddress(3, "holding_register", 10, "uint64", epoch="ms")
FLOW = modbus_tag("flow", ModbusAddress(3, "holding_register", 14, "float32"), Conversion(scale=2.0))


def words_of_float(value: float) -> list[int]:
    return list(struct.unpack(">2H", struct.pack(">f", value)))


def words_of_ms(ts_us: int) -> list[int]:
    return list(struct.unpack(">4H", struct.pack(">Q", ts_us // 1000)))


def answer(
    words: Sequence[int], status: int = GOOD, *, tag: Tag = FLOW, clock: ModbusAddress | None = CLOCK, at_s: float = 0.0
) -> Answer:
    (request,) = plan([tag], clock)
    return Answer(request, words, status, NOW_US + round(at_s * 1e6), 50.0 + at_s)


def flow(value: float, ts_us: int = NOW_US, at_s: float = 0.0) -> Answer:
    return answer(words_of_ms(ts_us) + words_of_float(value), at_s=at_s)


def only(scans: Sequence[Scan]) -> Sample:
    (scan,) = scans
    (sample,) = scan.samples
    return sample


def test_a_sample_bears_the_devices_own_time() -> None:
    scans = Report([FLOW]).scans([flow(3.5, NOW_US - 5_000_000)])
    assert scans[0].origin == "source"
    assert only(scans) == Sample(FLOW.id, NOW_US - 5_000_000, 7.0, GOOD)


def test_without_a_clock_it_bears_the_time_half_way() -> None:
    scans = Report([FLOW]).scans([answer(words_of_float(1.0), clock=None, at_s=0.25)])
    assert scans[0].origin == "connector"
    assert only(scans).ts_us == NOW_US + 250_000


@pytest.mark.parametrize(("status"), [BAD_DEVICE_FAILURE, BAD_TIMEOUT])
def test_a_failed_request_is_a_null_with_its_status_on_the_devices_clock(status: int) -> None:
    report = Report([FLOW])
    report.scans([flow(1.0, NOW_US - 10**15)])
    scans = report.scans([answer([], status, at_s=2.0)])
    assert scans[0].origin == "connector"
    assert only(scans) == Sample(FLOW.id, NOW_US - 10**15 + 2_000_000, None, status)


@pytest.mark.parametrize(
    ("address", "words", "status"),
    [
        (ModbusAddress(3, "holding_register", 14, "float32"), [0x7FC0, 0], BAD_OUT_OF_RANGE),
        (ModbusAddress(3, "holding_register", 14, "float32"), [0x7F80, 0], BAD_OUT_OF_RANGE),
        (ModbusAddress(3, "holding_register", 14, "int16", no_value=(0x8000,)), [0x8000], BAD_OUT_OF_RANGE),
        (ModbusAddress(3, "holding_register", 14, "bcd16"), [0xABCD], BAD_DECODING_ERROR),
    ],
)
def test_what_is_no_finite_number_is_a_null_with_its_reason(
    address: ModbusAddress, words: list[int], status: int
) -> None:
    tag = modbus_tag("x", address)
    assert only(Report([tag]).scans([answer(words, tag=tag, clock=None)])) == Sample(tag.id, NOW_US, None, status)


def test_a_conversion_that_overflows_is_out_of_range() -> None:
    tag = modbus_tag("x", ModbusAddress(3, "holding_register", 14, "float64"), Conversion(scale=1e300))
    words = list(struct.unpack(">4H", struct.pack(">d", 1e300)))
    assert only(Report([tag]).scans([answer(words, tag=tag, clock=None)])).status == BAD_OUT_OF_RANGE


def test_a_frozen_clock_with_the_same_values_is_a_heartbeat() -> None:
    report = Report([FLOW])
    report.scans([flow(1.0)])
    (heartbeat,) = report.scans([flow(1.0, at_s=1.0)])
    assert (list(heartbeat.samples), heartbeat.assets) == ([], ("mill/boiler1",))


def test_a_frozen_clock_with_another_value_is_told() -> None:
    report = Report([FLOW])
    report.scans([flow(1.0)])
    assert only(report.scans([flow(1.5)])) == Sample(FLOW.id, NOW_US, 3.0, GOOD)


def test_an_asset_without_news_has_a_heartbeat_beside_the_others_scan() -> None:
    other = Tag("mill/pump/speed", "mill/pump", "speed", "1", "1", ModbusAddress(3, "holding_register", 16, "uint16"))
    (request,) = plan([FLOW, other], CLOCK)

    def both(value: float, speed: int) -> Answer:
        return Answer(request, words_of_ms(NOW_US) + words_of_float(value) + [speed], GOOD, NOW_US, 50.0)

    report = Report([FLOW, other])
    assert [len(scan.samples) for scan in report.scans([both(1.0, 7)])] == [2]
    scan, heartbeat = report.scans([both(1.0, 8)])
    assert [sample.tag for sample in scan.samples] == [other.id]
    assert heartbeat.assets == ("mill/boiler1",)


@pytest.mark.parametrize("words", [[0xFFFF] * 4, [0x8000, 0, 0, 0]])
def test_a_clock_that_holds_no_time_is_not_believed(words: list[int]) -> None:
    report = Report([FLOW])
    answers = [answer(words + words_of_float(1.0))]
    assert only(report.scans(answers)).ts_us == NOW_US
    assert report.faults(answers) == "the device's clock holds no time"


def test_a_tag_beyond_the_clocks_reach_lives_in_the_devices_year() -> None:
    far = modbus_tag("far", ModbusAddress(4, "holding_register", 0, "uint16"))
    near, beyond = plan([FLOW, far], CLOCK)
    year_ago_us = NOW_US - 365 * 86_400_000_000
    answers = [
        Answer(near, words_of_ms(year_ago_us) + words_of_float(1.0), GOOD, NOW_US, 50.0),
        Answer(beyond, [7], GOOD, NOW_US + 10_000, 50.01),
    ]
    source, connector = Report([FLOW, far]).scans(answers)
    assert (source.origin, source.samples[0].ts_us) == ("source", year_ago_us)
    assert (connector.origin, connector.samples[0].ts_us) == ("connector", year_ago_us + 10_000)


def test_a_loss_is_one_null_a_tag_on_the_devices_clock_and_the_return_a_gap() -> None:
    report = Report([FLOW])
    report.scans([flow(1.0, NOW_US - 10**12)])
    loss = report.loss(NOW_US + 3_000_000, 53.0)
    assert loss is not None
    lost_us = NOW_US - 10**12 + 3_000_000
    assert list(loss.samples) == [Sample(FLOW.id, lost_us, None, BAD_NO_COMMUNICATION)]
    assert report.loss(NOW_US + 9_000_000, 59.0) is None
    scans = report.scans([flow(1.0, lost_us + 60_000_000, at_s=63.0)])
    gap = report.gap(scans)
    assert gap is not None
    assert (gap.assets, gap.from_us, gap.to_us) == (("mill/boiler1",), lost_us, lost_us + 60_000_000)
    assert report.gap(scans) is None


def test_a_device_that_was_never_there_cannot_be_lost() -> None:
    assert Report([FLOW]).loss(NOW_US, 50.0) is None


def test_a_clock_that_is_off_by_more_than_a_minute_is_a_fault() -> None:
    report = Report([FLOW])
    assert report.faults([flow(1.0, NOW_US - 59_000_000)]) == ""
    assert report.faults([flow(1.0, NOW_US - 61_000_000)]) == "the device's clock differs by -61 s"
    assert report.faults([flow(1.0), answer([], BAD_TIMEOUT)]) == "1 of 2 requests failed"


@pytest.mark.parametrize(
    ("table", "count", "words", "status"),
    [
        ("holding_register", 3, 3, GOOD),
        ("holding_register", 3, 2, BAD_DEVICE_FAILURE),
        ("holding_register", 3, 0, BAD_DEVICE_FAILURE),
        ("holding_register", 3, 4, BAD_DEVICE_FAILURE),
        ("coil", 9, 16, GOOD),
        ("coil", 9, 8, BAD_DEVICE_FAILURE),
    ],
)
def test_an_answer_of_another_length_is_a_device_failure(table: str, count: int, words: int, status: int) -> None:
    request = Request(3, table, 0, count, ())  # type: ignore[arg-type]
    assert status_of(request, [0] * words) == status
