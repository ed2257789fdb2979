"""The property cache's second level on a real Redis Cluster of three nodes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np
from redis.cluster import RedisCluster as Client
from redis.exceptions import RedisClusterException, RedisError

from calc import fluids
from calc.property_cache import PropertyCache
from tests.fix_redis_cluster import RedisCluster
from tests.unit.test_property_cache import Tally, chiller_hour


class Shelf:
    """Tiles in Redis: one pipeline a batch, split by node, so that no command spans slots."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.away = 0

    def get_many(self, keys: Sequence[str], /) -> Mapping[str, bytes]:
        try:
            pipeline = self.client.pipeline()  # type: ignore[no-untyped-call]
            for key in keys:
                pipeline.get(key)
            found = pipeline.execute()
        except (RedisError, RedisClusterException):
            self.away += 1
            return {}
        return {key: value for key, value in zip(keys, found, strict=True) if value is not None}

    def put_many(self, values: Mapping[str, bytes], /) -> None:
        try:
            pipeline = self.client.pipeline()  # type: ignore[no-untyped-call]
            for key, value in values.items():
                pipeline.set(key, value)
            pipeline.execute()
        except (RedisError, RedisClusterException):
            self.away += 1


def run_hour(cache: PropertyCache) -> bytes:
    answers = [
        cache.evaluate("h_pT", "R134a", p[start : start + 10], T[start : start + 10])
        for start in range(0, 3600, 10)
        for p, T in chiller_hour_states
    ]
    return np.concatenate(answers).tobytes()


chiller_hour_states = tuple(chiller_hour().values())


def test_a_chiller_hour_is_the_same_whether_its_tiles_were_built_fetched_or_out_of_reach(
    redis_cluster: RedisCluster,
) -> None:
    with Client.from_url(redis_cluster.url, socket_timeout=1.0) as client:
        shelf = Shelf(client)
        built, fetched, alone = Tally(), Tally(), Tally()
        first = run_hour(PropertyCache(built, time.monotonic, shelf))
        second = run_hour(PropertyCache(fetched, time.monotonic, shelf))
        nodes = {client.get_node_from_key(key).port for key in map(bytes.decode, client.scan_iter("tile/*"))}
        assert nodes == set(redis_cluster.ports)
        assert shelf.away == 0
        redis_cluster.stop()
        third = run_hour(PropertyCache(alone, time.monotonic, shelf))
    assert first == second == third
    assert shelf.away > 0
    assert built.counts["built"] == fetched.counts["fetched"] == alone.counts["built"] > 10
    assert fetched.counts["built"] == 0
    for tally in (built, fetched, alone):
        assert tally.counts["hits"] / (3 * 3600) >= 0.99
    direct = np.concatenate([fluids.h_pT("R134a", p[:10], T[:10]) for p, T in chiller_hour_states])
    assert np.max(np.abs(np.frombuffer(first)[:30] / direct - 1)) < 1e-4
