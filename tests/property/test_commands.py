"""Commands anywhere among the records: the same rows whatever the passes and deaths, and a recompute that is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec
from schemas.command import Acknowledge, Command, Recompute, Shelve, Unshelve
from schemas.site import AlarmRule
from streams import commands
from streams.changes import Record
from tests.oracle.bench import Bench, plan_of, record_of, without_revision
from tests.oracle.plant import SECOND_US, Parcel, Plant
from tests.oracle.random_plants import T0_US, once, plants, samples
from tests.property.test_pipeline_edges import BOILER, at, both, plant
from tests.property.test_pipeline_order import delivered, everything, quick, rules_of, some

FIRST_OFFSET = 100
LOW = AlarmRule(BOILER, "low", "10s", "eta", "<", 0.7, priority="high")


def asked(offset: int, append_us: int, command: Command) -> Record:
    """A command as the API writes it."""
    return Record(offset, append_us, b"mill/all", codec.encode(command), codec.schema_header(codec.COMMAND))


def told(items: Sequence[Parcel | tuple[int, Command]]) -> list[Record]:
    """Parcels and (append time, command) as records with rising offsets."""
    return [
        record_of(FIRST_OFFSET + n, item) if isinstance(item, Parcel) else asked(FIRST_OFFSET + n, *item)
        for n, item in enumerate(items)
    ]


def run(bench: Bench, records: Sequence[Record], cuts: Sequence[int] = (), deaths: Sequence[int] = ()) -> Bench:
    """Records in batches that end before each cut; at a death the worker starts anew from its rows."""
    edges = sorted({0, len(records), *cuts, *deaths})
    for low, high in pairwise(edges):
        if low in deaths:
            bench.restart()
        bench.feed(records[low:high])
    return bench


def second(number: float) -> int:
    """That many seconds after T0."""
    return T0_US + round(number * SECOND_US)


def alarmed(*items: Parcel | tuple[int, Command]) -> list[Parcel | tuple[int, Command]]:
    """Low from 0 to 20 s, so that the alarm has gone off at 10 s; then `items`."""
    return [*both(0, steam=10.0), *both(5, steam=10.0), *both(10, steam=10.0), *both(15, steam=10.0), *items]


def states(bench: Bench) -> list[tuple[str, str]]:
    """(state, cause) of every transition."""
    return [(alert.state, alert.cause) for alert in bench.store.transitions]


def codes(bench: Bench) -> list[str]:
    """Dead letters' codes."""
    return [letter.code for letter in bench.store.dead_letters]


def small() -> Bench:
    """The boiler of the edges with an alarm."""
    return Bench(plan_of(plant(), [LOW]))


@st.composite
def orders(draw: st.DrawFn) -> tuple[Plant, list[Record], Random]:
    """A plant's records with commands thrown in anywhere."""
    chosen = draw(plants())
    chance = Random(draw(st.integers(0, 2**32 - 1)))
    said = once(draw(samples(chosen)))
    items: list[Parcel | tuple[int, Command]] = list(delivered(chosen, said, chance, chance.choice([0, 5_000_000])))
    for number in range(chance.randint(1, 12)):
        index = chance.randrange(len(items) + 1)
        before = items[index - 1] if index else None
        append_us = T0_US if before is None else before.append_us if isinstance(before, Parcel) else before[0]
        items.insert(index, (append_us, any_command(chance, number, chosen)))
    return chosen, told(items), chance


def any_command(chance: Random, number: int, chosen: Plant) -> Command:
    """One of the four kinds, now and then with an id that was there before, or about what there is not."""
    name = f"c{chance.randrange(number + 1)}"
    asset = chance.choice([*(machine.id for machine in chosen.machines), "mill/nowhere", "mill/soot_blower"])
    alarm = chance.choice(["low", "low", "bad", "none"])
    low, high = sorted(chance.sample(range(-20, 100), 2))
    kinds: list[Command] = [
        Acknowledge(name, asset, alarm, second(chance.choice([10, 20, 30])), "seen", "ann"),
        Shelve(name, asset, alarm, chance.choice([5.0, 20.0, 1e6]), "quiet", "ann"),
        Unshelve(name, asset, alarm, "", "bob"),
        Recompute(name, asset, second(low), second(high), "eve"),
    ]
    return chance.choice(kinds)


@given(orders())
@quick
def test_commands_anywhere_leave_the_same_rows_whatever_the_batches_and_the_deaths(
    case: tuple[Plant, list[Record], Random],
) -> None:
    chosen, records, chance = case
    plan = plan_of(chosen, rules_of(chosen))
    cuts = some(chance, len(records), 0.3)
    undisturbed = run(Bench(plan), records, cuts)
    killed = run(Bench(plan), records, cuts, [cut for cut in cuts if chance.random() < 0.5])
    assert everything(killed.store) == everything(undisturbed.store)
    assert killed.store.commands == undisturbed.store.commands
    assert killed.store.dead_letters == undisturbed.store.dead_letters


@given(orders())
@quick
def test_a_command_acts_at_its_place_among_the_records_however_these_are_cut(
    case: tuple[Plant, list[Record], Random],
) -> None:
    chosen, records, chance = case
    plan = plan_of(chosen, rules_of(chosen))
    one_by_one = run(Bench(plan), records, list(range(len(records))))
    in_batches = run(Bench(plan), records, some(chance, len(records), 0.2))
    assert in_batches.store.commands.keys() == one_by_one.store.commands.keys()
    for machine in chosen.machines:
        assert without_revision(in_batches.points(machine.id)) == without_revision(one_by_one.points(machine.id))
    if one_by_one.tally.get("late", 0) == 0:
        assert in_batches.store.commands == one_by_one.store.commands
        assert in_batches.store.alarms == one_by_one.store.alarms


@given(orders())
@quick
def test_recompute_of_untouched_data_changes_no_bit(case: tuple[Plant, list[Record], Random]) -> None:
    chosen, records, chance = case
    chosen = replace(chosen, late_accept_us=10**12)
    bench = run(Bench(plan_of(chosen, rules_of(chosen))), records)
    before = everything(bench.store)
    low, high = sorted(chance.sample(range(-100, 700), 2))
    offset, append_us = FIRST_OFFSET + len(records), bench.store.append_us
    for number, machine in enumerate(chosen.machines):
        bench.feed([asked(offset + number, append_us, Recompute(f"r{number}", machine.id, second(low), second(high)))])
        row = bench.store.commands[f"r{number}"]
        assert row.outcome == "applied"
        assert b'"revised":0' in (row.after or b"")
    after = everything(bench.store)
    assert after == before


def test_an_acknowledgement_moves_the_alarm_and_is_audited_once() -> None:
    acknowledge = Acknowledge("c1", BOILER, "low", second(10), "on it", "ann")
    bench = run(small(), told(alarmed((second(16), acknowledge), (second(17), acknowledge), *both(30), *both(40))))
    assert states(bench) == [
        ("unacknowledged", "condition"),
        ("acknowledged", "command"),
        ("normal", "condition"),
    ]
    (row,) = bench.store.commands.values()
    assert (row.outcome, row.requested_by, row.offset, row.append_us) == ("applied", "ann", 108, second(16))
    assert b'"state":"unacknowledged"' in (row.before or b"")
    assert b'"acknowledged_by":"ann"' in (row.after or b"")
    assert bench.tally["repeated_commands"] == 1


def test_what_was_read_before_a_command_is_judged_before_it_in_one_batch_too() -> None:
    acknowledge = Acknowledge("c1", BOILER, "low", second(10), "", "ann")
    records = told(alarmed((second(16), acknowledge)))
    assert states(run(small(), records)) == [("unacknowledged", "condition"), ("acknowledged", "command")]
    early = told([*both(0, steam=10.0), (second(5), acknowledge), *both(5, steam=10.0), *both(10, steam=10.0)])
    assert codes(run(small(), early)) == ["command.other_episode"]


def test_what_time_alone_closes_is_judged_before_a_command_however_short_ago_that_was_looked_at() -> None:
    quiet = plan_of(plant(idle_after_s=4), [LOW])
    heartbeat = Parcel(BOILER, "plc", second(9.5), [])
    acknowledge = Acknowledge("c1", BOILER, "low", second(10), "", "ann")
    records = told([*both(0, steam=10.0), *both(5, steam=10.0), heartbeat, (second(10.2), acknowledge)])
    for cuts in ([], list(range(len(records)))):
        bench = run(Bench(quiet), records, cuts)
        assert states(bench) == [("unacknowledged", "condition"), ("acknowledged", "command")]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Acknowledge("c", BOILER, "none", second(10)), "command.unknown_alarm"),
        (Acknowledge("c", "mill/nowhere", "low", second(10)), "command.unknown_asset"),
        (Acknowledge("c", BOILER, "low", second(0)), "command.other_episode"),
        (Unshelve("c", BOILER, "low"), "command.wrong_state"),
        (Shelve("c", BOILER, "low", 86_401.0), "command.duration"),
        (Recompute("c", BOILER, second(5), second(5)), "command.span"),
        (Recompute("c", BOILER, second(0), second(400 * 86_400)), "command.span"),
    ],
)
def test_a_command_that_cannot_be_carried_out_is_a_dead_letter_with_its_reason(command: Command, code: str) -> None:
    records = told(alarmed((second(16), command)))
    bench = run(small(), records)
    (letter,) = bench.store.dead_letters
    assert (letter.code, letter.stage, letter.value) == (code, "command", records[-1].value)
    assert [row.outcome for row in bench.store.commands.values()] == ([] if code.endswith("asset") else [code])
    assert states(bench) == [("unacknowledged", "condition")]


def test_a_refused_command_may_be_sent_again_under_its_id() -> None:
    unshelve, shelve = Unshelve("c1", BOILER, "low"), Shelve("c2", BOILER, "low", 100.0)
    moment = second(16)
    bench = run(small(), told(alarmed((moment, unshelve), (moment, shelve), (moment, unshelve))))
    assert [row.outcome for row in bench.store.commands.values()] == ["applied", "applied"]
    assert codes(bench) == ["command.wrong_state"]


def test_a_shelf_ends_by_itself_in_event_time_into_the_state_it_would_be_in() -> None:
    shelve = Shelve("c1", BOILER, "low", 12.0, "quiet", "ann")
    later = [*both(20, steam=20.0), *both(25, steam=20.0), *both(30, steam=20.0), *both(35, steam=20.0)]
    bench = run(small(), told(alarmed((second(15), shelve), *later)))
    assert states(bench) == [
        ("unacknowledged", "condition"),
        ("shelved", "command"),
        ("unacknowledged", "command"),
        ("returned_unacknowledged", "condition"),
    ]
    assert bench.store.transitions[2].transition_us == second(27)


def test_a_shelf_ends_though_the_plant_is_silent() -> None:
    quiet = Bench(plan_of(plant(idle_after_s=5), [LOW]))
    run(quiet, told(alarmed((second(15), Shelve("c1", BOILER, "low", 12.0)))))
    quiet.tick(second(60))
    assert states(quiet)[-1] == ("unacknowledged", "command")


def test_a_recompute_makes_points_right_that_a_reading_came_too_late_for() -> None:
    strict = plan_of(plant(late_accept_s=15), [LOW])
    parcels = [*both(0), *both(10), *both(20), *both(30), *both(50)]
    late = at(11, "fuel_flow", 2.0)
    bench = run(Bench(strict), told([*parcels, late]))
    ((number, from_us, to_us),) = bench.store.recompute
    assert {point.revision for point in bench.points(BOILER)} == {0}
    offset = FIRST_OFFSET + len(parcels) + 1
    bench.feed([asked(offset, second(60), Recompute("r1", BOILER, from_us, to_us, "eve"))])
    in_order = run(Bench(strict), told([*parcels[:4], late, *parcels[4:]]))
    assert without_revision(bench.points(BOILER)) == without_revision(in_order.points(BOILER))
    assert [point.revision for point in bench.points(BOILER)].count(1) == 1
    assert bench.store.recompute == []
    assert number == bench.store.commands["r1"].asset


def test_a_recompute_keeps_to_the_windows_that_were_asked_for() -> None:
    parcels = [*both(0), *both(10), *both(20), *both(30), *both(50)]
    late = [at(moment, "fuel_flow", 2.0) for moment in (1, 11, 21)]
    bench = run(Bench(plan_of(plant(late_accept_s=5), [LOW])), told([*parcels, *late]))
    offset = FIRST_OFFSET + len(parcels) + len(late)
    bench.feed([asked(offset, second(60), Recompute("r1", BOILER, second(10), second(20)))])
    revisions = {(point.window_end_us - T0_US) // SECOND_US: point.revision for point in bench.points(BOILER)}
    assert revisions == {10: 0, 20: 1, 30: 0, 40: 0, 50: 0}


def test_a_recompute_finds_the_readings_from_before_the_first_window() -> None:
    parcels = [*both(100), *both(110), *both(120), *both(140)]
    older = [*both(50, append_s=140), *both(60, append_s=140), *both(70, append_s=140)]
    strict = plan_of(plant(late_accept_s=5), [LOW])
    bench = run(Bench(strict), told([*parcels, *older]))
    assert min(point.window_end_us for point in bench.points(BOILER)) == second(110)
    offset = FIRST_OFFSET + len(parcels) + len(older)
    bench.feed([asked(offset, second(150), Recompute("r1", BOILER, second(0), second(200)))])
    in_order = run(Bench(strict), told([*both(50), *both(60), *both(70), *parcels]))
    assert without_revision(bench.points(BOILER)) == without_revision(in_order.points(BOILER))


def test_a_recompute_goes_on_where_a_killed_worker_left_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "PANES_A_PASS", 3)
    strict = plan_of(plant(late_accept_s=5), [LOW])
    scans = [scan for moment in range(0, 200, 5) for scan in both(moment)]
    late = [at(moment, "fuel_flow", 2.0, append_s=200) for moment in range(1, 150, 10)]
    records = told([*scans, *late])
    command = asked(FIRST_OFFSET + len(records), second(201), Recompute("r1", BOILER, second(0), second(200)))
    whole = run(Bench(strict), [*records, command])
    killed = run(Bench(strict), records)
    killed.store.commit(killed.pipeline.process(3, [command]))
    passes = 0
    while killed.pipeline.unfinished(3):
        killed.restart()
        killed.store.commit(killed.pipeline.go_on(3))
        passes += 1
    assert passes > 3
    assert everything(killed.store) == everything(whole.store)
    assert killed.store.commands == whole.store.commands
    assert {point.revision for point in whole.points(BOILER)} == {0, 1}
