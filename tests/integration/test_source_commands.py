"""`thermaliq test` and `thermaliq replay`, from the shell, on a real device and a real Kafka."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from schemas.codec import decode_batch
from tests.fix_modbus import ModbusDevice

SITE = """[site]
id = "mill"
[[source]]
name = "plc"
protocol = "modbus"
url = "{url}"
timeout_s = 0.5
[[source.tag]]
id = "mill/boiler/p"
unit_id = 3
table = "holding_register"
address = 10
unit = "bar(g)"
[[source.tag]]
id = "mill/boiler/far"
unit_id = 3
table = "holding_register"
address = 5000
unit = "1"
[[source]]
name = "history"
protocol = "replay"
format = "csv"
time = {{ column = "time" }}
[[source.tag]]
id = "mill/boiler/steam"
column = "steam"
unit = "t/h"
[[asset]]
id = "mill/boiler"
type = "none"
group = "mill/hall"
"""
AWAY = "tcp://127.0.0.1:1"
CSV = """time,steam
2026-01-01T00:00:00Z,36
2026-01-01T00:00:01Z,
2026-01-01T00:00:02Z,72
"""


async def thermaliq(*arguments: str, **settings: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    environment = {**os.environ, **{f"THERMALIQ_{name}": value for name, value in settings.items()}}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "thermaliq.cli", *arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site whose device is away."""
    return written(tmp_path / "mill.toml", SITE.format(url=AWAY))


def written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


async def test_one_scan_prints_every_tag_in_its_own_unit(modbus_device: ModbusDevice, tmp_path: Path) -> None:
    site = written(tmp_path / "mill.toml", SITE.format(url=modbus_device.url))
    await modbus_device.write(10, list(struct.unpack(">HH", struct.pack(">f", 12.5))))

    code, out, err = await thermaliq("test", str(site), "--json")

    assert code == 0, err
    reading, far = json.loads(out)
    assert reading.pop("source time").startswith("20")
    assert reading["value"] == pytest.approx(12.5)
    assert (reading["tag"], reading["unit"], reading["status"]) == ("mill/boiler/p", "bar(g)", "Good")
    assert (far["tag"], far["value"], far["status"].startswith("Bad")) == ("mill/boiler/far", None, True)


async def test_a_device_that_is_away_ends_with_69_and_its_reason(site: Path) -> None:
    code, out, err = await thermaliq("test", str(site))

    assert code == 69
    assert "error: " in err
    assert "Traceback" not in err
    assert out.startswith("source")


async def test_a_file_is_in_kafka_whole_when_replay_ends(
    kafka_bootstrap: str, topic_prefix: str, site: Path, tmp_path: Path
) -> None:
    steam = written(tmp_path / "steam.csv", CSV)
    kafka = {"KAFKA": kafka_bootstrap, "TOPIC_PREFIX": topic_prefix}
    assert (await thermaliq("topics", "--create", **kafka))[0] == 0

    arguments = ("replay", str(steam), "--site", str(site), "--speed", "max")
    code, out, err = await thermaliq(*arguments, **kafka)

    assert code == 0, err
    assert out.startswith("3 rows, 2 readings, 1 cells skipped")
    consumer = AIOKafkaConsumer(
        f"{topic_prefix}readings", bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        record = await asyncio.wait_for(consumer.getone(), 20)
    finally:
        await consumer.stop()
    batch, failures = decode_batch(record.value)
    assert (record.key, batch.asset, failures) == (b"mill/hall", "mill/boiler", ())
    assert [(reading.ts_us, reading.value) for reading in batch.readings] == [
        (1_767_225_600_000_000, 10.0),
        (1_767_225_602_000_000, 20.0),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--source", "hist"), "no replay source named hist; known: history"),
        (("--speed", "fast"), "--speed fast: write a number above 0, or max"),
        ((), "none.csv"),
    ],
)
async def test_a_replay_that_cannot_be_ends_with_78(arguments: tuple[str, ...], said: str, site: Path) -> None:
    code, _, err = await thermaliq("replay", "none.csv", "--site", str(site), *arguments)

    assert code == 78
    assert said in err


async def test_several_replay_sources_need_a_name(tmp_path: Path) -> None:
    history = SITE[SITE.rindex("[[source]]") : SITE.rindex("[[asset]]")]
    second = history.replace('"history"', '"history2"').replace("boiler/steam", "boiler/steam2")
    site = written(tmp_path / "mill.toml", (SITE + second).format(url=AWAY))

    code, _, err = await thermaliq("replay", "none.csv", "--site", str(site))

    assert code == 78
    assert "choose one by --source; known: history, history2" in err
