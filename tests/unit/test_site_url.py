"""The URLs of a site file."""

from __future__ import annotations

import pytest

from tests.unit.test_site_file import check


def fixes(protocol: str, url: str) -> list[str]:
    security = 'security_policy = "None"\n' if protocol == "opcua" else ""
    text = f'[site]\nid = "mill"\n[[source]]\nname = "a"\nprotocol = "{protocol}"\nurl = "{url}"\n{security}'
    return [finding.fix for finding in check(text)[1] if finding.key == "source[0].url"]


@pytest.mark.parametrize(
    ("protocol", "url"),
    [
        *[("modbus", "tcp://10.0.0.5:502"), ("modbus", "tcp://plc"), ("modbus", "tcp://[::1]:502")],
        *[("modbus", "rtu:///dev/ttyUSB0?baudrate=19200"), ("modbus", "rtu:///dev/ttyS0")],
        *[("opcua", "opc.tcp://127.0.0.1:4840/"), ("opcua", "opc.tcp://dcs/ua/server")],
        *[("mqtt", "mqtt://broker"), ("mqtt", "mqtts://broker:8883")],
    ],
)
def test_a_url_of_the_protocol_is_accepted(protocol: str, url: str) -> None:
    assert fixes(protocol, url) == []


@pytest.mark.parametrize(
    ("protocol", "url", "said"),
    [
        ("modbus", "http://10.0.0.5", "the scheme is one of tcp, rtu"),
        ("modbus", "10.0.0.5:502", "the scheme is one of tcp, rtu"),
        ("modbus", "tcp://", "the host is missing"),
        ("modbus", "tcp://plc:99999", "no URL"),
        ("modbus", "tcp://plc:0", "a port is from 1 to 65535"),
        ("modbus", "rtu://", "the serial device is missing"),
        ("modbus", "rtu:///dev/ttyUSB0?baud=9600", "unknown option baud"),
        ("modbus", "rtu:///dev/ttyUSB0?baudrate=fast", "baudrate, stopbits and bytesize are whole numbers"),
        ("opcua", "tcp://dcs:4840", "the scheme is one of opc.tcp"),
        ("mqtt", "mqtt://user@broker", "no user and no password in a URL"),
        ("mqtt", "mqtt://[::1", "no URL"),
    ],
)
def test_any_other_url_is_a_finding_with_an_example(protocol: str, url: str, said: str) -> None:
    (fix,) = fixes(protocol, url)

    assert fix.startswith(said)
    assert "; write it as " in fix
