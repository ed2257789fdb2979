"""The alert rules, and the dashboards' PromQL, as the real programs judge them."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from prometheus_client import CollectorRegistry, start_http_server
from ruamel.yaml import YAML

from deploy.grafana.limits import LIMITS
from tests.exported_metrics import whole_product
from tests.fix_prometheus import free_port, said_by
from tests.grafana_queries import expressions
from tests.unit.test_worker_metrics import certificate

ROOT = Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RULE_FILES = sorted((PROMETHEUS / "rules").glob("*.yml"))
TEST_FILES = sorted((PROMETHEUS / "tests").glob("*.yml"))
OF_TARGET = {  # name → (limit, for, severity), as the infrastructure target has them
    "GL009HighErrorRate": (0.05, "5m", "critical"),
    "GL009HighLatency": (5, "10m", "warning"),
    "GL009PodDown": (2, "5m", "critical"),
    "GL009HighMemoryUsage": (0.9, "10m", "warning"),
    "GL009HighCPUUsage": (1.8, "10m", "warning"),
    "GL009HighQueueDepth": (100, "5m", "warning"),
    "GL009DatabasePoolExhaustion": (0.9, "5m", "critical"),
    "GL009RedisConnectionFailure": (10, "5m", "critical"),
}
OF_OTHERS = {"up", "thermaliq_backup_completed_timestamp_seconds"}
"""Prometheus' own, and the backup job's."""
NAME = re.compile(r"\b(?:thermaliq|http|pod|database|redis|calculation|active)_[a-z0-9_]+|\bup\b")
SAMPLES = re.compile(r"(?m)^([a-z_0-9]+)[{ ]")


def load(file: Path) -> Any:
    return YAML(typ="safe").load(file)


RULES = {rule["alert"]: rule for file in RULE_FILES for group in load(file)["groups"] for rule in group["rules"]}


def limit_of(expression: str) -> float:
    """The number that an alert compares with, at its end."""
    found = re.search(r"[<>] ([\d.]+)\s*$", expression)
    assert found, expression
    return float(found[1])


def names_in(expression: str) -> set[str]:
    """The metrics of an expression; what stands in quotes or braces, after `by` or in brackets, is none."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|\b(by|on|without) *\([^)]*\)', "", expression)
    return set(NAME.findall(bare))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> CollectorRegistry:
    """The metrics of the whole product."""
    file = tmp_path_factory.mktemp("pki") / "own.pem"
    file.write_bytes(certificate(datetime.now(UTC) + timedelta(days=9)).public_bytes(Encoding.PEM))
    return whole_product(file)


@pytest.fixture(scope="module")
def url(told: CollectorRegistry) -> Iterator[str]:
    """The metrics over HTTP."""
    server, thread = start_http_server(0, "127.0.0.1", told)
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_promtool_finds_the_rules_well(prometheus_tools: None) -> None:
    said_by("promtool", "check", "rules", "--lint=all", "--lint-fatal", *RULE_FILES)
    said_by("promtool", "check", "config", PROMETHEUS / "prometheus.yml")


def test_amtool_finds_the_routes_well(prometheus_tools: None) -> None:
    assert "2 receivers" in said_by("amtool", "check-config", PROMETHEUS / "alertmanager.yml")


@pytest.mark.parametrize(("severity", "receiver"), [("critical", "on_call"), ("warning", "watchers")])
def test_an_alert_goes_to_whom_it_concerns(prometheus_tools: None, severity: str, receiver: str) -> None:
    config = f"--config.file={PROMETHEUS / 'alertmanager.yml'}"
    assert said_by("amtool", "config", "routes", "test", config, f"severity={severity}").strip() == receiver


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda file: file.stem)
def test_alerts_fire_when_they_should_and_only_then(prometheus_tools: None, file: Path) -> None:
    said_by("promtool", "test", "rules", file.name, folder=file.parent)


def test_a_wrong_expectation_is_noticed(prometheus_tools: None, tmp_path: Path) -> None:
    text = (PROMETHEUS / "tests" / "service.yml").read_text().replace("6% of the answers", "7% of the answers")
    wrong = tmp_path / "service.yml"
    wrong.write_text(text.replace("../rules", str(PROMETHEUS / "rules")))
    done = subprocess.run(["promtool", "test", "rules", wrong], capture_output=True, text=True, check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("alert", RULES)
def test_each_alert_is_tested_firing_and_not_firing(alert: str) -> None:
    cases = [case for file in TEST_FILES for test in load(file)["tests"] for case in test["alert_rule_test"]]
    mine = [case for case in cases if case["alertname"] == alert]
    assert any(case["exp_alerts"] for case in mine)
    assert any(not case["exp_alerts"] for case in mine)


@pytest.mark.parametrize("alert", RULES)
def test_each_alert_has_a_runbook(alert: str) -> None:
    page = ROOT / RULES[alert]["annotations"]["runbook"]
    assert page == ROOT / "docs" / "runbooks" / f"{alert}.md"
    assert page.read_text().startswith(f"# {alert}\n")
    assert f"({alert}.md)" in (page.parent / "README.md").read_text()


@pytest.mark.parametrize(("alert", "figures"), OF_TARGET.items())
def test_an_alert_of_the_target_has_its_figures(alert: str, figures: tuple[float, str, str]) -> None:
    rule = RULES[alert]
    assert (limit_of(rule["expr"]), rule["for"], rule["labels"]["severity"]) == figures


@pytest.mark.parametrize("alert", LIMITS)
def test_a_dashboard_turns_red_where_the_alert_fires(alert: str) -> None:
    assert limit_of(RULES[alert]["expr"]) == LIMITS[alert]


def test_only_metrics_that_are_exported_are_asked_for(url: str) -> None:
    exported = set(SAMPLES.findall(httpx.get(f"http://{url}/metrics").text)) | OF_OTHERS
    asked = {place: names_in(text) for place, text in expressions()}
    asked |= {alert: names_in(rule["expr"]) for alert, rule in RULES.items()}
    assert {place: names - exported for place, names in asked.items() if names - exported} == {}
    assert all(asked.values())


def test_promtool_finds_the_metrics_well(prometheus_tools: None, url: str) -> None:
    text = httpx.get(f"http://{url}/metrics").text
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert done.stderr + done.stdout == ""


@pytest.fixture
def prometheus_url(prometheus_tools: None, url: str, tmp_path: Path) -> Iterator[str]:
    """A real Prometheus that scrapes the product."""
    job = f"{{job_name: gl-009-thermaliq, static_configs: [{{targets: ['{url}']}}]}}"
    (tmp_path / "prometheus.yml").write_text(f"global: {{scrape_interval: 250ms}}\nscrape_configs: [{job}]\n")
    port = free_port()
    options = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{port}"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(["prometheus", *options], cwd=tmp_path, stdout=log, stderr=log)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


async def scraped(client: httpx.AsyncClient, times: int = 4, within_s: float = 30) -> None:
    """Return once there are so many scrapes."""
    for _ in range(int(within_s / 0.1)):
        try:
            if any(float(row["value"][1]) >= times for row in await asked(client, "count_over_time(up[1m])")):
                return
        except httpx.ConnectError:
            pass
        await asyncio.sleep(0.1)
    pytest.fail("Prometheus did not scrape")


async def asked(client: httpx.AsyncClient, expression: str) -> list[dict[str, Any]]:
    """The series that answer now."""
    answer = await client.get("/api/v1/query", params={"query": expression})
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return []
    assert answer.status_code == httpx.codes.OK, f"{expression}: {answer.text}"
    found: list[dict[str, Any]] = answer.json()["data"]["result"]
    return found


async def test_every_promql_query_answers(prometheus_url: str) -> None:
    async with httpx.AsyncClient(base_url=prometheus_url) as client:
        await scraped(client)
        queries = [(place, text.replace("$__rate_interval", "1m")) for place, text in expressions()]
        assert [place for place, text in queries if not await asked(client, text)] == []
