"""The five kinds of failure; each tells the caller what to do.

::

    ThermaliqError
    ├── ConfigError       the file is wrong            refuse to start, exit 78
    ├── UnavailableError  the peer is not there        back off and retry for ever
    ├── RefusedError      the peer answered no         BAD reading or dead letter; go on
    └── MalformedError    bytes do not decode          dead letter with the bytes

`calc.errors.CalcError` is the fifth: the physics has no answer. It lives with the physics.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a configuration: where it stands, what it says, how to mend it."""

    file: str
    line: int
    key: str
    value: str
    fix: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key} = {self.value}: {self.fix}"


class ThermaliqError(Exception):
    """Root of what THERMALIQ raises on purpose; `code` is bounded: metric label, reason, anchor in the docs."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class ConfigError(ThermaliqError):
    """A setting or a site file is wrong; carries every finding, not just the first."""

    def __init__(self, code: str, detail: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(code, detail)
        self.findings = findings


class UnavailableError(ThermaliqError):
    """The peer is not there, timed out or hung up."""


class RefusedError(ThermaliqError):
    """The peer answered, and the answer was no."""


class MalformedError(ThermaliqError):
    """Bytes that do not decode."""
