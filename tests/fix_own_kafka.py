"""A Kafka of the test's own, from a second checkout's folder: what happens to it happens to nobody else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


class OwnKafka:
    """Started, killed and started again; it keeps its port and its records."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = _free_pair()
        shutil.copytree(CHECKOUT / "deploy" / "local", folder / "deploy" / "local")

    @property
    def bootstrap(self) -> str:
        """Where clients begin."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, where it does not run; returns when it answers."""
        self._run("up")

    def kill(self) -> None:
        """SIGKILL, and wait until its last thread has let go of the port."""
        pid = int((self._folder / ".services" / "kafka" / "pid").read_text())
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists() or _taken(self._port) or _taken(self._port + 1):
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it in good order."""
        self._run("down")

    def _run(self, verb: str) -> str:
        script = str(self._folder / "deploy" / "local" / "kafka.sh")
        environment = os.environ | {"SERVICES_KAFKA_PORT": str(self._port)}
        done = subprocess.run([script, verb], env=environment, capture_output=True, text=True, timeout=150, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_pair() -> int:
    """A port that is free with the one after it, outside those that the kernel and other checkouts pick."""
    while True:
        port = random.randrange(22_000, 25_000, 2)
        with suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[OwnKafka]:
    """It runs already."""
    broker = OwnKafka(tmp_path / "checkout")
    broker.start()
    yield broker
    broker.stop()
