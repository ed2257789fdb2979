"""When each caller was let in during the last minute, in this process."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 60
CALLERS_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call is let in; how many more are, and in how many seconds the oldest one no longer counts."""

    allowed: bool
    limit: int
    remaining: int
    reset_s: float


class SlidingLog:
    """At most so many calls in any 60 s, counted exactly: the times of those that were let in."""

    def __init__(self, monotonic_s: Callable[[], float], callers_max: int = CALLERS_MAX) -> None:
        self._monotonic_s = monotonic_s
        self._callers_max = callers_max
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._full_until_s: OrderedDict[str, float] = OrderedDict()
        """Whom others have counted full: until then nobody can let them in."""

    def take(self, caller: str, limit: int) -> Verdict:
        """Let one call in, where `limit` allows."""
        refusal = self.refusal(caller, limit)
        if refusal is not None:
            return refusal
        times = self._times.setdefault(caller, deque())
        times.append(self._monotonic_s())
        self._times.move_to_end(caller)
        if len(self._times) > self._callers_max:
            self._times.popitem(last=False)
        return Verdict(True, limit, limit - len(times), times[0] + WINDOW_S - times[-1])

    def refusal(self, caller: str, limit: int) -> Verdict | None:
        """What a caller is told who has had `limit` calls already; None for every other."""
        now_s = self._monotonic_s()
        if self._full_until_s.get(caller, now_s) > now_s:
            return Verdict(False, limit, 0, self._full_until_s[caller] - now_s)
        times = self._times.get(caller)
        while times and times[0] <= now_s - WINDOW_S:
            times.popleft()
        if not times or len(times) < limit:
            return None
        return Verdict(False, limit, 0, times[len(times) - limit] + WINDOW_S - now_s)

    def refuse(self, caller: str, verdict: Verdict) -> None:
        """All processes together have counted the caller full: keep that in mind until there is room again."""
        self._full_until_s[caller] = self._monotonic_s() + verdict.reset_s
        if len(self._full_until_s) > self._callers_max:
            self._full_until_s.popitem(last=False)
