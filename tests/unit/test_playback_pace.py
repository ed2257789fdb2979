"""The pace of a playback: plant seconds a second, on a clock that the test moves."""

import asyncio
from typing import cast

import pytest

from connectors.simulator.playback import play
from connectors.simulator.row import Row
from connectors.simulator.servers import PlantServers
from tests.fix_connectors import ManualClock


class Shown:
    """Stands where the servers stand, and notes when each row was shown."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.rows: list[tuple[float, int]] = []

    async def publish_first(self) -> None:
        self.rows.append((self.clock.s, 0))

    async def show(self, row: Row) -> None:
        self.rows.append((self.clock.s, row.ts_us))


@pytest.mark.parametrize(("speed", "step_s"), [(None, 0.0), (900.0, 1.0), (4500.0, 0.2)])
async def test_rows_are_shown_when_their_time_has_come(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, speed: float | None, step_s: float
) -> None:
    async def sleep(seconds: float) -> None:
        clock.pass_s(seconds)

    async def at_once() -> None:
        clock.pass_s(0.05 if speed else 0.0)

    async def delivered(_ts_us: int) -> None:
        clock.pass_s(0.01 if speed else 0.0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    shown = Shown(clock)
    rows = [Row(step * 900_000_000, {}) for step in range(4)]
    played = await play(rows, cast(PlantServers, shown), clock, subscribed=at_once, delivered=delivered, speed=speed)
    assert played == 4
    assert [ts_us for _, ts_us in shown.rows] == [row.ts_us for row in rows]
    waits = [at_s - shown.rows[0][0] for at_s, _ in shown.rows]
    assert waits == pytest.approx([0.0, *(step * step_s + (0.01 if speed else 0.0) for step in (1, 2, 3))])
