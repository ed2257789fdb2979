"""What a user meets who sends what cannot be used, or whose database is away."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import time
from pathlib import Path

import pytest

from connectors.simulator.servers import free_port
from tests.fix_product import Product
from tests.fix_relay import Relay
from tests.kafka_records import Sent, read, send, topic_of
from tests.mill_site import GROUP, SITE, STEADY, STEP_S, batch, reading, start_s

READINGS = "SELECT count(*) FROM thermaliq.v_reading"
POINTS = "SELECT count(*) FROM thermaliq.v_point"
CONFIG, WELL = 78, 0
YEAR_S = 366 * 86_400
DATABASE_AWAY, DATABASE_BACK = "database is away", "database is back"


@pytest.fixture
def site(product: Product) -> Path:
    """A site that others push to."""
    file = product.folder / "mill.toml"
    file.write_text(SITE)
    return file


def spoilt(now_s: float) -> list[tuple[Sent, str, str, list[int] | None]]:
    """Records, and the code, stage and failed readings that each is set aside with; the rest of each is well."""
    good = reading("steam_flow", now_s, 5.0)

    def mixed(at_s: float, *bad: object) -> bytes:
        return batch(0, readings=[reading("steam_flow", at_s, 4.0), *bad, reading("fuel_flow", at_s, 0.2)])

    def literal(at_s: float, text: str) -> bytes:
        return mixed(at_s, reading("steam_pressure", at_s, "HERE")).replace(b'"HERE"', text.encode())

    key = GROUP.encode()
    other_schema = [("schema", b"reading_batch/9")]
    far_past, far_future = now_s - 11 * YEAR_S, now_s + 1200
    return [
        (Sent(b"\xff\xfe steam", key), "decode.not_json", "decode", None),
        (Sent(b'{"asset": "mill/boiler1"}', None), "decode.schema", "decode", None),
        (Sent(batch(0, readings=[good]), key, other_schema), "decode.schema", "decode", None),
        (Sent(batch(0, asset="mill/boiler9", readings=[good]), key), "normalize.unknown_asset", "normalize", None),
        (Sent(literal(now_s, "NaN"), key), "decode.not_json", "decode", None),
        (Sent(literal(now_s, "-Infinity"), key), "decode.not_json", "decode", None),
        (Sent(literal(now_s + 1, "1e999"), key), "decode.reading", "decode", [1]),
        (Sent(literal(now_s + 2, '"12,5"'), key), "decode.reading", "decode", [1]),
        (Sent(mixed(now_s + 3, reading("flame", now_s, 1.0)), key), "normalize.unknown_tag", "normalize", [1]),
        (Sent(mixed(now_s + 4, reading("steam_flow", far_past, 1.0)), key), "normalize.time", "normalize", [1]),
        (Sent(mixed(now_s + 5, reading("steam_flow", far_future, 1.0)), key), "normalize.time", "normalize", [1]),
        (Sent(mixed(now_s + 6, reading("steam_pressure", now_s, None)), key), "normalize.null_good", "normalize", [1]),
    ]


async def test_what_cannot_be_used_is_a_dead_letter_and_the_rest_goes_on(product: Product, site: Path) -> None:
    now_s = time.time() - 120
    cases = spoilt(now_s)
    foreign = Sent(batch(now_s, asset="quarry/kiln"), GROUP.encode())
    places = await send(product, [*(sent for sent, *_ in cases), foreign])
    worker = product.start("work", str(site))
    stored = sum(2 for *_, failures in cases if failures is not None)
    await product.until(READINGS, stored)
    await product.until("SELECT count(*) FROM thermaliq.v_dead_letter", len(cases))
    await product.until(
        "SELECT count(*) FROM thermaliq.outbox o JOIN thermaliq.checkpoint c ON c.app = o.app "
        "AND c.topic = o.readings_topic AND c.partition = o.origin WHERE o.seq > c.published_seq",
        0,
    )
    assert product.stop(worker) == WELL

    letters = {_place(record): record for record in await read(product, "dead_letters")}
    topic = topic_of(product, "readings")
    for (sent, code, stage, failures), (partition, offset) in zip(cases, places, strict=False):
        record = letters.pop((topic, partition, offset))
        headers = dict(record.headers)
        assert (record.key, record.value) == (sent.key, sent.value), "the original bytes"
        assert (headers["code"].decode(), headers["stage"].decode()) == (code, stage)
        assert json.loads(headers["failures"]) if failures else "failures" not in headers
        assert failures is None or json.loads(headers["failures"]) == failures
    assert letters == {}, "a batch of a site that nobody knows is no dead letter"
    assert {value for (value,) in product.query("SELECT value_si FROM thermaliq.v_reading")} == {4.0, 0.2}
    told = product.run("dead-letters", "list")
    assert all(code in told for _, code, *_ in cases)


def _place(record: object) -> tuple[str, int, int]:
    headers = {name: value.decode() for name, value in record.headers}  # type: ignore[attr-defined]
    return headers["topic"], int(headers["partition"]), int(headers["offset"])


async def test_fuel_off_is_no_alarm_and_an_efficiency_above_one_is_kept_and_flagged(
    product: Product, site: Path
) -> None:
    """Three minutes of fire, five without fuel, three with more steam than the fuel can give."""
    first_s = start_s()
    fuel = [0.26] * 3 + [0.0] * 5 + [0.2] * 3 + [0.26]
    records = [
        Sent(batch(first_s + 60 * minute + second, {**STEADY, "fuel_flow": fuel_flow}), GROUP.encode())
        for minute, fuel_flow in enumerate(fuel)
        for second in range(0, 60, STEP_S)
    ]
    worker = product.start("work", str(site))
    await send(product, records)
    await product.until(POINTS, len(fuel) - 1)
    assert product.stop(worker) == WELL
    points = product.query("SELECT eta > 1, quality, reasons FROM thermaliq.v_point ORDER BY time")
    assert points[:3] == [(False, "GOOD", [])] * 3
    assert points[3:8] == [(None, "BAD", ["no_fuel"])] * 5
    assert points[8:] == [(True, "UNCERTAIN", ["above_unity"])] * 3
    assert product.query("SELECT * FROM thermaliq.v_alarm_transition") == []


async def test_a_worker_waits_for_its_database_and_stops_well_without_it(
    product: Product, site: Path, database_relay: tuple[Relay, str]
) -> None:
    relay, url = database_relay
    behind = product.with_settings(DATABASE_URL=url)
    first_s, sent = start_s(), 0

    async def send_more(number: int) -> None:
        nonlocal sent
        records = [Sent(batch(first_s + STEP_S * (sent + more)), GROUP.encode()) for more in range(number)]
        await send(product, records)
        sent += number

    async def stop(worker: subprocess.Popen[bytes]) -> int:
        return await asyncio.to_thread(product.stop, worker)

    await send_more(20)
    early = behind.start("work", str(site))
    await product.heard(early, DATABASE_AWAY)
    assert await stop(early) == WELL, product.said(early)

    worker = behind.start("work", str(site))
    await product.heard(worker, DATABASE_AWAY)
    await relay.join()
    await product.until(READINGS, sent * len(STEADY))
    assert product.said(worker).count(DATABASE_AWAY) == 1
    assert product.said(worker).count(DATABASE_BACK) == 1

    await relay.cut()
    await send_more(20)
    await product.heard(worker, DATABASE_AWAY, times=2)
    await relay.join()
    await product.until(READINGS, sent * len(STEADY))
    assert product.said(worker).count(DATABASE_BACK) == 2

    await relay.cut()
    await send_more(20)
    await product.heard(worker, DATABASE_AWAY, times=3)
    assert await stop(worker) == WELL, product.said(worker)
    assert "Traceback" not in product.said(worker)

    await relay.join()
    last = behind.start("work", str(site))
    await product.until(READINGS, sent * len(STEADY))
    await product.until(POINTS, sent * STEP_S // 60 - 1)
    assert await stop(last) == WELL


async def test_a_worker_without_kafka_waits_and_stops_well(product: Product, site: Path) -> None:
    nobody = product.with_settings(KAFKA=f"127.0.0.1:{free_port()}")
    worker = nobody.start("work", str(site))
    await product.heard(worker, "kafka is away")
    assert await asyncio.to_thread(product.stop, worker) == WELL, product.said(worker)
    assert product.said(worker).count("kafka is away") == 1
    assert "Traceback" not in product.said(worker)


@pytest.mark.parametrize(
    ("change", "versions"),
    [
        ("DELETE FROM thermaliq.schema_migration WHERE version = {needed}", ("{older}", "{needed}")),
        (
            "INSERT INTO thermaliq.schema_migration VALUES (9999, 'later', 'x', 9999)",
            ("9999", "{needed}"),
        ),
    ],
    ids=["older than needed", "newer than it can work with"],
)
async def test_a_schema_that_does_not_fit_ends_with_78_and_names_both_versions(
    product: Product, site: Path, change: str, versions: tuple[str, str]
) -> None:
    needed = int(str(product.query("SELECT max(version) FROM thermaliq.schema_migration")[0][0]))
    numbers = {"needed": needed, "older": needed - 1}
    product.query(f"{change.format(**numbers)} RETURNING 1")
    worker = product.start("work", str(site))
    assert await asyncio.to_thread(worker.wait, 60) == CONFIG
    told = product.said(worker)
    named = {int(number) for number in re.findall(r"\b(?:version|than) (\d+)", told)}
    assert named >= {int(version.format(**numbers)) for version in versions}
    assert "Traceback" not in told


def test_a_worker_without_a_schema_says_how_to_make_one(product: Product, site: Path) -> None:
    product.query("DELETE FROM thermaliq.schema_migration RETURNING 1")
    worker = product.start("work", str(site))
    assert worker.wait(60) == CONFIG
    assert "thermaliq migrate" in product.said(worker)
