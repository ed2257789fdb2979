"""The committed dashboards are what the builders make, and keep the rules that Grafana does not check."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from deploy.grafana.build import DASHBOARDS, FOLDER, text_of
from tests.grafana_queries import DASHBOARDS as COMMITTED
from tests.grafana_queries import View, expanded, statements

PROVISIONING = FOLDER.parent / "provisioning"
FOLDERS = {"plant": "THERMALIQ Plant", "operations": "THERMALIQ Operations"}
NESTED = re.compile(r"\$__\w+\([^)]*\(")


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path)


SOURCES = {made["uid"]: made for made in load(PROVISIONING / "datasources" / "thermaliq.yml")["datasources"]}
PROVIDERS = {made["name"]: made for made in load(PROVISIONING / "dashboards" / "thermaliq.yml")["providers"]}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_committed_file_is_what_the_builders_make(name: str) -> None:
    committed = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert committed == text_of(DASHBOARDS[name]), "run: python -m deploy.grafana.build"


def test_there_is_no_other_file() -> None:
    assert set(COMMITTED) == set(DASHBOARDS) == set(PROVIDERS)


def test_each_dashboard_has_an_address_of_its_own() -> None:
    assert len({board["uid"] for board in COMMITTED.values()}) == len(COMMITTED)


@pytest.mark.parametrize("name", COMMITTED)
def test_a_dashboard_stands_in_the_folder_of_its_tag(name: str) -> None:
    provider = PROVIDERS[name]
    assert provider["folder"] == FOLDERS[COMMITTED[name]["tags"][1]]
    assert Path(provider["options"]["path"]).name == f"{name}.json"


@pytest.mark.parametrize("name", COMMITTED)
def test_a_panel_says_what_it_shows_and_in_which_unit(name: str) -> None:
    panels = COMMITTED[name]["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    for panel in panels:
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert panel["datasource"]["uid"] in SOURCES
        assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])


@pytest.mark.parametrize("name", COMMITTED)
def test_panels_lie_side_by_side_and_never_on_each_other(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in COMMITTED[name]["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_macros_hold_no_parenthesis_and_only_views_are_read() -> None:
    for statement in statements():
        assert not NESTED.search(statement.text), statement.place
        assert set(re.findall(r"thermaliq\.(\w+)", statement.text)) <= {
            "v_point", "v_reading", "v_alarm", "v_alarm_transition", "v_gap", "v_dead_letter",
        }  # fmt: skip
        assert "time_bucket" not in statement.text


def test_the_database_is_read_by_a_login_whose_password_stands_in_a_file() -> None:
    source = SOURCES["thermaliq-database"]
    assert source["secureJsonData"] == {"password": "$__file{/secrets/database_reader_password}"}
    assert source["jsonData"]["sslmode"] == "$GRAFANA_DATABASE_SSLMODE"
    assert source["jsonData"]["sslRootCertFile"] == "$GRAFANA_DATABASE_CA_FILE"
    assert source["jsonData"]["timescaledb"] is False


@pytest.mark.parametrize(
    ("text", "timescaledb", "wanted"),
    [
        ("$__timeFilter(time)", False, "time BETWEEN '1970-01-01T00:00:01Z' AND '1970-01-01T00:00:02Z'"),
        ("$__timeGroupAlias(time, $__interval)", False, 'floor(extract(epoch from time)/60)*60 AS "time"'),
        ("$__timeGroup(time, '1h') ORDER", True, "time_bucket('3600.000s',time) ORDER"),
        ("$__timeGroup(time, 5m), x", True, "time_bucket('300.000s',time) AS \"time\", x"),
        ("a = ${asset:sqlstring}", False, "a = 'o''brien/boiler'"),
    ],
)
def test_macros_are_expanded_as_grafana_does(text: str, timescaledb: bool, wanted: str) -> None:
    view = View(1_000_000, 2_000_000, {"asset": "o'brien/boiler"}, timescaledb=timescaledb)
    assert expanded(text, view) == wanted


def test_an_unknown_macro_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown macro __timeGap"):
        expanded("$__timeGap(time)", View(0, 1, {}))
