"""Numbered batches: what counts as a hole, and from when to when."""

from __future__ import annotations

import pytest

from schemas.gap import Gap
from streams.plan import TagAsset
from streams.steps.normalize import Span, Stream
from streams.steps.sequence import Told, follow

ASSET = "mill/boiler1"
RUN = Stream("plc", "01J")


def span(sequence: int, stream: Stream = RUN) -> Span:
    """A batch of that number."""
    return Span(0, TagAsset(ASSET, 7, ASSET, {}, ()), 0, 1, stream, sequence)


def told_by(*batches: tuple[int, int | None]) -> tuple[Told | None, list[Gap]]:
    """(number, time or None for a heartbeat) of batches in order of arrival → the stream and its gaps."""
    told, gaps = None, []
    for sequence, time_us in batches:
        told, gap = follow(ASSET, told, span(sequence), time_us, time_us)
        gaps += [gap] if gap is not None else []
    return told, gaps


def test_batches_without_a_hole_make_no_gap() -> None:
    told, gaps = told_by((0, 100), (1, 200), (2, None), (3, 300))

    assert gaps == []
    assert told == Told(RUN, 3, 300)


def test_a_hole_is_a_gap_from_the_last_time_before_it_to_the_first_after_it() -> None:
    _, gaps = told_by((0, 100), (1, 200), (5, 900))

    assert gaps == [Gap(ASSET, "plc", 200, 900, "sequence")]


def test_a_hole_before_a_heartbeat_has_no_length_yet() -> None:
    _, gaps = told_by((0, 100), (3, None))

    assert gaps == [Gap(ASSET, "plc", 100, 100, "sequence")]


@pytest.mark.parametrize("again", [0, 1])
def test_a_repeated_batch_changes_nothing(again: int) -> None:
    told, gaps = told_by((0, 100), (1, 200), (again, 100), (2, 300))

    assert gaps == []
    assert told == Told(RUN, 2, 300)


def test_another_run_begins_anew() -> None:
    told, _ = told_by((0, 100), (1, 200))

    after, gap = follow(ASSET, told, span(0, Stream("plc", "02K")), 900, 900)

    assert gap is None
    assert after == Told(Stream("plc", "02K"), 0, 900)


def test_the_first_batch_that_a_worker_sees_is_no_hole() -> None:
    _, gaps = told_by((81, 100))

    assert gaps == []
