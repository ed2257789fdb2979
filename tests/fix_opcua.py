"""A real OPC UA server on loopback whose values, qualities and times a test sets."""

import socket
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from asyncua import Server, ua
from asyncua.common.node import Node

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class OpcuaServer:
    """Nodes `ns=2;s=…` of one server; stopped and started again it keeps its port."""

    def __init__(self, port: int) -> None:
        self.url = f"opc.tcp://127.0.0.1:{port}/"
        self._server: Server | None = None
        self._nodes: dict[str, Node] = {}

    async def start(self, names: Sequence[str]) -> None:
        server = Server()
        await server.init()
        server.set_endpoint(self.url)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace("urn:thermaliq:test")
        self._nodes = {
            name: await server.nodes.objects.add_variable(ua.NodeId(name, 2), name, 0.0, ua.VariantType.Double)
            for name in names
        }
        await server.start()
        self._server = server

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop()
            self._server = None

    async def write(self, name: str, value: object, *, ts_us: int | None, status: int = 0) -> None:
        moment = None if ts_us is None else EPOCH + timedelta(microseconds=ts_us)
        variant = ua.Variant(value, None if value is None or isinstance(value, str | list) else ua.VariantType.Double)
        data = ua.DataValue(variant, ua.StatusCode(status), SourceTimestamp=moment)
        await self._nodes[name].write_value(data)


@pytest.fixture
async def opcua_server() -> AsyncIterator[OpcuaServer]:
    server = OpcuaServer(free_port())
    yield server
    await server.stop()
