"""How long to wait before trying a lost peer again."""

from __future__ import annotations

from collections.abc import Callable


class Backoff:
    """Full jitter between `first_s` and a ceiling that doubles up to `max_s`; `random` gives numbers in [0, 1)."""

    def __init__(self, random: Callable[[], float], first_s: float = 0.5, max_s: float = 30.0) -> None:
        self._random = random
        self._first_s = first_s
        self._max_s = max_s
        self._ceiling_s = first_s

    def next_s(self) -> float:
        """The next wait."""
        self._ceiling_s = min(2 * self._ceiling_s, self._max_s)
        return self._first_s + self._random() * (self._ceiling_s - self._first_s)

    def reset(self) -> None:
        """The peer was back: the next loss starts with a short wait again."""
        self._ceiling_s = self._first_s
