"""The product as a user runs it: its commands as processes, on a database and topics of the test's own."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

EXIT_WITHIN_S = 20.0


@dataclass
class Product:
    """One installation: its environment and the processes that a test started."""

    folder: Path
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    logs: dict[int, Path] = field(default_factory=dict)

    def with_settings(self, **settings: str) -> Product:
        """The same with other settings, as `GROUP_ID`."""
        own = {f"THERMALIQ_{name}": value for name, value in settings.items()}
        return Product(self.folder, self.environment | own, self.running, self.logs)

    def run(self, *arguments: str, expect: int = 0, within_s: float = 120.0) -> str:
        """Run a command to its end; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "thermaliq.cli", *arguments],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )
        assert done.returncode == expect, f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command that runs on; what it says goes to a file of the test's folder."""
        path = self.folder / f"{arguments[0]}-{secrets.token_hex(3)}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "thermaliq.cli", *arguments],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.running.append(process)
        self.logs[process.pid] = path
        return process

    def said(self, process: subprocess.Popen[bytes]) -> str:
        """What a started command has printed so far."""
        return self.logs[process.pid].read_text()

    async def heard(self, process: subprocess.Popen[bytes], words: str, times: int = 1, within_s: float = 60.0) -> None:
        """Wait until a started command has said `words` so often."""
        for _ in range(int(within_s / 0.1)):
            if self.said(process).count(words) >= times:
                return
            if process.poll() is not None:
                break
            await asyncio.sleep(0.1)
        pytest.fail(f"not {times} times said: {words}\n{self.said(process)}")

    def all_said(self) -> str:
        """The end of what every started command has said."""
        return "\n".join(f"== {log.name}\n{log.read_text()[-2000:]}" for log in sorted(self.folder.glob("*.log")))

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        """SIGTERM; the exit code."""
        process.send_signal(signal.SIGTERM)
        return process.wait(EXIT_WITHIN_S)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL, and wait until it is gone."""
        process.kill()
        process.wait(EXIT_WITHIN_S)

    @property
    def database_url(self) -> str:
        """Where this installation stores."""
        return self.environment["THERMALIQ_DATABASE_URL"]

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Rows of the database."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    async def until(self, statement: str, wanted: object, within_s: float = 60.0) -> None:
        """Wait until the first value that `statement` brings is `wanted`."""
        seen: object = None
        for _ in range(int(within_s / 0.1)):
            seen = self.query(statement)[0][0]
            if seen == wanted:
                return
            await asyncio.sleep(0.1)
        pytest.fail(f"{statement}: {seen} after {within_s} s, wanted {wanted}\n{self.all_said()}")


@pytest.fixture
def product(kafka_bootstrap: str, database_url: str, topic_prefix: str, tmp_path: Path) -> Iterator[Product]:
    """An installation with topics and schema made; whatever still runs at the end is killed by its pid."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("THERMALIQ_")}
    environment |= {
        "THERMALIQ_KAFKA": kafka_bootstrap,
        "THERMALIQ_DATABASE_URL": database_url,
        "THERMALIQ_TOPIC_PREFIX": topic_prefix,
        "THERMALIQ_GROUP_ID": f"{topic_prefix}work",
        "THERMALIQ_PARTITIONS": "8",
        "THERMALIQ_DATA_DIR": str(tmp_path / "data"),
    }
    installation = Product(tmp_path, environment)
    installation.run("topics", "--create")
    installation.run("migrate")
    yield installation
    for process in installation.running:
        if process.poll() is None:
            process.kill()
            process.wait(EXIT_WITHIN_S)
