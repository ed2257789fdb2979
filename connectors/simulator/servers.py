"""A site's sources served for real on loopback: a Modbus and an OPC UA server, and a publisher to an MQTT broker."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from connectors.simulator.modbus_server import ModbusServer
from connectors.simulator.mqtt_publisher import MqttPublisher
from connectors.simulator.opcua_server import OpcuaServer
from connectors.simulator.row import Row
from schemas.site import Protocol, Site, Source


class PlantServers:
    """Serves the one Modbus, OPC UA and MQTT source of `site`, from the first row on.

    A port 0 is a free one; `modbus_port` and `opcua_port` say which. Only the sources' tags and addresses count, not
    their URLs, so the site file can be written when the ports are known.
    """

    def __init__(self, site: Site, first: Row, mqtt_url: str, *, modbus_port: int = 0, opcua_port: int = 0) -> None:
        self.modbus_port = modbus_port or free_port()
        self.opcua_port = opcua_port or free_port()
        self._first = first
        self._modbus = ModbusServer(_source(site, "modbus"), self.modbus_port)
        self._opcua = OpcuaServer(_source(site, "opcua"), self.opcua_port)
        self._mqtt = MqttPublisher(_source(site, "mqtt"), mqtt_url)
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for server in (self._modbus, self._opcua):
                stack.push_async_callback(server.stop)
                await server.start(self._first)
            await self._mqtt.start()
            stack.push_async_callback(self._mqtt.stop)
            self._running = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._running.aclose()

    async def publish_first(self) -> None:
        """The first row's MQTT messages: a broker keeps nothing for who has not subscribed yet."""
        await self._mqtt.show(self._first)

    async def show(self, row: Row) -> None:
        """The row through all three protocols."""
        await self._modbus.show(row)
        await self._opcua.show(row)
        await self._mqtt.show(row)


def free_port() -> int:
    """A TCP port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _source(site: Site, protocol: Protocol) -> Source:
    found = [source for source in site.sources if source.protocol == protocol]
    if len(found) != 1:
        raise ValueError(f"site {site.id} has {len(found)} {protocol} sources, the simulator serves one")
    return found[0]
