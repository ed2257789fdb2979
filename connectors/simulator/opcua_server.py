"""A real OPC UA server that shows rows with their own source timestamps."""

from __future__ import annotations

from datetime import UTC, timedelta

from asyncua import ua
from asyncua.server.server import Server

from connectors.simulator.row import Row, raw_of
from schemas.site import OpcuaAddress, Source, Tag

_EPOCH = ua.DateTime(1970, 1, 1, tzinfo=UTC)
_NAMESPACE = "urn:thermaliq:simulator"


class OpcuaServer:
    """Serves the nodes of one OPC UA source on loopback."""

    def __init__(self, source: Source, port: int) -> None:
        self.port = port
        self._tags = [(tag, _node_id(tag)) for tag in source.tags]
        self._server: Server | None = None

    async def start(self, first: Row) -> None:
        """Listen, with the first row in place."""
        server = Server()
        await server.init()
        server.name = "THERMALIQ simulator"
        server.set_endpoint(f"opc.tcp://127.0.0.1:{self.port}/")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace(_NAMESPACE)
        for tag, node_id in self._tags:
            name = ua.QualifiedName(f"{tag.asset}.{tag.measurand}", node_id.NamespaceIndex)
            await server.nodes.objects.add_variable(node_id, name, 0.0, ua.VariantType.Double)
        self._server = server
        await self.show(first)
        await server.start()

    async def stop(self) -> None:
        """Hang up and stop listening."""
        if self._server is not None:
            await self._server.stop()
            self._server = None

    async def show(self, row: Row) -> None:
        """Every node gets its value of the row, with the row's time as source timestamp."""
        if self._server is None:
            return
        moment = _EPOCH + timedelta(microseconds=row.ts_us)
        for tag, node_id in self._tags:
            variant = ua.Variant(raw_of(tag, row.values[tag.id]), ua.VariantType.Double)
            value = ua.DataValue(variant, SourceTimestamp=moment, ServerTimestamp=moment)
            await self._server.write_attribute_value(node_id, value)


def _node_id(tag: Tag) -> ua.NodeId:
    if not isinstance(tag.address, OpcuaAddress):
        raise TypeError(f"tag {tag.id} has no OPC UA address")
    return ua.NodeId.from_string(tag.address.node_id)
