"""The grammar of site, asset, tag and alarm ids."""

from __future__ import annotations

import re

SEGMENT = re.compile(r"[a-z0-9_]+")
ASSET = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+){1,6}")
TAG = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+){2,7}")

RESERVED_LAST_SEGMENTS = frozenset(
    {
        "points",
        "latest",
        "readings",
        "sankey",
        "trend",
        "alerts",
        "acknowledge",
        "shelve",
        "unshelve",
        "live",
        "report",
        "waterfall",
        "load_scatter",
    }
)
"""Words that the HTTP routes use behind an asset's id."""


def is_site(text: str) -> bool:
    """Whether `text` is a site id, one segment of `[a-z0-9_]`."""
    return SEGMENT.fullmatch(text) is not None


def is_asset(text: str) -> bool:
    """Whether `text` is an asset id, `site(/segment){1,6}`, whose last word no route needs."""
    return ASSET.fullmatch(text) is not None and text.rsplit("/", 1)[1] not in RESERVED_LAST_SEGMENTS


def is_tag(text: str) -> bool:
    """Whether `text` is a tag id, an asset id and a measurand."""
    return TAG.fullmatch(text) is not None


def is_alarm_name(text: str) -> bool:
    """Whether `text` may name an alarm."""
    return SEGMENT.fullmatch(text) is not None


def site_of(asset: str) -> str:
    """`mill` of `mill/boiler1`."""
    return asset.split("/", 1)[0]


def split_tag(tag: str) -> tuple[str, str]:
    """(`mill/boiler1`, `steam_flow`) of `mill/boiler1/steam_flow`."""
    asset, _, measurand = tag.rpartition("/")
    return asset, measurand


def join_tag(asset: str, measurand: str) -> str:
    """`mill/boiler1/steam_flow` of `mill/boiler1` and `steam_flow`."""
    return f"{asset}/{measurand}"
