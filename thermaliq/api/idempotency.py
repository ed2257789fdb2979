"""Answers kept under a caller's `Idempotency-Key` for 24 hours: in Redis, and in the process where that is away."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from redis.exceptions import RedisError

from thermaliq.api.problem import Problem
from thermaliq.calculations.redis_client import ANSWER_WITHIN_S, Client

log = logging.getLogger("thermaliq.api")

KEPT_S: Final = 86_400
KEPT_MAX: Final = 10_000
"""Answers that one process keeps."""
KEY_CHARACTERS_MAX: Final = 255
LEFT_ALONE_S: Final = 1.0


class Kept(msgspec.Struct, frozen=True):
    """What was asked under a key, by its digest, and the answer once there is one."""

    digest: str
    answer: bytes | None = None


class Answers:
    """The answers of one process, shared with others by Redis; `client` None: there is none."""

    def __init__(
        self, client: Client | None, monotonic_s: Callable[[], float], failed: Callable[[], None] = lambda: None
    ) -> None:
        """`failed` counts each question that Redis did not answer."""
        self._client = client
        self._monotonic_s = monotonic_s
        self._failed = failed
        self._left_alone_until_s = float("-inf")
        self._own: OrderedDict[str, tuple[float, Kept]] = OrderedDict()

    async def claim(self, name: str, body: bytes) -> bytes | None:
        """The answer that `name` had with this body; None where it is new. A 409 problem with another body."""
        asked = Kept(hashlib.sha256(body).hexdigest())
        found = await self._shared(name, asked) or self._remembered(name)
        if found is None:
            self._remember(name, asked)
            return None
        if found.digest != asked.digest:
            raise Problem(409, "idempotency.other_body", "this Idempotency-Key was used with another body")
        return found.answer

    async def keep(self, name: str, body: bytes, answer: bytes) -> None:
        """Keep the answer of what was claimed."""
        kept = Kept(hashlib.sha256(body).hexdigest(), answer)
        self._remember(name, kept)
        await self._ask(lambda client: client.set(name, msgspec.json.encode(kept), ex=KEPT_S))

    async def give_up(self, name: str) -> None:
        """Forget a claim of which nothing came."""
        self._own.pop(name, None)
        await self._ask(lambda client: client.delete(name))

    async def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.aclose()

    async def _shared(self, name: str, asked: Kept) -> Kept | None:
        """What Redis has under `name`; where that is nothing, `asked` from now on."""
        value = msgspec.json.encode(asked)
        if await self._ask(lambda client: client.set(name, value, ex=KEPT_S, nx=True)):
            return None
        found = await self._ask(lambda client: client.get(name))
        try:
            return None if found is None else msgspec.json.decode(found, type=Kept)
        except msgspec.MsgspecError:
            return None

    def _remembered(self, name: str) -> Kept | None:
        until_s, kept = self._own.get(name, (float("-inf"), None))
        return kept if until_s > self._monotonic_s() else None

    def _remember(self, name: str, kept: Kept) -> None:
        self._own[name] = self._monotonic_s() + KEPT_S, kept
        self._own.move_to_end(name)
        if len(self._own) > KEPT_MAX:
            self._own.popitem(last=False)

    async def _ask(self, ask: Callable[[Any], Awaitable[Any]]) -> Any:
        """Redis's answer; None where there is none. After a failure it is left alone for a moment."""
        if self._client is None or self._monotonic_s() < self._left_alone_until_s:
            return None
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await ask(self._client)
        except (RedisError, OSError, TimeoutError) as error:
            self._left_alone_until_s = self._monotonic_s() + LEFT_ALONE_S
            self._failed()
            log.info("Redis is away (%s); this process keeps Idempotency-Keys for itself", error)
            return None


def name_of(caller: str, key: str) -> str:
    """What an answer is kept under; a 422 problem for a key that is too long or no printable text."""
    if not 0 < len(key) <= KEY_CHARACTERS_MAX or not key.isascii() or not key.isprintable():
        detail = f"Idempotency-Key: 1 to {KEY_CHARACTERS_MAX} printable ASCII characters"
        raise Problem(422, "idempotency.key", detail, field="Idempotency-Key", value=key[:100])
    return "thermaliq:push:" + hashlib.sha256(f"{caller} {key}".encode()).hexdigest()
