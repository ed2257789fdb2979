"""The alarm in event time: every state, hysteresis, delays, what freezes a timer, and what a revision may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest

from schemas.alarm import AlarmState, Alert
from schemas.point import Point, PointQuality
from schemas.site import AlarmRule, Operator
from streams.changes import AlarmMemory
from streams.steps.alarm import judge, unjudged

MINUTE_US = 60_000_000
START_US = 1_700_000_040_000_000
LOW = AlarmRule("mill/boiler1", "efficiency_low", "1min", "eta", "<", 0.82, hysteresis=0.005, priority="high")
STATES: tuple[AlarmState, ...] = get_args(AlarmState)
ACTIVE = {"unacknowledged", "acknowledged"}
RESTING = {"shelved", "suppressed", "out_of_service"}
UNWATCHED: tuple[AlarmState, ...] = ("out_of_service", "suppressed")


def point(
    minute: int,
    eta: float | None,
    revision: int = 0,
    eta_u95: float | None = 0.01,
    quality: PointQuality = "GOOD",
    residual_j: float | None = 5.0,
    coverage: float = 1.0,
) -> Point:
    """The point whose window ends at that minute."""
    end_us = START_US + minute * MINUTE_US
    return Point(
        asset="mill/boiler1",
        type="boiler_direct",
        window="1min",
        length_s=60.0,
        window_start_us=end_us - MINUTE_US,
        window_end_us=end_us,
        revision=revision,
        eta=eta,
        eta_u95=eta_u95,
        energy_in_j=100.0,
        energy_out_j=80.0,
        losses_j={},
        residual_j=residual_j,
        values={"steam_to_fuel": 14.0},
        coverage=coverage,
        steady_fraction=1.0,
        quality="BAD" if eta is None else quality,
        reasons=[],
        method="boiler_direct/lhv",
        provenance="sha256:0",
    )


def told(
    rule: AlarmRule, points: Sequence[Point], memory: AlarmMemory | None = None
) -> tuple[AlarmMemory, list[Alert]]:
    """An alarm's memory and its transitions after `points`."""
    memory, alerts = memory or unjudged(7, rule), []
    for item in points:
        memory, alert = judge(rule, memory, item, MINUTE_US)
        alerts += [alert] if alert is not None else []
    return memory, alerts


def minutes(alerts: Sequence[Alert]) -> list[tuple[str, int]]:
    """(state, minute) of transitions."""
    return [(alert.state, (alert.transition_us - START_US) // MINUTE_US) for alert in alerts]


def etas(*values: float | None) -> list[Point]:
    """A point a minute."""
    return [point(minute, eta) for minute, eta in enumerate(values)]


def in_state(state: AlarmState, rule: AlarmRule = LOW) -> AlarmMemory:
    """An alarm that came into `state` a minute before the first point."""
    since_us = START_US - MINUTE_US
    return replace(unjudged(7, rule), state=state, episode_us=since_us, since_us=since_us, judged_us=since_us)


ON_FALSE: dict[AlarmState, AlarmState] = {
    "unacknowledged": "returned_unacknowledged",
    "acknowledged": "normal",
}
ON_FALSE_LATCHED: dict[AlarmState, AlarmState] = {
    "unacknowledged": "latched_unacknowledged",
    "acknowledged": "latched_acknowledged",
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("latched", [False, True])
def test_the_condition_met_makes_every_watching_state_that_is_not_in_alarm_unacknowledged(
    state: AlarmState, latched: bool
) -> None:
    rule = replace(LOW, latched=latched)
    after, alerts = told(rule, [point(0, 0.7)], in_state(state, rule))
    if state in ACTIVE | RESTING:
        assert (after.state, alerts) == (state, [])
    else:
        assert (after.state, minutes(alerts)) == ("unacknowledged", [("unacknowledged", 0)])
        assert after.episode_us == START_US


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("latched", "table"), [(False, ON_FALSE), (True, ON_FALSE_LATCHED)])
def test_the_condition_gone_moves_the_two_states_in_alarm_alone(
    state: AlarmState, latched: bool, table: dict[AlarmState, AlarmState]
) -> None:
    rule = replace(LOW, latched=latched)
    after, alerts = told(rule, [point(0, 0.9)], in_state(state, rule))
    assert after.state == table.get(state, state)
    assert len(alerts) == (state in table)
    assert after.episode_us == START_US - MINUTE_US


@pytest.mark.parametrize("state", STATES)
def test_a_null_quantity_moves_no_state(state: AlarmState) -> None:
    after, alerts = told(LOW, etas(None, None), in_state(state))
    assert (after.state, alerts) == (state, [])


@pytest.mark.parametrize("state", UNWATCHED)
def test_an_alarm_at_rest_judges_nothing(state: AlarmState) -> None:
    before = in_state(state)
    assert told(LOW, etas(0.7, 0.9, None), before) == (before, [])


def test_a_transition_tells_the_point_and_the_alarm_whole() -> None:
    _, (alert,) = told(LOW, [point(3, 0.7)])
    end_us = START_US + 3 * MINUTE_US
    assert alert == Alert(
        "mill/boiler1", "efficiency_low", end_us, "unacknowledged", "high", 0.7, 0.82, end_us, end_us, "condition", 0
    )


def test_within_the_hysteresis_an_alarm_stays() -> None:
    _, alerts = told(LOW, etas(0.819, 0.82, 0.8249, 0.825, 0.821))
    assert minutes(alerts) == [("unacknowledged", 0), ("returned_unacknowledged", 3)]


@pytest.mark.parametrize(
    ("operator", "met", "kept", "gone"),
    [("<", 0.7, 0.8, 0.8125), ("<=", 0.75, 0.8125, 0.82), (">", 0.8, 0.69, 0.6875), (">=", 0.75, 0.6875, 0.68)],
)
def test_each_comparison_has_its_own_edges(operator: Operator, met: float, kept: float, gone: float) -> None:
    rule = replace(LOW, operator=operator, hysteresis=0.0625, limit=0.75)
    edge = {"<": 0.75, ">": 0.75, "<=": 0.7500001, ">=": 0.7499999}[operator]
    assert told(rule, etas(edge))[1] == []
    _, alerts = told(rule, etas(met, kept, gone))
    assert minutes(alerts) == [("unacknowledged", 0), ("returned_unacknowledged", 2)]


def test_an_alarm_waits_for_its_on_delay_in_event_time() -> None:
    _, alerts = told(replace(LOW, on_delay_us=3 * MINUTE_US), etas(0.7, 0.7, 0.7, 0.7, 0.7))
    assert minutes(alerts) == [("unacknowledged", 3)]


def test_one_good_point_starts_the_on_delay_anew() -> None:
    _, alerts = told(replace(LOW, on_delay_us=3 * MINUTE_US), etas(0.7, 0.7, 0.9, 0.7, 0.7, 0.7, 0.7))
    assert minutes(alerts) == [("unacknowledged", 6)]


def test_a_return_waits_for_its_off_delay() -> None:
    _, alerts = told(replace(LOW, off_delay_us=2 * MINUTE_US), etas(0.7, 0.9, 0.7, 0.9, 0.9, 0.9))
    assert minutes(alerts) == [("unacknowledged", 0), ("returned_unacknowledged", 5)]


def test_a_null_eta_freezes_the_on_delay_and_does_not_start_it_anew() -> None:
    _, alerts = told(replace(LOW, on_delay_us=3 * MINUTE_US), etas(0.7, 0.7, None, None, 0.7, 0.7))
    assert minutes(alerts) == [("unacknowledged", 5)]


def test_a_null_eta_freezes_the_off_delay() -> None:
    _, alerts = told(replace(LOW, off_delay_us=2 * MINUTE_US), etas(0.7, 0.9, None, None, None, 0.9, 0.9))
    assert minutes(alerts) == [("unacknowledged", 0), ("returned_unacknowledged", 6)]


def test_fuel_off_for_days_is_no_alarm_storm() -> None:
    _, alerts = told(replace(LOW, on_delay_us=MINUTE_US), etas(*[None] * 1000))
    assert alerts == []


@pytest.mark.parametrize(("eta", "eta_u95", "states"), [(0.815, 0.01, []), (0.8, 0.01, ["unacknowledged"])])
def test_beyond_uncertainty_the_whole_band_is_below_the_limit(eta: float, eta_u95: float, states: list[str]) -> None:
    rule = replace(LOW, beyond_uncertainty=True)
    _, alerts = told(rule, [point(0, eta, eta_u95=eta_u95)])
    assert [alert.state for alert in alerts] == states


def test_without_beyond_uncertainty_the_band_does_not_count() -> None:
    _, alerts = told(LOW, [point(0, 0.815, eta_u95=0.5)])
    assert minutes(alerts) == [("unacknowledged", 0)]


@pytest.mark.parametrize("operator", ["=", "=="])
def test_quality_bad_is_an_alarm_though_eta_is_null(operator: Operator) -> None:
    rule = replace(LOW, quantity="quality", operator=operator, limit="BAD")
    _, alerts = told(rule, etas(0.9, None, None, 0.9))
    assert minutes(alerts) == [("unacknowledged", 1), ("returned_unacknowledged", 3)]
    assert (alerts[0].value, alerts[0].limit) == (None, None)


def test_quality_not_good_takes_uncertain_and_bad() -> None:
    rule = replace(LOW, quantity="quality", operator="!=", limit="GOOD")
    _, alerts = told(rule, [point(0, 0.9), point(1, 0.9, quality="UNCERTAIN"), point(2, None), point(3, 0.9)])
    assert minutes(alerts) == [("unacknowledged", 1), ("returned_unacknowledged", 3)]


@pytest.mark.parametrize(
    ("quantity", "limit", "item"),
    [
        ("residual", 0.04, point(0, 0.9, residual_j=5.0)),
        ("coverage", 0.3, point(0, 0.9, coverage=0.5)),
        ("steady_fraction", 0.5, point(0, 0.9)),
        ("steam_to_fuel", 13.0, point(0, 0.9)),
    ],
)
def test_other_quantities_are_watched_too(quantity: str, limit: float, item: Point) -> None:
    _, alerts = told(replace(LOW, quantity=quantity, operator=">", limit=limit), [item])
    assert len(alerts) == 1


@pytest.mark.parametrize("quantity", ["residual", "no_such_value"])
def test_a_quantity_that_is_not_there_is_null(quantity: str) -> None:
    after, alerts = told(replace(LOW, quantity=quantity, operator=">", limit=0.0), [point(0, 0.9, residual_j=None)])
    assert (after.state, after.value, alerts) == ("normal", None, [])


def test_a_revision_of_the_newest_point_may_raise_the_alarm_now_and_says_so() -> None:
    _, alerts = told(LOW, [point(0, 0.9), point(0, 0.7, revision=1)])
    assert minutes(alerts) == [("unacknowledged", 0)]
    assert (alerts[0].cause, alerts[0].revision) == ("revision", 1)


def test_a_revision_of_the_newest_point_may_end_the_alarm_now() -> None:
    _, alerts = told(LOW, [point(0, 0.7), point(0, 0.9, revision=1)])
    assert [(alert.state, alert.cause) for alert in alerts] == [
        ("unacknowledged", "condition"),
        ("returned_unacknowledged", "revision"),
    ]


def test_a_revision_of_an_older_point_rewrites_no_history() -> None:
    before, _ = told(LOW, etas(0.9, 0.9, 0.9))
    assert told(LOW, [point(1, 0.7, revision=1)], before) == (before, [])


def test_a_revision_does_not_lengthen_the_delay() -> None:
    delayed = replace(LOW, on_delay_us=2 * MINUTE_US)
    _, alerts = told(delayed, [point(0, 0.7), point(1, 0.7), point(1, 0.71, revision=1), point(2, 0.7)])
    assert minutes(alerts) == [("unacknowledged", 2)]


def test_a_new_alarm_after_a_return_is_a_new_episode() -> None:
    _, alerts = told(LOW, etas(0.7, 0.9, 0.7))
    assert [alert.episode_us - START_US for alert in alerts] == [0, 0, 2 * MINUTE_US]


def test_a_rule_on_the_baseline_rests_until_there_is_one() -> None:
    rule = replace(LOW, limit=-0.02, relative_to_baseline=True)
    before = unjudged(7, rule)
    assert told(rule, etas(0.1, 0.1), before) == (before, [])


def test_a_silence_without_windows_freezes_the_timers() -> None:
    """Two low minutes with an hour of nothing between them are two minutes of low efficiency."""
    rule = replace(LOW, on_delay_us=10 * MINUTE_US)

    _, alerts = told(rule, [point(0, 0.7), point(60, 0.7), point(68, 0.7)])
    _, later = told(rule, [point(0, 0.7), point(60, 0.7), *(point(minute, 0.7) for minute in range(61, 70))])

    assert alerts == []
    assert minutes(later) == [("unacknowledged", 69)]


def test_a_silence_is_what_a_coverage_alarm_waits_for() -> None:
    """The delay of a rule about coverage goes on while nothing is told."""
    rule = replace(LOW, quantity="coverage", limit=0.5, on_delay_us=10 * MINUTE_US)

    _, alerts = told(rule, [point(0, None, coverage=0.0), point(60, None, coverage=0.0)])

    assert minutes(alerts) == [("unacknowledged", 60)]
