"""A peer that may be away: after a failure it is left alone for a moment, so that no request waits for it twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

log = logging.getLogger("thermaliq.calculations")

LEFT_ALONE_S: Final = 1.0


class Peer:
    """Whether a peer may be asked; its loss and its return are logged once each."""

    def __init__(self, name: str, monotonic_s: Callable[[], float]) -> None:
        self._name = name
        self._monotonic_s = monotonic_s
        self._lost = False
        self._until_s = float("-inf")

    @property
    def left_alone(self) -> bool:
        """Whether it failed just now."""
        return self._monotonic_s() < self._until_s

    def failed(self, detail: str) -> None:
        """It did not answer."""
        self._until_s = self._monotonic_s() + LEFT_ALONE_S
        if not self._lost:
            log.warning("%s is away (%s); calculations go on without it", self._name, detail)
        self._lost = True

    def answered(self) -> None:
        """It did."""
        if self._lost:
            log.warning("%s is back", self._name)
        self._lost = False
