"""A real OPC UA server on loopback whose values, qualities and times a test sets, and a wire to it that can be cut."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, timedelta

import pytest
from asyncua import ua
from asyncua.common.node import Node
from asyncua.server.server import Server

from connectors.simulator.servers import free_port

EPOCH = ua.DateTime(1970, 1, 1, tzinfo=UTC)


class OpcuaServer:
    """Nodes `ns=2;s=…` of one server; stopped and started again it keeps its port."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"opc.tcp://127.0.0.1:{port}/"
        self._server: Server | None = None
        self._nodes: dict[str, Node] = {}

    async def start(self, names: Sequence[str], first: object = 0.0) -> None:
        """`first` gives every node its type."""
        server = Server()
        await server.init()
        server.set_endpoint(self.url)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace("urn:thermaliq:test")
        objects = server.nodes.objects
        for name in names:
            node_id = ua.NodeId.from_string(f"ns=2;s={name}")
            self._nodes[name] = await objects.add_variable(node_id, ua.QualifiedName(name, 2), first)
        await server.start()
        self._server = server

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop()
            self._server = None

    async def write(self, name: str, value: object, *, ts_us: int | None, status: int = 0) -> None:
        moment = None if ts_us is None else EPOCH + timedelta(microseconds=ts_us)
        data = ua.DataValue(ua.Variant(value), ua.StatusCode(ua.UInt32(status)), SourceTimestamp=moment)
        assert self._server is not None
        await self._server.write_attribute_value(self._nodes[name].nodeid, data)


class Wire:
    """A TCP relay: `freeze` keeps both connections open and carries nothing more, as a half-open one does."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def freeze(self) -> None:
        self._open.clear()

    def thaw(self) -> None:
        self._open.set()

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        for source, target in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._carry(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._open.wait()
                target.write(data)
                await target.drain()
        except ConnectionError:
            return
        finally:
            target.close()


@pytest.fixture
def _quiet_asyncua() -> Iterator[None]:
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("asyncua").setLevel(logging.NOTSET)


@pytest.fixture
async def opcua_server(_quiet_asyncua: None) -> AsyncIterator[OpcuaServer]:
    server = OpcuaServer(free_port())
    yield server
    await server.stop()


@pytest.fixture
async def wire(opcua_server: OpcuaServer) -> AsyncIterator[Wire]:
    relay = Wire(opcua_server.port)
    await relay.start()
    yield relay
    await relay.stop()
