"""The pipeline equals a plain, slow computation of the same windows that shares no code with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schemas.point import Point
from tests.oracle import windows
from tests.oracle.bench import Bench, arrived, plan_of
from tests.oracle.compare import complaints, differences
from tests.oracle.plant import Parcel, Plant
from tests.oracle.random_plants import Said, parcels_of, plants, reached_us, samples, slowest_allowed_us

# without shrinking: what a seed draws does not shrink, and a failure is to show at once
quick = settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@st.composite
def told(draw: st.DrawFn, longest_delay_us: int | None = None) -> tuple[Plant, list[Said]]:
    """A plant and what it says, within the lateness unless a longest delay is given; some of it twice."""
    plant = draw(plants())
    limit_us = slowest_allowed_us(plant) - 1 if longest_delay_us is None else longest_delay_us
    delays = st.integers(0, 15).map(lambda part: max(limit_us, 0) * part // 15)
    said = [Said(sample, draw(delays)) for sample in draw(samples(plant))]
    again = draw(st.lists(st.sampled_from(said), max_size=5)) if said else []
    return plant, said + again


def disagreements(bench: Bench, plant: Plant, parcels: Sequence[Parcel]) -> list[str]:
    """What the pipeline's last revisions say otherwise than the plain computation."""
    said = arrived(parcels)
    return [
        complaint
        for machine in plant.machines
        for complaint in complaints(
            bench.points(machine.id), windows.points(plant, machine, said, reached_us(plant, machine))
        )
    ]


@given(told(), st.integers(1, 5))
@quick
def test_points_are_those_of_the_plain_computation(case: tuple[Plant, list[Said]], join: int) -> None:
    plant, said = case
    parcels = parcels_of(plant, said, join)
    bench = Bench(plan_of(plant)).run(parcels, cuts=range(0, len(parcels), 4))
    assert disagreements(bench, plant, parcels) == []


@given(told(longest_delay_us=40_000_000), st.integers(1, 5), st.integers(1, 9))
@quick
def test_last_revisions_after_late_readings_are_those_of_the_plain_computation(
    case: tuple[Plant, list[Said]], join: int, step: int
) -> None:
    plant, said = case
    parcels = parcels_of(plant, said, join)
    bench = Bench(plan_of(plant)).run(parcels, cuts=range(0, len(parcels), step))
    forget_emptied(bench, plant, parcels)
    assert disagreements(bench, plant, parcels) == []


@given(told(longest_delay_us=20_000_000), st.integers(1, 9), st.sampled_from([None, 0, 3_000_000]), st.booleans())
@quick
def test_a_feed_that_falls_idle_and_comes_back_leaves_the_last_revisions_as_they_were(
    case: tuple[Plant, list[Said]], step: int, silence_us: int | None, killed: bool
) -> None:
    awake, said = case
    plant = replace(awake, feeds=tuple(replace(feed, idle_after_us=4_000_000) for feed in awake.feeds))
    parcels = parcels_of(plant, said)
    deaths = range(step, len(parcels), step * 3) if killed else ()
    bench = Bench(plan_of(plant)).run(parcels, range(0, len(parcels), step), deaths, silence_us)
    forget_emptied(bench, plant, parcels)
    assert disagreements(bench, plant, parcels) == []


def forget_emptied(bench: Bench, plant: Plant, parcels: Sequence[Parcel]) -> None:
    """Take out the points that were due when they were made and would not be now: they stand, and say so."""
    said = arrived(parcels)
    emptied: list[Point] = []
    for machine in plant.machines:
        due = {(p.window, p.end_us) for p in windows.points(plant, machine, said, reached_us(plant, machine))}
        spans = {span.name: span for span in machine.windows}
        for point in bench.points(machine.id):
            if (point.window, point.window_end_us) not in due:
                plain = windows.emptied_point(plant, machine, said, spans[point.window], point.window_end_us)
                assert plain.covered_us == 0
                assert differences(point, plain) == []
                emptied.append(point)
    for key in [key for key, point in bench.store.latest.items() if point in emptied]:
        del bench.store.latest[key]
