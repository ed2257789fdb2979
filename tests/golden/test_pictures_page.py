"""`docs/pictures.md` shows what the code draws; the numbers are compared, not the pixels."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pictured import in_svg
from thermaliq.picture_pages import picture_files

DOCS = Path(__file__).parents[2] / "docs"
FILES = picture_files()


def approximately(value: object) -> object:
    """The same but for the last digits, which another processor may round otherwise."""
    match value:
        case float():
            return pytest.approx(value, rel=1e-9, abs=1e-9)
        case dict():
            return {name: approximately(item) for name, item in value.items()}
        case list():
            return [approximately(item) for item in value]
    return value


@pytest.mark.parametrize("name", sorted(set(FILES) - {"pictures.md"}))
def test_the_committed_picture_has_the_numbers_that_the_code_gives(name: str) -> None:
    assert in_svg((DOCS / name).read_bytes()) == approximately(in_svg(FILES[name]))


def test_the_page_names_every_picture_and_no_other() -> None:
    assert (DOCS / "pictures.md").read_bytes() == FILES["pictures.md"]
    assert {f"pictures/{path.name}" for path in (DOCS / "pictures").iterdir()} == set(FILES) - {"pictures.md"}
