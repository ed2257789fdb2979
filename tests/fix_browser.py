"""A headless Chromium, spoken to by its own DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
WITHIN_S = 30.0


class Tab:
    """One page of the browser."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self._session: str | None = None
        self.said: list[str] = []
        """What the page complained of: exceptions, console errors, refused or failed requests."""

    async def open(self) -> None:
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self.call(f"{domain}.enable")

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        await self._connection.send(json.dumps(message | ({"sessionId": self._session} if self._session else {})))
        async with asyncio.timeout(WITHIN_S):
            while True:
                answer = json.loads(await self._connection.recv())
                if answer.get("id") == number:
                    assert "error" not in answer, answer
                    result: dict[str, Any] = answer["result"]
                    return result
                self._hear(answer)

    def _hear(self, event: dict[str, Any]) -> None:
        match event["method"]:
            case "Runtime.exceptionThrown":
                self.said.append(event["params"]["exceptionDetails"]["text"])
            case "Log.entryAdded" if event["params"]["entry"]["level"] == "error":
                self.said.append(event["params"]["entry"]["text"])
            case "Runtime.consoleAPICalled" if event["params"]["type"] in {"error", "warning"}:
                self.said.append(str(event["params"]["args"]))

    async def look(self, width: int, height: int, scheme: str = "light") -> None:
        """The size of the window and the colours that the machine prefers."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def go(self, url: str) -> None:
        await self.call("Page.navigate", url=url)

    async def value(self, script: str) -> Any:
        answer = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait for a true value."""
        async with asyncio.timeout(WITHIN_S):
            while not (found := await self.value(script)):  # noqa: ASYNC110 - the browser tells no event of this
                await asyncio.sleep(0.05)
        return found

    async def picture(self, file: Path, *, whole: bool = False) -> None:
        answer = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(answer["data"]))


def _told_port(file: Path) -> list[str]:
    """Port and path that the browser writes once it listens."""
    for _ in range(int(WITHIN_S / 0.05)):
        if file.exists() and len(told := file.read_text().split()) == 2:
            return told
        time.sleep(0.05)
    pytest.fail("chromium does not listen")


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Tab]:
    """A browser with an empty profile in `folder`."""
    program = shutil.which("chromium") or pytest.fail("chromium is not installed: apt-get install chromium")
    process = await asyncio.create_subprocess_exec(
        program,
        *FLAGS,
        f"--user-data-dir={folder}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        port, path = await asyncio.to_thread(_told_port, folder / "DevToolsActivePort")
        async with websockets.connect(f"ws://127.0.0.1:{port}{path}", max_size=64 << 20) as connection:
            tab = Tab(connection)
            await tab.open()
            yield tab
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Tab]:
    """One empty tab."""
    async with chromium(tmp_path / "chromium") as tab:
        yield tab
