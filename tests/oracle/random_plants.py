"""Random plants and what they say: gaps, bad status, repeated and conflicting readings, several feeds and windows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from hypothesis import strategies as st

from tests.oracle.plant import SECOND_US, Condition, Feed, Machine, Parcel, Plant, Sample, Signal, Span
from tests.oracle.toy import HEAT_OF_FUEL, formula

T0_US = 1_699_999_980 * SECOND_US
"""A whole minute."""
DURATION_S = 60
END_US = T0_US + 600 * SECOND_US
"""Where every signal says its last word, so that all windows close."""
MACHINE = "mill/boiler"
NEIGHBOUR = "mill/neighbour"
"""A machine that shares the boiler's fuel and conditions."""
GOOD, UNCERTAIN, BAD = 0, 0x4094_0000, 0x808B_0000

WINDOWS = (
    ((10, 10),),
    ((20, 10),),
    ((10, 2), (30, 10)),
    ((12, 4), (20, 5), (15, 15)),
)
"""(length, advance) of each window in seconds."""
VALUES: Mapping[str, tuple[float, ...]] = {
    "steam_flow": (0.0, 21.3, 1.0, 24.7, 30.0, -1.0),
    "fuel_flow": (0.0, 1.0, 0.9, 0.2, 1.1),
    "fuel_a": (0.0, 0.5, 0.2, 0.7),
    "fuel_b": (0.0, 0.5, 0.1),
    "shell": (0.0, 1e5, 2.5e6),
    "LHV": (45e6, 50e6),
    "soot": (1.0, 0.0),
    "on": (0.0, 1.0, 2.0),
    "spare": (7.0,),
}
ACCURACIES = {"steam_flow": 0.01, "fuel_a": 0.02, "shell": 0.1}
SENTINEL = 66.797e9
"""Beyond every signal's range."""


@dataclass(frozen=True)
class Said:
    """A sample and how long it is under way."""

    sample: Sample
    delay_us: int

    @property
    def arrival_us(self) -> int:
        """When the log gets it."""
        return self.sample.ts_us + self.delay_us


def signal_of(name: str, feed: str, hold_us: int) -> Signal:
    """A signal of the random machine; soot stands at another asset of the group."""
    owner = "mill/soot_blower" if name == "soot" else MACHINE
    relative = ACCURACIES.get(name, 0.0)
    return Signal(f"{owner}/{name}", feed, hold_us, low=-1e9, high=1e9, relative=relative, calibration_group="scales")


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    """A machine, perhaps two, with the inputs, conditions, feeds and windows that chance gives."""
    latenesses = draw(st.lists(st.sampled_from([0, 1, 3, 8, 15]), min_size=1, max_size=3))
    feeds = tuple(Feed(f"feed{index}", seconds * SECOND_US) for index, seconds in enumerate(latenesses))
    fuels = draw(st.sampled_from([("fuel_flow",), ("fuel_a", "fuel_b")]))
    measured_lhv = draw(st.booleans())
    optional = [name for name in ("shell", "soot", "on", "spare") if draw(st.booleans())]
    names = ["steam_flow", *fuels, *(["LHV"] if measured_lhv else []), *optional]
    holds = st.sampled_from([1_000_000, 2_500_001, 6_000_000, 13_000_000])
    signals = tuple(signal_of(name, draw(st.sampled_from(feeds)).name, draw(holds)) for name in names)
    by_name = dict(zip(names, signals, strict=True))
    inputs = {name: by_name[name].id for name in names if name not in {"soot", "on", "spare"}}
    boiler = Machine(
        id=MACHINE,
        type="toy",
        inputs=inputs,
        required=("steam_flow", *fuels, *(["LHV"] if measured_lhv else [])),
        drivers=fuels,
        formula=formula(),
        windows=tuple(
            Span(f"{length}s{advance}", length * SECOND_US, advance * SECOND_US)
            for length, advance in draw(st.sampled_from(WINDOWS))
        ),
        parameters={"LHV": None if measured_lhv else HEAT_OF_FUEL, "fuel_cutoff": 0.2},
        cutoff=0.2,
        bound=1.0,
        exclude_when=Condition(by_name["soot"].id, "==", 1.0) if "soot" in by_name else None,
        running_when=Condition(by_name["on"].id, ">=", 1.0) if "on" in by_name else None,
        min_coverage=draw(st.sampled_from([0.0, 0.3, 0.5])),
    )
    if draw(st.booleans()):
        return Plant(feeds, signals, (boiler,))
    own = Signal(f"{NEIGHBOUR}/steam_flow", draw(st.sampled_from(feeds)).name, draw(holds), low=-1e9, high=1e9)
    neighbour = replace(
        boiler,
        id=NEIGHBOUR,
        inputs={**{name: tag for name, tag in inputs.items() if name != "shell"}, "steam_flow": own.id},
        running_when=None,
    )
    return Plant(feeds, (*signals, own), (boiler, neighbour))


@st.composite
def samples(draw: st.DrawFn, plant: Plant) -> list[Sample]:
    """What the plant's signals say within a minute: scans with gaps and faults, and some samples that contradict."""
    chance = Random(draw(st.integers(0, 2**32 - 1)))
    trouble = draw(st.sampled_from([0.0, 0.1, 0.4]))
    said = [sample for signal in plant.signals for sample in scan(signal, chance, trouble)]
    contradictions = [other_than(plant, sample, chance) for sample in said if chance.random() < trouble / 4]
    return said + contradictions


def scan(signal: Signal, chance: Random, trouble: float) -> list[Sample]:
    """One signal's readings: a period and a phase of its own, a gap perhaps, a fault now and then."""
    period_us = chance.choice([1_000_000, 2_000_000, 2_700_001, 5_000_000])
    ts_us = T0_US + chance.choice([0, 1, 500_000, 1_700_000, 14_000_000])
    gap_from_us = T0_US + chance.randrange(DURATION_S * SECOND_US)
    gap_to_us = gap_from_us + chance.choice([0, 4, 25]) * SECOND_US
    usual, restless = chance.choice([0, 1, 1, 1, 3]), chance.choice([0.0, 0.1, 0.5])
    said = []
    while ts_us < T0_US + DURATION_S * SECOND_US:
        if not gap_from_us <= ts_us < gap_to_us:
            kind = chance.randrange(4) if chance.random() < trouble else 9
            said.append(sample_of(signal, ts_us, chance.randrange(6) if chance.random() < restless else usual, kind))
        ts_us += period_us
    return said


def other_than(plant: Plant, sample: Sample, chance: Random) -> Sample:
    """Another sample of the same signal and time."""
    return sample_of(plant.signal(sample.tag), sample.ts_us, chance.randrange(6), chance.randrange(5))


def sample_of(signal: Signal, ts_us: int, pick: int, kind: int) -> Sample:
    """One reading; `kind` 0 to 3 is bad, bad with a number, out of range, uncertain; else good."""
    choices = VALUES[signal.measurand]
    value = choices[pick % len(choices)]
    match kind:
        case 0:
            return Sample(signal.id, ts_us, None, BAD)
        case 1:
            return Sample(signal.id, ts_us, value, BAD)
        case 2:
            return Sample(signal.id, ts_us, SENTINEL, GOOD)
        case 3:
            return Sample(signal.id, ts_us, value, UNCERTAIN)
    return Sample(signal.id, ts_us, value, GOOD)


def once(said: Iterable[Sample]) -> list[Sample]:
    """No two samples of one signal and time."""
    return list({(sample.tag, sample.ts_us): sample for sample in said}.values())


def slowest_allowed_us(plant: Plant) -> int:
    """A delay below it makes nothing late."""
    return min(feed.lateness_us for feed in plant.feeds)


def parcels_of(plant: Plant, said: Sequence[Said], join: int = 3) -> list[Parcel]:
    """Records in order of arrival: up to `join` neighbours of one asset and feed together, then every signal's end."""
    parcels: list[Parcel] = []
    for item in sorted(said, key=lambda item: item.arrival_us):
        signal = plant.signal(item.sample.tag)
        last = parcels[-1] if parcels else None
        if last and (last.asset, last.feed) == (signal.asset, signal.feed) and len(last.samples) < join:
            parcels[-1] = replace(last, samples=[*last.samples, item.sample], append_us=item.arrival_us)
        else:
            parcels.append(Parcel(signal.asset, signal.feed, item.arrival_us, [item.sample]))
    return [*parcels, *last_words(plant)]


def last_words(plant: Plant) -> list[Parcel]:
    """Every signal turns bad at the end; that moves each watermark over all that was said."""
    return [
        Parcel(signal.asset, signal.feed, END_US + index, [Sample(signal.id, END_US, None, BAD)])
        for index, signal in enumerate(plant.signals)
    ]


def reached_us(plant: Plant, machine: Machine) -> int:
    """The machine's watermark once the last words are in."""
    feeding = {plant.signal(machine.inputs[name]).feed for name in machine.required}
    return END_US - max(plant.feed(name).lateness_us for name in feeding)
