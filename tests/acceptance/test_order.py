"""A week of the measured boiler through real Kafka: in whatever order it arrives, the same bytes come out."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from itertools import islice

import pytest

from connectors.simulator.row import Row
from connectors.simulator.steam_boiler import rows
from tests.fix_product import Product
from tests.fix_services import empty_database
from tests.kafka_records import Sent, send
from tests.mill_site import BOILER, GROUP, SITE, STEADY, batch, reading

FIRST_ROW = 2600
"""The week has rows without fuel and one of the start-up rows."""
ROWS = 7 * 96
HOUR_S = 3600
WEEK_SITE = (
    SITE.replace('lateness = "1s"', 'lateness = "1h"\nlate_accept = "1d"')
    .replace('unit = "kg/s"', 'unit = "kg/s"\n  hold_limit_s = 900')
    .replace('unit = "t/h"', 'unit = "t/h"\n  hold_limit_s = 900')
    .replace('unit = "bar(a)"', 'unit = "bar(a)"\n  hold_limit_s = 900')
    .replace('unit = "degC"', 'unit = "degC"\n  hold_limit_s = 900')
    .replace(
        'windows = [ { length = "1min", advance = "1min" } ]',
        'windows = [ { length = "15min", advance = "15min" }, { length = "2h", advance = "15min" } ]',
    )
    .replace('when = "eta < 0.82"', 'when = "eta < 0.94"')
    .replace('window = "1min"', 'window = "15min"')
    .replace('steam = "saturated"', 'steam = "saturated", fuel_cutoff = "0.04 kg/s"')
)
COLUMNS = {name: f"campus/boiler/{name}" for name in STEADY}
POINTS = "SELECT to_jsonb(p) - 'revision' FROM thermaliq.v_point p ORDER BY p.window_name, p.time"
TRANSITIONS = "SELECT to_jsonb(t) FROM thermaliq.v_alarm_transition t ORDER BY t.time, t.state"
READ_SO_FAR = "SELECT coalesce(sum(next_offset), 0)::bigint FROM thermaliq.checkpoint"
Reading = tuple[float, str, float]
"""Time in seconds, tag, value."""


@pytest.fixture
def second(product: Product, database_admin_url: str) -> Iterator[Product]:
    """Another installation with topics and a database of its own."""
    prefix = f"{product.environment['THERMALIQ_TOPIC_PREFIX']}again."
    with empty_database(database_admin_url) as url:
        other = product.with_settings(DATABASE_URL=url, TOPIC_PREFIX=prefix, GROUP_ID=f"again-{secrets.token_hex(4)}")
        other.run("topics", "--create")
        other.run("migrate")
        yield other


def week() -> list[Row]:
    """Seven days of rows."""
    return list(islice(rows(), FIRST_ROW, FIRST_ROW + ROWS))


def readings_of(row: Row) -> list[Reading]:
    """A row's readings."""
    return [(row.ts_us / 1e6, tag, row.values[column]) for tag, column in COLUMNS.items()]


def record(readings: list[Reading]) -> Sent:
    """A batch of readings of any times."""
    return Sent(
        batch(0, asset=BOILER, readings=[reading(tag, at_s, value) for at_s, tag, value in readings]), GROUP.encode()
    )


def ordered() -> list[Sent]:
    """A batch a row."""
    return [record(readings_of(row)) for row in week()]


def shuffled(chance: random.Random, delay_s: float) -> list[Sent]:
    """Every reading delayed by up to `delay_s`, each fifth sent twice or more, cut into batches of any size."""
    told = [each for row in week() for each in readings_of(row)]
    copies = told + [each for each in told for _ in range(3) if chance.random() < 0.08]
    arrived = sorted(copies, key=lambda each: each[0] + chance.uniform(0, delay_s))
    records: list[Sent] = []
    while arrived:
        size = chance.choice([1, 2, 3, 7, 40])
        records.append(record(arrived[:size]))
        del arrived[:size]
    return records


@pytest.mark.parametrize(("delay_s", "revised"), [(HOUR_S - 1, False), (12 * HOUR_S, True)])
async def test_order_duplicates_and_batches_change_no_bit(
    product: Product, second: Product, delay_s: float, revised: bool
) -> None:
    """Within the lateness nothing is revised; beyond it, but accepted, the last revisions are the same."""
    await run(product, ordered(), pieces=1)
    await run(second, shuffled(random.Random(20261125), delay_s), pieces=5)
    points = product.query(POINTS)
    assert len(points) > 2 * (ROWS - 16)
    assert second.query(POINTS) == points
    assert second.query("SELECT max(revision) > 0 FROM thermaliq.v_point") == [(revised,)]
    assert second.query("SELECT count(*) FROM thermaliq.v_reading") == [(ROWS * len(STEADY),)]
    if not revised:  # a revision never rewrites what an alarm has said
        assert product.query(TRANSITIONS)
        assert second.query(TRANSITIONS) == product.query(TRANSITIONS)


async def run(product: Product, records: list[Sent], pieces: int) -> None:
    """A worker reads a piece after the other, so that points stand before what touches them arrives."""
    site = product.folder / "week.toml"
    site.write_text(WEEK_SITE)
    worker = product.start("work", str(site))
    size = -(-len(records) // pieces)
    for start in range(0, len(records), size):
        await send(product, records[start : start + size])
        await product.until(READ_SO_FAR, min(start + size, len(records)))
    assert product.stop(worker) == 0
