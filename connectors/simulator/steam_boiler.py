"""The measured steam boiler: its rows as the three protocols serve them, and its site file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from types import MappingProxyType

from connectors.replay.mos_table import mos_table
from connectors.simulator.row import Row
from connectors.simulator.site_text import site_toml

ORIGIN_US = 1_704_067_200_000_000
"""2024-01-01T00:00:00Z: the data set counts seconds from the first of January and names no year."""
_FILE = "datasets/steam_boiler/BoilerClosedLoopCase23328000.mos"

COLUMNS: Mapping[str, int] = MappingProxyType(
    {
        "campus/boiler/feedwater_flow": 2,
        "campus/boiler/feedwater_temperature": 3,
        "campus/boiler/part_load": 4,
        "campus/boiler/air_temperature": 5,
        "campus/boiler/steam_flow": 6,
        "campus/economiser/water_temperature_out": 7,
        "campus/economiser/gas_temperature_in": 8,
        "campus/economiser/gas_temperature_out": 9,
        "campus/boiler/fuel_flow": 10,
        "campus/boiler/air_flow": 11,
        "campus/boiler/steam_pressure": 12,
        "campus/boiler/makeup_air_damper": 13,
        "campus/boiler/recirculation_damper": 14,
        "campus/boiler/stack_damper": 15,
        "campus/boiler/mixed_air_temperature": 16,
    }
)
"""Tag id → column of the data set's README; every column but the time is a tag."""


def rows(origin_us: int = ORIGIN_US) -> Iterator[Row]:
    """The data set in its order, SI as published."""
    file = resources.files("connectors.simulator").joinpath(_FILE)
    with file.open(encoding="ascii") as lines:
        for _, cells in mos_table(lines, _FILE).lines:
            numbers = [cell for cell in cells if isinstance(cell, float)]
            values = {tag: numbers[column - 1] for tag, column in COLUMNS.items()}
            yield Row(origin_us + round(numbers[0] * 1e6), values)


def boiler_site_toml(*, modbus_port: int, opcua_port: int, mqtt_port: int) -> str:
    """The data set's site file for servers and a broker on these ports of loopback."""
    return site_toml("boiler", modbus_port=modbus_port, opcua_port=opcua_port, mqtt_port=mqtt_port)
