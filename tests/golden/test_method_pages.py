"""The method pages: as committed, one of each asset type, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from calc.asset_types import ASSET_TYPES
from calc.example_states import EXAMPLES
from calc.worked_example import work
from thermaliq.method_pages import method_page, method_pages, write

FOLDER = Path(__file__).parents[2] / "docs" / "methods"
PAGES = method_pages()


def test_every_asset_type_has_an_example_and_nothing_else_has() -> None:
    assert set(EXAMPLES) == set(ASSET_TYPES)


@pytest.mark.parametrize("name", list(PAGES))
def test_a_committed_page_is_what_the_code_says_today(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name]


def test_no_page_is_left_of_a_type_that_is_gone() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(PAGES)


@pytest.mark.parametrize("name", list(ASSET_TYPES))
def test_a_page_names_every_symbol_with_its_unit_and_the_examples_result(name: str) -> None:
    kind, page = ASSET_TYPES[name], PAGES[f"{name}.md"]
    symbols = [(item.name, item.unit, item.description) for item in (*kind.inputs, *kind.values_out, *kind.losses)]
    symbols += [(item.name, item.unit or "1", item.description) for item in kind.parameters]
    for symbol, unit, description in symbols:
        rows = [line for line in page.splitlines() if line.startswith(f"| `{symbol}` |") and description in line]
        assert rows, symbol
        assert unit == "1" or unit in rows[0]
    assert f"| **eta** | {work(name).eta:.6g} |" in page
    assert "```text" in page, "a page has a formula"


def test_writing_twice_changes_nothing_and_takes_away_what_is_stale(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old", encoding="utf-8")
    assert set(write(tmp_path)) == {*PAGES, "gone.md"}
    assert write(tmp_path) == []
    assert not (tmp_path / "gone.md").exists()
    assert (tmp_path / "pump.md").read_text(encoding="utf-8") == method_page(ASSET_TYPES["pump"])
