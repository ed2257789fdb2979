"""Smallest cases of the pipeline's laws, each told in a few readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calc.asset_type import Inputs, Parameters, Rates
from schemas.errors import UnavailableError
from schemas.point import Point
from streams.changes import Columns, Record
from tests.oracle import bench as benches
from tests.oracle import windows
from tests.oracle.bench import PARTITION, Bench, arrived, plan_of, record_of, without_revision
from tests.oracle.compare import complaints
from tests.oracle.memory_store import MemoryHistory
from tests.oracle.plant import SECOND_US, Feed, Machine, Parcel, Plant, Sample, Signal, Span
from tests.oracle.random_plants import BAD, T0_US, UNCERTAIN
from tests.oracle.toy import HEAT_OF_FUEL, HEAT_OF_STEAM, TOY, formula

BOILER = "mill/boiler"


def boiler(**changes: object) -> Machine:
    """Fuel and steam, ten-second windows."""
    machine = Machine(
        id=BOILER,
        type="toy",
        inputs={"steam_flow": f"{BOILER}/steam_flow", "fuel_flow": f"{BOILER}/fuel_flow"},
        required=("steam_flow", "fuel_flow"),
        drivers=("fuel_flow",),
        formula=formula(),
        windows=(Span("10s", 10 * SECOND_US, 10 * SECOND_US),),
        parameters={"LHV": HEAT_OF_FUEL, "fuel_cutoff": 0.0},
        bound=1.0,
    )
    return replace(machine, **changes)  # type: ignore[arg-type]


def plant(lateness_s: int = 0, late_accept_s: int = 3600, idle_after_s: int = 10**9, hold_s: int = 10) -> Plant:
    """The boiler on one feed, with a spare tag that nothing uses."""
    feed = Feed("plc", lateness_s * SECOND_US, idle_after_s * SECOND_US)
    names = ("steam_flow", "fuel_flow", "spare")
    signals = tuple(Signal(f"{BOILER}/{name}", feed.name, hold_s * SECOND_US) for name in names)
    return Plant((feed,), signals, (boiler(),), late_accept_s * SECOND_US)


def at(second: float, name: str, value: float | None, status: int = 0, append_s: float | None = None) -> Parcel:
    """One reading of the boiler, in a record of its own."""
    ts_us = T0_US + round(second * SECOND_US)
    append_us = ts_us if append_s is None else T0_US + round(append_s * SECOND_US)
    return Parcel(BOILER, "plc", append_us, [Sample(f"{BOILER}/{name}", ts_us, value, status)])


def both(second: float, fuel: float = 1.0, steam: float = 20.0, append_s: float | None = None) -> list[Parcel]:
    """A scan of both inputs."""
    return [at(second, "fuel_flow", fuel, append_s=append_s), at(second, "steam_flow", steam, append_s=append_s)]


def ends_s(points: list[Point]) -> list[float]:
    """Where windows end, in seconds."""
    return [(point.window_end_us - T0_US) / SECOND_US for point in points]


def test_an_older_reading_within_the_lateness_still_decides_where_the_first_window_lies() -> None:
    parcels = [at(14, "steam_flow", 20.0), at(10, "steam_flow", 20.0), *both(15), *both(60)]
    one_by_one = Bench(plan_of(plant(lateness_s=20))).run(parcels, cuts=range(len(parcels)))
    assert ends_s(one_by_one.points(BOILER))[0] == 20.0


def test_how_late_a_reading_is_does_not_depend_on_the_batch_it_came_in() -> None:
    parcels = [*both(0), *both(10), *both(20), at(11, "fuel_flow", 2.0), *both(40), *both(50)]
    strict = plan_of(plant(late_accept_s=15))
    one_by_one = Bench(strict).run(parcels, cuts=range(len(parcels)))
    at_once = Bench(strict).run(parcels)
    assert one_by_one.tally["late"] == at_once.tally["late"] == 1
    assert without_revision(at_once.points(BOILER)) == without_revision(one_by_one.points(BOILER))


def test_a_reading_older_than_late_accept_is_stored_and_queued_and_changes_no_point() -> None:
    parcels = [*both(0), *both(10), *both(20), *both(40)]
    before = Bench(plan_of(plant(late_accept_s=15))).run(parcels)
    after = Bench(plan_of(plant(late_accept_s=15))).run([*parcels, at(11, "fuel_flow", 2.0)], cuts=[len(parcels)])
    assert after.points(BOILER) == before.points(BOILER)
    assert len(after.store.readings) == len(before.store.readings) + 1
    ((_, from_us, to_us),) = after.store.recompute
    assert (from_us - T0_US, to_us - T0_US) == (11 * SECOND_US, 31 * SECOND_US)


def test_of_equal_times_the_later_offset_wins_whatever_stands_in_the_store() -> None:
    first = [*both(0), at(5, "fuel_flow", 2.0)]
    rest = [at(5, "fuel_flow", 3.0), *both(20), at(5, "fuel_flow", 2.0)]
    run = Bench(plan_of(plant())).run([*first, *rest], cuts=[len(first)])
    (point,) = [point for point in run.points(BOILER) if ends_s([point]) == [10.0]]
    assert point.energy_in_j == pytest.approx(HEAT_OF_FUEL * (5 * 1.0 + 5 * 2.0))


def test_the_first_reading_of_an_input_counts_though_a_spare_tag_ran_ahead() -> None:
    parcels = [at(100, "spare", 1.0), *both(0, append_s=100), *both(10, append_s=100), *both(120)]
    run = Bench(plan_of(plant())).run(parcels, cuts=range(len(parcels)))
    restarted = Bench(plan_of(plant())).run(parcels, cuts=range(len(parcels)), restarts=range(1, len(parcels)))
    assert ends_s(run.points(BOILER))[:2] == [10.0, 20.0]
    assert restarted.points(BOILER) == run.points(BOILER)


def test_a_window_without_covered_time_is_emitted_once_then_none_until_the_asset_speaks() -> None:
    run = Bench(plan_of(plant())).run([*both(0), *both(100), *both(110)])
    found = run.points(BOILER)
    assert ends_s(found) == [10.0, 20.0, 110.0]
    assert [point.coverage for point in found] == [1.0, 0.0, 1.0]
    assert (found[1].eta, found[1].quality, found[1].reasons) == (None, "BAD", ["coverage"])


def test_a_heartbeat_brings_no_reading_and_moves_no_watermark() -> None:
    silence = [Parcel(BOILER, "plc", T0_US + 50 * SECOND_US, [])]
    run = Bench(plan_of(plant())).run([*both(0), *silence])
    assert run.points(BOILER) == []
    assert len(run.store.readings) == 2


def test_where_all_sources_are_idle_time_moves_on_by_what_has_passed() -> None:
    run = Bench(plan_of(plant(idle_after_s=30))).run(both(0))
    assert run.pipeline.tick(PARTITION, T0_US + 9 * SECOND_US) is None
    changes = run.pipeline.tick(PARTITION, T0_US + 35 * SECOND_US)
    assert changes is not None
    assert ends_s([point for _, point in changes.points]) == [10.0, 20.0]
    assert changes.next_offset == run.store.next_offset


@pytest.mark.parametrize(
    ("fuel", "steam", "reasons"),
    [(1.0, 1e305, ["not_finite"]), (1e-310, 1e300, ["not_finite"]), (1e301, 1.0, ["not_finite"])],
)
def test_what_overflows_is_null_and_says_so(fuel: float, steam: float, reasons: list[str]) -> None:
    run = Bench(plan_of(plant())).run([*both(0, fuel, steam), *both(10)])
    (point,) = run.points(BOILER)
    assert (point.eta, point.eta_u95, point.energy_in_j, point.energy_out_j) == (None, None, None, None)
    assert (point.residual_j, point.values, point.quality, point.reasons) == (None, {}, "BAD", reasons)


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A type whose formulas raise while the list holds something; the neighbour of the boiler is of it."""
    broken: list[str] = []

    def rates(inputs: Inputs, parameters: Parameters) -> Rates:
        if broken:
            raise ZeroDivisionError
        return TOY.rates(inputs, parameters)

    kind = replace(TOY, name="fragile", rates=rates)
    monkeypatch.setattr(benches, "TYPES", {**benches.TYPES, "fragile": kind})
    return broken


def with_fragile_neighbour(**changes: object) -> Plant:
    """The boiler and an asset of the fragile type on the same tags."""
    one = plant()
    neighbour = replace(boiler(**changes), id="mill/neighbour", type="fragile")
    return replace(one, machines=(*one.machines, neighbour))


def test_an_asset_that_cannot_be_computed_is_bad_and_its_neighbour_is_not(fragile: list[str]) -> None:
    fragile.append("broken")
    run = Bench(plan_of(with_fragile_neighbour())).run([*both(0), *both(10), *both(20)])
    assert [point.quality for point in run.points(BOILER)] == ["GOOD", "GOOD"]
    broken = run.points("mill/neighbour")
    assert broken
    assert {(point.quality, tuple(point.reasons)) for point in broken} == {("BAD", ("coverage", "internal_error"))}


def test_late_readings_that_cannot_be_computed_wait_for_recompute_and_stop_nobody(fragile: list[str]) -> None:
    run = Bench(plan_of(with_fragile_neighbour())).run([*both(0), *both(10), *both(20)])
    before = run.points("mill/neighbour")
    fragile.append("broken")
    run.run([at(12, "fuel_flow", 2.0)])
    assert run.points("mill/neighbour") == before
    assert [point.revision for point in run.points(BOILER)] == [0, 1]
    ((number, from_us, _),) = run.store.recompute
    assert (run.plan.assets[number].asset.id, from_us - T0_US) == ("mill/neighbour", 12 * SECOND_US)


def test_a_store_that_is_away_is_told_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_self: MemoryHistory, _series: Sequence[int], _from_us: int, _to_us: int) -> Columns:
        raise UnavailableError("store.unavailable", "gone")

    run = Bench(plan_of(plant())).run([*both(0), *both(10), *both(20)])
    monkeypatch.setattr(MemoryHistory, "readings", away)
    with pytest.raises(UnavailableError):
        run.run([at(12, "fuel_flow", 2.0)])
    monkeypatch.undo()
    run.restart()
    run.run([at(12, "fuel_flow", 2.0)])
    assert [point.revision for point in run.points(BOILER)] == [0, 1]


def test_a_changed_asset_that_cannot_be_computed_does_not_keep_its_partition_from_being_taken(
    fragile: list[str],
) -> None:
    run = Bench(plan_of(with_fragile_neighbour())).run([*both(0), *both(10), *both(20)])
    fragile.append("broken")
    other = with_fragile_neighbour(windows=(Span("w", 20 * SECOND_US, 5 * SECOND_US),))
    taken = Bench(plan_of(other), run.store).run(both(30))
    assert ends_s(taken.points(BOILER))[-1] == 30.0


def test_a_reason_names_another_assets_tag_whole() -> None:
    one = plant()
    neighbour = replace(boiler(), id="mill/neighbour")
    run = Bench(plan_of(replace(one, machines=(*one.machines, neighbour)))).run(
        [at(0, "fuel_flow", 1.0, UNCERTAIN), at(0, "steam_flow", 20.0), *both(10)]
    )
    assert run.points(BOILER)[0].reasons == ["uncertain_input:fuel_flow"]
    assert run.points("mill/neighbour")[0].reasons == ["uncertain_input:mill/boiler/fuel_flow"]
    assert run.points("mill/neighbour")[0].quality == "UNCERTAIN"


def test_a_bad_reading_ends_the_hold_and_stands_as_nothing() -> None:
    run = Bench(plan_of(plant())).run([*both(0), at(4, "steam_flow", 99.0, BAD), *both(10)])
    (point,) = run.points(BOILER)
    assert (point.coverage, point.quality) == (0.4, "BAD")
    assert point.reasons == ["coverage", "bad_input:steam_flow"]
    assert point.energy_out_j == pytest.approx(4 * 20.0 * HEAT_OF_STEAM)


accuracies = st.sampled_from([0.0, 0.01, 0.05])


@given(accuracies, accuracies, st.sampled_from([0.0, 0.02]), st.booleans(), st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_the_systematic_limits_of_a_constant_plant_combine_as_they_should(
    fuel_limit: float, steam_limit: float, fuel_absolute: float, together: bool, gap_s: int
) -> None:
    one = plant(hold_s=1)
    group = "scale" if together else None
    signals = (
        replace(one.signals[0], relative=steam_limit, calibration_group=group),
        replace(one.signals[1], relative=fuel_limit, absolute=fuel_absolute, calibration_group=group),
        one.signals[2],
    )
    seconds = [second for second in range(10) if second != gap_s]
    parcels = [parcel for second in [*seconds, 10] for parcel in both(second, 0.8, 17.0)]
    run = Bench(plan_of(replace(one, signals=signals))).run(parcels)
    (point,) = run.points(BOILER)
    assert point.eta is not None
    assert point.eta_u95 is not None
    by_fuel, by_steam = -(fuel_limit + fuel_absolute / 0.8) * point.eta, steam_limit * point.eta
    expected = abs(by_fuel + by_steam) if together else sqrt(by_fuel**2 + by_steam**2)
    assert point.eta_u95 == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert point.coverage == pytest.approx(0.9)


def test_records_of_one_pass_and_of_many_leave_the_same_offsets() -> None:
    parcels = [*both(0), *both(10), *both(20)]
    records: list[Record] = [record_of(7 + index, parcel) for index, parcel in enumerate(parcels)]
    at_once, one_by_one = Bench(plan_of(plant())), Bench(plan_of(plant()))
    at_once.feed(records)
    for record in records:
        one_by_one.feed([record])
    assert at_once.store.next_offset == one_by_one.store.next_offset == 7 + len(parcels)
    assert at_once.store.readings == one_by_one.store.readings
    expected = windows.points(plant(), boiler(), arrived(parcels), T0_US + 20 * SECOND_US)
    assert complaints(at_once.points(BOILER), expected) == []
    assert np.isfinite(at_once.points(BOILER)[0].eta or np.nan)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((10, 10), (20, 5)),
        ((10, 5), (30, 10)),
        ((10, 10), (12, 4)),
        ((12, 3), (10, 10)),
        ((20, 10), (20, 10)),
    ],
)
@pytest.mark.parametrize("accuracy", [0.0, 0.01])
@pytest.mark.parametrize("period_s", [3.0, 12.0])
def test_after_a_change_of_the_site_file_windows_are_as_if_it_had_stood_so_before(
    before: tuple[int, int], after: tuple[int, int], accuracy: float, period_s: float
) -> None:
    def changed(window: tuple[int, int], relative: float) -> Plant:
        one, (length_s, advance_s) = plant(), window
        signals = (replace(one.signals[0], relative=relative), *one.signals[1:])
        spans = (Span("w", length_s * SECOND_US, advance_s * SECOND_US),)
        return replace(one, signals=signals, machines=(boiler(windows=spans),))

    parcels = [
        parcel for scan in range(round(90 / period_s)) for parcel in both(scan * period_s, steam=20.0 + scan % 4)
    ]
    change = len(parcels) // 4 * 2
    run = Bench(plan_of(changed(before, 0.0))).run(parcels[:change])
    closed_us = run.store.progress[next(iter(run.plan.assets))].closed_us
    moved = Bench(plan_of(changed(after, accuracy)), run.store).run(parcels[change:])
    expected = Bench(plan_of(changed(after, accuracy))).run(parcels).points(BOILER)
    assert expected
    ends_us = {point.window_end_us for point in expected if point.window_end_us > closed_us}
    found = [point for point in moved.points(BOILER) if point.window_end_us in ends_us]
    assert without_revision(found) == without_revision([p for p in expected if p.window_end_us in ends_us])
