"""Answers in Redis for an hour, and the claim that lets one process compute for all. Redis may be off or away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from redis.exceptions import RedisClusterException, RedisError

from thermaliq.calculations.answer import Answer, Job
from thermaliq.calculations.away import Peer
from thermaliq.calculations.metrics import CalculationMetrics
from thermaliq.calculations.redis_client import ANSWER_WITHIN_S, Client

TTL_S: Final = 3600
CLAIM_S: Final = 30
"""Longer than a calculation may wait and run."""
RELEASE: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
Ask = Callable[[Any], Awaitable[Any]]


class Cache:
    """What is kept under a calculation's id; `client` None: Redis is switched off."""

    def __init__(self, client: Client | None, peer: Peer, metrics: CalculationMetrics, token: str) -> None:
        """`token` tells this process's claims from those of others."""
        self._client = client
        self._peer = peer
        self._metrics = metrics
        self._token = token

    @property
    def is_away(self) -> bool:
        """Whether it is switched on and did not answer just now."""
        return self._client is not None and self._peer.left_alone

    async def get(self, number: str) -> Answer | Job | None:
        """What is kept; None also where Redis does not answer."""
        _, found = await self._ask(lambda client: client.get(_key(number)))
        return None if found is None else _decoded(found)

    async def keep(self, record: Answer | Job) -> bool:
        """Keep for an hour; False where that should be and Redis does not answer."""
        value = msgspec.json.encode(record)
        answered, _ = await self._ask(lambda client: client.set(_key(record.id), value, ex=TTL_S))
        return answered or self._client is None

    async def announce(self, number: str) -> bool:
        """Let the others know that it is on its way; whether Redis has that now."""
        value = msgspec.json.encode(Job(number, "queued"))
        answered, _ = await self._ask(lambda client: client.set(_key(number), value, ex=TTL_S, nx=True))
        return answered

    async def claim(self, number: str) -> bool:
        """Whether this process is to compute it: no other does, or nobody can be asked."""
        answered, mine = await self._ask(
            lambda client: client.set(_claim_key(number), self._token, ex=CLAIM_S, nx=True)
        )
        return bool(mine) or not answered

    async def release(self, number: str) -> None:
        """Give this process's claim up."""
        await self._ask(lambda client: client.eval(RELEASE, 1, _claim_key(number), self._token))

    async def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.aclose()

    async def _ask(self, ask: Ask) -> tuple[bool, Any]:
        """(whether it answered, the answer)."""
        if self._client is None or self._peer.left_alone:
            return False, None
        try:
            async with asyncio.timeout(2 * ANSWER_WITHIN_S):
                answer = await ask(self._client)
        except (RedisError, RedisClusterException, OSError, TimeoutError) as error:
            self._metrics.redis_errors.inc()
            self._peer.failed(str(error) or type(error).__name__)
            return False, None
        self._peer.answered()
        return True, answer


def _decoded(value: bytes) -> Answer | Job | None:
    """A record; None for bytes of another version."""
    try:
        job = msgspec.json.decode(value, type=Job)
        return msgspec.json.decode(value, type=Answer) if job.status == "done" else job
    except msgspec.MsgspecError:
        return None


def _key(number: str) -> str:
    return f"thermaliq:calculation:{{{number}}}"


def _claim_key(number: str) -> str:
    return f"thermaliq:calculation:{{{number}}}:claim"
