"""A real Modbus TCP server that shows rows: a source's registers and its clock change in one write."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from connectors.modbus.registers import words_of
from connectors.simulator.row import Row, raw_of
from schemas.site import ModbusAddress, ModbusOptions, Source, Tag

_FORMATS = {"bool": ">H", "int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "int64": ">q", "uint64": ">Q"}
_FLOATS = {"float32": ">f", "float64": ">d"}
_EPOCH_US = {"s": 1_000_000, "ms": 1_000, "us": 1}
_WRITE_REGISTERS = 16


class ModbusServer:
    """Serves the holding registers of one Modbus source on loopback."""

    def __init__(self, source: Source, port: int) -> None:
        if not isinstance(source.options, ModbusOptions) or source.options.clock is None:
            raise ValueError(f"source {source.name}: the simulator serves a Modbus source with a clock")
        self.port = port
        self._tags = source.tags
        self._clock = source.options.clock
        self._units = _units([self._clock, *(modbus_address(tag) for tag in source.tags)])
        self._server: ModbusTcpServer | None = None

    async def start(self, first: Row) -> None:
        """Listen, with the first row in place."""
        devices = [
            SimDevice(unit_id, simdata=SimData(0, count=len(words), values=0, datatype=DataType.REGISTERS))
            for unit_id, words in self._units.items()
        ]
        self._server = ModbusTcpServer(devices, address=("127.0.0.1", self.port))
        await self.show(first)
        await self._server.serve_forever(background=True)

    async def stop(self) -> None:
        """Hang up and stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def show(self, row: Row) -> None:
        """All of a unit's registers change at once, the clock with them."""
        for tag in self._tags:
            self._set(modbus_address(tag), raw_of(tag, row.values[tag.id]))
        self._set(self._clock, row.ts_us // _EPOCH_US[self._clock.epoch or "ms"])
        if self._server is not None:
            for unit_id, words in self._units.items():
                await self._server.async_setValues(unit_id, _WRITE_REGISTERS, 0, list(words))

    def _set(self, address: ModbusAddress, raw: float) -> None:
        words = encode(address, raw)
        self._units[address.unit_id][address.address : address.address + len(words)] = words


def modbus_address(tag: Tag) -> ModbusAddress:
    """The tag's Modbus address."""
    if not isinstance(tag.address, ModbusAddress):
        raise TypeError(f"tag {tag.id} has no Modbus address")
    return tag.address


def encode(address: ModbusAddress, raw: float) -> list[int]:
    """The registers of a number, in the address' byte and word order."""
    if address.type in _FLOATS:
        data = struct.pack(_FLOATS[address.type], raw)
    else:
        data = struct.pack(_FORMATS[address.type], round(raw))
    words = [int.from_bytes(data[at : at + 2], address.byte_order) for at in range(0, len(data), 2)]
    return words if address.word_order == "big" else words[::-1]


def _units(addresses: Iterable[ModbusAddress]) -> dict[int, list[int]]:
    """Unit id → its registers from 0 to the last that is used, all 0."""
    units: dict[int, list[int]] = {}
    for address in addresses:
        if address.table != "holding_register":
            raise ValueError(f"the simulator serves holding registers, not {address.table}")
        words = units.setdefault(address.unit_id, [])
        words.extend([0] * (address.address + words_of(address) - len(words)))
    return units
