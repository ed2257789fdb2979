"""How far an asset's event time has come: the least of its sources, idle ones left out, and what is awaited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.plan import AssetPlan, Slot
from streams.steps.watermark import UNSEEN_US, Reach, any_idle, floor_us, unseen, watermark
from tests.oracle.bench import plan_of
from tests.oracle.plant import SECOND_US, Feed, Machine, Plant, Signal, Span
from tests.oracle.toy import formula

NOW_US = 1_700_000_000 * SECOND_US
IDLE_S = 30


@pytest.fixture
def boiler() -> AssetPlan:
    """Steam by a source with 10 s of lateness, fuel by one with 60 s; the shell's source is not required."""
    feeds = (Feed("plc", 10 * SECOND_US, IDLE_S * SECOND_US), Feed("lab", 60 * SECOND_US, IDLE_S * SECOND_US))
    slow = Feed("slow", 600 * SECOND_US, IDLE_S * SECOND_US)
    signals = (
        Signal("mill/boiler/steam_flow", "plc"),
        Signal("mill/boiler/fuel_flow", "lab"),
        Signal("mill/boiler/shell", "slow"),
    )
    machine = Machine(
        id="mill/boiler",
        type="toy",
        inputs={signal.measurand: signal.id for signal in signals},
        required=("steam_flow", "fuel_flow"),
        drivers=("fuel_flow",),
        formula=formula(),
        windows=(Span("10s", 10 * SECOND_US, 10 * SECOND_US),),
        parameters={"LHV": 50e6},
    )
    (plan,) = plan_of(Plant((*feeds, slow), signals, (machine,))).assets.values()
    return plan


def reaches(plan: AssetPlan, **seconds: tuple[float, float]) -> dict[Slot, Reach]:
    """By source: (newest, rose), in seconds before now."""
    return {
        Slot(plan.number, source): Reach(NOW_US - round(newest * SECOND_US), NOW_US - round(rose * SECOND_US))
        for source, (newest, rose) in seconds.items()
    }


def behind_s(plan: AssetPlan, heard: dict[Slot, Reach], now_us: int = NOW_US) -> float | None:
    """How far the watermark is behind now."""
    found = watermark(plan, heard, now_us)
    return None if found is None else (NOW_US - found) / SECOND_US


def test_sources_of_required_inputs_alone_are_waited_for(boiler: AssetPlan) -> None:
    assert {slot.source for slot in boiler.slots} == {"plc", "lab"}


def test_it_is_the_least_of_newest_less_lateness(boiler: AssetPlan) -> None:
    assert behind_s(boiler, reaches(boiler, plc=(0, 0), lab=(5, 5))) == 65
    assert behind_s(boiler, reaches(boiler, plc=(100, 0), lab=(5, 5))) == 110


def test_a_source_of_an_optional_input_does_not_count(boiler: AssetPlan) -> None:
    assert behind_s(boiler, reaches(boiler, plc=(0, 0), lab=(5, 5), slow=(900, 0))) == 65


def test_an_idle_source_is_left_out(boiler: AssetPlan) -> None:
    assert behind_s(boiler, reaches(boiler, plc=(0, 0), lab=(500, IDLE_S))) == 10
    assert behind_s(boiler, reaches(boiler, plc=(0, 0), lab=(500, IDLE_S - 0.001))) == 560


def test_idle_is_judged_by_when_the_newest_rose_not_by_how_old_it_is(boiler: AssetPlan) -> None:
    assert behind_s(boiler, reaches(boiler, plc=(86_400, 0), lab=(86_400, 0))) == 86_460


def test_where_all_are_idle_time_goes_on_from_the_newest_by_what_has_passed(boiler: AssetPlan) -> None:
    heard = reaches(boiler, plc=(1000, 40), lab=(900, 50))
    assert behind_s(boiler, heard) == 900 - 50 + 60
    assert behind_s(boiler, heard, NOW_US + 7 * SECOND_US) == 900 - 50 + 60 - 7


def test_a_plant_in_another_year_is_not_torn_into_the_present(boiler: AssetPlan) -> None:
    year_s = 365 * 86_400
    found = behind_s(boiler, reaches(boiler, plc=(year_s, 100), lab=(year_s, 100)))
    assert found is not None
    assert found > year_s - 100


def test_a_source_never_heard_of_is_awaited(boiler: AssetPlan) -> None:
    heard = reaches(boiler, plc=(0, 0)) | unseen([Slot(boiler.number, "lab")], NOW_US)
    assert behind_s(boiler, heard) is None
    assert behind_s(boiler, heard, NOW_US + (IDLE_S - 1) * SECOND_US) is None


def test_a_source_never_heard_of_is_given_up_after_idle_after(boiler: AssetPlan) -> None:
    heard = reaches(boiler, plc=(0, 0)) | unseen([Slot(boiler.number, "lab")], NOW_US - IDLE_S * SECOND_US)
    assert behind_s(boiler, heard) == 10


def test_where_none_was_ever_heard_there_is_no_watermark(boiler: AssetPlan) -> None:
    assert watermark(boiler, {}, NOW_US) is None
    assert watermark(boiler, unseen(boiler.slots, NOW_US - 10**12), NOW_US) is None


def test_only_a_newer_time_lets_a_source_rise() -> None:
    reach = Reach(100, 1000)
    reach.see(100, 2000)
    reach.see(90, 3000)
    assert (reach.newest_us, reach.rose_us) == (100, 1000)
    reach.see(101, 4000)
    assert (reach.newest_us, reach.rose_us) == (101, 4000)


def test_an_unseen_source_rises_with_its_first_reading(boiler: AssetPlan) -> None:
    heard = unseen(boiler.slots, NOW_US)
    assert {reach.newest_us for reach in heard.values()} == {UNSEEN_US}
    heard[boiler.slots[0]].see(NOW_US - 5, NOW_US + 1)
    assert heard[boiler.slots[0]] == Reach(NOW_US - 5, NOW_US + 1)


def test_time_alone_moves_an_asset_on_once_a_source_is_idle(boiler: AssetPlan) -> None:
    assert not any_idle(boiler, reaches(boiler, plc=(0, 0), lab=(0, IDLE_S - 1)), NOW_US)
    assert any_idle(boiler, reaches(boiler, plc=(0, 0), lab=(0, IDLE_S)), NOW_US)


@pytest.mark.parametrize(("time_us", "end_us"), [(0, 0), (9, 0), (10, 10), (19, 10), (-1, -10)])
def test_a_pane_has_passed_once_its_end_is_reached(time_us: int, end_us: int) -> None:
    assert floor_us(time_us, 10) == end_us


def test_each_source_has_its_own_idle_after(boiler: AssetPlan) -> None:
    patient = replace(boiler, idle_after_us=dict.fromkeys(boiler.slots, 3600 * SECOND_US))
    assert behind_s(patient, reaches(boiler, plc=(0, 0), lab=(500, 600))) == 560
