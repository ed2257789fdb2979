"""Modbus devices on loopback: a real pymodbus server, and one that answers with the bytes that a test gives."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable

import pytest
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

_WRITE_REGISTERS = 16


class ModbusDevice:
    """Unit 3 with 200 holding registers from address 0; nothing beyond."""

    def __init__(self) -> None:
        self.port = 0
        self._server: ModbusTcpServer | None = None

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    async def start(self) -> None:
        unit = SimDevice(3, simdata=SimData(0, count=200, values=0, datatype=DataType.REGISTERS))
        self._server = ModbusTcpServer([unit], address=("127.0.0.1", self.port))
        await self._server.serve_forever(background=True)
        listener = self._server.transport
        assert isinstance(listener, asyncio.Server)
        self.port = listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]
            self._server = None

    async def write(self, address: int, words: list[int]) -> None:
        assert self._server is not None
        await self._server.async_setValues(3, _WRITE_REGISTERS, address, words)


Answering = Callable[[int, bytes], list[bytes]]
"""(transaction id, the request's bytes after it) → the frames to send."""


def _silent(_transaction: int, _request: bytes) -> list[bytes]:
    return []


class ByteDevice:
    """Answers each request with frames that a test makes; counts connections."""

    def __init__(self) -> None:
        self.answering: Answering = _silent
        self.requests: list[bytes] = []
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self.hang_up()
            await self._server.wait_closed()

    def answer_all(self, pdu: bytes) -> None:
        """Answer every request with this."""
        self.answering = lambda transaction, request: [modbus_frame(transaction, request[0], pdu)]

    def hang_up(self) -> None:
        """Cut every connection."""
        for writer in self._writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            while True:
                head = await reader.readexactly(6)
                transaction, _, length = struct.unpack(">HHH", head)
                request = await reader.readexactly(length)
                self.requests.append(request)
                for frame in self.answering(transaction, request):
                    writer.write(frame)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


def modbus_frame(transaction: int, unit_id: int, pdu: bytes) -> bytes:
    """A Modbus TCP frame."""
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit_id) + pdu


def registers_pdu(words: list[int]) -> bytes:
    """The answer to a read of holding registers."""
    return struct.pack(f">BB{len(words)}H", 3, 2 * len(words), *words)


@pytest.fixture
async def modbus_device() -> AsyncIterator[ModbusDevice]:
    device = ModbusDevice()
    await device.start()
    yield device
    await device.stop()


@pytest.fixture
async def byte_device() -> AsyncIterator[ByteDevice]:
    device = ByteDevice()
    await device.start()
    yield device
    await device.stop()
