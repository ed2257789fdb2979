"""The fewest requests, and the device's clock in each that can hold it."""

import pytest

from connectors.modbus.plan import BITS_MAX, REGISTERS_MAX, Request, plan
from connectors.modbus.registers import words_of
from schemas.site import ModbusAddress
from tests.fix_connectors import modbus_tag


def requests_of(
    *addresses: tuple[int, str], table: str = "holding_register", clock: ModbusAddress | None = None, unit_id: int = 3
) -> tuple[Request, ...]:
    tags = [
        modbus_tag(f"t{number}", ModbusAddress(unit_id, table, address, kind))  # type: ignore[arg-type]
        for number, (address, kind) in enumerate(addresses)
    ]
    return plan(tags, clock)


def spans(requests: tuple[Request, ...]) -> list[tuple[int, int]]:
    return [(request.address, request.count) for request in requests]


def clock_at(address: int) -> ModbusAddress:
    return ModbusAddress(3, "holding_register", address, "uint64", epoch="ms")


def test_neighbours_share_a_request() -> None:
    assert spans(requests_of((104, "float32"), (100, "float32"), (102, "float32"))) == [(100, 6)]


def test_a_request_reads_at_most_125_registers() -> None:
    assert spans(requests_of((0, "uint16"), (124, "uint16"))) == [(0, 125)]
    assert spans(requests_of((0, "uint16"), (124, "float32"))) == [(0, 1), (124, 2)]


def test_a_request_reads_at_most_2000_bits() -> None:
    assert spans(requests_of((0, "bool"), (1999, "bool"), table="coil")) == [(0, 2000)]
    assert spans(requests_of((0, "bool"), (2000, "bool"), table="discrete_input")) == [(0, 1), (2000, 1)]


def test_units_and_tables_are_read_apart() -> None:
    tags = [
        modbus_tag("a", ModbusAddress(1, "holding_register", 0)),
        modbus_tag("b", ModbusAddress(2, "holding_register", 2)),
        modbus_tag("c", ModbusAddress(1, "input_register", 2)),
    ]
    found = [(request.unit_id, request.table) for request in plan(tags, None)]
    assert found == [(1, "holding_register"), (1, "input_register"), (2, "holding_register")]


def test_the_clock_is_read_in_the_same_request() -> None:
    (request,) = requests_of((100, "float32"), clock=clock_at(10))
    assert (request.address, request.count, request.clock) == (10, 92, clock_at(10))


def test_a_clock_in_the_middle_of_a_wide_table_is_read_twice() -> None:
    requests = requests_of((0, "uint16"), (120, "uint16"), (220, "uint16"), clock=clock_at(110))
    assert spans(requests) == [(0, 114), (110, 111)]
    assert [request.clock for request in requests] == [clock_at(110), clock_at(110)]
    assert [[place.address.address for place in request.places] for request in requests] == [[0], [120, 220]]


def test_what_is_too_far_from_the_clock_is_read_without_it() -> None:
    near, far = requests_of((20, "uint16"), (140, "uint16"), clock=clock_at(10))
    assert (near.address, near.clock) == (10, clock_at(10))
    assert (far.address, far.count, far.clock) == (140, 1, None)


@pytest.mark.parametrize("table", ["input_register", "coil"])
def test_a_clock_of_another_table_is_in_no_request(table: str) -> None:
    (request,) = requests_of((20, "bool"), table=table, clock=clock_at(10))
    assert request.clock is None


def test_a_clock_of_another_unit_is_in_no_request() -> None:
    (request,) = requests_of((20, "bool"), unit_id=4, clock=clock_at(10))
    assert (request.clock, request.count) == (None, 1)


@pytest.mark.parametrize("clock", [None, clock_at(300), clock_at(77)])
def test_every_tag_is_read_exactly_once_and_whole(clock: ModbusAddress | None) -> None:
    kinds = ["uint16", "float32", "float64"]
    addresses = [(number * 7 % 640, kinds[number % 3]) for number in range(90)]
    requests = requests_of(*addresses, clock=clock)
    read = [place.tag.id for request in requests for place in request.places]
    assert sorted(read) == sorted({f"mill/boiler1/t{number}" for number in range(90)})
    for request in requests:
        assert request.count <= (REGISTERS_MAX if request.table != "coil" else BITS_MAX)
        for place in request.places:
            assert request.address <= place.address.address
            assert place.address.address + words_of(place.address) <= request.address + request.count
