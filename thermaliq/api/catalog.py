"""The assets that the site files declare, as the service shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from calc.asset_types import ASSET_TYPES
from schemas.ids import site_of
from schemas.site import AlarmRule, Asset, Site, Source, Tag
from thermaliq.access.patterns import covers
from thermaliq.api.problem import Problem


class WindowItem(msgspec.Struct, frozen=True):
    """A window of an asset."""

    name: str
    length_s: float
    advance_s: float


class TagItem(msgspec.Struct, frozen=True):
    """A measured value of an asset."""

    id: str
    measurand: str
    name: str
    description: str
    unit: str
    unit_si: str
    source: str


class AlarmItem(msgspec.Struct, frozen=True):
    """An alarm of an asset as its rule stands in the site file."""

    name: str
    quantity: str
    operator: str
    limit: float | str
    window: str
    priority: str


class AssetItem(msgspec.Struct, frozen=True):
    """An asset."""

    id: str
    site: str
    group: str
    type: str
    windows: list[WindowItem]
    inputs: dict[str, str]
    parameters: dict[str, float | str | None]
    tags: list[TagItem]
    alarms: list[AlarmItem]
    values: dict[str, str]
    """Unit of each of a point's `values`."""


class Catalog:
    """Assets by id."""

    def __init__(self, sites: Iterable[Site]) -> None:
        items = [_item(site, asset) for site in sites for asset in site.assets]
        self.items: Mapping[str, AssetItem] = {item.id: item for item in sorted(items, key=lambda item: item.id)}

    def find(self, asset: str) -> AssetItem:
        """The asset; a 404 problem where there is none."""
        item = self.items.get(asset)
        if item is None:
            raise unknown_asset(asset)
        return item

    def matching(self, patterns: Sequence[str]) -> frozenset[str]:
        """Ids of the assets that `mill/boiler1`, `mill/*` or `*` stand for; none given: all."""
        return frozenset(
            asset for asset in self.items if not patterns or any(covers(pattern, asset) for pattern in patterns)
        )


def unknown_asset(asset: str) -> Problem:
    """404: there is none of this id, or none that the caller may know of."""
    return Problem(404, "asset.unknown", "no site file declares an asset of this id", value=asset[:200])


def _item(site: Site, asset: Asset) -> AssetItem:
    known = ASSET_TYPES.get(asset.type)  # "none" is no type
    return AssetItem(
        id=asset.id,
        site=site_of(asset.id),
        group=asset.group,
        type=asset.type,
        windows=[WindowItem(w.name, w.length_us / 1e6, w.advance_us / 1e6) for w in asset.windows],
        inputs=dict(asset.inputs),
        parameters=dict(asset.parameters),
        tags=[_tag(tag, source) for tag, source in site.tags().values() if tag.asset == asset.id],
        alarms=[_alarm(rule) for rule in site.alarms if rule.asset == asset.id],
        values={value.name: value.unit for value in (known.values_out if known else ())},
    )


def _tag(tag: Tag, source: Source) -> TagItem:
    return TagItem(tag.id, tag.measurand, tag.name, tag.description, tag.unit, tag.unit_si, source.name)


def _alarm(rule: AlarmRule) -> AlarmItem:
    return AlarmItem(rule.name, rule.quantity, rule.operator, rule.limit, rule.window, rule.priority)
