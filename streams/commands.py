"""Commands at their place among the records: a command and the state of its asset → what it changes, and its audit.

A command is a pass of its own: what came before it stands in the store, so a recompute reads all of it, and what comes
after it waits. A recompute takes as many passes as it needs; the row of the command says how far it has come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from schemas import codec
from schemas.command import Command, Recompute
from schemas.dead_letter import DeadLetter
from schemas.errors import MalformedError, RefusedError
from streams.changes import AlarmMemory, CommandRow, History, Record
from streams.gathered import Gathered
from streams.guard import alone
from streams.revision import Touched, remake
from streams.state import AssetState, PartitionState, Recomputing
from streams.steps.alarm import unjudged
from streams.steps.operator import Action, act, alert_of
from streams.steps.watermark import UNSEEN_US, floor_us

APPLIED: Final = "applied"
RUNNING: Final = "running"
PANES_A_PASS: Final = 720
SPAN_US_MAX: Final = 366 * 86_400_000_000
"""The most that one recompute may ask for: its partition's records wait for it."""


class Stand(msgspec.Struct, frozen=True):
    """How far a recompute has come; `after` of its row."""

    next_us: int
    end_us: int
    points: int
    revised: int


class Seen(msgspec.Struct, frozen=True):
    """An alarm as the audit shows it; `before` and `after` of a row."""

    state: str
    episode_us: int
    since_us: int
    acknowledged_by: str | None
    comment: str | None
    shelved_until_us: int | None


@dataclass(frozen=True)
class Place:
    """Where a command stands in the log."""

    topic: str
    partition: int
    record: Record


def passes(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """`records` cut so that each command is a pass of its own."""
    start = 0
    for index, record in enumerate(records):
        if record.headers and codec.schema_of(record.headers) == codec.COMMAND:
            if start < index:
                yield records[start:index]
            yield records[index : index + 1]
            start = index + 1
    if start < len(records):
        yield records[start:]


def obey(
    state: PartitionState, asset: AssetState | None, number: int, command: Command, place: Place, gathered: Gathered
) -> None:
    """Carry `command` out on the asset of that number, or set it aside with the reason; either way it is told."""
    row = _row(number, command, place.record)
    try:
        if isinstance(command, Recompute):
            gathered.commands.append(_begin(state, asset, command, row))
        else:
            gathered.commands.append(_act(state, asset, command, row, gathered))
    except RefusedError as error:
        gathered.commands.append(replace(row, outcome=error.code))
        gathered.letters.append(_letter(place, error))


def _row(number: int, command: Command, record: Record) -> CommandRow:
    return CommandRow(
        command_id=command.command_id,
        kind=str(command.__struct_config__.tag),
        asset=number,
        alarm=None if isinstance(command, Recompute) else command.alarm,
        requested_by=command.requested_by,
        comment="" if isinstance(command, Recompute) else command.comment,
        offset=record.offset,
        append_us=record.append_us,
        outcome=APPLIED,
        request=codec.encode(command),
    )


def _letter(place: Place, error: RefusedError) -> DeadLetter:
    record = place.record
    return DeadLetter(
        record.key,
        record.value,
        error.code,
        "command",
        place.topic,
        place.partition,
        record.offset,
        None,
        error.detail,
    )


def _act(
    state: PartitionState, asset: AssetState | None, command: Action, row: CommandRow, gathered: Gathered
) -> CommandRow:
    rule = next((rule for rule in asset.plan.rules if rule.name == command.alarm), None) if asset else None
    if asset is None or rule is None:
        raise RefusedError("command.unknown_alarm", f"{command.asset} has no alarm {command.alarm}")
    before = asset.alarms.get(rule.name) or unjudged(row.asset, rule)
    after = act(before, command, row.append_us, event_time_us(state, asset, row.append_us))
    gathered.alarm(asset, after, alert_of(command.asset, after))
    return replace(row, before=_seen(before), after=_seen(after))


def event_time_us(state: PartitionState, asset: AssetState, append_us: int) -> int:
    """The plant's time at that append time: the newest that a source of `asset` told, and what has passed since."""
    slots = (*asset.plan.slots, *asset.plan.spare_slots)
    reaches = [state.reaches[slot] for slot in slots if slot in state.reaches]
    told = [reach.newest_us + append_us - reach.rose_us for reach in reaches if reach.newest_us != UNSEEN_US]
    return max(told, default=append_us)


def _seen(memory: AlarmMemory) -> bytes:
    return msgspec.json.encode(
        Seen(
            memory.state,
            memory.episode_us,
            memory.since_us,
            memory.acknowledged_by,
            memory.comment,
            memory.shelved_until_us,
        )
    )


def _begin(state: PartitionState, asset: AssetState | None, command: Recompute, row: CommandRow) -> CommandRow:
    """Take a recompute up; its panes begin where those of its first window do."""
    if asset is None:
        raise RefusedError("command.not_computed", f"nothing is computed of {command.asset}")
    if not 0 < command.to_us - command.from_us <= SPAN_US_MAX:
        raise RefusedError("command.span", "a recompute ends after it begins, and asks for 366 days at most")
    first_us = floor_us(command.from_us - asset.kept_back_us, asset.plan.pane_us)
    end_us = first_us
    if asset.closed_us is not None:
        end_us = floor_us(min(command.to_us, asset.closed_us), asset.plan.pane_us)
    running = replace(row, outcome=RUNNING, after=msgspec.json.encode(Stand(first_us, end_us, 0, 0)))
    state.recomputing.append(Recomputing(running, command))
    return running


def restored(row: CommandRow) -> Recomputing | None:
    """A recompute that was under way, from its row; None where that is none of ours."""
    try:
        command = codec.decode_command(row.request)
    except MalformedError:
        return None
    return Recomputing(row, command) if isinstance(command, Recompute) else None


def recompute(state: PartitionState, history: History, gathered: Gathered) -> None:
    """One pass of the oldest recompute under way: its next panes, and the windows that end with them."""
    job = state.recomputing[0]
    asset = state.assets.get(job.row.asset)
    stand = msgspec.json.decode(job.row.after or b"", type=Stand)
    further = _next_panes(asset, job, stand, history, gathered) if asset is not None else None
    if further is None:
        job.row = replace(job.row, outcome="command.internal_error" if asset else "command.not_computed")
    else:
        outcome = RUNNING if further.next_us < further.end_us else APPLIED
        job.row = replace(job.row, outcome=outcome, after=msgspec.json.encode(further))
    gathered.commands.append(job.row)
    if job.row.outcome == APPLIED:
        gathered.recomputed.append((job.row.asset, job.command.from_us, job.command.to_us))
    if job.row.outcome != RUNNING:
        state.recomputing.pop(0)


def _next_panes(
    asset: AssetState, job: Recomputing, stand: Stand, history: History, gathered: Gathered
) -> Stand | None:
    """How far it has come now; None where these panes cannot be computed."""
    if stand.next_us >= stand.end_us:
        return stand
    to_us = min(stand.next_us + PANES_A_PASS * asset.plan.pane_us, stand.end_us)
    area = Touched(stand.next_us, to_us, min(max(stand.next_us, job.command.from_us), to_us), to_us)
    revision = alone(asset, lambda: remake(asset, area, history))
    if revision is None:
        return None
    gathered.take(asset, revision.panes, revision.points)
    return Stand(to_us, stand.end_us, stand.points + revision.compared, stand.revised + len(revision.points))
