"""A Redis client for a URL of one server, a cluster or a sentinel; bounded in connections and in time."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

PORT: Final = 6379
SENTINEL_PORT: Final = 26379
CONNECTIONS_MAX: Final = 32
CONNECT_WITHIN_S: Final = 0.5
ANSWER_WITHIN_S: Final = 1.0

Client = Redis | RedisCluster


def client_of(url: str) -> Client:
    """The client; nothing is reached before it is first asked."""
    scheme, _, kind = urlsplit(url).scheme.partition("+")
    options = {**_options(), **_credentials(url), "ssl": scheme == "rediss"}
    if kind == "cluster":
        return RedisCluster(startup_nodes=[ClusterNode(host, port) for host, port in _nodes(url, PORT)], **options)
    if kind == "sentinel":
        service = urlsplit(url).path.strip("/").split("/")[0] or "mymaster"
        sentinels = Sentinel(_nodes(url, SENTINEL_PORT), sentinel_kwargs=_times())  # type: ignore[no-untyped-call]
        master: Client = sentinels.master_for(service, **options)
        return master
    pool = BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS_MAX, timeout=ANSWER_WITHIN_S, **_options())
    return Redis.from_pool(pool)  # which closes it too


def _options() -> dict[str, Any]:
    # one more try, for a connection that a restarted server has forgotten
    return {**_times(), "retry": Retry(NoBackoff(), 1)}


def _times() -> dict[str, Any]:
    return {"socket_connect_timeout": CONNECT_WITHIN_S, "socket_timeout": ANSWER_WITHIN_S}


def _nodes(url: str, port: int) -> list[tuple[str, int]]:
    """`(host, port)` of every node."""
    parts = [urlsplit(f"//{node}") for node in urlsplit(url).netloc.rpartition("@")[2].split(",")]
    return [(part.hostname or "127.0.0.1", part.port or port) for part in parts]


def _credentials(url: str) -> dict[str, Any]:
    user, _, password = urlsplit(url).netloc.rpartition("@")[0].partition(":")
    return {name: value for name, value in (("username", user), ("password", password)) if value}
