"""A site file: bytes → `schemas.site.Site`, and everything that is wrong with them, with line, key, value and fix.

The way: text with its places (`site_text`) → forms (`site_form`, `site_shape`) → sources, assets and alarms, each
checked with its neighbours. Nothing here reads a file: the caller hands in the bytes and says which files exist.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from schemas import ids
from schemas import site_form as form
from schemas.errors import Finding
from schemas.site import Asset, Site, Source, Tag
from schemas.site_alarms import read_alarm
from schemas.site_assets import read_asset
from schemas.site_context import Context
from schemas.site_findings import Findings
from schemas.site_group import GroupTags
from schemas.site_shape import shape
from schemas.site_sources import read_source
from schemas.site_text import Document, Path, TextError, parse
from schemas.site_vocabulary import Vocabulary

BAROMETER_LOW_PA, BAROMETER_HIGH_PA = 50_000.0, 110_000.0


@dataclass(frozen=True)
class SiteText:
    """One site file as it lies on the disk: its name for people, its absolute folder, its bytes."""

    file: str
    folder: str
    data: bytes


def load(text: SiteText, vocabulary: Vocabulary, exists: Callable[[str], bool]) -> tuple[Site | None, list[Finding]]:
    """The site, None where anything is wrong with it, and all findings in the order of the file."""
    try:
        document = parse(text.data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = text.data.count(b"\n", 0, error.start) + 1
        return None, [Finding(text.file, line, "", repr(error.object[error.start : error.end]), "write it in UTF-8")]
    except TextError as error:
        written = _line(text.data.decode("utf-8"), error.line)
        return None, [Finding(text.file, error.line, "", written, f"no TOML: {error.detail}")]
    return _read(text, document, vocabulary, exists)


def load_sites(
    texts: Sequence[SiteText], vocabulary: Vocabulary, exists: Callable[[str], bool]
) -> tuple[list[Site], list[Finding]]:
    """Several files; two of the same site id are one too many."""
    sites: dict[str, Site] = {}
    findings: list[Finding] = []
    for text in texts:
        site, found = load(text, vocabulary, exists)
        findings += found
        if site is not None and site.id in sites:
            fix = f"{sites[site.id].file} is the file of this site already; one file a site"
            findings.append(Finding(text.file, 1, "site.id", f'"{site.id}"', fix))
        elif site is not None:
            sites[site.id] = site
    return list(sites.values()), findings


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number - 1].strip() if number <= len(lines) else ""


def _read(
    text: SiteText, document: Document, vocabulary: Vocabulary, exists: Callable[[str], bool]
) -> tuple[Site | None, list[Finding]]:
    found = Findings(text.file, document)
    written = shape(form.SiteFileForm, document.tables, (), found)
    context = _surroundings(written.site, Context(found, vocabulary, text.folder, exists, written.site.id))
    declared = frozenset(asset.id for asset in written.asset)
    sources = [read_source(source, ("source", index), context, declared) for index, source in enumerate(written.source)]
    tags = _tags(sources, found)
    assets = _assets(written, tags, context)
    rules = [read_alarm(alarm, ("alarm", i), context, assets) for i, alarm in enumerate(written.alarm)]
    _check_names(written, found)
    if found.failed:
        return None, found.sorted()
    site = Site(
        id=written.site.id,
        file=posixpath.join(text.folder, posixpath.basename(text.file)),
        revision=hashlib.sha256(text.data).hexdigest(),
        timezone=written.site.timezone,
        atmospheric_pressure_pa=context.barometer_pa,
        lateness_us=context.lateness_us,
        idle_after_us=context.idle_after_us,
        late_accept_us=context.duration_us(written.site.late_accept, 0),
        sources=tuple(sources),
        assets=tuple(assets.values()),
        alarms=tuple(rule for rule in rules if rule is not None),
    )
    return site, found.sorted()


def _surroundings(site: form.SiteForm, context: Context) -> Context:
    """The context with the site's own values, checked."""
    found = context.found
    if not ids.is_site(site.id):
        found.error(("site", "id"), "a site's id is one word of a-z, 0-9 and _")
    context.zone(site.timezone, ("site", "timezone"))
    return replace(
        context,
        site_id=site.id if ids.is_site(site.id) else "",
        barometer_pa=_barometer(site.atmospheric_pressure, context),
        lateness_us=context.duration_us(site.lateness, 0),
        idle_after_us=context.duration_us(site.idle_after, 0),
    )


def _barometer(text: str, context: Context) -> float:
    path = ("site", "atmospheric_pressure")
    try:
        if context.vocabulary.quantity(text, 0.0)[1].gauge:
            context.found.error(path, 'a barometer is absolute: write it as "101.325 kPa(a)"')
    except ValueError:
        pass  # said by the next line, with the text's own fix
    pressure = context.quantity(text, "Pa", path)
    if pressure is None or context.found.has(path):
        return context.barometer_pa
    if not BAROMETER_LOW_PA <= pressure <= BAROMETER_HIGH_PA:
        context.found.warn(path, f"{pressure / 1e3:g} kPa is outside 50…110 kPa; is it the barometer at the plant?")
    return pressure


def _tags(sources: Sequence[Source], found: Findings) -> dict[str, tuple[Tag, Path]]:
    """Every tag by its id, the first of a name."""
    tags: dict[str, tuple[Tag, Path]] = {}
    for number, source in enumerate(sources):
        for index, tag in enumerate(source.tags):
            path = ("source", number, "tag", index, "id")
            if tag.id in tags:
                line = found.document.line(tags[tag.id][1])
                found.error(path, f"stands in line {line} already; a tag has one source")
            elif tag.id:
                tags[tag.id] = (tag, path)
    return tags


def _assets(written: form.SiteFileForm, tags: Mapping[str, tuple[Tag, Path]], context: Context) -> dict[str, Asset]:
    groups = {asset.id: asset.group or asset.id for asset in written.asset}
    tag_groups = {tag.id: groups.get(tag.asset, tag.asset) for tag, _ in tags.values()}
    by_group: dict[str, dict[str, Tag]] = {}
    for tag, _ in tags.values():
        by_group.setdefault(tag_groups[tag.id], {})[tag.id] = tag
    assets: dict[str, Asset] = {}
    for index, asset in enumerate(written.asset):
        group = groups[asset.id]
        seen = GroupTags(asset.id, group, by_group.get(group, {}), tag_groups)
        read = read_asset(asset, ("asset", index), context, seen)
        assets.setdefault(asset.id, read)
    return assets


def _check_names(written: form.SiteFileForm, found: Findings) -> None:
    """Sources, assets and alarms have one name each."""
    _check_once([source.name for source in written.source], "source", "name", found)
    _check_once([asset.id for asset in written.asset], "asset", "id", found)
    _check_once([f"{alarm.asset}/{alarm.name}" for alarm in written.alarm], "alarm", "name", found)


def _check_once(names: Sequence[str], table: str, key: str, found: Findings) -> None:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name.strip("/") and name in first:
            line = found.document.line((table, first[name], key))
            found.error((table, index, key), f"stands in line {line} already")
        first.setdefault(name, index)
