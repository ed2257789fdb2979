"""What a demo did, and whether anything of its log is missing in its database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.segment_log import SegmentLog
from schemas import codec
from schemas.errors import MalformedError
from thermaliq.migrate import connected

COUNTS = """
SELECT (SELECT count(*) FROM thermaliq.v_reading), (SELECT count(*) FROM thermaliq.v_point),
       (SELECT count(*) FROM thermaliq.v_alarm_transition)
"""
STORED = """
SELECT asset || '/' || tag, (extract(epoch FROM time) * 1000000)::bigint FROM thermaliq.v_reading
"""


@dataclass(frozen=True)
class Totals:
    """`lost` are readings that the log holds and the database does not."""

    readings: int
    points: int
    alerts: int
    lost: int

    def lines(self) -> tuple[str, ...]:
        """The last lines of the demo."""
        return (f"readings {self.readings}", f"points {self.points}", f"alerts {self.alerts}", f"lost {self.lost}")


def totals(url: str, log: SegmentLog) -> Totals:
    """Count, and compare the log with the rows, reading by reading."""
    with connected(url) as connection:
        ((readings, points, alerts),) = connection.execute(COUNTS).fetchall()
        stored = {(str(tag), int(ts_us)) for tag, ts_us in connection.execute(STORED)}
    return Totals(readings, points, alerts, len(set(_logged(log)) - stored))


def _logged(log: SegmentLog) -> Iterator[tuple[str, int]]:
    offset = log.first_offset
    while records := log.read(offset):
        for record in records:
            try:
                batch, _ = codec.decode_batch(record.value)
            except MalformedError:
                continue
            for reading in batch.readings:
                yield f"{batch.asset}/{reading.tag}", reading.ts_us
        offset = records[-1].offset + 1
