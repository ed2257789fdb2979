"""Writes the dashboards' JSON files; run as `python -m deploy.grafana.build` after a change of any of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.plant import one_asset, plant_overview
from deploy.grafana.service import operations, pipeline
from deploy.grafana.trust import alarms, data_quality

FOLDER: Final = Path(__file__).parent / "dashboards"
DASHBOARDS: Final[Mapping[str, Callable[[], dashboard.Dashboard]]] = {
    "plant_overview": plant_overview,
    "one_asset": one_asset,
    "alarms": alarms,
    "data_quality": data_quality,
    "pipeline": pipeline,
    "operations": operations,
}
"""File → what it shows; `provisioning/dashboards` says in which folder of Grafana it stands."""


def text_of(make: Callable[[], dashboard.Dashboard]) -> str:
    """A dashboard's file; its panels are numbered in their order."""
    made: dict[str, Any] = json.loads(json.dumps(make().readonly().build(), cls=JSONEncoder))
    for number, panel in enumerate(made["panels"], start=1):
        panel["id"] = number
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every file."""
    for name, make in DASHBOARDS.items():
        (FOLDER / f"{name}.json").write_text(text_of(make), encoding="utf-8")


if __name__ == "__main__":
    main()
