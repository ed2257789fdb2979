"""What one pass of the pipeline changes, and what it needs to go on: the contract between `pipeline` and `store`.

Times are epoch microseconds. `value` NaN stands for null. An asset or series is named by its database number, which
`store.register` hands out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from schemas.alarm import AlarmState, Alert, Priority
from schemas.dead_letter import DeadLetter
from schemas.gap import Gap
from schemas.point import Point


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the readings topic (or of the segment log)."""

    offset: int
    append_us: int
    key: bytes | None
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True)
class Columns:
    """Readings as columns of one length; sorted by (series, ts), each pair once, where they come from the store."""

    series: NDArray[np.int32]
    ts_us: NDArray[np.int64]
    value: NDArray[np.float64]
    status: NDArray[np.int64]
    flag: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.ts_us)


@dataclass(frozen=True)
class Pane:
    """One pane of one asset, computed whole. `layout` names the meaning of `integrals` and `sensitivities`."""

    asset: int
    end_us: int
    length_us: int
    covered_us: int
    integrated_us: int
    steady_us: int
    off_us: int
    excluded_us: int
    samples: int
    layout: str
    integrals: NDArray[np.float64]
    """In the order of `AssetType.rate_names()`, then the moments that the sampling scatter needs."""
    sensitivities: NDArray[np.float64]
    """(energy_in, energy_out) per input with an accuracy: joules that its 95 % limit moves."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Watermark:
    """Newest source time of one (asset, source), the append time at which that last rose, and its numbered batches:
    their run, the highest number, and the newest time that they told."""

    asset: int
    source: str
    newest_us: int
    rose_us: int
    session: str = ""
    sequence: int = -1
    told_us: int | None = None


@dataclass(frozen=True)
class Progress:
    """Where one asset stands: earliest reading, and the end up to which its panes are closed."""

    asset: int
    first_us: int
    closed_us: int


@dataclass(frozen=True)
class AlarmMemory:
    """An alarm's state now, as its row keeps it."""

    asset: int
    name: str
    state: AlarmState
    priority: Priority
    episode_us: int
    since_us: int
    value: float | None
    limit: float | None
    pending_since_us: int | None
    """Window end from which the condition (or, in alarm, its return) has held without a break; None: it does not."""
    judged_us: int
    """Window end of the newest point that was judged."""
    revision: int
    """Revision of that point."""
    acknowledged_by: str | None = None
    """Who has seen this episode."""
    comment: str | None = None
    """What the last action on it said."""
    shelved_until_us: int | None = None
    """Event time at which the silence ends by itself."""
    beneath: AlarmState | None = None
    """While it is shelved, the state that it would be in."""


@dataclass(frozen=True)
class CommandRow:
    """One command and what became of it; `request`, `before` and `after` are JSON."""

    command_id: str
    kind: str
    asset: int
    alarm: str | None
    requested_by: str
    comment: str
    offset: int
    append_us: int
    outcome: str
    """`applied`, `running` (a recompute that goes on in the next pass), or the code of the refusal."""
    request: bytes
    before: bytes | None = None
    after: bytes | None = None


OutboxTopic = Literal["points", "alerts", "gaps", "dead_letters", "readings"]


@dataclass(frozen=True)
class OutboxRow:
    """One record to publish after the commit, in the order of `seq`, which rises by one within a partition."""

    seq: int
    topic: OutboxTopic
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class Changes:
    """Everything that one pass writes, in one transaction, under the fence."""

    next_offset: int
    next_seq: int
    append_us: int
    """The partition's append time, kept in its checkpoint."""
    readings: Columns
    """Each (series, ts) once; a row that stands already with another value is overwritten."""
    panes: Sequence[Pane] = ()
    points: Sequence[tuple[int, Point]] = ()
    """(asset, point). Revision 0 is new; a higher one moves the one that stands into `point_revision`."""
    watermarks: Sequence[Watermark] = ()
    progress: Sequence[Progress] = ()
    alarms: Sequence[AlarmMemory] = ()
    transitions: Sequence[tuple[int, Alert]] = ()
    gaps: Sequence[tuple[int, Gap]] = ()
    dead_letters: Sequence[DeadLetter] = ()
    recompute: Sequence[tuple[int, int, int]] = ()
    """(asset, from_us, to_us) of readings too old to revise points: queued for `recompute`."""
    recomputed: Sequence[tuple[int, int, int]] = ()
    """(asset, from_us, to_us) in which nothing that was queued has to wait any more."""
    commands: Sequence[CommandRow] = ()
    provenance: Mapping[str, bytes] = field(default_factory=dict)
    """Hash → JSON document, for hashes that this process has not written yet."""
    outbox: Sequence[OutboxRow] = ()
    tally: Mapping[str, int] = field(default_factory=dict)
    """What metrics count of this pass and no row tells: late, too_late, revisions, rerouted, foreign_site."""


@dataclass(frozen=True)
class Loaded:
    """What the store knows of a partition when it is assigned: the whole state."""

    epoch: int
    next_offset: int | None
    """None: this partition was never read; start at the earliest offset."""
    next_seq: int
    append_us: int
    watermarks: Sequence[Watermark]
    progress: Sequence[Progress]
    alarms: Sequence[AlarmMemory]
    panes: Sequence[Pane]
    """Closed panes of the longest window of each asset, before its `closed_us`."""
    readings: Columns
    """Per series, everything since its asset's `closed_us` less the reach that was asked for."""
    provenance: frozenset[str] = frozenset()
    """Hashes whose document is stored."""
    commands: Sequence[CommandRow] = ()
    """Those that are `running`."""


class History(Protocol):
    """Stored rows of older times, read for late readings and recompute."""

    def readings(self, series: Sequence[int], from_us: int, to_us: int) -> Columns:
        """Readings of `series` in [from_us, to_us)."""
        ...

    def panes(self, asset: int, from_us: int, to_us: int) -> Sequence[Pane]:
        """Panes of `asset` that end in (from_us, to_us], oldest first."""
        ...

    def points(self, asset: int, window: str, from_us: int, to_us: int) -> Sequence[Point]:
        """Latest revisions of `asset`'s points of `window` that end in (from_us, to_us], oldest first."""
        ...

    def obeyed(self, command_id: str) -> bool:
        """Whether a command of this id was applied, or is under way."""
        ...
