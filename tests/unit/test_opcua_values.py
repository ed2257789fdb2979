"""OPC UA data values → samples."""

from datetime import UTC, datetime

import pytest

from connectors.opcua.values import NodeValue, micros_of, overflowed, si_of_node, time_of
from schemas.quality import BAD_SENSOR_FAILURE, UNCERTAIN
from schemas.reading import Origin
from schemas.site import OpcuaAddress, Tag, TimeSource

RECEIPT = 9_000


@pytest.mark.parametrize(
    "moment", [None, datetime(1601, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)]
)
def test_no_time_1601_and_the_last_of_all_times_are_none(moment: datetime | None) -> None:
    assert micros_of(moment) is None


def test_a_time_is_epoch_microseconds_and_without_a_zone_it_is_utc() -> None:
    assert micros_of(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)) == 1_000_005
    assert micros_of(datetime(1970, 1, 1, 0, 0, 1, 5)) == 1_000_005  # noqa: DTZ001 - as a server may send it


@pytest.mark.parametrize(
    ("source_us", "server_us", "whose", "wanted"),
    [
        (1, 2, "source", (1, "source")),
        (1, 2, "device", (1, "source")),
        (None, 2, "source", (2, "source")),
        (None, None, "source", (RECEIPT, "connector")),
        (1, 2, "server", (2, "source")),
        (1, None, "server", (RECEIPT, "connector")),
        (1, 2, "arrival", (RECEIPT, "connector")),
    ],
)
def test_whose_time_counts(
    source_us: int | None, server_us: int | None, whose: TimeSource, wanted: tuple[int, Origin]
) -> None:
    assert time_of(NodeValue(1.0, 0, source_us, server_us), whose, RECEIPT) == wanted


def test_a_bad_or_uncertain_value_keeps_its_number_and_its_whole_code() -> None:
    tag = Tag("m/b/x", "m/b", "x", "1", "1", OpcuaAddress("i=1"))
    assert si_of_node(tag, NodeValue(0.0, BAD_SENSOR_FAILURE, 1, None)) == (0.0, BAD_SENSOR_FAILURE)
    assert si_of_node(tag, NodeValue(2, UNCERTAIN | 0x90_0000, 1, None)) == (2.0, UNCERTAIN | 0x90_0000)


def test_a_tag_with_an_index_picks_its_element() -> None:
    tag = Tag("m/b/x", "m/b", "x", "1", "1", OpcuaAddress("i=1", index=2))
    assert si_of_node(tag, NodeValue([5.0, 6.0, 7.0], 0, 1, None)) == (7.0, 0)


def test_overflow_is_said_by_the_info_bits_of_a_data_value_alone() -> None:
    assert overflowed(0x0000_0480)
    assert overflowed(0x4000_0480)
    assert not overflowed(0x0000_0080)
    assert not overflowed(0x0000_0400)
