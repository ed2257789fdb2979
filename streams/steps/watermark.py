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
    seen = [(slot, reaches[slot]) for slot in plan.slots if slot in reaches]
    awake = [(slot, reach) for slot, reach in seen if now_us - reach.rose_us < plan.idle_after_us[slot]]
    if awake:
        if any(reach.newest_us == UNSEEN_US for _, reach in awake):
            return None
        return min(reach.newest_us - plan.lateness_us[slot] for slot, reach in awake)
    told = [(slot, reach) for slot, reach in seen if reach.newest_us != UNSEEN_US]
    if not told:
        return None
    slot, reach = max(told, key=lambda item: item[1].newest_us)
    return reach.newest_us + (now_us - reach.rose_us) - plan.lateness_us[slot]


def any_idle(plan: AssetPlan, reaches: Mapping[Slot, Reach], now_us: int) -> bool:
    """Whether time alone may have moved the watermark on."""
    return any(now_us - reaches[slot].rose_us >= plan.idle_after_us[slot] for slot in plan.slots if slot in reaches)


def floor_us(time_us: int, pane_us: int) -> int:
    """The end of the last pane that has passed."""
    return time_us // pane_us * pane_us


def unseen(slots: Sequence[Slot], append_us: int) -> dict[Slot, Reach]:
    """Sources that are awaited from the asset's first record on."""
    return {slot: Reach(UNSEEN_US, append_us) for slot in slots}
