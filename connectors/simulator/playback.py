"""Rows through the servers: a data set with its own times at any speed, or a live plant by the clock."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable

from connectors.simulator.row import Row
from connectors.simulator.servers import PlantServers
from connectors.source import Clock


async def play(
    rows: Iterable[Row],
    servers: PlantServers,
    clock: Clock,
    *,
    subscribed: Callable[[], Awaitable[None]],
    delivered: Callable[[int], Awaitable[None]],
    speed: float | None = None,
) -> int:
    """Show every row once, the next when `delivered(time of the row)` returns; returns how many.

    `rows` begin with the row that the servers started with; its MQTT messages go out once `subscribed()` returns.
    `speed` is plant seconds a second; None: as fast as they are delivered.
    """
    rest = iter(rows)
    first = next(rest)
    await subscribed()
    await servers.publish_first()
    await delivered(first.ts_us)
    started_s = clock.monotonic_s()
    shown = 1
    for row in rest:
        if speed is not None:
            due_s = started_s + (row.ts_us - first.ts_us) / 1e6 / speed
            await asyncio.sleep(max(0.0, due_s - clock.monotonic_s()))
        await servers.show(row)
        await delivered(row.ts_us)
        shown += 1
    return shown


async def show_live(row_at: Callable[[int], Row], servers: PlantServers, clock: Clock, period_s: float) -> None:
    """Show the plant as it is now, every `period_s`, until cancelled."""
    started_s = clock.monotonic_s()
    for tick in itertools.count(1):
        await servers.show(row_at(clock.now_us()))
        await asyncio.sleep(max(0.0, started_s + tick * period_s - clock.monotonic_s()))
