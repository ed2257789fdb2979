"""Whatever stands in a site file, checking it ends with a site or with findings, never with a stack trace."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from schemas.site_file import SiteText, load
from thermaliq.site_files import VOCABULARY

EXAMPLE = (Path(__file__).parents[1] / "golden" / "sites" / "edge.toml").read_text(encoding="utf-8").splitlines()
SCRAPS = [
    "",
    "x = 1",
    "[[source]]",
    "[site]",
    "[[asset]]",
    "id = 7",
    'unit = "bar"',
    "tag = 3",
    "windows = [1]",
    "[asset]",
]
SCRAPS += ["when = [[]]", 'id = "mill/x"', "inputs = { a = { b = 1 } }", "site = 1", "source = {}", 'protocol = "push"']


def outcome(data: bytes) -> bool:
    site, findings = load(SiteText("x.toml", "/plant", data), VOCABULARY, lambda _path: False)
    lines = data.count(b"\n") + 1
    assert all(1 <= finding.line <= lines and finding.fix for finding in findings)
    return (site is None) == any(not finding.warning for finding in findings)


@given(st.lists(st.tuples(st.integers(0, len(EXAMPLE) - 1), st.sampled_from(SCRAPS)), max_size=4))
def test_lines_exchanged_for_scraps_are_a_site_or_findings(changes: list[tuple[int, str]]) -> None:
    lines = list(EXAMPLE)
    for number, scrap in changes:
        lines[number] = scrap

    assert outcome("\n".join(lines).encode())


@given(st.binary(max_size=60))
def test_any_bytes_are_a_site_or_findings(data: bytes) -> None:
    assert outcome(data)


@given(st.sampled_from(EXAMPLE), st.integers(0, 60), st.text(max_size=3))
def test_a_line_with_anything_put_into_it_is_a_site_or_findings(line: str, at: int, scrap: str) -> None:
    text = "\n".join(EXAMPLE).replace(line, line[:at] + scrap + line[at:], 1)

    assert outcome(text.encode("utf-8", "surrogatepass"))
