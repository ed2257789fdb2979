"""A calculation's way: cache, else one computation for all who ask, then row, then cache, then the answers."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol, TypeVar

from msgspec.structs import replace

from schemas.errors import UnavailableError
from thermaliq.calculations.answer import Answer, Job, Status, answer_of
from thermaliq.calculations.cache import Cache
from thermaliq.calculations.compute import Refused, compute
from thermaliq.calculations.metrics import CalculationMetrics
from thermaliq.calculations.refusal import CalculationRefused, Refusal
from thermaliq.calculations.request import GAUGE_WARNING, Request, read_request
from thermaliq.calculations.store import Store

POLL_S: Final = 0.05
OUTCOMES_MAX: Final = 256
Result = TypeVar("Result")


class Runner(Protocol):
    """Where calculations run: `calculations.workers.Workers`, or this very process at the prompt."""

    def require_room(self) -> None:
        """UnavailableError where no more can wait."""

    async def run(self, function: Callable[[], Result], *, begun: Callable[[], None] = ...) -> Result:
        """What `function` gives; UnavailableError where it cannot be had."""
        ...


@dataclass
class _Flight:
    """A calculation on its way, whoever waits for it."""

    answer: asyncio.Task[Answer]
    status: Status = "queued"


class Calculations:
    """Answers bodies; Redis and the database may be off or away, then the answer says what was not stored."""

    def __init__(
        self, runner: Runner, cache: Cache, store: Store, metrics: CalculationMetrics, versions: Mapping[str, str]
    ) -> None:
        self.store = store
        self._runner = runner
        self._cache = cache
        self._metrics = metrics
        self._versions = versions
        self._flights: dict[str, _Flight] = {}
        self._jobs: set[asyncio.Task[None]] = set()
        self._outcomes: OrderedDict[str, Answer | Job] = OrderedDict()

    def read(self, body: bytes) -> Request:
        """The request of a body; CalculationRefused says what is wrong with it."""
        try:
            return read_request(body, self._versions)
        except CalculationRefused:
            self._count("refused")
            raise

    async def calculate(self, request: Request) -> Answer:
        """The answer; CalculationRefused where there is none, UnavailableError where it cannot be had now."""
        kept = await self._cache.get(request.id)
        if isinstance(kept, Answer):
            self._count("cached")
            return _told(await self._completed(kept, request), request)
        flight = self._flights.get(request.id)
        if flight is None:
            return await asyncio.shield(self._depart(request).answer)
        self._count("joined")
        return _told(await asyncio.shield(flight.answer), request)

    async def submit(self, request: Request) -> Job:
        """Begin, unless it is on its way or done; UnavailableError where no more can wait."""
        if isinstance(await self._cache.get(request.id), Answer):
            self._count("cached")
            return Job(request.id, "done")
        flight = self._flights.get(request.id)
        if flight is None:
            self._runner.require_room()
            self._outcomes.pop(request.id, None)
            flight = self._depart(request)
            job = asyncio.create_task(self._see_through(request, flight))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)
        return Job(request.id, flight.status)

    async def find(self, number: str) -> Answer | Job | None:
        """An answer or the state of one on its way; UnavailableError where that cannot be known now."""
        if flight := self._flights.get(number):
            return Job(number, flight.status)
        found = self._outcomes.get(number) or await self._cache.get(number)
        if found is None or found.status in {"queued", "running"}:
            found = await self.store.find(number) or found
        return replace(found, cached=True) if isinstance(found, Answer) else found

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Redis and the database may be asked until left; then nothing runs any more."""
        await self.store.open()
        try:
            yield
        finally:
            running = [*self._jobs, *(flight.answer for flight in self._flights.values())]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self._cache.close()
            await self.store.close()

    def _depart(self, request: Request) -> _Flight:
        flight = self._flights[request.id] = _Flight(asyncio.create_task(self._fly(request)))
        flight.answer.add_done_callback(lambda _: self._flights.pop(request.id))
        flight.answer.add_done_callback(_look_at)
        return flight

    async def _fly(self, request: Request) -> Answer:
        try:
            if kept := await self._claimed_or_kept(request.id):
                self._count("joined")
                return _told(kept, request)
            try:
                return await self._stored(await self._computed(request), request)
            finally:
                await self._cache.release(request.id)
        except CalculationRefused:
            self._count("refused")
            raise
        except UnavailableError:
            self._count("unavailable")
            raise

    async def _claimed_or_kept(self, number: str) -> Answer | None:
        """None once this process is to compute; the answer where another one did so meanwhile."""
        while not await self._cache.claim(number):
            await asyncio.sleep(POLL_S)
            if isinstance(kept := await self._cache.get(number), Answer):
                return kept
        kept = await self._cache.get(number)
        if isinstance(kept, Answer):
            await self._cache.release(number)
            return kept
        return None

    async def _computed(self, request: Request) -> Answer:
        computed = await self._runner.run(partial(compute, request.canonical), begun=lambda: self._begun(request.id))
        if isinstance(computed, Refused):
            raise CalculationRefused(computed.refusals)
        self._count("computed")
        return answer_of(request.canonical, computed, request.warnings)

    def _begun(self, number: str) -> None:
        self._flights[number].status = "running"

    async def _stored(self, answer: Answer, request: Request) -> Answer:
        """The answer once it was put in the database and in Redis, and where it could not be."""
        if not await self.store.keep(answer, request):
            answer = replace(answer, not_stored=["database"])
        if not await self._cache.keep(answer):
            answer = replace(answer, not_stored=["redis", *answer.not_stored])
        return answer

    async def _completed(self, kept: Answer, request: Request) -> Answer:
        """A cached answer whose row is missing gets it once the database is back."""
        if kept.not_stored and await self.store.keep(replace(kept, not_stored=[]), request):
            kept = replace(kept, not_stored=[])
            await self._cache.keep(kept)
        return kept

    async def _see_through(self, request: Request, flight: _Flight) -> None:
        """Let others know that it is on its way; at its end keep what came of it."""
        if not await self._cache.announce(request.id):
            await self.store.keep(Job(request.id, "queued"), request)
        await asyncio.wait([flight.answer])
        failure = flight.answer.exception()
        outcome = flight.answer.result() if failure is None else Job(request.id, "failed", _errors(failure))
        self._outcomes[request.id] = outcome
        if len(self._outcomes) > OUTCOMES_MAX:
            self._outcomes.popitem(last=False)
        if isinstance(outcome, Job):
            await self._cache.keep(outcome)
            await self.store.keep(outcome, request)

    def _count(self, outcome: str) -> None:
        self._metrics.answers.labels(outcome).inc()


def _told(answer: Answer, request: Request) -> Answer:
    """Another's answer as an answer to this body: how it was written is its own affair."""
    others = [item for item in answer.warnings if item.code != GAUGE_WARNING]
    return replace(answer, cached=True, warnings=[*request.warnings, *others])


def _errors(failure: BaseException) -> list[Refusal]:
    if isinstance(failure, CalculationRefused):
        return list(failure.refusals)
    if isinstance(failure, UnavailableError):
        return [Refusal(failure.code, "", failure.detail)]
    return [Refusal("internal", "", "this failed inside")]


def _look_at(task: asyncio.Task[Answer]) -> None:
    """A failure that nobody waits for any more is no news to the event loop."""
    if not task.cancelled():
        task.exception()
