"""What one call of `Pipeline.process` gathers; points are judged as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.alarm import Alert
from schemas.dead_letter import DeadLetter
from schemas.point import Point
from streams.changes import AlarmMemory, Columns, CommandRow, Pane
from streams.state import AssetState, PaneMemory, rows_of
from streams.steps.alarm import judge, unjudged
from streams.steps.operator import alert_of, expired


@dataclass
class Gathered:
    """Rows on their way to `Changes`."""

    panes: list[Pane] = field(default_factory=list)
    points: list[tuple[int, Point]] = field(default_factory=list)
    alarms: dict[tuple[int, str], AlarmMemory] = field(default_factory=dict)
    transitions: list[tuple[int, Alert]] = field(default_factory=list)
    moved: dict[int, AssetState] = field(default_factory=dict)
    recompute: list[tuple[int, int, int]] = field(default_factory=list)
    recomputed: list[tuple[int, int, int]] = field(default_factory=list)
    commands: list[CommandRow] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    fresh: dict[int, tuple[PaneMemory, list[Point]]] = field(default_factory=dict)
    tally: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int) -> None:
        """Add to what metrics count."""
        if number:
            self.tally[what] = self.tally.get(what, 0) + number

    def queue(self, asset: AssetState, late: Columns) -> None:
        """The windows that `late` touches wait for `recompute`."""
        if len(late):
            last_us = int(late.ts_us.max()) + asset.plan.reach_us + asset.plan.longest_us
            self.recompute.append((asset.plan.number, int(late.ts_us.min()), last_us))

    def take(self, asset: AssetState, panes: PaneMemory, points: Sequence[Point]) -> None:
        """Panes and points of one asset, oldest first; each point is judged, and shelves end whose time has come."""
        number = asset.plan.number
        self.panes += rows_of(asset, panes)
        self.moved[number] = asset
        for point in points:
            self.points.append((number, point))
            self.count("revisions", int(point.revision > 0))
            self._judge(asset, point)
        for memory in list(asset.alarms.values()):
            self._expire(asset, memory, asset.closed_us or 0)

    def alarm(self, asset: AssetState, memory: AlarmMemory, alert: Alert | None) -> None:
        """An alarm's next memory, and its transition where it made one."""
        asset.alarms[memory.name] = memory
        self.alarms[asset.plan.number, memory.name] = memory
        if alert is not None:
            self.transitions.append((asset.plan.number, alert))

    def _judge(self, asset: AssetState, point: Point) -> None:
        advance_us = {window.name: window.advance_us for window in asset.plan.windows}
        for rule in asset.plan.rules:
            if rule.window == point.window:
                memory = asset.alarms.get(rule.name) or unjudged(asset.plan.number, rule)
                memory = self._expire(asset, memory, point.window_end_us)
                self.alarm(asset, *judge(rule, memory, point, advance_us[point.window]))

    def _expire(self, asset: AssetState, memory: AlarmMemory, event_us: int) -> AlarmMemory:
        after = expired(memory, event_us)
        if after is not memory:
            self.alarm(asset, after, alert_of(asset.plan.asset.id, after))
        return after
