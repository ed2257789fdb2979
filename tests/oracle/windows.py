"""Points of one machine the plain way: second by second between changes, one float after the other. No numpy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite, isnan

from tests.oracle.plant import Condition, Machine, Plant, Sample, Signal, Span

UNCERTAIN_CODES = 0x4000_0000
BAD_CODES = 0x8000_0000
Readings = dict[int, Sample]
"""Time → the sample that arrived last for it."""


@dataclass
class PlainPoint:
    """What a point must say."""

    window: str
    end_us: int
    covered_us: int = 0
    coverage: float = 0.0
    integrated_us: int = 0
    eta: float | None = None
    energy_in_j: float | None = 0.0
    energy_out_j: float | None = 0.0
    losses_j: dict[str, float] = field(default_factory=dict)
    residual_j: float | None = 0.0
    quality: str = "BAD"
    reasons: set[str] = field(default_factory=set)


@dataclass
class Stretch:
    """A time on which nothing changes."""

    start_us: int
    end_us: int
    covered: bool = False
    off: bool = False
    excluded: bool = False
    resting: bool = False
    energy_in_w: float | None = None
    energy_out_w: float | None = None
    losses_w: dict[str, float] = field(default_factory=dict)
    residual_w: float | None = None
    reasons: set[str] = field(default_factory=set)


def points(plant: Plant, machine: Machine, arrived: Iterable[Sample], until_us: int) -> list[PlainPoint]:
    """Every point of `machine` whose window ends by `until_us`, by end, then in the order of its windows."""
    signals = used_signals(plant, machine)
    readings = last_arrived(arrived, signals)
    times = [ts for by_time in readings.values() for ts in by_time]
    if not times:
        return []
    earliest = min(times)
    cuts = changes(signals, readings)
    for span in machine.windows:
        cuts.update(range(first_end(span, earliest) - span.length_us, until_us + 1, span.advance_us))
        cuts.update(range(first_end(span, earliest), until_us + 1, span.advance_us))
    edges = sorted(cut for cut in cuts if cut <= until_us)
    stretches = [look(plant, machine, readings, a, b) for a, b in pairwise(edges)]
    found = []
    for order, span in enumerate(machine.windows):
        for end_us in range(first_end(span, earliest), until_us + 1, span.advance_us):
            point = point_of(machine, span, end_us, stretches)
            if point.covered_us > 0 or follows_covered(machine, span, end_us, stretches, earliest):
                found.append((end_us, order, point))
    return [point for _, _, point in sorted(found, key=lambda item: item[:2])]


def emptied_point(plant: Plant, machine: Machine, arrived: Iterable[Sample], span: Span, end_us: int) -> PlainPoint:
    """The point of one window, whether it is due or not."""
    signals = used_signals(plant, machine)
    readings = last_arrived(arrived, signals)
    start_us = end_us - span.length_us
    edges = sorted({start_us, end_us, *(cut for cut in changes(signals, readings) if start_us < cut < end_us)})
    stretches = [look(plant, machine, readings, a, b) for a, b in pairwise(edges)]
    return point_of(machine, span, end_us, stretches)


def used_signals(plant: Plant, machine: Machine) -> list[Signal]:
    """Signals of the inputs and of the conditions."""
    conditions = [condition.signal for condition in (machine.exclude_when, machine.running_when) if condition]
    return [plant.signal(tag) for tag in dict.fromkeys([*machine.inputs.values(), *conditions])]


def last_arrived(arrived: Iterable[Sample], signals: Sequence[Signal]) -> dict[str, Readings]:
    """Per signal, of equal times the sample that came last."""
    readings: dict[str, Readings] = {signal.id: {} for signal in signals}
    for sample in arrived:
        if sample.tag in readings:
            readings[sample.tag][sample.ts_us] = sample
    return readings


def changes(signals: Sequence[Signal], readings: dict[str, Readings]) -> set[int]:
    """Every time at which something may change."""
    cuts: set[int] = set()
    for signal in signals:
        for ts in readings[signal.id]:
            cuts.update((ts, ts + signal.hold_us))
    return cuts


def first_end(span: Span, earliest_us: int) -> int:
    """End of the first window that starts at or after the earliest reading."""
    end = earliest_us // span.advance_us * span.advance_us
    while end - span.length_us < earliest_us:
        end += span.advance_us
    return end


def follows_covered(machine: Machine, span: Span, end_us: int, stretches: Sequence[Stretch], earliest_us: int) -> bool:
    """Whether the window one advance earlier counts and had covered time."""
    before = end_us - span.advance_us
    if before - span.length_us < earliest_us:
        return False
    return point_of(machine, span, before, stretches).covered_us > 0


def standing(signal: Signal, readings: Readings, at_us: int) -> tuple[float | None, str]:
    """(value, state) of a signal at a moment: what its newest reading says, within its hold limit."""
    past = [ts for ts in readings if ts <= at_us]
    if not past or at_us >= max(past) + signal.hold_us:
        return None, ""
    sample = readings[max(past)]
    outside = sample.value is not None and not signal.low <= sample.value <= signal.high
    if sample.status >= BAD_CODES:
        return None, "bad_input out_of_range" if outside else "bad_input"
    if outside:
        return None, "out_of_range"
    return sample.value, "uncertain_input" if sample.status >= UNCERTAIN_CODES else ""


def fulfils(condition: Condition, value: float | None) -> bool | None:
    """Whether the condition holds; None where that is not known."""
    if value is None:
        return None
    match condition.operator:
        case "<":
            return value < condition.limit
        case "<=":
            return value <= condition.limit
        case ">":
            return value > condition.limit
        case ">=":
            return value >= condition.limit
        case "!=":
            return value != condition.limit
    return value == condition.limit


def look(plant: Plant, machine: Machine, readings: dict[str, Readings], start_us: int, end_us: int) -> Stretch:
    """What stands on one stretch, and what the machine does there."""
    stretch = Stretch(start_us, end_us)

    def value_of(tag: str) -> float | None:
        value, state = standing(plant.signal(tag), readings[tag], start_us)
        label = tag.rsplit("/", 1)[1] if tag.rsplit("/", 1)[0] == machine.id else tag
        stretch.reasons.update(f"{kind}:{label}" for kind in state.split())
        return value

    values = {name: value_of(tag) for name, tag in machine.inputs.items()}
    excluded = machine.exclude_when and fulfils(machine.exclude_when, value_of(machine.exclude_when.signal))
    running = machine.running_when and fulfils(machine.running_when, value_of(machine.running_when.signal))
    stretch.covered = all(values[name] is not None for name in machine.required)
    if not stretch.covered:
        return stretch
    stretch.off = sum(values[name] or 0.0 for name in machine.drivers) <= machine.cutoff
    stretch.excluded = excluded is True
    stretch.resting = running is False
    if not (stretch.off or stretch.excluded or stretch.resting):
        ask(machine, values, stretch)
    return stretch


def ask(machine: Machine, values: dict[str, float | None], stretch: Stretch) -> None:
    """Rates of a running machine; an impossible state is not covered."""
    answer = machine.formula(values)
    for name in answer.faults:
        tag = machine.inputs[name]
        owner, measurand = tag.rsplit("/", 1)
        stretch.reasons.add(f"impossible_state:{measurand if owner == machine.id else tag}")
    if answer.energy_in is None or answer.energy_out is None:
        stretch.covered = False
        return
    stretch.energy_in_w, stretch.energy_out_w = answer.energy_in, answer.energy_out
    stretch.losses_w, stretch.residual_w = dict(answer.losses), answer.residual


def point_of(machine: Machine, span: Span, end_us: int, stretches: Sequence[Stretch]) -> PlainPoint:
    """One window's point."""
    inside = [s for s in stretches if end_us - span.length_us <= s.start_us and s.end_us <= end_us]
    point = PlainPoint(span.name, end_us)
    point.covered_us = sum(s.end_us - s.start_us for s in inside if s.covered)
    point.coverage = point.covered_us / span.length_us
    point.reasons = set().union(*(s.reasons for s in inside))
    live = [s for s in inside if s.energy_in_w is not None]
    point.integrated_us = sum(s.end_us - s.start_us for s in live)
    add_up(point, live)
    why = absence(machine, inside) if not live else set()
    if point.coverage < machine.min_coverage:
        why.add("coverage")
    into, out = point.energy_in_j, point.energy_out_j
    if into is None or out is None:
        raise AssertionError("sums are numbers")
    if live and (into == 0.0 or not isfinite(into) or not isfinite(out) or not isfinite(out / into)):
        why.add("not_finite")
        point.energy_in_j = point.energy_out_j = point.residual_j = None
    if live and not why:
        point.eta = out / into
    point.reasons |= why
    judge(machine, point)
    return point


def add_up(point: PlainPoint, live: Sequence[Stretch]) -> None:
    """Joules over the integrated stretches."""
    into = out = residual = 0.0
    losses: dict[str, float] = {}
    known = True
    for s in live:
        seconds = (s.end_us - s.start_us) / 1e6
        into += (s.energy_in_w or 0.0) * seconds
        out += (s.energy_out_w or 0.0) * seconds
        for name, watts in s.losses_w.items():
            losses[name] = losses.get(name, 0.0) + watts * seconds
        if s.residual_w is None:
            known = False
        else:
            residual += s.residual_w * seconds
    point.energy_in_j, point.energy_out_j = into, out
    point.losses_j = {name: joules for name, joules in losses.items() if joules != 0.0}
    point.residual_j = residual if known and not isnan(residual) else None


def absence(machine: Machine, inside: Sequence[Stretch]) -> set[str]:
    """Why a window without integrated time has none."""
    covered = [s for s in inside if s.covered]
    why = set()
    if any(s.off for s in covered):
        why.add(machine.off_reason)
    if any(s.excluded for s in covered):
        why.add("excluded")
    if any(s.resting for s in covered):
        why.add("not_running")
    return why


def judge(machine: Machine, point: PlainPoint) -> None:
    """Quality, and eta beyond its bound."""
    if point.eta is None:
        return
    if point.eta > machine.bound:
        point.reasons.add("above_unity")
    doubts = ("uncertain_input:", "out_of_range:", "impossible_state:", "above_unity")
    doubtful = any(reason.startswith(doubts) for reason in point.reasons)
    point.quality = "UNCERTAIN" if doubtful or point.coverage < 0.9 else "GOOD"
