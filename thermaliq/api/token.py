"""Opaque tokens of our own: where a page goes on, where a live client stands, what an alert is called."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec

Kind = TypeVar("Kind")

TOKEN_CHARACTERS_MAX: Final = 100_000


def pack(value: object) -> str:
    """A token that carries `value`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


def unpack(token: str, kind: type[Kind]) -> Kind | None:
    """What a token carries; None where it is none of ours."""
    if len(token) > TOKEN_CHARACTERS_MAX:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=kind)
    except (binascii.Error, ValueError):
        return None


def pack_cursor(stand: Mapping[int, int]) -> str:
    """The cursor of a live client that has seen everything up to the number of each origin."""
    return pack(sorted(stand.items()))


def unpack_cursor(token: str) -> dict[int, int] | None:
    """Origin → number of a cursor; None where it is none of ours."""
    pairs = unpack(token, list[tuple[int, int]])
    return None if pairs is None else dict(pairs)


def alert_id(asset: str, name: str, episode_us: int) -> str:
    """What one episode of an alarm is called in a path: base32, lower case."""
    return base64.b32encode(f"{asset} {name} {episode_us}".encode()).decode().rstrip("=").lower()


def parse_alert_id(text: str) -> tuple[str, str, int] | None:
    """(asset, name, episode) of an alert's id; None where it is none."""
    try:
        padded = text.upper() + "=" * (-len(text) % 8)
        asset, name, episode = base64.b32decode(padded).decode().split(" ")
        return asset, name, int(episode)
    except (binascii.Error, ValueError):
        return None
