"""Held values and the source's clock."""

from connectors.held import Held, SourceClock
from connectors.source import Sample
from schemas.quality import BAD_NO_COMMUNICATION, UNCERTAIN

T = 1_500_000_000_000_000
A, B = "m/b/a", "m/b/b"
LIMIT_US = 10_000_000


def held() -> Held:
    return Held({A: LIMIT_US, B: LIMIT_US})


def settled() -> Held:
    """A and B seen at monotonic 100 s and judged."""
    values = held()
    values.seen([Sample(A, T, 1.0), Sample(B, T, 2.0)], 100.0)
    assert values.due(100.0, 100.0) == []
    return values


def test_the_sources_clock_runs_on_from_its_newest_time() -> None:
    clock = SourceClock()
    assert clock.at(5.0) is None
    clock.see(T, 100.0)
    clock.see(T - 5_000_000, 102.0)
    assert clock.at(103.5) == T + 3_500_000


def test_an_unchanged_good_value_is_repeated_every_half_hold_limit() -> None:
    values = settled()
    assert values.due(104.9, 104.9) == []
    assert values.due(105.0, 104.5) == [Sample(A, T + 4_500_000, 1.0), Sample(B, T + 4_500_000, 2.0)]
    assert values.due(109.0, 109.0) == []
    assert len(values.due(110.0, 110.0)) == 2


def test_a_value_that_changed_is_not_repeated_before_its_own_half_limit() -> None:
    values = settled()
    values.seen([Sample(A, T + 4_000_000, 1.5)], 104.0)
    assert [sample.tag for sample in values.due(105.0, 105.0)] == [B]


def test_only_good_values_are_held_and_their_flags_are_not_repeated() -> None:
    values = held()
    values.seen([Sample(A, T, 1.0, UNCERTAIN), Sample(B, T, 2.0, 0x0000_0480)], 100.0)
    assert values.due(106.0, 106.0) == [Sample(B, T + 6_000_000, 2.0, 0)]


def test_a_value_that_was_old_when_the_session_began_is_told_anew_at_once() -> None:
    values = held()
    values.seen([Sample(A, T - 86_400_000_000, 1.0), Sample(B, T, 2.0)], 100.0)
    assert values.due(100.1, 100.0) == [Sample(A, T, 1.0)]
    assert values.due(100.2, 100.2) == []


def test_a_jump_of_the_sources_clock_repeats_nothing() -> None:
    values = settled()
    values.seen([Sample(A, T + 900_000_000, 1.0)], 101.0)
    assert values.due(101.0, 101.0) == []


def test_a_loss_is_one_null_a_tag_after_all_that_was_told() -> None:
    values = settled()
    values.seen([Sample(A, T + 1_000_000, 1.5)], 101.0)
    assert values.lost(101.0) == [
        Sample(A, T + 1_000_001, None, BAD_NO_COMMUNICATION),
        Sample(B, T + 1_000_000, None, BAD_NO_COMMUNICATION),
    ]
    assert values.due(200.0, 200.0) == []


def test_a_tag_that_never_spoke_is_ended_too_and_a_source_that_never_spoke_is_not() -> None:
    assert held().lost(100.0) == []
    values = held()
    values.seen([Sample(A, T, 1.0)], 100.0)
    assert [sample.tag for sample in values.lost(102.0)] == [A, B]


def test_after_a_loss_an_unchanged_value_is_no_news_but_stands_again_at_once() -> None:
    values = settled()
    values.lost(103.0)
    assert values.seen([Sample(A, T, 1.0), Sample(B, T, 2.0)], 104.0) == []
    assert values.due(104.0, 104.0) == [Sample(A, T + 4_000_000, 1.0), Sample(B, T + 4_000_000, 2.0)]


def test_news_that_is_older_than_a_repetition_stands_again_as_soon_as_the_clock_is_past_it() -> None:
    values = settled()
    values.due(106.0, 106.0)
    late = Sample(A, T + 5_000_000, 7.0)
    assert values.seen([late], 106.5) == [late]
    assert values.due(106.5, 106.5) == []
    assert values.due(107.6, 107.6) == [Sample(A, T + 6_100_000, 7.0)]
