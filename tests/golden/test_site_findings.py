"""Site files with everything wrong: all findings at once, in the order of the file, as people read them.

`sites/<name>.findings` holds them as `line|key|value|fix`, a warning's line followed by `?`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import Finding
from schemas.site_file import SiteText, load
from thermaliq.site_files import VOCABULARY

SITES = Path(__file__).parent / "sites"


@pytest.mark.parametrize("name", ["wrong_sources", "wrong_assets", "edge"])
def test_every_finding_of_a_file_is_listed(name: str) -> None:
    text = SiteText(f"{name}.toml", "/plant", (SITES / f"{name}.toml").read_bytes())

    site, findings = load(text, VOCABULARY, lambda _path: False)

    assert [written(finding) for finding in findings] == (SITES / f"{name}.findings").read_text("utf-8").splitlines()
    assert (site is None) == any(not finding.warning for finding in findings)


def written(finding: Finding) -> str:
    return "|".join([f"{finding.line}{'?' * finding.warning}", finding.key, finding.value, finding.fix])
