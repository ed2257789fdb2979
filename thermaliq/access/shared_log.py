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
local window, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], 0)
while oldest and tonumber(oldest) <= now - window do
  redis.call('LPOP', KEYS[1])
  oldest = redis.call('LINDEX', KEYS[1], 0)
end
local used = redis.call('LLEN', KEYS[1])
local allowed = used < limit
if allowed then
  redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], window / 1000)
  used = used + 1
end
return {allowed and 1 or 0, used, (tonumber(oldest) or now) + window - now}
"""


class SharedLog:
    """One caller's calls over all processes. Where Redis does not answer it is left alone for a moment."""

    def __init__(self, client: Client, monotonic_s: Callable[[], float], failed: Callable[[], None]) -> None:
        """`failed` counts each question without an answer."""
        self._client = client
        self._script: Any = client.register_script(TAKE)
        self._monotonic_s = monotonic_s
        self._failed = failed
        self._until_s = float("-inf")
        self._lost = False

    async def take(self, caller: str, limit: int) -> Verdict | None:
        """Let one call in, where `limit` allows; None where Redis does not answer."""
        if self._monotonic_s() < self._until_s:
            return None
        arguments = [WINDOW_S * 1_000_000, limit]
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                allowed, used, reset_us = await self._script(keys=[f"thermaliq:calls:{{{caller}}}"], args=arguments)
        except (RedisError, OSError, TimeoutError) as error:
            self._away(error)
            return None
        if self._lost:
            log.warning("Redis counts calls again")
        self._lost = False
        return Verdict(bool(allowed), limit, max(0, limit - used), reset_us / 1e6)

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    def _away(self, error: Exception) -> None:
        self._until_s = self._monotonic_s() + LEFT_ALONE_S
        self._failed()
        if not self._lost:
            log.warning(
                "Redis is away (%s); each process counts its share of calls", str(error) or type(error).__name__
            )
        self._lost = True
