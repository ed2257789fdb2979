"""Every published case of the families that are built."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.standards.cases import judge, main

FILE = Path(__file__).parent / "calc_cases.json"
SECOND_HALF = {"exergy"}
CASES: list[dict[str, Any]] = [
    record for record in json.loads(FILE.read_text("utf-8")) if record["family"] not in SECOND_HALF
]


@pytest.mark.parametrize("record", CASES, ids=[record["id"] for record in CASES])
def test_a_published_case_comes_out_within_its_tolerance(record: dict[str, Any]) -> None:
    assert judge(record).problems == ()


def test_the_file_holds_all_published_cases() -> None:
    assert len(CASES) == 98


def test_the_runner_prints_a_line_a_case_and_the_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = dict(
        CASES[0],
        id="wrong",
        expected={name: {"value": -1.0, "unit": item["unit"]} for name, item in CASES[0]["expected"].items()},
    )
    foreign = dict(CASES[0], id="foreign", family="alchemy")
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([CASES[0], wrong, foreign]), "utf-8")
    assert main([str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{CASES[0]['id']}: passed"
    assert lines[1].startswith("wrong: failed: ")
    assert lines[2] == "foreign: failed: family alchemy is not dispatched"
    assert lines[3] == "1 passed, 2 failed"


def test_the_id_of_a_case_does_not_matter() -> None:
    assert judge(dict(CASES[0], id="anything")).problems == ()


def test_the_runner_asks_for_one_file() -> None:
    assert main([]) == 2
