"""docker-compose.yml is valid, starts in order, offers ports to this machine alone, and knows no secret."""

import os
import re
import shlex
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from thermaliq.access.keys import parse_keys
from thermaliq.cli import COMMANDS
from thermaliq.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCUMENT: dict[str, Any] = YAML(typ="safe").load(COMPOSE)
SERVICES: dict[str, Any] = DOCUMENT["services"]
OURS = {name: made for name, made in SERVICES.items() if "build" in made}
ONCE = {"secrets", "migrate", "logins", "topics"}
NATIVE = {"kafka", "timescaledb", "redis", "mosquitto"}


def schema_says(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def awaited(name: str) -> set[str]:
    """Everything that a service waits for."""
    direct = set(SERVICES[name].get("depends_on", {}))
    return direct.union(*(awaited(other) for other in direct))


def test_it_follows_the_compose_specification() -> None:
    assert (said := schema_says(COMPOSE)).returncode == 0, said.stdout


def test_the_specification_refuses_an_unknown_key(tmp_path: Path) -> None:
    wrong = tmp_path / COMPOSE.name
    wrong.write_text(COMPOSE.read_text().replace("healthcheck:", "health-check:", 1))
    assert "health-check" in schema_says(wrong).stdout


def test_it_has_the_services_of_make_services() -> None:
    native = {script.stem for script in (ROOT / "deploy" / "local").glob("*.sh")}
    assert native & set(SERVICES) == NATIVE


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_limited_watched_and_local(name: str) -> None:
    service = SERVICES[name]
    _, tag = service["image"].split(":")
    assert tag.count(".") == 2, "a full version"
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory"} <= limits.keys()
    assert name in ONCE or name in OURS or service["healthcheck"]["test"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


@pytest.mark.parametrize("name", set(SERVICES) - {"secrets"})
def test_everything_waits_until_the_secrets_are_made(name: str) -> None:
    assert "secrets" in awaited(name)


@pytest.mark.parametrize("name", SERVICES)
def test_what_runs_once_is_awaited_to_its_end_and_the_rest_until_it_is_well(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if other in ONCE else "service_healthy"
        assert how["condition"] == wanted, other


@pytest.mark.parametrize("name", OURS)
def test_ours_run_without_privileges_on_a_root_that_cannot_be_written(name: str) -> None:
    service = OURS[name]
    assert service["user"] == "1000:1000"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["build"]["dockerfile"] == "deploy/Dockerfile"


@pytest.mark.parametrize("name", OURS)
def test_ours_have_right_settings_and_a_command_that_there_is(name: str) -> None:
    service = OURS[name]
    settings = {key: str(value) for key, value in service["environment"].items()}
    found = read_settings(settings, lambda path: "redis://x" if "redis" in path else "postgresql://x/y")
    assert not found.warnings
    assert shlex.split(service.get("command", "serve"))[0] in COMMANDS


def test_no_secret_stands_in_the_file() -> None:
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEYS|_URL_FILE", key):
                assert str(value).startswith("/secrets/"), f"{name}: {key}"


@pytest.mark.parametrize("source", sorted({v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", ())}))
def test_what_is_mounted_is_there(source: str) -> None:
    assert (ROOT / source).exists() if source.startswith("./") else source in DOCUMENT["volumes"]


def made_secrets(folder: Path) -> str:
    """What the service `secrets` prints, run here with a `chown` that does nothing."""
    script = (ROOT / "deploy" / "compose" / "secrets.sh").read_text().replace("cd /secrets", f"cd {folder}")
    tools = folder.parent / "bin"
    tools.mkdir(exist_ok=True)
    (tools / "chown").write_text("#!/bin/sh\n")
    (tools / "chown").chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    done = subprocess.run(["sh"], input=script, capture_output=True, text=True, check=True, env={"PATH": path})
    return done.stdout


def test_secrets_are_random_and_made_once(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    said = [made_secrets(folder) for folder in folders]
    first = {file.name: file.read_text() for file in folders[0].iterdir()}
    second = {file.name: file.read_text() for file in folders[1].iterdir()}
    assert first.keys() == second.keys()
    assert all(first[name] != second[name] for name in first)
    assert all(file.stat().st_mode & 0o077 == 0 for file in folders[0].iterdir())
    assert made_secrets(folders[0]) == ""
    assert {file.name: file.read_text() for file in folders[0].iterdir()} == first
    (key,) = re.findall(r"API key, shown once: (\S+)", said[0])
    (entry,) = parse_keys(first["api_keys.toml"], "api_keys.toml").all
    assert entry.sha256 == sha256(key.encode()).hexdigest()
    mounted = {path for made in SERVICES.values() for path in re.findall(r"/secrets/([\w.]+)", str(made))}
    assert mounted <= first.keys()


def test_the_urls_hold_the_passwords_that_the_servers_know(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    made_secrets(folder)
    text = {file.name: file.read_text().strip() for file in folder.iterdir()}
    assert f":{text['database_owner_password']}@timescaledb:5432/" in text["database_owner_url"]
    assert f":{text['database_writer_password']}@timescaledb:5432/" in text["database_url"]
    assert text["redis.conf"].split()[1] in text["redis_url"]
