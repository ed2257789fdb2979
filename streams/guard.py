"""Nothing raises past here: what an asset cannot do becomes a BAD point, what a pass cannot do is tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from schemas.errors import ThermaliqError, UnavailableError
from streams.state import AssetState

log = logging.getLogger("thermaliq.streams")

Result = TypeVar("Result")


def together(
    states: Sequence[AssetState],
    work: Callable[[Sequence[AssetState]], list[Result]],
    instead: Callable[[AssetState], Result],
) -> list[Result]:
    """`work` on all states in one call; where that raises, one by one, and `instead` for the one that fails."""
    try:
        return work(states)
    except Exception:
        if len(states) == 1:
            log.exception("computing %s failed; its windows are BAD with internal_error", states[0].plan.asset.id)
            return [instead(states[0])]
    return [result for state in states for result in together([state], work, instead)]


def alone(state: AssetState, work: Callable[[], Result]) -> Result | None:
    """`work` for one asset, None where it cannot be done. A store that is away is not its fault: that raises."""
    try:
        return work()
    except ThermaliqError:
        raise
    except Exception:
        log.exception("computing late readings of %s failed; they wait for recompute", state.plan.asset.id)
        return None


def whole_pass(work: Callable[[], Result]) -> Result:
    """`work`; a failure that nobody foresaw is a reason to take the partition anew, not the worker's end."""
    try:
        return work()
    except ThermaliqError:
        raise
    except Exception as error:
        log.exception("a pass failed; its partition is taken anew")
        raise UnavailableError("streams.pass_failed", repr(error)) from error
