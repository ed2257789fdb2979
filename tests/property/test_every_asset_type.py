"""Every asset type, written in a site file and computed over windows in the pipeline, is its worked example."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from calc.asset_types import ASSET_TYPES
from calc.example_states import EXAMPLES
from calc.worked_example import example_type, work
from schemas import site as sites
from schemas.point import Point
from streams.plan import compile_plan
from tests.oracle.bench import Bench
from tests.oracle.plant import SECOND_US, Parcel, Sample
from thermaliq.site_files import read_sites

MINUTE_US = 60 * SECOND_US
SCAN_US = 10 * SECOND_US
SCANS = 14
START_US = 1_763_892_000_000_000
HEAD = '[site]\nid = "mill"\nlateness = "1s"\n\n[[source]]\nname = "push"\nprotocol = "push"\n'


def tag_text(name: str, unit: str, asset: str) -> str:
    return f'\n  [[source.tag]]\n  id = "mill/{asset}/{name.lower()}"\n  unit = "{unit}"\n'


def asset_text(name: str) -> str:
    kind, example = example_type(name), EXAMPLES[name]
    units = {item.name: item.unit for item in kind.parameters}
    inputs = ", ".join(f'{key} = "{key.lower()}"' for key in example.inputs)
    parameters = ", ".join(
        f'{key} = "{value}"' if isinstance(value, str) else f'{key} = "{value!r} {units[key]}"'
        for key, value in example.parameters.items()
        if value is not None
    )
    return (
        f'\n[[asset]]\nid = "mill/{name}"\ngroup = "mill/all"\ntype = "{name}"\n'
        f"inputs = {{ {inputs} }}\nparameters = {{ {parameters} }}\n"
        'windows = [ { length = "1min", advance = "1min" } ]\n'
    )


def site_text() -> str:
    """All examples as one site, every tag in SI."""
    tags = [
        tag_text(key, unit, name)
        for name in EXAMPLES
        for key in EXAMPLES[name].inputs
        for unit in [next(item.unit for item in example_type(name).inputs if item.name == key)]
    ]
    return HEAD + "".join(tags) + "".join(asset_text(name) for name in EXAMPLES)


def parcels(name: str) -> list[Parcel]:
    """The example's state, said every ten seconds."""
    times = [START_US + scan * SCAN_US for scan in range(SCANS)]
    return [
        Parcel(
            asset=f"mill/{name}",
            feed="push",
            append_us=ts_us + SECOND_US,
            samples=tuple(
                Sample(f"mill/{name}/{key.lower()}", ts_us, value, 0) for key, value in EXAMPLES[name].inputs.items()
            ),
        )
        for ts_us in times
    ]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> sites.Site:
    file: Path = tmp_path_factory.mktemp("site") / "mill.toml"
    file.write_text(site_text(), encoding="utf-8")
    (site,), _warnings = read_sites([file])
    return site


@pytest.fixture(scope="module")
def points(loaded: sites.Site) -> Mapping[str, Point]:
    """The first whole minute of each asset."""
    assets = {asset.id: number for number, asset in enumerate(loaded.assets)}
    series = {tag_id: number for number, tag_id in enumerate(loaded.tags())}
    plan = compile_plan([loaded], assets, series, ASSET_TYPES, {"thermaliq": "test"})
    said = sorted((parcel for name in EXAMPLES for parcel in parcels(name)), key=lambda parcel: parcel.append_us)
    bench = Bench(plan).run(said)
    return {asset.type: bench.points(asset.id)[1] for asset in loaded.assets}


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_a_window_of_the_pipeline_is_the_worked_example(name: str, points: Mapping[str, Point]) -> None:
    point, worked = points[name], work(name)
    assert point.coverage == 1.0
    assert point.reasons == []
    assert point.quality == "GOOD"
    assert point.method == worked.method
    assert point.eta == pytest.approx(worked.eta, rel=1e-12)
    assert point.energy_in_j == pytest.approx(worked.energy_in_w * 60.0, rel=1e-12)
    assert point.values == pytest.approx(dict(worked.values), rel=1e-9)
    if worked.residual_w is None:
        assert point.residual_j is None
    else:
        assert point.residual_j == pytest.approx(worked.residual_w * 60.0, rel=1e-9, abs=1e-6)
