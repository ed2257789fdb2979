"""Raw words in, numbers out: each type, each order, as devices really send them."""

import math
import struct

import pytest

from connectors.modbus.registers import clock_us, decode, words_of
from schemas.errors import MalformedError
from schemas.site import ModbusAddress


def at(kind: str, word_order: str = "big", byte_order: str = "big", no_value: tuple[int, ...] = ()) -> ModbusAddress:
    return ModbusAddress(3, "holding_register", 0, kind, word_order, byte_order, no_value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "words", "number"),
    [
        ("bool", [0], 0),
        ("bool", [1], 1),
        ("bool", [0xFF00], 1),
        ("int16", [0x8000], -32768),
        ("uint16", [0x8000], 32768),
        ("int32", [0xFFFF, 0xFFFE], -2),
        ("uint32", [0xFFFF, 0xFFFE], 4294967294),
        ("int64", [0xFFFF, 0xFFFF, 0xFFFF, 0xFF85], -123),
        ("uint64", [0x0000, 0x018B, 0xCFE5, 0x6800], 1700000000000),
        ("float32", [0x4334, 0x8000], 180.5),
        ("float64", [0x4066, 0x9000, 0, 0], 180.5),
        ("bcd16", [0x1234], 1234),
        ("bcd32", [0x1234, 0x5678], 12345678),
        ("sm16", [0x8005], -5),
        ("sm16", [0x0005], 5),
        ("sm16", [0x8000], 0),
        ("sm32", [0x8000, 0x0005], -5),
    ],
)
def test_each_type_is_read_as_the_device_means_it(kind: str, words: list[int], number: float) -> None:
    assert len(words) == words_of(at(kind))
    assert decode(at(kind), words) == number


@pytest.mark.parametrize(
    ("word_order", "byte_order", "words"),
    [
        ("big", "big", [0x4334, 0x8000]),
        ("big", "little", [0x3443, 0x0080]),
        ("little", "big", [0x8000, 0x4334]),
        ("little", "little", [0x0080, 0x3443]),
    ],
)
def test_each_word_and_byte_order_gives_the_same_number(word_order: str, byte_order: str, words: list[int]) -> None:
    assert decode(at("float32", word_order, byte_order), words) == 180.5


def test_orders_reach_over_four_words() -> None:
    words = list(struct.unpack("<4H", struct.pack("<d", -0.1)))
    assert decode(at("float64", "little", "big"), words) == -0.1


@pytest.mark.parametrize(
    ("kind", "words", "no_value"), [("int16", [0x8000], 0x8000), ("float32", [0x7F7F, 0xFFFF], 0x7F7FFFFF)]
)
def test_a_raw_value_that_means_none_is_none(kind: str, words: list[int], no_value: int) -> None:
    assert decode(at(kind, no_value=(no_value,)), words) is None


def test_a_nan_is_passed_on() -> None:
    number = decode(at("float32"), [0x7FC0, 0])
    assert number is not None
    assert math.isnan(number)


def test_a_nibble_above_nine_is_no_decimal() -> None:
    with pytest.raises(MalformedError) as malformed:
        decode(at("bcd16"), [0x12A4])
    assert malformed.value.code == "modbus.bcd"


@pytest.mark.parametrize(
    ("epoch", "kind", "words", "expected"),
    [
        ("s", "uint32", [0x6553, 0xF100], 1_700_000_000_000_000),
        ("ms", "uint64", [0x0000, 0x018B, 0xCFE5, 0x6800], 1_700_000_000_000_000),
        ("us", "uint64", [0x0006, 0x0A24, 0x181E, 0x4000], 1_700_000_000_000_000),
        ("s", "float64", [0x41D9, 0x54FC, 0x4010, 0x0000], 1_700_000_000_250_000),
        ("s", "float64", [0x7FF0, 0, 0, 0], None),
    ],
)
def test_a_clock_register_counts_in_its_epoch(epoch: str, kind: str, words: list[int], expected: int | None) -> None:
    clock = ModbusAddress(3, "holding_register", 0, kind, epoch=epoch)  # type: ignore[arg-type]
    assert clock_us(clock, words) == expected


def test_a_bit_takes_one_place_whatever_its_type() -> None:
    coil = ModbusAddress(3, "coil", 0, "float32", no_value=(1,))
    assert words_of(coil) == 1
    assert [decode(coil, [bit]) for bit in (0, 1)] == [0, 1]
