"""docker-compose.yml is a valid compose file, and offers its services to this machine alone, in fixed versions."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
SERVICES: dict[str, Any] = YAML(typ="safe").load(COMPOSE)["services"]


def schema_says(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_follows_the_compose_specification() -> None:
    assert (said := schema_says(COMPOSE)).returncode == 0, said.stdout


def test_the_specification_refuses_an_unknown_key(tmp_path: Path) -> None:
    wrong = tmp_path / COMPOSE.name
    wrong.write_text(COMPOSE.read_text().replace("healthcheck:", "health-check:", 1))
    assert "health-check" in schema_says(wrong).stdout


def test_it_has_the_services_of_make_services() -> None:
    native = {script.stem for script in (ROOT / "deploy" / "local").glob("*.sh")}
    assert set(SERVICES) <= native
    assert set(SERVICES) == {"kafka", "timescaledb", "redis", "mosquitto"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_watched_and_local(name: str) -> None:
    service = SERVICES[name]
    _, tag = service["image"].split(":")
    assert tag.count(".") == 2, "a full version"
    assert service["healthcheck"]["test"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
