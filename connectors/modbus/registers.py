"""Registers → numbers: every type, word order and byte order of the site file."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from schemas.errors import MalformedError
from schemas.site import ModbusAddress

_BIT_TABLES = {"coil", "discrete_input"}

_WORDS = {
    "bool": 1,
    "int16": 1,
    "uint16": 1,
    "bcd16": 1,
    "sm16": 1,
    "int32": 2,
    "uint32": 2,
    "float32": 2,
    "bcd32": 2,
    "sm32": 2,
    "int64": 4,
    "uint64": 4,
    "float64": 4,
}

_EPOCH_US = {"s": 1_000_000, "ms": 1_000, "us": 1}


def words_of(address: ModbusAddress) -> int:
    """How many registers (or, in a table of bits, bits) the value takes."""
    return 1 if address.table in _BIT_TABLES else _WORDS[address.type]


def decode(address: ModbusAddress, words: Sequence[int]) -> float | int | None:
    """The raw number of a value's words (or its one bit); None where it is one of `no_value`.

    Raises `MalformedError` (`modbus.bcd`) for a nibble above 9. A NaN is passed on as it stands.
    """
    if address.table in _BIT_TABLES:
        return words[0]
    raw = _bytes_of(address, words)
    bits = int.from_bytes(raw, "big")
    if bits in address.no_value:
        return None
    if address.type == "bool":
        return 1 if bits else 0
    if address.type.startswith("float"):
        number: float = struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]
        return number
    if address.type.startswith("bcd"):
        return _bcd(raw)
    if address.type.startswith("sm"):
        return _sign_magnitude(bits, 8 * len(raw))
    return int.from_bytes(raw, "big", signed=address.type.startswith("int"))


def clock_us(address: ModbusAddress, words: Sequence[int]) -> int | None:
    """A clock register as epoch microseconds; None where it holds no time."""
    number = decode(address, words)
    if number is None or address.epoch is None or not math.isfinite(number):
        return None
    return round(number * _EPOCH_US[address.epoch])


def _bytes_of(address: ModbusAddress, words: Sequence[int]) -> bytes:
    """Most significant byte first, whatever the device's orders are."""
    ordered = reversed(words) if address.word_order == "little" else words
    return b"".join(word.to_bytes(2, address.byte_order) for word in ordered)


def _bcd(raw: bytes) -> int:
    digits = raw.hex()
    if not digits.isdecimal():
        raise MalformedError("modbus.bcd", f"0x{digits} is no binary coded decimal")
    return int(digits)


def _sign_magnitude(bits: int, width: int) -> int:
    sign = 1 << width - 1
    return -(bits & ~sign) if bits & sign else bits
