"""Batches of a source are numbered for each asset and run: a hole in the numbers is a gap in what the plant told."""

from __future__ import annotations

from typing import NamedTuple

from schemas.gap import Gap
from streams.steps.normalize import Span, Stream

REASON = "sequence"


class Told(NamedTuple):
    """How far one stream of batches has come: its highest number, and the newest time that it told."""

    stream: Stream
    sequence: int
    newest_us: int | None


def follow(
    asset: str, told: Told | None, span: Span, oldest_us: int | None, newest_us: int | None
) -> tuple[Told, Gap | None]:
    """The stream after one more batch, and the gap before it where numbers are missing.

    A repeated batch changes nothing. A batch of another run begins anew: what was lost with the old run, only that
    run's connector knew. oldest_us, newest_us : of the batch's readings; None for a heartbeat.
    """
    if told is None or told.stream != span.stream:
        return Told(span.stream, span.sequence, newest_us), None
    if span.sequence <= told.sequence:
        return told, None
    after = Told(told.stream, span.sequence, _later(told.newest_us, newest_us))
    if span.sequence == told.sequence + 1 or told.newest_us is None:
        return after, None
    end_us = max(told.newest_us, told.newest_us if oldest_us is None else oldest_us)
    return after, Gap(asset, span.stream.source, told.newest_us, end_us, REASON)


def _later(one_us: int | None, other_us: int | None) -> int | None:
    if one_us is None or other_us is None:
        return other_us if one_us is None else one_us
    return max(other_us, one_us)
