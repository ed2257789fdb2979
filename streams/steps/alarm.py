"""Alarms in event time: a point and an alarm's memory → its next memory and, where it changes state, a transition.

The states are those of ISA-18.2. A null quantity freezes the timers; hysteresis and delays stand in the rule.
"""

from __future__ import annotations

from dataclasses import replace

from schemas.alarm import AlarmState, Alert, Cause
from schemas.point import Point
from schemas.site import AlarmRule
from streams.changes import AlarmMemory

ACTIVE: frozenset[AlarmState] = frozenset({"unacknowledged", "acknowledged"})
RESTING: frozenset[AlarmState] = frozenset({"suppressed", "out_of_service"})
LACKING = frozenset({"coverage", "quality"})
"""Quantities that are there where eta is not."""
RETURNS: dict[tuple[AlarmState, bool], AlarmState] = {
    ("unacknowledged", False): "returned_unacknowledged",
    ("unacknowledged", True): "latched_unacknowledged",
    ("acknowledged", False): "normal",
    ("acknowledged", True): "latched_acknowledged",
}
"""(state, latched) → the state once the condition has returned."""


def unjudged(asset: int, rule: AlarmRule) -> AlarmMemory:
    """The memory of an alarm that has judged nothing yet."""
    return AlarmMemory(
        asset=asset,
        name=rule.name,
        state="normal",
        priority=rule.priority,
        episode_us=0,
        since_us=0,
        value=None,
        limit=None,
        pending_since_us=None,
        judged_us=0,
        revision=0,
    )


def judge(rule: AlarmRule, memory: AlarmMemory, point: Point, advance_us: int) -> tuple[AlarmMemory, Alert | None]:
    """Judge one point. An older one than the newest judged changes nothing; that one's revision may, now."""
    if memory.state == "shelved":
        return _silently(rule, memory, point, advance_us), None
    if point.window_end_us < memory.judged_us or rule.relative_to_baseline or memory.state in RESTING:
        return memory, None
    value = quantity(rule.quantity, point)
    memory = _without_silence(rule, memory, point, advance_us)
    elapsed_us = point.window_end_us - memory.judged_us
    judged = replace(
        memory,
        priority=rule.priority,
        value=value if isinstance(value, float) else None,
        limit=_limit(rule),
        judged_us=point.window_end_us,
        revision=point.revision,
    )
    if value is None:
        pending = memory.pending_since_us
        return replace(judged, pending_since_us=None if pending is None else pending + elapsed_us), None
    in_alarm = memory.state in ACTIVE
    wanted = returned(rule, value) if in_alarm else holds(rule, value, point.eta_u95)
    if not wanted:
        return replace(judged, pending_since_us=None), None
    since = point.window_end_us if memory.pending_since_us is None else memory.pending_since_us
    delay_us = rule.off_delay_us if in_alarm else rule.on_delay_us
    if point.window_end_us - since < delay_us:
        return replace(judged, pending_since_us=since), None
    return _transition(rule, judged, point)


def _silently(rule: AlarmRule, memory: AlarmMemory, point: Point, advance_us: int) -> AlarmMemory:
    """A shelved alarm is judged beneath its shelf; what the operator shelved stays one episode."""
    watching = replace(memory, state=memory.beneath or "normal")
    after, _ = judge(rule, watching, point, advance_us)
    return replace(
        after,
        state="shelved",
        beneath=after.state,
        episode_us=memory.episode_us,
        since_us=memory.since_us,
        comment=memory.comment,
    )


def _without_silence(rule: AlarmRule, memory: AlarmMemory, point: Point, advance_us: int) -> AlarmMemory:
    """Time of which no window tells freezes the timers as a null does, unless the rule is about that very lack."""
    silence_us = point.window_end_us - memory.judged_us - advance_us
    if memory.pending_since_us is None or silence_us <= 0 or rule.quantity in LACKING:
        return memory
    return replace(
        memory, judged_us=memory.judged_us + silence_us, pending_since_us=memory.pending_since_us + silence_us
    )


def quantity(name: str, point: Point) -> float | str | None:
    """What a rule looks at."""
    match name:
        case "eta":
            return point.eta
        case "quality":
            return point.quality
        case "coverage":
            return point.coverage
        case "steady_fraction":
            return point.steady_fraction
        case "residual":
            if point.residual_j is None or not point.energy_in_j:
                return None
            return point.residual_j / point.energy_in_j
    return point.values.get(name)


def holds(rule: AlarmRule, value: float | str, eta_u95: float | None) -> bool:
    """Whether the condition is met; with `beyond_uncertainty` by more than eta's 95 % band."""
    if isinstance(value, str) or isinstance(rule.limit, str):
        return (value == rule.limit) != (rule.operator == "!=")
    margin = (eta_u95 or 0.0) if rule.beyond_uncertainty else 0.0
    match rule.operator:
        case "<":
            return value + margin < rule.limit
        case "<=":
            return value + margin <= rule.limit
        case ">":
            return value - margin > rule.limit
        case ">=":
            return value - margin >= rule.limit
        case "!=":
            return value != rule.limit
    return value == rule.limit


def returned(rule: AlarmRule, value: float | str) -> bool:
    """Whether the condition is gone, by the hysteresis."""
    if isinstance(value, str) or isinstance(rule.limit, str):
        return not holds(rule, value, None)
    match rule.operator:
        case "<":
            return value >= rule.limit + rule.hysteresis
        case "<=":
            return value > rule.limit + rule.hysteresis
        case ">":
            return value <= rule.limit - rule.hysteresis
        case ">=":
            return value < rule.limit - rule.hysteresis
    return not holds(rule, value, None)


def _limit(rule: AlarmRule) -> float | None:
    return rule.limit if isinstance(rule.limit, float) else None


def _transition(rule: AlarmRule, memory: AlarmMemory, point: Point) -> tuple[AlarmMemory, Alert]:
    in_alarm = memory.state in ACTIVE
    state = RETURNS[memory.state, rule.latched] if in_alarm else "unacknowledged"
    now_us = point.window_end_us
    cause: Cause = "revision" if point.revision > 0 else "condition"
    after = replace(
        memory,
        state=state,
        episode_us=memory.episode_us if in_alarm else now_us,
        since_us=now_us,
        pending_since_us=None,
        acknowledged_by=memory.acknowledged_by if in_alarm else None,
        comment=memory.comment if in_alarm else None,
    )
    alert = Alert(
        asset=point.asset,
        name=rule.name,
        episode_us=after.episode_us,
        state=state,
        priority=rule.priority,
        value=after.value,
        limit=after.limit,
        window_end_us=now_us,
        transition_us=now_us,
        cause=cause,
        revision=point.revision,
    )
    return after, alert
