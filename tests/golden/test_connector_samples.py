"""Every connector's sample is a site file without an error, so no README can rot."""

from pathlib import Path

import pytest

from schemas.site_file import SiteText, load
from thermaliq.site_files import VOCABULARY

CONNECTORS = Path(__file__).parents[2] / "connectors"


@pytest.mark.parametrize("sample", sorted(CONNECTORS.glob("*/sample.toml")), ids=lambda sample: sample.parent.name)
def test_the_sample_of_a_connector_is_without_an_error(sample: Path) -> None:
    site, findings = load(
        SiteText(str(sample), str(sample.parent), sample.read_bytes()), VOCABULARY, lambda _path: True
    )
    assert [str(finding) for finding in findings if not finding.warning] == []
    assert site is not None
    assert {source.protocol for source in site.sources} == {sample.parent.name}
