"""So many requests in any 60 s a caller: counted in Redis over all processes, and in each process for itself."""

from __future__ import annotations

from collections.abc import Callable

from thermaliq.access.principal import Principal
from thermaliq.access.shared_log import SharedLog
from thermaliq.access.sliding_log import SlidingLog, Verdict
from thermaliq.access.volume import Volume


class Limiter:
    """The limits of one process; `limit` 0: switched off."""

    def __init__(
        self, limit: int, processes: int, monotonic_s: Callable[[], float], shared: SharedLog | None = None
    ) -> None:
        """`shared` None: there is no Redis, and each of `processes` takes its share."""
        self._limit = limit
        self._share = max(1, limit // processes)
        self._shared = shared
        self._own = SlidingLog(monotonic_s)
        self._volume = Volume(monotonic_s, processes)

    async def take(self, principal: Principal) -> Verdict | None:
        """Count one request; None where nothing is limited.

        The process counts too what Redis lets in: should Redis go away, or come back with nothing remembered, then
        nobody gets his requests twice.
        """
        if self._limit == 0 or not principal.limited:
            return None
        refusal = self._own.refusal(principal.id, self._limit)
        if refusal is not None:
            return refusal
        verdict = await self._shared.take(principal.id, self._limit) if self._shared else None
        if verdict is None:
            return self._own.take(principal.id, self._share)
        if not verdict.allowed:
            self._own.refuse(principal.id, verdict)
            return verdict
        own = self._own.take(principal.id, self._limit)
        return verdict if own.allowed else own

    def wait_s(self, principal: Principal) -> float:
        """Seconds until a push is let in; 0: now."""
        return self._volume.wait_s(principal.id) if self._limit and principal.limited else 0.0

    def spend(self, principal: Principal, readings: int, size: int) -> None:
        """A push had so many readings in so many bytes."""
        self._volume.spend(principal.id, readings, size)

    async def close(self) -> None:
        """Hang up."""
        if self._shared is not None:
            await self._shared.close()
