"""MQTT: a publisher, a test's own topics on the shared broker, a broker that can be killed, a sink that is late."""

import asyncio
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from paho.mqtt import publish as paho_publish

from connectors.simulator.servers import free_port
from connectors.source import Refusal, Scan
from tests.fix_connectors import ListSink


async def publish(url: str, topic: str, *payloads: bytes, retain: bool = False, qos: int = 1) -> None:
    """Publish in order; returns when the broker has them."""
    parts = urlsplit(url)
    await asyncio.to_thread(
        paho_publish.multiple,
        [(topic, payload, qos, retain) for payload in payloads],
        hostname=parts.hostname or "",
        port=parts.port or 1883,
    )


class LateSink(ListSink):
    """Its futures are done only when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[asyncio.Future[None]] = []

    async def put(self, scan: Scan) -> asyncio.Future[None]:
        await super().put(scan)
        return self._open()

    async def refuse(self, refusal: Refusal) -> asyncio.Future[None]:
        await super().refuse(refusal)
        return self._open()

    def _open(self) -> asyncio.Future[None]:
        self.open.append(asyncio.get_running_loop().create_future())
        return self.open[-1]

    def durable(self) -> None:
        """All that was handed over is durable."""
        for future in self.open:
            if not future.done():
                future.set_result(None)


class OwnBroker:
    """A mosquitto of the test's own; killed and started again it keeps its port and its sessions."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"mqtt://127.0.0.1:{port}"
        self._port = port
        self._file = folder / "mosquitto.conf"
        self._file.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\n"
            "autosave_interval 1\nautosave_on_changes true\nuser root\nlog_dest none\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        self._spawn()
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                except OSError:
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    return

    def _spawn(self) -> None:
        program = shutil.which("mosquitto") or pytest.fail("no mosquitto: run make services")
        self._process = subprocess.Popen([program, "-c", str(self._file)])

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[OwnBroker]:
    broker = OwnBroker(tmp_path, free_port())
    yield broker
    broker.kill()


@pytest.fixture
def topic_root() -> str:
    """A first topic level that no other test uses."""
    return f"test-{secrets.token_hex(6)}"
