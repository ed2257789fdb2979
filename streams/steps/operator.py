"""What an operator may do to an alarm: its memory and a command → its next memory; the table of ISA-18.2's transitions.

A state that the command does not fit is a `RefusedError`. Times of transitions are append times; the end of a shelf is
event time, so that it ends by itself wherever the plant's time is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Final, Literal

from schemas.alarm import AlarmState, Alert
from schemas.command import Acknowledge, Shelve, Unshelve
from schemas.errors import RefusedError
from streams.changes import AlarmMemory
from streams.steps.alarm import RESTING

ACKNOWLEDGED: Final[Mapping[AlarmState, AlarmState]] = {
    "unacknowledged": "acknowledged",
    "returned_unacknowledged": "normal",
    "latched_unacknowledged": "latched_acknowledged",
    "latched_acknowledged": "normal",
}
"""State → state once it is acknowledged; the second one of a latched alarm is its reset."""
SHELF_S_MAX: Final = 86_400.0

Kind = Literal["acknowledge", "shelve", "unshelve"]
Action = Acknowledge | Shelve | Unshelve


def fits(state: AlarmState, kind: Kind) -> bool:
    """Whether a command of this kind does something to an alarm in `state`."""
    match kind:
        case "acknowledge":
            return state in ACKNOWLEDGED
        case "shelve":
            return state != "shelved" and state not in RESTING
    return state == "shelved"


def act(memory: AlarmMemory, command: Action, at_us: int, event_us: int) -> AlarmMemory:
    """The memory after `command`, appended at `at_us`, when the plant's time was `event_us`."""
    match command:
        case Acknowledge():
            return _acknowledge(memory, command, at_us)
        case Shelve():
            return _shelve(memory, command, at_us, event_us)
    return _unshelve(memory, command, at_us)


def _acknowledge(memory: AlarmMemory, command: Acknowledge, at_us: int) -> AlarmMemory:
    if command.episode_us != memory.episode_us:
        raise RefusedError("command.other_episode", f"the alarm's episode is {memory.episode_us} now")
    _require(memory, "acknowledge")
    return replace(
        memory,
        state=ACKNOWLEDGED[memory.state],
        since_us=at_us,
        acknowledged_by=command.requested_by,
        comment=command.comment,
    )


def _shelve(memory: AlarmMemory, command: Shelve, at_us: int, event_us: int) -> AlarmMemory:
    if not isfinite(command.duration_s) or not 0 < command.duration_s <= SHELF_S_MAX:
        raise RefusedError("command.duration", f"{command.duration_s} s: an alarm is shelved for 24 h at most")
    _require(memory, "shelve")
    return replace(
        memory,
        state="shelved",
        beneath=memory.state,
        episode_us=memory.episode_us or event_us,
        since_us=at_us,
        shelved_until_us=event_us + round(command.duration_s * 1e6),
        comment=command.comment,
    )


def _unshelve(memory: AlarmMemory, command: Unshelve, at_us: int) -> AlarmMemory:
    _require(memory, "unshelve")
    return replace(_taken_down(memory, at_us), comment=command.comment)


def _require(memory: AlarmMemory, kind: Kind) -> None:
    if not fits(memory.state, kind):
        raise RefusedError("command.wrong_state", f"an alarm in state {memory.state} cannot be told to {kind}")


def expired(memory: AlarmMemory, event_us: int) -> AlarmMemory:
    """The memory once event time has come to `event_us`: a shelf whose time is over ends, into the state beneath."""
    until_us = memory.shelved_until_us
    if memory.state != "shelved" or until_us is None or until_us > event_us:
        return memory
    return _taken_down(memory, until_us)


def _taken_down(memory: AlarmMemory, at_us: int) -> AlarmMemory:
    return replace(memory, state=memory.beneath or "normal", since_us=at_us, shelved_until_us=None, beneath=None)


def alert_of(asset: str, memory: AlarmMemory) -> Alert:
    """The transition that a command has just made."""
    return Alert(
        asset=asset,
        name=memory.name,
        episode_us=memory.episode_us,
        state=memory.state,
        priority=memory.priority,
        value=memory.value,
        limit=memory.limit,
        window_end_us=memory.judged_us,
        transition_us=memory.since_us,
        cause="command",
        revision=memory.revision,
    )
