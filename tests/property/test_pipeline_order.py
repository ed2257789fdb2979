"""Order of arrival, repetition, batches and deaths do not show in the bytes of the points."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schemas import codec
from schemas.alarm import Alert
from schemas.point import Point
from schemas.site import AlarmRule
from tests.oracle.bench import Bench, plan_of, without_revision
from tests.oracle.memory_store import MemoryStore
from tests.oracle.plant import Parcel, Plant, Sample
from tests.oracle.random_plants import Said, once, parcels_of, plants, samples, slowest_allowed_us

# without shrinking: what a seed draws does not shrink, and a failure is to show at once
quick = settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def rules_of(plant: Plant) -> list[AlarmRule]:
    """An alarm on each machine's efficiency and one on its quality."""
    rules = []
    for machine in plant.machines:
        first, last = machine.windows[0].name, machine.windows[-1].name
        low = AlarmRule(machine.id, "low", first, "eta", "<", 0.7, on_delay_us=4_000_000, off_delay_us=4_000_000)
        rules += [low, AlarmRule(machine.id, "bad", last, "quality", "==", "BAD")]
    return rules


def transitions(bench: Bench) -> list[Alert]:
    """Each alarm's transitions in their order; several alarms have none among them."""
    return sorted(bench.store.transitions, key=lambda alert: (alert.asset, alert.name))


@st.composite
def orders(draw: st.DrawFn) -> tuple[Plant, list[Sample], Random]:
    """A plant, what it says (no contradictions: of those the later wins), and a chance to deliver it by."""
    plant = draw(plants())
    return plant, once(draw(samples(plant))), Random(draw(st.integers(0, 2**32 - 1)))


def delivered(plant: Plant, samples: Sequence[Sample], chance: Random, longest_us: int) -> list[Parcel]:
    """Any order within the delay, some of it twice, in records of any size."""
    said = [Said(sample, chance.randint(0, longest_us)) for sample in samples]
    again = [Said(item.sample, chance.randint(0, longest_us)) for item in said if chance.random() < 0.2]
    return parcels_of(plant, said + again, join=chance.randint(1, 9))


def some(chance: Random, size: int, share: float) -> list[int]:
    """Random offsets."""
    return [index for index in range(1, size) if chance.random() < share]


def in_order(plant: Plant, samples: Sequence[Sample]) -> Bench:
    """The undisturbed run: each reading in its time's order, each its own pass."""
    parcels = parcels_of(plant, [Said(sample, 0) for sample in samples], join=1)
    return Bench(plan_of(plant, rules_of(plant))).run(parcels, cuts=range(len(parcels)))


def last_bytes(bench: Bench, plant: Plant) -> list[bytes]:
    """Every point's last revision, as bytes without its number."""
    return [line for machine in plant.machines for line in without_revision(bench.points(machine.id))]


def everything(store: MemoryStore) -> dict[str, object]:
    """All rows that a run leaves, as bytes where there are floats."""
    return {
        "points": {key: codec.encode(point) for key, point in store.latest.items()},
        "replaced": sorted(codec.encode(point) for point in store.replaced),
        "panes": {
            key: (pane.covered_us, pane.integrals.tobytes(), pane.sensitivities.tobytes(), pane.reasons)
            for key, pane in store.panes.items()
        },
        "readings": store.readings.keys(),
        "watermarks": store.watermarks,
        "progress": store.progress,
        "alarms": store.alarms,
        "transitions": sorted(store.transitions, key=lambda alert: (alert.asset, alert.name)),
        "outbox": sorted((row.topic, row.key or b"", row.value) for row in store.outbox),
        "recompute": store.recompute,
        "provenance": store.provenance,
    }


@given(orders())
@quick
def test_any_order_repetition_and_splitting_within_the_lateness_gives_the_same_bytes(
    case: tuple[Plant, list[Sample], Random],
) -> None:
    plant, said, chance = case
    reference = in_order(plant, said)
    parcels = delivered(plant, said, chance, max(slowest_allowed_us(plant) - 1, 0))
    bench = Bench(plan_of(plant, rules_of(plant))).run(parcels, cuts=some(chance, len(parcels), chance.random()))
    assert last_bytes(bench, plant) == last_bytes(reference, plant)
    assert all(point.revision == 0 for point in bench.store.latest.values())
    assert transitions(bench) == transitions(reference)
    assert bench.store.readings.keys() == reference.store.readings.keys()


@given(orders())
@quick
def test_late_within_late_accept_gives_the_same_last_revisions(case: tuple[Plant, list[Sample], Random]) -> None:
    plant, said, chance = case
    reference = in_order(plant, said)
    parcels = delivered(plant, said, chance, 40_000_000)
    bench = Bench(plan_of(plant, rules_of(plant))).run(parcels, cuts=some(chance, len(parcels), chance.random()))
    for machine in plant.machines:
        expected = reference.points(machine.id)
        due = {(point.window, point.window_end_us) for point in expected}
        found = bench.points(machine.id)
        assert without_revision(_those(found, due)) == without_revision(expected)
        assert all(point.coverage == 0.0 for point in found if (point.window, point.window_end_us) not in due)


def _those(points: Sequence[Point], keys: set[tuple[str, int]]) -> list[Point]:
    return [point for point in points if (point.window, point.window_end_us) in keys]


@given(orders())
@quick
def test_a_worker_killed_anywhere_leaves_the_same_rows(case: tuple[Plant, list[Sample], Random]) -> None:
    plant, said, chance = case
    parcels = delivered(plant, said, chance, chance.choice([0, 5_000_000, 40_000_000]))
    cuts = some(chance, len(parcels), 0.3)
    deaths = [cut for cut in cuts if chance.random() < 0.4]
    undisturbed = Bench(plan_of(plant, rules_of(plant))).run(parcels, cuts)
    killed = Bench(plan_of(plant, rules_of(plant))).run(parcels, cuts, deaths)
    assert everything(killed.store) == everything(undisturbed.store)


@given(orders())
@quick
def test_everything_said_again_changes_nothing(case: tuple[Plant, list[Sample], Random]) -> None:
    plant, said, chance = case
    parcels = parcels_of(plant, [Said(sample, 0) for sample in said])
    bench = Bench(plan_of(plant, rules_of(plant))).run(parcels, cuts=range(0, len(parcels), 5))
    before = everything(bench.store)
    again = chance.sample(parcels, len(parcels))
    bench.run(again, cuts=some(chance, len(again), 0.2))
    assert everything(bench.store) == before
