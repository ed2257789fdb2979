"""Reads single values of the environment and collects what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from schemas.duration import parse_duration_us
from schemas.errors import Finding
from schemas.redact import redact
from schemas.site_findings import nearest

PREFIX: Final = "THERMALIQ_"
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):(\d{1,5})")
C = TypeVar("C", bound=str)


class Environment:
    """The variables of one process. Every reader takes a name without prefix and remembers it as known.

    `NAME_FILE` names a file whose first line is the value; a value from there is never shown.
    """

    def __init__(self, variables: Mapping[str, str], read_file: Callable[[str], str]) -> None:
        self._variables = {
            name.removeprefix(PREFIX): value for name, value in variables.items() if name.startswith(PREFIX)
        }
        self._read_file = read_file
        self.known: list[str] = []
        self.findings: list[Finding] = []

    def unknown(self) -> list[str]:
        """Variables with our prefix that nothing has read."""
        known = {*self.known, *(f"{name}_FILE" for name in self.known)}
        return sorted(set(self._variables) - known)

    def wrong(self, name: str, fix: str, value: str | None = None) -> None:
        """The setting `name` is wrong."""
        shown = self._variables.get(name, "") if value is None else value
        self.findings.append(Finding("environment", 0, PREFIX + name, redact(shown), fix))

    def text(self, name: str, default: str, pattern: str = ".*", wanted: str = "a text") -> str:
        """A text that matches `pattern` from end to end."""
        value = self._value(name)
        if value is None or re.fullmatch(pattern, value):
            return default if value is None else value
        self.wrong(name, f"write {wanted}")
        return default

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        value = self.optional_integer(name, low, high)
        return default if value is None else value

    def optional_integer(self, name: str, low: int, high: int) -> int | None:
        """A whole number in [low, high], or None where it is not set."""
        value = self._value(name)
        if value is None:
            return None
        if re.fullmatch(r"\d{1,9}", value) and low <= int(value) <= high:
            return int(value)
        self.wrong(name, f"write a whole number from {low} to {high}")
        return None

    def fraction(self, name: str, default: float) -> float:
        """A number from 0 to 1."""
        value = self._value(name)
        if value is None:
            return default
        if re.fullmatch(r"\d*\.?\d+", value) and float(value) <= 1:
            return float(value)
        self.wrong(name, "write a number from 0 to 1")
        return default

    def choice(self, name: str, default: C, choices: Any) -> C:
        """One of a Literal's words, in any case."""
        value = self._value(name)
        return default if value is None else self.one_of(name, value.lower(), choices)

    def one_of(self, name: str, value: str, choices: Any) -> Any:
        """`value`, where it is one of a Literal's words; else its first word, and a finding."""
        words = get_args(choices)
        if value not in words:
            self.wrong(name, f"write one of {', '.join(words)}{nearest(value, words, likeness=0.5)}")
            return words[0]
        return value

    def words(self, name: str, separator: str = ",") -> tuple[str, ...]:
        """The parts of a list."""
        value = self._value(name) or ""
        return tuple(part.strip() for part in value.split(separator) if part.strip())

    def pairs(self, name: str, known: Sequence[str]) -> dict[str, str]:
        """`key=value,key=value` with keys of `known`."""
        pairs: dict[str, str] = {}
        for part in self.words(name):
            key, sign, value = part.partition("=")
            if key not in known:
                self.wrong(name, f"unknown key {key}{nearest(key, known)}", value="")
            elif not sign or not value:
                self.wrong(name, f"write {key}=…", value="")
            else:
                pairs[key] = value
        return pairs

    def duration_us(self, name: str, text: str) -> int:
        """Microseconds of one part of a setting."""
        try:
            return parse_duration_us(text)
        except ValueError as error:
            self.wrong(name, str(error))
            return 0

    def addresses(self, name: str, default: str) -> tuple[str, ...]:
        """`host:port` parts."""
        addresses = self.words(name) or (default,)
        for address in addresses:
            match = _ADDRESS.fullmatch(address)
            if match is None or not 0 < int(match[2]) <= 65535:
                self.wrong(name, "write host:port, several separated by commas")
        return addresses

    def address(self, name: str, default: str) -> str:
        """An IP address or `localhost`."""
        value = self._value(name) or default
        try:
            if value != "localhost":
                ip_address(value)
        except ValueError:
            self.wrong(name, "write an IP address, as 127.0.0.1 or 0.0.0.0")
            return default
        return value

    def networks(self, name: str) -> tuple[str, ...]:
        """IP addresses or networks."""
        networks = self.words(name)
        for network in networks:
            try:
                ip_network(network, strict=False)
            except ValueError:
                self.wrong(name, "write IP addresses or networks, as 10.0.0.0/8, separated by commas")
        return networks

    def url(self, name: str, schemes: Sequence[str]) -> str | None:
        """A URL of one of these schemes; None where it is not set."""
        value = self._value(name)
        scheme, sign, rest = (value or "").partition("://")
        if value is not None and not (sign and rest and scheme in schemes):
            self.wrong(name, f"write a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
            return None
        return value

    def path(self, name: str) -> Path | None:
        """A path; whether something stands there is for those to say who read or write it."""
        self.known.append(name)
        value = self._variables.get(name)
        return Path(value) if value else None

    def readable(self, name: str, path: str) -> Path:
        """The path of a file that one part of the setting `name` names."""
        try:
            self._read_file(path)
        except (OSError, UnicodeDecodeError) as error:
            self.wrong(name, f"{path} cannot be read: {error}")
        return Path(path)

    def secret_file(self, name: str, path: str) -> str | None:
        """The first line of a file that one part of the setting `name` names."""
        try:
            lines = self._read_file(path).splitlines()
        except (OSError, UnicodeDecodeError) as error:
            self.wrong(name, f"{path} cannot be read: {error}")
            return None
        if not lines or not lines[0].strip():
            self.wrong(name, f"{path} is empty; the secret is its first line")
            return None
        return lines[0].strip()

    def _value(self, name: str) -> str | None:
        """What is set; an empty variable counts as unset."""
        self.known.append(name)
        direct = self._variables.get(name) or None
        path = self._variables.get(f"{name}_FILE") or None
        if path is None:
            return direct
        if direct is not None:
            self.wrong(name, f"set {PREFIX}{name} or {PREFIX}{name}_FILE, not both")
            return None
        return self.secret_file(f"{name}_FILE", path)
