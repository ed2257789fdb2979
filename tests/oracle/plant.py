"""A plant in plain words: what the oracle computes from and what a site is built of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

SECOND_US = 1_000_000


@dataclass(frozen=True)
class Feed:
    """A source of readings."""

    name: str
    lateness_us: int = 10 * SECOND_US
    idle_after_us: int = 10**9 * SECOND_US


@dataclass(frozen=True)
class Signal:
    """One tag and what may be believed of it."""

    id: str
    feed: str
    hold_us: int = 30 * SECOND_US
    low: float = -inf
    high: float = inf
    relative: float = 0.0
    absolute: float = 0.0
    calibration_group: str | None = None

    @property
    def asset(self) -> str:
        """The asset that carries the tag."""
        return self.id.rsplit("/", 1)[0]

    @property
    def measurand(self) -> str:
        """The tag's name within its asset."""
        return self.id.rsplit("/", 1)[1]


@dataclass(frozen=True)
class Condition:
    """A signal against a number."""

    signal: str
    operator: str
    limit: float


@dataclass(frozen=True)
class Span:
    """A rolling window."""

    name: str
    length_us: int
    advance_us: int


@dataclass(frozen=True)
class Answer:
    """What a machine's formulas say of one state; `energy_in` None: the state is impossible because of `faults`."""

    energy_in: float | None
    energy_out: float | None
    losses: Mapping[str, float] = field(default_factory=dict)
    residual: float | None = None
    faults: tuple[str, ...] = ()


Formula = Callable[[Mapping[str, float | None]], Answer]


@dataclass(frozen=True)
class Machine:
    """One asset. `inputs` names the signal of each input or measured parameter; `drivers` add up to what drives it."""

    id: str
    type: str
    inputs: Mapping[str, str]
    required: tuple[str, ...]
    drivers: tuple[str, ...]
    formula: Formula
    windows: tuple[Span, ...]
    parameters: Mapping[str, float | str | None] = field(default_factory=dict)
    cutoff: float = 0.0
    off_reason: str = "no_fuel"
    bound: float = inf
    exclude_when: Condition | None = None
    running_when: Condition | None = None
    min_coverage: float = 0.5


@dataclass(frozen=True)
class Plant:
    """All feeds, signals and machines of one group."""

    feeds: tuple[Feed, ...]
    signals: tuple[Signal, ...]
    machines: tuple[Machine, ...]
    late_accept_us: int = 10**6 * SECOND_US

    def signal(self, tag_id: str) -> Signal:
        """The signal of that id."""
        return next(signal for signal in self.signals if signal.id == tag_id)

    def feed(self, name: str) -> Feed:
        """The feed of that name."""
        return next(feed for feed in self.feeds if feed.name == name)


@dataclass(frozen=True)
class Sample:
    """One reading as it arrives."""

    tag: str
    ts_us: int
    value: float | None
    status: int = 0


@dataclass(frozen=True)
class Parcel:
    """One record: samples of one asset from one feed, and when the log got it."""

    asset: str
    feed: str
    append_us: int
    samples: Sequence[Sample]
    origin: str = "source"
