"""Keeps sources alive: start, lose the peer, back off, come back; told once each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from connectors.backoff import Backoff
from connectors.events import Events
from connectors.source import Clock, GapSeen, Refusal, Scan, Sink, Source
from schemas.errors import ConfigError, UnavailableError


class _Watched:
    """A sink that notices the first thing that a source hands over, and every change of its state."""

    def __init__(self, source: Source, sink: Sink, clock: Clock, events: Events) -> None:
        self._source = source
        self._sink = sink
        self._clock = clock
        self._events = events
        self._state = source.status.state
        self._lost_s: float | None = None
        self.delivered = False
        events.source_state(source.name, self._state)

    async def put(self, scan: Scan) -> asyncio.Future[None]:
        self._notice()
        return await self._sink.put(scan)

    async def refuse(self, refusal: Refusal) -> asyncio.Future[None]:
        self._notice()
        return await self._sink.refuse(refusal)

    async def gap(self, gap: GapSeen) -> asyncio.Future[None]:
        return await self._sink.gap(gap)

    def lose(self, code: str, detail: str) -> bool:
        """Note a loss; whether it is the first since the source was there."""
        self._source.status.state = "lost"
        self._source.status.detail = f"{code}: {detail}"
        self._tell_state()
        first = self._lost_s is None
        if self._lost_s is None:
            self._lost_s = self._clock.monotonic_s()
        return first

    def _notice(self) -> None:
        if self._source.status.state in {"up", "degraded"}:
            self.delivered = True
            if self._lost_s is not None:
                self._events.source_back(self._source.name, self._clock.monotonic_s() - self._lost_s)
                self._lost_s = None
        self._tell_state()

    def _tell_state(self) -> None:
        if self._state != self._source.status.state:
            self._state = self._source.status.state
            self._events.source_state(self._source.name, self._state)


async def run(source: Source, sink: Sink, clock: Clock, backoff: Backoff, events: Events) -> None:
    """Run a source until it ends (a replay) or is cancelled; a `ConfigError` is passed on."""
    watched = _Watched(source, sink, clock, events)
    while True:
        watched.delivered = False
        try:
            await source.run(watched)
        except UnavailableError as error:
            first = watched.lose(error.code, error.detail)
            events.source_lost(source.name, error.code, error.detail, first=first)
        except ConfigError:
            raise
        except Exception as error:  # noqa: BLE001 - one of the two places: a source's fault must not end the others
            watched.lose("failed", repr(error))
            events.source_failed(source.name, error)
        else:
            events.source_ended(source.name)
            return
        if watched.delivered:
            backoff.reset()
        await asyncio.sleep(backoff.next_s())


async def run_all(
    sources: Iterable[tuple[Source, Sink]], clock: Clock, new_backoff: Callable[[], Backoff], events: Events
) -> None:
    """Run several sources side by side until all have ended; the first `ConfigError` ends them all."""
    try:
        async with asyncio.TaskGroup() as group:
            for source, sink in sources:
                group.create_task(run(source, sink, clock, new_backoff(), events), name=f"source {source.name}")
    except* ConfigError as errors:
        first: BaseException = errors
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise first from None
