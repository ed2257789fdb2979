"""Debian's own Prometheus and Alertmanager tools; no daemon of theirs is started by installing them."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def prometheus_tools() -> None:
    """`prometheus`, `promtool` and `amtool` on the path."""
    script = ROOT / "deploy" / "local" / "packages.sh"
    subprocess.run([script, "prometheus", "prometheus-alertmanager"], check=True, timeout=300)
    for tool in ("prometheus", "promtool", "amtool"):
        assert shutil.which(tool), f"{tool} was not installed"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def said_by(*command: str | Path, folder: Path = ROOT) -> str:
    """What a tool prints; it fails where the tool does."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout
