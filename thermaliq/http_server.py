"""HTTP servers run from within: sockets bound by us, no signal handlers of their own, stopped in good order."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from schemas.errors import ConfigError

BACKLOG: Final = 512
GRACE_S: Final = 4
KEEP_ALIVE_S: Final = 15
UNREAD_MAX_MS: Final = 30_000
MESSAGE_BYTES_MAX: Final = 64 << 10


class Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to the process that runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def bind_socket(host: str, port: int, setting: str) -> socket.socket:
    """A listening socket; ConfigError names the setting of a port that cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # a peer that never reads is hung up on; accepted sockets inherit it
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MAX_MS)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken by another program" if taken else f"cannot be had: {error.strerror}"
        fix = f"end that program, or set THERMALIQ_{setting} to another port (0: any free one)"
        raise ConfigError("serve.port", f"port {port} on {host} {reason}: {fix}") from error
    return listening


def url_of(host: str, port: int) -> str:
    """`http://127.0.0.1:8000/`."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def server_of(app: ASGIApp) -> Server:
    """A server of `app`; its peers are who connects, whatever headers say."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=MESSAGE_BYTES_MAX,
        ws_per_message_deflate=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config)


async def run_until(stop: asyncio.Event, server: Server, listening: socket.socket) -> None:
    """Serve in this event loop until `stop` is set, then let requests end."""
    serving = asyncio.create_task(server.serve([listening]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
    finally:
        stopping.cancel()
        serving.cancel()


@asynccontextmanager
async def in_thread(app: ASGIApp, listening: socket.socket) -> AsyncIterator[None]:
    """Serve in a thread with an event loop of its own, until left."""
    server = server_of(app)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join, GRACE_S + 1)
