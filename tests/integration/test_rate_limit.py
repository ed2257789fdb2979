"""200 requests in any 60 s a key, over all processes, on a real Redis; and with Redis away."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fix_access import OwnRedis, apps, caller, entry, key_file, shown
from tests.fix_redis_cluster import RedisCluster
from thermaliq.access.limiter import Limiter
from thermaliq.access.opening import Rules
from thermaliq.access.principal import Principal
from thermaliq.access.shared_log import SharedLog
from thermaliq.access.sliding_log import Verdict
from thermaliq.calculations.redis_client import client_of

LIMIT = 200
ONE_PROCESS = """
import asyncio, sys, time
from thermaliq.access.limiter import Limiter
from thermaliq.access.principal import Principal
from thermaliq.access.shared_log import SharedLog
from thermaliq.calculations.redis_client import client_of

async def main(url, caller):
    ada = Principal(caller, "ada", "viewer", ("*",))
    limiter = Limiter(200, 4, time.monotonic, SharedLog(client_of(url), time.monotonic, lambda: None))
    verdicts = await asyncio.gather(*(limiter.take(ada) for _ in range(250)))
    print(sum(verdict.allowed for verdict in verdicts))
    await limiter.close()

asyncio.run(main(*sys.argv[1:]))
"""


def somebody() -> Principal:
    return Principal(f"key:{secrets.token_hex(8)}", "ada", "viewer", ("*",))


def counting(url: str) -> Limiter:
    return Limiter(LIMIT, 4, time.monotonic, SharedLog(client_of(url), time.monotonic, lambda: None))


@pytest.fixture
async def limiters(redis_url: str) -> AsyncIterator[list[Limiter]]:
    """Those of four processes."""
    made = [counting(redis_url) for _ in range(4)]
    yield made
    for limiter in made:
        await limiter.close()


async def taken(limiter: Limiter, principal: Principal, number: int) -> list[Verdict]:
    found = await asyncio.gather(*(limiter.take(principal) for _ in range(number)))
    return [verdict for verdict in found if verdict is not None]


async def test_a_burst_of_1000_over_four_limiters_lets_200_in(limiters: list[Limiter]) -> None:
    ada = somebody()
    began_s = time.monotonic()
    found = await asyncio.gather(*(taken(limiter, ada, 250) for limiter in limiters))
    verdicts = [verdict for part in found for verdict in part]
    assert [verdict.allowed for verdict in verdicts].count(True) == LIMIT
    took_s = time.monotonic() - began_s
    refused = [verdict.reset_s for verdict in verdicts if not verdict.allowed]
    assert len(refused) == 800
    assert 60 - took_s - 1 <= min(refused) <= max(refused) <= 60
    assert sorted(verdict.remaining for verdict in verdicts if verdict.allowed) == list(range(LIMIT))


async def test_a_burst_over_four_processes_lets_200_in(redis_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", ONE_PROCESS, redis_url, name, stdout=subprocess.PIPE)
        for name in [f"key:{secrets.token_hex(8)}"] * 4
    ]
    told = [int((await process.communicate())[0]) for process in processes]
    assert sum(told) == LIMIT, told


async def test_callers_do_not_share_their_requests(limiters: list[Limiter]) -> None:
    verdicts = [await limiters[0].take(somebody()) for _ in range(5)]
    assert [verdict and verdict.remaining for verdict in verdicts] == [LIMIT - 1] * 5


async def test_the_oldest_request_makes_room_and_no_other(redis_url: str) -> None:
    """The clock is Redis's own, so the times in it are moved back instead."""
    client, ada = client_of(redis_url), somebody()
    limiter = counting(redis_url)
    key = f"thermaliq:calls:{{{ada.id}}}"
    now_us = time.time_ns() // 1000
    old = [now_us - 61_000_000] * 3 + [now_us - 59_000_000] * (LIMIT - 1)
    await client.rpush(key, *old)
    verdicts = await taken(limiter, ada, 2)
    assert sorted(verdict.allowed for verdict in verdicts) == [False, True]
    (refused,) = (verdict for verdict in verdicts if not verdict.allowed)
    assert 0 < refused.reset_s <= 1.0
    assert await client.llen(key) == LIMIT
    assert 0 < await client.pttl(key) <= 60_000
    await limiter.close()
    await client.aclose()


async def test_redis_killed_and_back_never_gives_more_than_the_limit(own_redis: OwnRedis) -> None:
    errors: list[None] = []
    shared = SharedLog(client_of(own_redis.url), time.monotonic, lambda: errors.append(None))
    limiter, ada = Limiter(LIMIT, 1, time.monotonic, shared), somebody()
    before = await taken(limiter, ada, 80)
    own_redis.kill()
    away = await taken(limiter, ada, 80)
    own_redis.start()
    await asyncio.sleep(1.1)
    back = await taken(limiter, ada, 80)
    allowed = [sum(verdict.allowed for verdict in part) for part in (before, away, back)]
    assert allowed == [80, 80, 40]
    assert errors
    await limiter.close()


async def test_redis_away_leaves_each_process_its_share_and_the_service_answers(
    own_redis: OwnRedis, tmp_path: Path
) -> None:
    own_redis.kill()
    rules = Rules(key_file(tmp_path), rate_limit=20, processes=4, redis_url=own_redis.url)
    app = apps(rules)["http"]
    async with caller(app, headers=shown("viewer")) as client:
        answers = [await client.get("/api/v1/assets") for _ in range(8)]
        metrics = (await client.get("/metrics")).text
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
    assert answers[0].headers["ratelimit-limit"] == "5"
    assert "redis_connection_errors_total 0.0" not in metrics


async def test_a_burst_over_http_lets_the_limit_in_and_says_when_to_come_back(redis_url: str, tmp_path: Path) -> None:
    name = f"ada-{secrets.token_hex(4)}"
    app = apps(Rules(key_file(tmp_path, entry(name)), rate_limit=LIMIT, redis_url=redis_url))["http"]
    async with caller(app, headers=shown(name)) as client:
        answers = await asyncio.gather(*(client.get("/api/v1/assets") for _ in range(1000)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(429)) == (LIMIT, 800)
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in answers if answer.status_code == 429)


async def test_a_cluster_counts_too(redis_cluster: RedisCluster) -> None:
    url, errors = redis_cluster.url.replace("redis://", "redis+cluster://"), list[None]()
    limiter = Limiter(10, 1, time.monotonic, SharedLog(client_of(url), time.monotonic, lambda: errors.append(None)))
    for _ in range(6):
        ada = somebody()
        verdicts = [await limiter.take(ada), *await taken(limiter, ada, 14)]
        assert [verdict and verdict.allowed for verdict in verdicts].count(True) == 10
    assert errors == []
    await limiter.close()
