"""The site files that the project ships are well."""

from __future__ import annotations

from pathlib import Path

import pytest

from thermaliq.site_files import check_sites

ROOT = Path(__file__).parents[2]
SHIPPED = [*ROOT.glob("connectors/*/sample.toml"), *ROOT.glob("connectors/simulator/sites/*.toml")]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_shipped_site_file_is_without_an_error(file: Path) -> None:
    sites, findings = check_sites([file])

    assert [finding for finding in findings if not finding.warning] == []
    assert len(sites) == 1


def test_site_files_are_shipped() -> None:
    assert {file.name for file in SHIPPED} >= {"sample.toml", "boiler.toml"}
