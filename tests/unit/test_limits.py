"""Limits: never more than so many in any 60 s, and as many as that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_api_keys import Steps
from thermaliq.access.limiter import Limiter
from thermaliq.access.principal import LOCAL, Principal
from thermaliq.access.sliding_log import SlidingLog, Verdict
from thermaliq.access.volume import BURST_S, BYTES_PER_S, READINGS_PER_S, Volume

ADA = Principal("key:ada", "ada", "viewer", ("*",))


class Counted:
    """Stands in Redis's place: lets in what it is told to, or is away."""

    def __init__(self, *verdicts: Verdict | None) -> None:
        self.verdicts = list(verdicts)

    async def take(self, _caller: str, _limit: int) -> Verdict | None:
        return self.verdicts.pop(0)


@given(
    st.lists(st.floats(0, 40, allow_nan=False), min_size=1, max_size=60),
    st.integers(1, 5),
)
def test_no_window_of_60_s_holds_more_than_the_limit_and_none_is_refused_below_it(
    pauses: list[float], limit: int
) -> None:
    clock = Steps()
    log = SlidingLog(clock)
    allowed: list[float] = []
    for pause in pauses:
        clock.now_s += pause
        recent = [at for at in allowed if at > clock.now_s - 60]
        verdict = log.take("ada", limit)
        assert verdict.allowed == (len(recent) < limit)
        if verdict.allowed:
            allowed.append(clock.now_s)
        assert verdict.remaining == limit - len([at for at in allowed if at > clock.now_s - 60])


@given(st.lists(st.floats(0, 30), min_size=3, max_size=30), st.integers(1, 5))
def test_who_waits_as_long_as_told_is_let_in_and_not_before(pauses: list[float], limit: int) -> None:
    clock = Steps()
    log = SlidingLog(clock)
    for pause in pauses:
        clock.now_s += pause
        verdict = log.take("ada", limit)
        if not verdict.allowed:
            clock.now_s += verdict.reset_s - 1e-6
            assert not log.take("ada", limit).allowed
            clock.now_s += 2e-6
            assert log.take("ada", limit).allowed


def test_callers_are_counted_apart_and_only_so_many_are_remembered() -> None:
    log = SlidingLog(Steps(), callers_max=2)
    assert [log.take(name, 1).allowed for name in ("a", "b", "a", "b")] == [True, True, False, False]
    log.take("c", 1)
    assert log.take("a", 1).allowed


async def test_without_redis_each_process_takes_its_share() -> None:
    limiter = Limiter(200, 4, Steps())
    verdicts = [await limiter.take(ADA) for _ in range(60)]
    assert [verdict.allowed for verdict in verdicts if verdict].count(True) == 50


async def test_a_limit_of_nothing_and_the_caller_of_this_machine_are_not_counted() -> None:
    assert await Limiter(0, 1, Steps()).take(ADA) is None
    assert await Limiter(1, 1, Steps()).take(LOCAL) is None


async def test_what_redis_let_in_counts_when_it_is_away_and_when_it_forgot() -> None:
    fine = Verdict(True, 4, 3, 60.0)
    limiter = Limiter(4, 1, Steps(), Counted(fine, fine, None, None, None, fine))  # type: ignore[arg-type]
    verdicts = [await limiter.take(ADA) for _ in range(6)]
    assert [verdict.allowed for verdict in verdicts if verdict] == [True, True, True, True, False, False]


async def test_what_redis_refuses_is_refused_without_asking_again_until_there_is_room() -> None:
    clock = Steps()
    fine, full = Verdict(True, 4, 0, 60.0), Verdict(False, 4, 0, 7.0)
    counted = Counted(full, fine)
    limiter = Limiter(4, 1, clock, counted)  # type: ignore[arg-type]
    assert await limiter.take(ADA) == full
    clock.now_s += 6.5
    assert await limiter.take(ADA) == Verdict(False, 4, 0, 0.5)
    assert counted.verdicts == [fine]
    clock.now_s += 0.5
    assert await limiter.take(ADA) == fine


@pytest.mark.parametrize(("readings", "size"), [(READINGS_PER_S, 1), (1, BYTES_PER_S)])
def test_a_push_of_any_size_gets_in_and_the_rate_holds_over_time(readings: int, size: int) -> None:
    clock = Steps()
    volume = Volume(clock)
    pushed = 0
    for _ in range(600):
        if volume.wait_s("gw") == 0:
            volume.spend("gw", 3 * readings, 3 * size)
            pushed += 3
        clock.now_s += 1
    assert 590 <= pushed <= 600 + BURST_S + 3


def test_who_waits_as_long_as_told_may_push() -> None:
    clock = Steps()
    volume = Volume(clock, share=2)
    volume.spend("gw", 10 * READINGS_PER_S, 0)
    assert volume.wait_s("gw") == pytest.approx(20 - BURST_S)
    clock.now_s += volume.wait_s("gw")
    assert volume.wait_s("gw") == 0
