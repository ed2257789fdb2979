"""The same count over all processes: the times of a caller's calls in Redis, asked and written by one Lua call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from redis.exceptions import RedisError

from thermaliq.access.sliding_log import WINDOW_S, Verdict
from thermaliq.calculations.redis_client import Client

log = logging.getLogger("thermaliq.access")

ANSWER_WITHIN_S: Final = 1.0
LEFT_ALONE_S: Final = 1.0
TAKE: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, limit, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local oldest = redis.call('LINDEX', KEYS[1], 0)
while oldest and tonumber(oldest) <= now - window do
  redis.call('LPOP', KEYS[1])
  oldest = redis.call('LINDEX', KEYS[1], 0)
end
local used = redis.call('LLEN', KEYS[1])
local granted = math.max(0, math.min(wanted, limit - used))
for _ = 1, granted do
  redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
end
if granted > 0 then
  redis.call('PEXPIRE', KEYS[1], window / 1000)
end
return {granted, used, (tonumber(oldest) or now) + window - now}
"""
Waiting = asyncio.Future[Verdict | None]


class SharedLog:
    """One caller's calls over all processes. Where Redis does not answer it is left alone for a moment.

    Of one caller one question is on its way at a time; calls that come meanwhile are asked for together in the next.
    So a burst of a thousand is a handful of questions, and no flood of one caller is one of Redis.
    """

    def __init__(self, client: Client, monotonic_s: Callable[[], float], failed: Callable[[], None]) -> None:
        """`failed` counts each question without an answer."""
        self._client = client
        self._script: Any = client.register_script(TAKE)
        self._monotonic_s = monotonic_s
        self._failed = failed
        self._until_s = float("-inf")
        self._lost = False
        self._waiting: dict[str, list[Waiting]] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}

    async def take(self, caller: str, limit: int) -> Verdict | None:
        """Let one call in, where `limit` allows; None where Redis does not answer."""
        if self._monotonic_s() < self._until_s:
            return None
        mine: Waiting = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, []).append(mine)
        if caller not in self._asking:
            self._asking[caller] = asyncio.create_task(self._ask_for(caller, limit), name="limit")
        return await mine

    async def close(self) -> None:
        """Hang up."""
        for task in tuple(self._asking.values()):
            task.cancel()
        await self._client.aclose()

    async def _ask_for(self, caller: str, limit: int) -> None:
        """Ask until none of the caller's calls waits any more."""
        waiting: list[Waiting] = []
        try:
            while waiting := self._waiting.pop(caller, []):
                verdicts = await self._ask(caller, limit, len(waiting))
                for future, verdict in zip(waiting, verdicts, strict=True):
                    if not future.done():
                        future.set_result(verdict)
        finally:
            del self._asking[caller]
            for future in (*waiting, *self._waiting.pop(caller, [])):
                if not future.done():
                    future.set_result(None)

    async def _ask(self, caller: str, limit: int, wanted: int) -> list[Verdict | None]:
        """A verdict for each of `wanted` calls."""
        arguments = [WINDOW_S * 1_000_000, limit, wanted]
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                granted, used, reset_us = await self._script(keys=[f"thermaliq:calls:{{{caller}}}"], args=arguments)
        except (RedisError, OSError, TimeoutError) as error:
            self._away(error)
            return [None] * wanted
        if self._lost:
            log.warning("Redis counts calls again")
        self._lost = False
        left = [max(0, limit - used - number - 1) for number in range(wanted)]
        return [Verdict(number < granted, limit, left[number], reset_us / 1e6) for number in range(wanted)]

    def _away(self, error: Exception) -> None:
        self._until_s = self._monotonic_s() + LEFT_ALONE_S
        self._failed()
        if not self._lost:
            log.warning(
                "Redis is away (%s); each process counts its share of calls", str(error) or type(error).__name__
            )
        self._lost = True
