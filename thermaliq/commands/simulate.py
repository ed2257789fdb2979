"""`thermaliq simulate`: the demo's plant alone, for connectors of another process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Final

import typer

from connectors.simulator import plant
from connectors.simulator.playback import show_live
from connectors.simulator.servers import PlantServers
from schemas.errors import ConfigError, UnavailableError
from thermaliq import stopping
from thermaliq.demo import LIVE_PERIOD_S, PLANT_SEED, parse_site
from thermaliq.process import begin
from thermaliq.wiring import SystemClock

MODBUS_PORT: Final = 15020
OPCUA_PORT: Final = 14840
MQTT_PORT: Final = 11883
LOOPBACK_BROKER: Final = f"mqtt://127.0.0.1:{MQTT_PORT}"


def command(
    site_file: Annotated[Path, typer.Argument(metavar="SITE.toml", help="Where to write the plant's site file.")],
    *,
    broker: Annotated[str, typer.Option(help="The MQTT broker that it publishes to.")] = LOOPBACK_BROKER,
    modbus_port: Annotated[int, typer.Option(help="Its Modbus TCP port.")] = MODBUS_PORT,
    opcua_port: Annotated[int, typer.Option(help="Its OPC UA port.")] = OPCUA_PORT,
) -> int:
    """Serve a simulated plant over OPC UA and Modbus TCP on loopback and an MQTT broker until SIGTERM."""
    begin()
    text = plant.plant_site_toml(modbus_port=modbus_port, opcua_port=opcua_port, mqtt_port=MQTT_PORT)
    text = text.replace(LOOPBACK_BROKER, broker)
    first = plant.row_at(SystemClock().now_us(), PLANT_SEED)
    site = parse_site("plant.toml", text)
    servers = PlantServers(site, first, broker, modbus_port=modbus_port, opcua_port=opcua_port)

    def ready() -> None:
        write_site(site_file, text)
        typer.echo(f"the plant of {site_file}: Modbus {modbus_port}, OPC UA {opcua_port}, {broker}")

    return stopping.run(lambda stop: run(servers, broker, ready, stop))


def write_site(file: Path, text: str) -> None:
    """Write the site file; ConfigError where that cannot be done."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError("simulate.site_file", f"{file} cannot be written: {error.strerror}") from error


async def run(servers: PlantServers, broker: str, ready: Callable[[], None], stop: asyncio.Event) -> None:
    """Show the plant as it is until `stop` is set; `ready` once it is there, UnavailableError without its broker."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(servers)
        except OSError as error:
            raise UnavailableError("simulate.away", f"{broker} does not answer: {error}") from error
        ready()
        shown = show_live(lambda ts_us: plant.row_at(ts_us, PLANT_SEED), servers, clock, LIVE_PERIOD_S)
        await stopping.unless(stop, shown)
