"""Programs that know nothing of this code: kcat writes readings by hand and reads points."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fix_product import Product

PARTITIONS = 8
MINUTES = 6
STEP_S = 10
VALUES = {"steam_flow": 5.0, "fuel_flow": 0.26, "steam_pressure": 9e5, "feedwater_temperature": 378.15}
SITE = """
[site]
id = "mill"
lateness = "1s"
idle_after = "1h"

[[source]]
name = "gateways"
protocol = "push"

  [[source.tag]]
  id = "mill/boiler1/steam_flow"
  unit = "t/h"

  [[source.tag]]
  id = "mill/boiler1/fuel_flow"
  unit = "kg/s"

  [[source.tag]]
  id = "mill/boiler1/steam_pressure"
  unit = "bar(a)"

  [[source.tag]]
  id = "mill/boiler1/feedwater_temperature"
  unit = "degC"

[[asset]]
id = "mill/boiler1"
group = "mill/powerhouse"
type = "boiler_direct"
inputs.steam_flow = "steam_flow"
inputs.fuel_flow = "fuel_flow"
inputs.p_steam = "steam_pressure"
inputs.T_feedwater = "feedwater_temperature"
parameters = { LHV = "50.0 MJ/kg", steam = "saturated" }
windows = [ { length = "1min", advance = "1min" } ]
"""
READINGS = "SELECT count(*) FROM thermaliq.v_reading"
POINTS = "SELECT count(*) FROM thermaliq.v_point"
ALL_PUBLISHED = (
    "SELECT NOT EXISTS (SELECT FROM thermaliq.outbox o JOIN thermaliq.checkpoint c ON c.app = o.app "
    "AND c.topic = o.readings_topic AND c.partition = o.origin WHERE o.seq > c.published_seq)"
)


@dataclass(frozen=True)
class Kcat:
    """kcat on the product's topics."""

    product: Product

    def produce(self, lines: Sequence[str], *arguments: str) -> None:
        """Each line is a record of the readings topic."""
        self._run("-P", "-t", self._topic("readings"), *arguments, said="".join(f"{line}\n" for line in lines))

    def consume(self, name: str) -> list[dict[str, Any]]:
        """Every record of a topic, as kcat's JSON tells it."""
        lines = self._run("-C", "-t", self._topic(name), "-o", "beginning", "-e", "-q", "-J").splitlines()
        return [json.loads(line) for line in lines]

    def _topic(self, name: str) -> str:
        return self.product.environment["THERMALIQ_TOPIC_PREFIX"] + name

    def _run(self, *arguments: str, said: str = "") -> str:
        program = shutil.which("kcat") or pytest.fail("no kcat: run make services")
        command = [program, "-b", self.product.environment["THERMALIQ_KAFKA"], *arguments]
        return subprocess.run(command, input=said, capture_output=True, text=True, timeout=60, check=True).stdout


def start_s() -> int:
    """A whole minute, an hour ago."""
    return int(time.time()) // 60 * 60 - 3600


def by_hand(at_s: int, sequence: int) -> str:
    """A batch as somebody types it."""
    readings = ",".join(
        f'{{"tag": "{tag}", "ts_us": {at_s * 1_000_000}, "value": {value}, "status": 0}}'
        for tag, value in VALUES.items()
    )
    head = f'"asset": "mill/boiler1", "source": "gateways", "session": "hand", "sequence": {sequence}'
    return f'{{{head}, "note": "no field of ours", "readings": [{readings}]}}'


@pytest.fixture
def site(product: Product) -> Path:
    """A site that others push to."""
    file = product.folder / "mill.toml"
    file.write_text(SITE)
    return file


async def test_readings_written_by_kcat_become_rows_and_points_wherever_they_arrive(
    product: Product, site: Path
) -> None:
    """With a key (kcat's own hash is another than ours), without any, and in every partition there is."""
    kcat, first_s = Kcat(product), start_s()
    worker = product.start("work", str(site))
    lines = [by_hand(first_s + STEP_S * step, step) for step in range(MINUTES * 60 // STEP_S)]
    keyed, plain, placed = lines[:12], lines[12:24], lines[24:]
    kcat.produce(keyed, "-k", "mill/powerhouse")
    kcat.produce(plain)
    for number, line in enumerate(placed):
        kcat.produce([line], "-p", str(number % PARTITIONS))
    await product.until(READINGS, len(lines) * len(VALUES))
    kcat.produce([by_hand(first_s + 60 * MINUTES + 1, len(lines))])
    await product.until(POINTS, MINUTES)
    assert product.stop(worker) == 0

    stored = product.query("SELECT time, tag, value_si, unit FROM thermaliq.v_reading ORDER BY time, tag")
    assert len(stored) == (len(lines) + 1) * len(VALUES)
    assert {(tag, value) for _, tag, value, _ in stored} == set(VALUES.items())
    assert {(tag, unit) for _, tag, _, unit in stored} >= {("steam_flow", "t/h"), ("steam_pressure", "bar(a)")}
    assert product.query("SELECT DISTINCT coverage, quality, reasons FROM thermaliq.v_point") == [(1.0, "GOOD", [])]
    (eta,) = {eta for (eta,) in product.query("SELECT round(eta::numeric, 9) FROM thermaliq.v_point")}
    assert 0.85 < float(str(eta)) < 0.95
    assert product.query("SELECT count(*) FROM thermaliq.v_dead_letter") == [(0,)]
    partitions = [record["partition"] for record in kcat.consume("readings")]
    assert set(partitions) == set(range(PARTITIONS))
    assert len(partitions) > len(lines) + 1, "strays stand once more in the partition of their group"


async def test_kcat_reads_points_and_sees_each_once_by_origin_and_seq(product: Product, site: Path) -> None:
    kcat, first_s = Kcat(product), start_s()
    worker = product.start("work", str(site))
    kcat.produce([by_hand(first_s + STEP_S * step, step) for step in range(MINUTES * 60 // STEP_S + 2)])
    await product.until(POINTS, MINUTES)
    await product.until(ALL_PUBLISHED, wanted=True)
    assert product.stop(worker) == 0
    # as a worker leaves it that dies when Kafka has the points, before it could note so
    product.query("UPDATE thermaliq.checkpoint SET published_seq = 0 RETURNING 1")
    worker = product.start("work", str(site))
    await product.until(ALL_PUBLISHED, wanted=True)
    assert product.stop(worker) == 0

    records = kcat.consume("points")
    once = seen_once(records)
    assert len(records) == 2 * len(once)
    for record in records:
        point = json.loads(record["payload"])
        assert record["key"] == point["asset"] == "mill/boiler1"
        assert headers_of(record)["schema"] == "point/1"
    told = [json.loads(record["payload"]) for record in once]
    assert len({(point["asset"], point["window"], point["window_end_us"], point["revision"]) for point in told}) == len(
        told
    )
    latest = {point["window_end_us"]: point["eta"] for point in sorted(told, key=lambda point: point["revision"])}
    assert sorted(latest.items()) == product.query(
        "SELECT (extract(epoch FROM time) * 1000000)::bigint, eta FROM thermaliq.v_point ORDER BY time"
    )


def headers_of(record: dict[str, Any]) -> dict[str, str]:
    """kcat tells names and values in turn."""
    flat = record["headers"]
    return dict(zip(flat[::2], flat[1::2], strict=True))


def seen_once(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a consumer keeps that skips what is not above its last `seq` of an `origin`."""
    last: dict[str, int] = {}
    kept = []
    for record in records:
        headers = headers_of(record)
        if int(headers["seq"]) > last.get(headers["origin"], -1):
            last[headers["origin"]] = int(headers["seq"])
            kept.append(record)
    return kept
