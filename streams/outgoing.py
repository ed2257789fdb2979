"""What a pass publishes, as outbox rows in their order."""

from __future__ import annotations

from collections.abc import Sequence

from schemas import codec
from schemas.alarm import Alert
from schemas.dead_letter import DeadLetter
from schemas.gap import Gap
from schemas.point import Point
from streams.changes import OutboxRow, OutboxTopic, Record


def outgoing(
    partition: int,
    first_seq: int,
    letters: Sequence[DeadLetter],
    strays: Sequence[tuple[str, Record]],
    gaps: Sequence[tuple[int, Gap]],
    points: Sequence[tuple[int, Point]],
    transitions: Sequence[tuple[int, Alert]],
) -> list[OutboxRow]:
    """Rows numbered from `first_seq`; points and alerts carry their number and partition as headers."""
    rows: list[OutboxRow] = []

    def put(topic: OutboxTopic, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        rows.append(OutboxRow(first_seq + len(rows), topic, key, value, tuple(headers)))

    def numbered(schema: str) -> list[tuple[str, bytes]]:
        place = [("origin", str(partition).encode()), ("seq", str(first_seq + len(rows)).encode())]
        return [*codec.schema_header(schema), *place]

    for letter in letters:
        put("dead_letters", letter.key, letter.value, letter.headers())
    for group, record in strays:
        put("readings", group.encode(), record.value, list(record.headers))
    for _, gap in gaps:
        put("gaps", gap.asset.encode(), codec.encode(gap), codec.schema_header(codec.GAP))
    for _, point in points:
        put("points", point.asset.encode(), codec.encode(point), numbered(codec.POINT))
    for _, alert in transitions:
        put("alerts", f"{alert.asset}/{alert.name}".encode(), codec.encode(alert), numbered(codec.ALERT))
    return rows
