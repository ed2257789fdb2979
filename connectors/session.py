"""The name of one run of a connector: sorts by its start, never repeats."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def session_id(started_us: int, entropy: bytes) -> str:
    """26 characters in the form of a ULID: 48 bits of milliseconds, then ten bytes of `entropy`."""
    number = (started_us // 1000) << 80 | int.from_bytes(entropy[:10], "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
