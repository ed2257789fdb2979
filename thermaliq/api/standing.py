"""How the service stands: a watch that asks its peers from time to time, and what `/ready` says of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from schemas.errors import ConfigError, ThermaliqError
from thermaliq.migrate import SchemaState, connected, edition, schema_state
from thermaliq.readiness import Component, Readiness, judged

log = logging.getLogger("thermaliq.api")

WATCH_S: Final = 5.0
ANSWER_WITHIN_S: Final = 2.0
REDIS_PORT: Final = 6379


@dataclass
class Standing:
    """What is known of the peers; read by `/ready`, from any thread."""

    peers: Mapping[str, Sequence[str]]
    """Name → `host:port` addresses of which one has to answer; none: switched off."""
    components: dict[str, Component] = field(default_factory=dict)
    schema: SchemaState | None = None
    edition: str | None = None
    stopping: bool = False

    def readiness(self) -> Readiness:
        """`not_ready` while starting, stopping, or on a schema that this version cannot work with."""
        unworkable = self.schema is not None and not self.schema.works
        if self.stopping or unworkable or not self.components:
            return Readiness("not_ready", dict(self.components))
        return judged(dict(self.components))

    def schema_facts(self) -> dict[str, object]:
        """For `/info`."""
        return {"schema_version": self.schema.version if self.schema else None, "edition": self.edition}

    async def watch(self, url: str) -> None:
        """Ask again and again; ConfigError where the first schema that is seen cannot be worked with."""
        while True:
            first = self.schema is None
            database = await asyncio.to_thread(self._ask_database, url)
            if first and self.schema is not None and not self.schema.works:
                raise ConfigError(f"migrate.{self.schema.verdict}", str(self.schema))
            self._note("database", database)
            for name, addresses in self.peers.items():
                self._note(name, await _ask(addresses))
            await asyncio.sleep(WATCH_S)

    def _ask_database(self, url: str) -> Component:
        try:
            with connected(url) as connection:
                self.schema = schema_state(connection)
                self.edition = edition(connection)
        except ThermaliqError as error:
            return Component("down", error.detail)
        return Component("up" if self.schema.works else "down", str(self.schema))

    def _note(self, name: str, component: Component) -> None:
        before = self.components.get(name)
        self.components[name] = component
        if component.state == "down" and (before is None or before.state != "down"):
            log.warning("%s is away (%s); waiting for it", name, component.detail)
        if component.state == "up" and before is not None and before.state == "down":
            log.warning("%s is back", name)


def redis_addresses(url: str | None) -> tuple[str, ...]:
    """`host:port` of every node in a Redis URL; a local socket's path."""
    if url is None:
        return ()
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return (parts.path,)
    nodes = parts.netloc.rpartition("@")[2].split(",")
    return tuple(node if ":" in node.rpartition("]")[2] else f"{node}:{REDIS_PORT}" for node in nodes)


async def _ask(addresses: Sequence[str]) -> Component:
    if not addresses:
        return Component("off")
    for address in addresses:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await _knock(address)
            return Component("up", address)
    return Component("down", f"{', '.join(addresses)} does not answer")


async def _knock(address: str) -> None:
    if address.startswith("/"):
        _, writer = await asyncio.open_unix_connection(address)
    else:
        host, _, port = address.rpartition(":")
        _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    writer.close()
    await writer.wait_closed()
