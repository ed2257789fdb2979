"""OPC UA status codes, kept whole, and the class that their top two bits name (OPC UA Part 4, StatusCode)."""

from __future__ import annotations

from enum import IntEnum


class Quality(IntEnum):
    """The class of a status code: its top two bits; both 10 and 11 are BAD."""

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2


GOOD = 0x0000_0000
UNCERTAIN = 0x4000_0000
BAD = 0x8000_0000
BAD_COMMUNICATION_ERROR = 0x8005_0000
BAD_DECODING_ERROR = 0x8007_0000
BAD_TIMEOUT = 0x800A_0000
BAD_NO_COMMUNICATION = 0x8031_0000
BAD_OUT_OF_RANGE = 0x803C_0000
BAD_TYPE_MISMATCH = 0x8074_0000
BAD_DEVICE_FAILURE = 0x808B_0000
BAD_SENSOR_FAILURE = 0x808C_0000
BAD_NO_DATA = 0x809B_0000
BAD_CONFIGURATION_ERROR = 0x8089_0000

OVERFLOW_BIT = 0x0000_0080
STATUS_MAX = 0xFFFF_FFFF

BAD_FROM = 0x8000_0000
"""The smallest status code of class BAD."""
UNCERTAIN_FROM = 0x4000_0000
"""The smallest status code of class UNCERTAIN."""


def quality_of(status: int) -> Quality:
    """The class of a whole 32-bit status code."""
    return Quality(min(status >> 30, 2))


class Flag(IntEnum):
    """What THERMALIQ itself says of a stored reading; one column of `reading`."""

    NONE = 0
    OUT_OF_RANGE = 1
    HELD = 2
    BACKFILL = 3
    SUBSTITUTED = 4
