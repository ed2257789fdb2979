"""How far the event time of an asset has come, judged by the append times of its records alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streams.plan import AssetPlan, Slot

UNSEEN_US = 0
"""Newest time of a source that has told nothing yet; no reading of a plant is that old."""


@dataclass(slots=True)
class Reach:
    """Newest source time of one (asset, source), and the append time at which it last rose."""

    newest_us: int
    rose_us: int

    def see(self, ts_us: int, append_us: int) -> None:
        """A reading arrived."""
        if ts_us > self.newest_us:
            self.newest_us, self.rose_us = ts_us, append_us


def watermark(plan: AssetPlan, reaches: Mapping[Slot, Reach], now_us: int) -> int | None:
    """The least of what the sources that are not idle have reached, less their lateness; None while one is awaited.

    A source is idle when its newest time has not risen for `idle_after` of append time. Where all are, time moves on
    from the newest by the append time that has passed.
    """
    least_us = passed_us = None
    latest_us = UNSEEN_US
    for slot in plan.slots:
        reach = reaches.get(slot)
        if reach is None:
            continue
        newest_us, silent_us = reach.newest_us, now_us - reach.rose_us
        reached_us = newest_us - plan.lateness_us[slot]
        if silent_us < plan.idle_after_us[slot]:
            if newest_us == UNSEEN_US:
                return None
            if least_us is None or reached_us < least_us:
                least_us = reached_us
        elif newest_us > latest_us:
            latest_us, passed_us = newest_us, reached_us + silent_us
    if least_us is None and passed_us is None:
        return _by_spare_sources(plan, reaches)
    return passed_us if least_us is None else least_us


def _by_spare_sources(plan: AssetPlan, reaches: Mapping[Slot, Reach]) -> int | None:
    """Every required source was given up before it told anything: time goes by the other inputs' sources, so that
    their readings do not wait for ever."""
    heard = [(slot, reaches[slot]) for slot in plan.spare_slots if slot in reaches]
    if any(slot not in reaches for slot in plan.slots):
        return None
    return max((reach.newest_us - plan.lateness_us[slot] for slot, reach in heard), default=None)


def any_idle(plan: AssetPlan, reaches: Mapping[Slot, Reach], now_us: int) -> bool:
    """Whether time alone may have moved the watermark on."""
    for slot in plan.slots:
        reach = reaches.get(slot)
        if reach is not None and now_us - reach.rose_us >= plan.idle_after_us[slot]:
            return True
    return False


def awake_until_us(plan: AssetPlan, reaches: Mapping[Slot, Reach]) -> int:
    """Before this append time no source of `plan` is idle, whatever it says until then; 0 while one was never heard of.

    A later reading only moves it on, so that what was found once holds as the lower bound.
    """
    if any(slot not in reaches for slot in plan.slots):
        return 0
    return min((reaches[slot].rose_us + plan.idle_after_us[slot] for slot in plan.slots), default=0)


def floor_us(time_us: int, pane_us: int) -> int:
    """The end of the last pane that has passed."""
    return time_us // pane_us * pane_us


def unseen(slots: Sequence[Slot], append_us: int) -> dict[Slot, Reach]:
    """Sources that are awaited from the asset's first record on."""
    return {slot: Reach(UNSEEN_US, append_us) for slot in slots}
