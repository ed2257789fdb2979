"""What a command's exit code says to the shell."""

from __future__ import annotations

from typing import Final

from schemas.errors import ConfigError, ThermaliqError, UnavailableError

FAILED: Final = 1
WRONG_USAGE: Final = 2
UNAVAILABLE: Final = 69
"""A peer is not there (EX_UNAVAILABLE of sysexits)."""
CONFIGURATION: Final = 78
"""A setting or a site file is wrong (EX_CONFIG of sysexits)."""
INTERRUPTED: Final = 130


def exit_code(error: ThermaliqError) -> int:
    """The code of a failure."""
    match error:
        case ConfigError():
            return CONFIGURATION
        case UnavailableError():
            return UNAVAILABLE
    return FAILED
