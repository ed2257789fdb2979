"""A Redis Cluster of three nodes on loopback, of the test's own."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

NODES = 3
WAIT_S = 30.0


@dataclass(frozen=True)
class RedisCluster:
    """The nodes' ports and processes."""

    ports: tuple[int, ...]
    nodes: tuple[subprocess.Popen[bytes], ...]

    @property
    def url(self) -> str:
        """Of one node; a client finds the others."""
        return f"redis://127.0.0.1:{self.ports[0]}"

    def stop(self) -> None:
        """Takes all nodes away."""
        for node in self.nodes:
            node.terminate()
        for node in self.nodes:
            node.wait(10)


def free_ports() -> tuple[int, ...]:
    """Ports that are free, and whose bus ports (10,000 above) are valid."""
    found: set[int] = set()
    with ExitStack() as stack:
        while len(found) < NODES:
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            port = int(listener.getsockname()[1])
            if port < 55_000:
                found.add(port)
    return tuple(sorted(found))


def start_node(port: int, folder: Path) -> subprocess.Popen[bytes]:
    server = shutil.which("redis-server") or pytest.fail("redis-server is not installed: run make services")
    folder.mkdir()
    options = ("--cluster-enabled", "yes", "--save", "", "--bind", "127.0.0.1", "--port", str(port))
    with (folder / "log").open("wb") as log:
        return subprocess.Popen([server, *options, "--dir", str(folder)], stdout=log, stderr=log)


def is_joined(port: int) -> bool:
    try:
        with Redis(port=port, decode_responses=True) as client:
            return bool(client.cluster("info")["cluster_state"] == "ok")
    except RedisError:
        return False


def answers(port: int) -> bool:
    try:
        with Redis(port=port) as client:
            return bool(client.ping())
    except RedisError:
        return False


def until(ready: Callable[[], bool]) -> None:
    """Waits for the cluster; fails where it does not come up."""
    deadline = time.monotonic() + WAIT_S
    while not ready():
        if time.monotonic() > deadline:
            pytest.fail("the Redis cluster does not come up")
        time.sleep(0.05)


@pytest.fixture
def redis_cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    """Three masters that have shared out the slots."""
    ports = free_ports()
    cluster = RedisCluster(ports, tuple(start_node(port, tmp_path / str(port)) for port in ports))
    try:
        until(lambda: all(answers(port) for port in ports))
        addresses = [f"127.0.0.1:{port}" for port in ports]
        subprocess.run(
            ["redis-cli", "--cluster", "create", *addresses, "--cluster-yes"],
            check=True,
            capture_output=True,
            timeout=WAIT_S,
        )
        until(lambda: all(is_joined(port) for port in ports))
        yield cluster
    finally:
        cluster.stop()
