"""A command: what an operator or the API asks of a group's owner, in the readings topic itself (`command/1`)."""

from __future__ import annotations

import msgspec


class Recompute(msgspec.Struct, frozen=True, tag_field="kind", tag="recompute"):
    """Points of `asset` again from stored readings, for windows that end in (from_us, to_us]."""

    command_id: str
    asset: str
    from_us: int
    to_us: int
    requested_by: str = ""


class Acknowledge(msgspec.Struct, frozen=True, tag_field="kind", tag="acknowledge"):
    """An operator has seen the alarm."""

    command_id: str
    asset: str
    alarm: str
    episode_us: int
    comment: str = ""
    requested_by: str = ""


class Shelve(msgspec.Struct, frozen=True, tag_field="kind", tag="shelve"):
    """An operator silences the alarm for `duration_s`."""

    command_id: str
    asset: str
    alarm: str
    duration_s: float
    comment: str = ""
    requested_by: str = ""


class Unshelve(msgspec.Struct, frozen=True, tag_field="kind", tag="unshelve"):
    """An operator ends the silence early."""

    command_id: str
    asset: str
    alarm: str
    comment: str = ""
    requested_by: str = ""


Command = Recompute | Acknowledge | Shelve | Unshelve
