"""The site file of the published interfaces: read whole, and every key of it guarded against a slip of the finger."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas import site_text
from schemas.errors import Finding
from schemas.site import Site
from schemas.site_file import SiteText, load
from thermaliq.site_files import VOCABULARY

EXAMPLE = (Path(__file__).parent / "sites" / "interfaces.toml").read_text(encoding="utf-8")
DOCUMENT = site_text.parse(EXAMPLE)
KEYS = [path for path, span in DOCUMENT.spans.items() if span.written and isinstance(path[-1], str)]
OPTIONAL = {
    *("timezone", "atmospheric_pressure", "lateness", "idle_after", "late_accept", "poll_interval_s", "timeout_s"),
    *("type@source", "word_order", "byte_order", "scale", "offset", "valid_range", "accuracy", "hold_limit_s"),
    *("name@tag", "origin", "publishing_interval_s", "sampling_interval_s", "trigger", "backfill", "topic_filters"),
    *("qos", "password_file", "device", "value", "timestamp", "group", "fuel_cutoff", "steam", "exclude_when"),
    *("min_coverage", "window@alarm", "hysteresis", "on_delay", "off_delay", "beyond_uncertainty", "priority"),
    *("advance", "inputs@none", "parameters@none"),
}
INSTEAD = {"sparkplug": "topic"}
"""The key that is asked for where one of two is needed."""


def check(text: str) -> tuple[Site | None, list[Finding]]:
    return load(SiteText("mill.toml", "/plant", text.encode()), VOCABULARY, lambda _path: True)


def errors(text: str) -> list[Finding]:
    return [finding for finding in check(text)[1] if not finding.warning]


def test_the_published_example_is_without_a_finding() -> None:
    site, findings = check(EXAMPLE)

    assert findings == []
    assert site is not None
    assert (len(site.sources), len(site.tags()), len(site.assets), len(site.alarms)) == (5, 8, 1, 1)


@pytest.mark.parametrize("path", KEYS, ids=site_text.dotted)
def test_a_misspelt_key_is_named_with_its_line_and_the_nearest_known_one(path: site_text.Path) -> None:
    line, key = DOCUMENT.line(path), str(path[-1])
    lines = EXAMPLE.split("\n")
    lines[line - 1] = re.sub(rf"\b{key}(\s*=\s*{re.escape(DOCUMENT.written(path))})", rf"{key}x\1", lines[line - 1])

    found = [
        finding for finding in errors("\n".join(lines)) if finding.key == site_text.dotted((*path[:-1], f"{key}x"))
    ]

    assert [(finding.line, finding.value) for finding in found] == [(line, DOCUMENT.written(path))]
    assert f"`{key}`" in found[0].fix


@pytest.mark.parametrize("path", KEYS, ids=site_text.dotted)
def test_an_absent_key_has_its_default_or_is_missed_at_its_table(path: site_text.Path) -> None:
    found = errors(without(path))

    if is_optional(path):
        assert found == []
    else:
        wanted = site_text.dotted((*path[:-1], INSTEAD.get(str(path[-1]), path[-1])))
        missed = [finding.line for finding in found if finding.key.startswith(wanted)]
        assert set(missed) == {site_text.parse(without(path)).line(path[:-1])}


@pytest.mark.parametrize("path", KEYS, ids=site_text.dotted)
def test_a_value_of_a_wrong_kind_is_named_as_it_is_written(path: site_text.Path) -> None:
    line, written = DOCUMENT.line(path), DOCUMENT.written(path)
    lines = EXAMPLE.split("\n")
    lines[line - 1] = re.sub(rf"\b{path[-1]}\s*=\s*{re.escape(written)}", f"{path[-1]} = 1979-05-27", lines[line - 1])

    found = [finding for finding in errors("\n".join(lines)) if finding.key == site_text.dotted(path)]

    assert [(finding.line, finding.value) for finding in found] == [(line, "1979-05-27")]


def without(path: site_text.Path) -> str:
    line, written = DOCUMENT.line(path), DOCUMENT.written(path)
    lines = EXAMPLE.split("\n")
    lines[line - 1] = re.sub(rf"\b{path[-1]}\s*=\s*{re.escape(written)}\s*,?", "", lines[line - 1], count=1)
    lines[line - 1] = re.sub(r",\s*}", " }", lines[line - 1])
    return "\n".join(lines)


def is_optional(path: site_text.Path) -> bool:
    key = str(path[-1])
    table = next(step for step in reversed(path[:-1]) if isinstance(step, str))
    return key in OPTIONAL or f"{key}@{table}" in OPTIONAL or f"{key}@{path[0]}" in OPTIONAL
