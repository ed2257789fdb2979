"""How much a gateway may push: so many readings and bytes a second, with room for a burst."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

READINGS_PER_S: Final = 20_000
BYTES_PER_S: Final = 4 << 20
BURST_S: Final = 10.0
CALLERS_MAX: Final = 5_000


class Volume:
    """What each caller still owes, in seconds of its rate. A push is let in while that is less than the burst.

    So one push of any lawful size always gets in, and the rate holds over time; what it costs is known once it is read.
    """

    def __init__(self, monotonic_s: Callable[[], float], share: int = 1, callers_max: int = CALLERS_MAX) -> None:
        """`share`: over how many processes the rate is shared out."""
        self._monotonic_s = monotonic_s
        self._share = share
        self._callers_max = callers_max
        self._free_s: OrderedDict[str, float] = OrderedDict()
        """When a caller will owe nothing."""

    def wait_s(self, caller: str) -> float:
        """Seconds until a push is let in; 0: now."""
        return max(0.0, self._free_s.get(caller, 0.0) - self._monotonic_s() - BURST_S)

    def spend(self, caller: str, readings: int, size: int) -> None:
        """It has pushed so many readings in so many bytes."""
        now_s = self._monotonic_s()
        cost_s = max(readings / READINGS_PER_S, size / BYTES_PER_S) * self._share
        self._free_s[caller] = max(self._free_s.get(caller, now_s), now_s) + cost_s
        self._free_s.move_to_end(caller)
        if len(self._free_s) > self._callers_max:
            self._free_s.popitem(last=False)
