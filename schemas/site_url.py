"""The URLs of a site file: which scheme belongs to which protocol, and that no secret stands in them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from schemas import site_form as form
from schemas.site_findings import Findings
from schemas.site_text import Path

_SCHEMES = {"modbus": ("tcp", "rtu"), "opcua": ("opc.tcp",), "mqtt": ("mqtt", "mqtts")}
_EXAMPLES = {
    "modbus": "tcp://10.0.0.5:502 or rtu:///dev/ttyUSB0?baudrate=19200",
    "opcua": "opc.tcp://10.0.0.6:4840/",
    "mqtt": "mqtts://broker:8883",
}


def check_url(source: form.ConnectedForm, path: Path, found: Findings) -> None:
    """A finding where the source's URL cannot be one of its protocol."""
    protocol = str(source.__struct_config__.tag)
    wrong = _wrong(source.url, _SCHEMES[protocol])
    if wrong:
        found.error(path, f"{wrong}; write it as {_EXAMPLES[protocol]}")


def _wrong(url: str, schemes: tuple[str, ...]) -> str:
    """What is wrong with a URL; empty where nothing is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"no URL ({error})"
    if parts.scheme not in schemes:
        return f"the scheme is one of {', '.join(schemes)}"
    if parts.username is not None or parts.password is not None:
        return "no user and no password in a URL: use username and password_file"
    if parts.scheme == "rtu":
        return _wrong_serial(parts.path, parse_qs(parts.query))
    if not parts.hostname:
        return "the host is missing"
    return "a port is from 1 to 65535" if port == 0 else ""


def _wrong_serial(device: str, options: dict[str, list[str]]) -> str:
    if not device.strip("/"):
        return "the serial device is missing"
    known = {"baudrate", "parity", "stopbits", "bytesize"}
    unknown = set(options) - known
    if unknown:
        return f"unknown option {min(unknown)}; known are {', '.join(sorted(known))}"
    numbers = [value for key in ("baudrate", "stopbits", "bytesize") for value in options.get(key, [])]
    return "" if all(value.isdecimal() for value in numbers) else "baudrate, stopbits and bytesize are whole numbers"
