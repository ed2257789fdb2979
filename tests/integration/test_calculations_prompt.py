"""`thermaliq calculate` answers as the API does, with services or without; the server itself stays light."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from calc.asset_types import ASSET_TYPES
from tests.fix_calculations import PATH, Body, OwnRedis, boiler, example, service_on

MEBIBYTE = 1 << 20


def calculate(body: Body | str, folder: Path, *, expect: int = 0, stdin: bool = False, **settings: Any) -> Any:
    """What the command prints, as JSON or, where it fails, what it says on standard error."""
    text = body if isinstance(body, str) else json.dumps(body)
    file = folder / "body.json"
    file.write_text(text)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("THERMALIQ_")}
    done = subprocess.run(
        [sys.executable, "-m", "thermaliq.cli", "calculate", "-" if stdin else str(file)],
        input=text if stdin else "",
        env=clean | {f"THERMALIQ_{name}": value for name, value in settings.items()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == expect, done.stderr
    return json.loads(done.stdout) if expect == 0 else done.stderr


def test_the_prompt_needs_no_service(tmp_path: Path) -> None:
    answer = calculate(boiler(), tmp_path)
    assert answer["eta"] > 0
    assert (answer["not_stored"], answer["cached"]) == ([], False)
    assert calculate(boiler(), tmp_path, stdin=True) == answer


async def test_the_prompt_answers_as_the_api_and_they_share_what_is_kept(
    migrated_url: str, own_redis: OwnRedis, tmp_path: Path
) -> None:
    prompt = calculate(boiler(), tmp_path, DATABASE_URL=migrated_url, REDIS_URL=own_redis.url)
    with psycopg.connect(migrated_url) as connection:
        assert connection.execute("SELECT id FROM thermaliq.calculation").fetchall() == [(prompt["id"],)]
    async with service_on(migrated_url, own_redis.url) as client:
        assert (await client.post(PATH, json=boiler())).json() == {**prompt, "cached": True}
        kept = (await client.get(f"{PATH}/{prompt['id']}")).json()
    assert kept == {**prompt, "cached": True}


def test_services_that_are_away_are_named(tmp_path: Path) -> None:
    away: dict[str, Any] = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "REDIS_URL": "redis://127.0.0.1:9/0",
    }
    assert calculate(boiler(), tmp_path, **away)["not_stored"] == ["redis", "database"]


def test_a_wrong_body_is_told_in_words_with_exit_1(tmp_path: Path) -> None:
    said = calculate(boiler(p_steam="41 bar", fuel_flow=None), tmp_path, expect=1)
    assert "inputs.p_steam = 41 bar" in said
    assert "write bar(a) or bar(g)" in said
    assert "inputs.fuel_flow" in said
    assert "2 errors" in said
    assert "error" in calculate("{", tmp_path, expect=1)


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "thermaliq.cli", "calculate", str(tmp_path / "none.json")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "none.json" in done.stderr


READING = """
import sys
from thermaliq.calculations.request import read_request
from thermaliq.serving import serve
for body in sys.stdin.buffer.read().split(b"\\n"):
    read_request(body, {})
print(sorted(set(sys.modules) & {"scipy", "CoolProp", "matplotlib"}))
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) * 1024)
"""


def test_the_server_reads_every_type_of_body_without_importing_what_is_heavy() -> None:
    bodies = "\n".join(json.dumps(example(name)) for name in ASSET_TYPES)
    done = subprocess.run([sys.executable, "-c", READING], input=bodies, capture_output=True, text=True, check=True)
    imported, resident = done.stdout.splitlines()
    assert imported == "[]"
    assert 4 * int(resident) < 700 * MEBIBYTE
