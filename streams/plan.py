"""The loaded sites compiled for the pipeline: which series feed which asset, how its panes lie, what its points say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import gcd, inf
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from calc.asset_type import AssetType
from schemas import site as sites
from schemas.ids import split_tag
from streams.models import Model, compile_model, fitted


class Slot(NamedTuple):
    """What a watermark is kept of: the asset of the tags and the source that carries them."""

    asset: int
    source: str


@dataclass(frozen=True)
class SeriesPlan:
    """One tag's series as the pipeline sees it."""

    series: int
    tag: sites.Tag
    slot: Slot


@dataclass(frozen=True)
class AssetPlan:
    """One computed asset. `inputs` and the rest run parallel to `model.names`."""

    number: int
    asset: sites.Asset
    model: Model
    series: tuple[int, ...]
    labels: tuple[str, ...]
    """How a reason names each input: the measurand, or the whole tag id where it is another asset's."""
    hold_us: tuple[int, ...]
    accuracies: tuple[sites.Accuracy | None, ...]
    calibration_groups: tuple[str | None, ...]
    slots: tuple[Slot, ...]
    """Sources of the required inputs: the watermark is the least of theirs."""
    spare_slots: tuple[Slot, ...]
    """Sources that carry only other inputs."""
    lateness_us: Mapping[Slot, int]
    idle_after_us: Mapping[Slot, int]
    late_accept_us: int
    pane_us: int
    rules: tuple[sites.AlarmRule, ...]
    provenance: str
    provenance_document: bytes

    @property
    def windows(self) -> tuple[sites.Window, ...]:
        """The asset's windows, in the order of the site file."""
        return self.asset.windows

    @property
    def longest_us(self) -> int:
        """Length of the longest window."""
        return max(window.length_us for window in self.windows)

    @property
    def reach_us(self) -> int:
        """How far back of a pane a reading may still stand in it."""
        return max(self.hold_us)


@dataclass(frozen=True)
class TagAsset:
    """An asset as a record names it: its measurands, and the computed assets of its group that may use them."""

    id: str
    number: int
    group: str
    measurands: Mapping[str, int]
    users: tuple[AssetPlan, ...]


@dataclass(frozen=True)
class Plan:
    """All loaded sites."""

    site_ids: frozenset[str]
    tag_assets: Mapping[str, TagAsset]
    assets: Mapping[int, AssetPlan]
    series: Mapping[int, SeriesPlan]
    groups: Mapping[int, str]
    """Asset number → group."""
    lower: NDArray[np.float64] = field(repr=False)
    """Valid range by series number."""
    upper: NDArray[np.float64] = field(repr=False)
    slot_of: NDArray[np.int32] = field(repr=False)
    """Index into `slots` by series number."""
    slots: tuple[Slot, ...] = field(repr=False)
    known_slots: frozenset[Slot] = field(repr=False)


def canonical_json(document: object) -> bytes:
    """The same document is always the same bytes."""
    return msgspec.json.encode(document, order="sorted")


def pane_length_us(windows: Sequence[sites.Window]) -> int:
    """The longest pane of which every window and every advance is a whole number."""
    return reduce(gcd, (value for window in windows for value in (window.length_us, window.advance_us)))


def compile_plan(
    loaded: Sequence[sites.Site],
    asset_numbers: Mapping[str, int],
    series_numbers: Mapping[str, int],
    types: Mapping[str, AssetType],
    versions: Mapping[str, str],
) -> Plan:
    """Compile `loaded` with the numbers that the database gave its assets and series."""
    tags = {tag_id: pair for site in loaded for tag_id, pair in site.tags().items()}
    series = {
        series_numbers[tag_id]: SeriesPlan(series_numbers[tag_id], tag, Slot(asset_numbers[tag.asset], source.name))
        for tag_id, (tag, source) in tags.items()
    }
    assets: dict[int, AssetPlan] = {}
    for site in loaded:
        for asset in site.assets:
            if asset.type != "none" and asset.windows:
                number = asset_numbers[asset.id]
                assets[number] = _compile_asset(number, asset, site, series_numbers, series, types, versions)
    return _assemble(loaded, asset_numbers, series, assets)


def _compile_asset(
    number: int,
    asset: sites.Asset,
    site: sites.Site,
    series_numbers: Mapping[str, int],
    series: Mapping[int, SeriesPlan],
    types: Mapping[str, AssetType],
    versions: Mapping[str, str],
) -> AssetPlan:
    units = {name: series[series_numbers[tag_id]].tag.unit_si for name, tag_id in asset.inputs.items()}
    model = compile_model(fitted(types[asset.type], asset, units), asset)
    tag_ids = [model.tag_of(name) for name in model.names]
    plans = [series[series_numbers[tag_id]] for tag_id in tag_ids]
    feeding = tuple(
        dict.fromkeys(plan.slot for plan, name in zip(plans, model.names, strict=True) if name in model.required)
    )
    spare = tuple(slot for slot in dict.fromkeys(plan.slot for plan in plans) if slot not in feeding)
    sources = {source.name: source for source in site.sources}
    document = canonical_json(_provenance(site, asset, model, versions))
    return AssetPlan(
        number=number,
        asset=asset,
        model=model,
        series=tuple(plan.series for plan in plans),
        labels=tuple(_label(asset.id, tag_id) for tag_id in tag_ids),
        hold_us=tuple(plan.tag.hold_limit_us for plan in plans),
        accuracies=tuple(plan.tag.accuracy for plan in plans),
        calibration_groups=tuple(plan.tag.calibration_group for plan in plans),
        slots=feeding,
        spare_slots=spare,
        lateness_us={slot: sources[slot.source].lateness_us for slot in (*feeding, *spare)},
        idle_after_us={slot: sources[slot.source].idle_after_us for slot in (*feeding, *spare)},
        late_accept_us=site.late_accept_us,
        pane_us=pane_length_us(asset.windows),
        rules=tuple(rule for rule in site.alarms if rule.asset == asset.id),
        provenance="sha256:" + hashlib.sha256(document).hexdigest(),
        provenance_document=document,
    )


def _label(asset: str, tag_id: str) -> str:
    owner, measurand = split_tag(tag_id)
    return measurand if owner == asset else tag_id


def _provenance(site: sites.Site, asset: sites.Asset, model: Model, versions: Mapping[str, str]) -> dict[str, object]:
    heating_value = {
        name: asset.parameters.get(name) for name in ("LHV", "HHV") if asset.parameters.get(name) is not None
    }
    return {
        "site": site.id,
        "site_revision": site.revision,
        "asset": asset.id,
        "type": asset.type,
        "method": model.method,
        "inputs": dict(asset.inputs),
        "parameters": dict(asset.parameters),
        "defaults": sorted(asset.defaulted),
        "heating_value": heating_value,
        "atmospheric_pressure_pa": site.atmospheric_pressure_pa,
        "versions": dict(versions),
    }


def _assemble(
    loaded: Sequence[sites.Site],
    asset_numbers: Mapping[str, int],
    series: Mapping[int, SeriesPlan],
    assets: Mapping[int, AssetPlan],
) -> Plan:
    size = max(series, default=-1) + 1
    lower, upper = np.full(size, -inf), np.full(size, inf)
    slots = tuple(dict.fromkeys(plan.slot for plan in series.values()))
    slot_index = {slot: index for index, slot in enumerate(slots)}
    slot_of = np.full(size, -1, np.int32)
    for number, plan in series.items():
        slot_of[number] = slot_index[plan.slot]
        if plan.tag.valid_range is not None:
            lower[number], upper[number] = plan.tag.valid_range
    groups = {asset_numbers[asset.id]: asset.group for site in loaded for asset in site.assets}
    return Plan(
        site_ids=frozenset(site.id for site in loaded),
        tag_assets=_tag_assets(loaded, asset_numbers, series, assets),
        assets=assets,
        series=series,
        groups=groups,
        lower=lower,
        upper=upper,
        slot_of=slot_of,
        slots=slots,
        known_slots=frozenset(slots),
    )


def _tag_assets(
    loaded: Sequence[sites.Site],
    asset_numbers: Mapping[str, int],
    series: Mapping[int, SeriesPlan],
    assets: Mapping[int, AssetPlan],
) -> dict[str, TagAsset]:
    measurands: dict[str, dict[str, int]] = {}
    for number, plan in series.items():
        measurands.setdefault(plan.tag.asset, {})[plan.tag.measurand] = number
    result: dict[str, TagAsset] = {}
    for site in loaded:
        for asset in site.assets:
            own = measurands.get(asset.id, {})
            numbers = frozenset(own.values())
            users = tuple(plan for plan in assets.values() if numbers.intersection(plan.series))
            result[asset.id] = TagAsset(asset.id, asset_numbers[asset.id], asset.group, own, users)
    return result
