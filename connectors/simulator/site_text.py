"""The simulator's site files, with the ports of its servers put in."""

from __future__ import annotations

from importlib import resources

MODBUS_PORT, OPCUA_PORT, MQTT_PORT = 15020, 14840, 11883
"""Ports that stand in the files, so that each is a whole site file as it is."""


def site_toml(name: str, *, modbus_port: int, opcua_port: int, mqtt_port: int) -> str:
    """`sites/NAME.toml` for servers and a broker on these ports of loopback."""
    text = resources.files("connectors.simulator").joinpath(f"sites/{name}.toml").read_text("utf-8")
    ports = {MODBUS_PORT: modbus_port, OPCUA_PORT: opcua_port, MQTT_PORT: mqtt_port}
    for written, real in ports.items():
        text = text.replace(f"127.0.0.1:{written}", f"127.0.0.1:{real}")
    return text
