"""`thermaliq simulate`: the plant of the compose file, alone, for the connectors of another process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fix_prometheus import free_port

CLI = (sys.executable, "-m", "thermaliq.cli")


@pytest.fixture
def plant(mqtt_url: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A plant that serves, and its site file."""
    site = tmp_path / "plant.toml"
    ports = ("--modbus-port", str(free_port()), "--opcua-port", str(free_port()))
    command = [*CLI, "simulate", str(site), "--broker", mqtt_url, *ports]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=os.environ)
    assert process.stdout
    assert str(site) in process.stdout.readline()
    yield process, site
    process.kill()
    process.wait(10)
    process.stdout.close()


def test_every_source_of_its_site_file_can_be_read(plant: tuple[subprocess.Popen[str], Path]) -> None:
    process, site = plant
    done = subprocess.run([*CLI, "test", str(site), "--json"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert rows
    assert all(row["value"] is not None for row in rows)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_without_its_broker_it_says_so(tmp_path: Path) -> None:
    command = [*CLI, "simulate", str(tmp_path / "plant.toml"), "--broker", f"mqtt://127.0.0.1:{free_port()}"]
    ports = ["--modbus-port", str(free_port()), "--opcua-port", str(free_port())]
    done = subprocess.run([*command, *ports], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 69
    assert "does not answer" in done.stderr


def test_a_folder_that_is_not_there_is_a_wrong_argument(mqtt_url: str) -> None:
    ports = ["--modbus-port", str(free_port()), "--opcua-port", str(free_port())]
    command = [*CLI, "simulate", "/nowhere/plant.toml", "--broker", mqtt_url, *ports]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 78
    assert "/nowhere/plant.toml cannot be written" in done.stderr
