"""What an operator may do to an alarm: every pair of state and command, and a shelf that ends by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest

from schemas.alarm import AlarmState
from schemas.command import Acknowledge, Shelve, Unshelve
from schemas.errors import RefusedError
from schemas.site import AlarmRule
from streams.changes import AlarmMemory
from streams.steps.alarm import judge, unjudged
from streams.steps.operator import Action, act, alert_of, expired
from tests.unit.test_alarm import LOW, MINUTE_US, START_US, point

STATES: tuple[AlarmState, ...] = get_args(AlarmState)
AT_US = START_US + 90 * MINUTE_US
EVENT_US = START_US + 2 * MINUTE_US
HOUR_US = 3_600_000_000

ACKNOWLEDGE = Acknowledge("c1", "mill/boiler1", "efficiency_low", START_US, "seen", "ann")
SHELVE = Shelve("c2", "mill/boiler1", "efficiency_low", 7200.0, "soot blowing", "ann")
UNSHELVE = Unshelve("c3", "mill/boiler1", "efficiency_low", "done", "ann")
COMMANDS: tuple[Action, ...] = (ACKNOWLEDGE, SHELVE, UNSHELVE)

TABLE: dict[tuple[AlarmState, str], AlarmState] = {
    ("unacknowledged", "acknowledge"): "acknowledged",
    ("returned_unacknowledged", "acknowledge"): "normal",
    ("latched_unacknowledged", "acknowledge"): "latched_acknowledged",
    ("latched_acknowledged", "acknowledge"): "normal",
    ("normal", "shelve"): "shelved",
    ("unacknowledged", "shelve"): "shelved",
    ("acknowledged", "shelve"): "shelved",
    ("returned_unacknowledged", "shelve"): "shelved",
    ("latched_unacknowledged", "shelve"): "shelved",
    ("latched_acknowledged", "shelve"): "shelved",
    ("shelved", "unshelve"): "acknowledged",
}
"""Every pair that does something; the shelved alarm of the test lies above `acknowledged`."""


def in_state(state: AlarmState, rule: AlarmRule = LOW) -> AlarmMemory:
    """An alarm that went off at START and is in `state`."""
    beneath: AlarmState | None = "acknowledged" if state == "shelved" else None
    until = EVENT_US + HOUR_US if state == "shelved" else None
    return replace(
        unjudged(7, rule),
        state=state,
        episode_us=START_US,
        since_us=START_US,
        judged_us=START_US,
        value=0.8,
        limit=0.82,
        beneath=beneath,
        shelved_until_us=until,
    )


def kind(command: Action) -> str:
    """Its name on the wire."""
    return str(command.__struct_config__.tag)


@pytest.mark.parametrize("command", COMMANDS, ids=kind)
@pytest.mark.parametrize("state", STATES)
def test_every_pair_of_state_and_command_does_what_the_table_says_or_is_refused(
    state: AlarmState, command: Action
) -> None:
    before = in_state(state)
    wanted = TABLE.get((state, kind(command)))
    if wanted is None:
        with pytest.raises(RefusedError) as refused:
            act(before, command, AT_US, EVENT_US)
        assert refused.value.code == "command.wrong_state"
        return
    after = act(before, command, AT_US, EVENT_US)
    assert (after.state, after.since_us, after.comment) == (wanted, AT_US, command.comment)
    assert (after.episode_us, after.judged_us, after.value) == (START_US, START_US, 0.8)
    alert = alert_of("mill/boiler1", after)
    assert (alert.state, alert.cause, alert.transition_us, alert.window_end_us) == (wanted, "command", AT_US, START_US)


def test_who_acknowledged_stands_until_the_next_episode() -> None:
    after = act(in_state("unacknowledged"), ACKNOWLEDGE, AT_US, EVENT_US)
    assert (after.acknowledged_by, after.comment) == ("ann", "seen")
    gone, _ = judge(LOW, after, point(1, 0.9), MINUTE_US)
    assert (gone.state, gone.acknowledged_by) == ("normal", "ann")
    again, _ = judge(LOW, gone, point(2, 0.7), MINUTE_US)
    assert (again.state, again.acknowledged_by, again.comment) == ("unacknowledged", None, None)


def test_another_episode_than_the_alarms_own_is_not_acknowledged() -> None:
    with pytest.raises(RefusedError) as refused:
        act(in_state("unacknowledged"), replace_episode(START_US - 1), AT_US, EVENT_US)
    assert refused.value.code == "command.other_episode"


def replace_episode(episode_us: int) -> Acknowledge:
    """The acknowledgement of another episode."""
    return Acknowledge("c9", "mill/boiler1", "efficiency_low", episode_us, "", "ann")


@pytest.mark.parametrize("duration_s", [0.0, -1.0, 86_400.1, float("inf"), float("nan")])
def test_a_shelf_lasts_24_hours_at_most_and_more_than_nothing(duration_s: float) -> None:
    with pytest.raises(RefusedError) as refused:
        act(in_state("normal"), Shelve("c", "a", "b", duration_s), AT_US, EVENT_US)
    assert refused.value.code == "command.duration"


def test_a_shelf_of_24_hours_ends_24_hours_of_event_time_later() -> None:
    after = act(in_state("acknowledged"), Shelve("c", "a", "b", 86_400.0), AT_US, EVENT_US)
    assert after.shelved_until_us == EVENT_US + 24 * HOUR_US
    assert expired(after, EVENT_US + 24 * HOUR_US - 1) is after
    over = expired(after, EVENT_US + 30 * HOUR_US)
    assert (over.state, over.since_us) == ("acknowledged", EVENT_US + 24 * HOUR_US)
    assert (over.beneath, over.shelved_until_us) == (None, None)


@pytest.mark.parametrize(
    ("state", "etas", "latched", "wanted"),
    [
        ("unacknowledged", [0.9], False, "returned_unacknowledged"),
        ("unacknowledged", [0.9], True, "latched_unacknowledged"),
        ("acknowledged", [0.9], False, "normal"),
        ("acknowledged", [0.9, 0.7], False, "unacknowledged"),
        ("acknowledged", [0.7, 0.7], False, "acknowledged"),
        ("normal", [0.7], False, "unacknowledged"),
        ("normal", [None, 0.9], False, "normal"),
    ],
)
def test_a_shelved_alarm_is_judged_silently_and_comes_back_in_the_state_it_would_be_in(
    state: AlarmState, etas: Sequence[float | None], latched: bool, wanted: AlarmState
) -> None:
    rule = replace(LOW, latched=latched)
    memory = act(in_state(state, rule), SHELVE, AT_US, EVENT_US)
    for minute, eta in enumerate(etas, 1):
        memory, alert = judge(rule, memory, point(minute, eta), MINUTE_US)
        assert (memory.state, alert) == ("shelved", None)
    after = act(memory, UNSHELVE, AT_US + 1, EVENT_US)
    assert (after.state, after.comment, after.shelved_until_us) == (wanted, "done", None)


def test_what_was_shelved_stays_one_episode_whatever_happens_beneath() -> None:
    memory = act(in_state("acknowledged"), SHELVE, AT_US, EVENT_US)
    for minute, eta in enumerate([0.9, 0.7, 0.9, 0.7], 1):
        memory, _ = judge(LOW, memory, point(minute, eta), MINUTE_US)
    assert (memory.episode_us, memory.beneath, memory.comment) == (START_US, "unacknowledged", "soot blowing")


def test_an_alarm_that_never_went_off_has_its_first_episode_once_it_is_shelved() -> None:
    memory = act(replace(in_state("normal"), episode_us=0), SHELVE, AT_US, EVENT_US)
    memory, _ = judge(LOW, memory, point(3, 0.7), MINUTE_US)
    assert (memory.episode_us, memory.beneath) == (EVENT_US, "unacknowledged")


def test_delays_run_on_beneath_a_shelf_and_across_an_acknowledgement() -> None:
    rule = replace(LOW, on_delay_us=3 * MINUTE_US, off_delay_us=3 * MINUTE_US)
    memory = act(in_state("normal", rule), SHELVE, AT_US, EVENT_US)
    for minute in (1, 2):
        memory, _ = judge(rule, memory, point(minute, 0.7), MINUTE_US)
    memory = act(memory, UNSHELVE, AT_US, EVENT_US)
    memory, none = judge(rule, memory, point(3, 0.7), MINUTE_US)
    memory, alert = judge(rule, memory, point(4, 0.7), MINUTE_US)
    assert none is None
    assert alert is not None
    memory, _ = judge(rule, memory, point(5, 0.9), MINUTE_US)
    memory = act(memory, replace_episode(memory.episode_us), AT_US, EVENT_US)
    for minute in (6, 7):
        memory, _ = judge(rule, memory, point(minute, 0.9), MINUTE_US)
        assert memory.state == "acknowledged"
    memory, _ = judge(rule, memory, point(8, 0.9), MINUTE_US)
    assert memory.state == "normal"
