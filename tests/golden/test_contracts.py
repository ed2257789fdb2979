"""The generated contracts: as committed, true of what goes over the wire, whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from calc.asset_types import ASSET_TYPES
from schemas import codec
from schemas.alarm import Alert
from schemas.command import Acknowledge, Recompute, Shelve, Unshelve
from schemas.dead_letter import DeadLetter
from schemas.gap import Gap
from schemas.point import Point
from schemas.reading import Reading, ReadingBatch
from schemas.site_text import parse
from schemas.topics import Topics
from thermaliq.asyncapi import asyncapi
from thermaliq.contracts import contracts
from thermaliq.yaml_text import yaml_text

ROOT = Path(__file__).parents[2]
GENERATED = contracts()
SITES = Path(__file__).parent / "sites"
BATCH = ReadingBatch("mill/boiler1", "plc", "01J", 0, [Reading("fuel", 1, None, 0x8000_0000), Reading("steam", 1, 2.5)])
POINT = Point(
    asset="mill/boiler1",
    type="boiler_direct",
    window="5min",
    length_s=300.0,
    window_start_us=0,
    window_end_us=300_000_000,
    revision=0,
    eta=None,
    eta_u95=None,
    energy_in_j=0.0,
    energy_out_j=0.0,
    losses_j={"stack": 0.0},
    residual_j=None,
    values={},
    coverage=1.0,
    steady_fraction=None,
    quality="BAD",
    reasons=["no_fuel", "bad_input:steam_flow"],
    method="boiler_direct/lhv",
    provenance="sha256:0",
)
RECORDS: list[tuple[str, Any]] = [
    ("reading_batch", BATCH),
    ("command", Recompute("c", "mill/boiler1", 0, 1)),
    ("command", Acknowledge("c", "mill/boiler1", "low", 0)),
    ("command", Shelve("c", "mill/boiler1", "low", 60.0)),
    ("command", Unshelve("c", "mill/boiler1", "low")),
    ("point", POINT),
    ("alert", Alert("mill/boiler1", "low", 0, "unacknowledged", "high", 0.8, 0.82, 1, 1, "condition", 0)),
    ("gap", Gap("mill/boiler1", "plc", 0, 1, "lost")),
]


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(GENERATED[f"json/{name}.json"])
    return loaded


@pytest.mark.parametrize("name", GENERATED)
def test_the_committed_contract_is_the_generated_one(name: str) -> None:
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == GENERATED[name], "run make docs"


@pytest.mark.parametrize(("name", "record"), RECORDS, ids=[name for name, _ in RECORDS])
def test_a_record_as_it_is_encoded_keeps_its_schema(name: str, record: Any) -> None:
    jsonschema.validate(json.loads(codec.encode(record)), schema(name), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("reading_batch", {"readings": [{"tag": "t", "ts_us": 1, "value": "2,5"}]}),
        ("reading_batch", {"readings": [{"tag": "t", "ts_us": 1, "value": 1.0}] * 5001}),
        ("reading_batch", {"origin": "guess"}),
        ("point", {"reasons": ["bad_luck"]}),
        ("point", {"quality": "FINE"}),
    ],
)
def test_a_record_that_the_codec_would_not_write_breaks_its_schema(name: str, change: dict[str, Any]) -> None:
    record = {**json.loads(codec.encode(dict(RECORDS)[name])), **change}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, schema(name), jsonschema.Draft202012Validator)


def test_the_headers_of_a_dead_letter_keep_their_schema() -> None:
    letter = DeadLetter(b"k", b"v", "decode.not_json", "decode", "thermaliq.readings", 3, 17, (0, 2), "no JSON")
    headers = {name: value.decode() for name, value in letter.headers()}

    jsonschema.validate(headers, schema("dead_letter"), jsonschema.Draft202012Validator)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**headers, "stage": "later"}, schema("dead_letter"), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(("name", "valid"), [("interfaces", True), ("edge", True), ("wrong_sources", False)])
def test_a_site_file_keeps_the_schema_of_site_files(name: str, valid: bool) -> None:
    tables = json.loads(json.dumps(parse((SITES / f"{name}.toml").read_text(encoding="utf-8")).tables))

    assert jsonschema.Draft202012Validator(schema("site")).is_valid(tables) is valid


def test_every_asset_type_is_listed_with_what_it_takes() -> None:
    items = {item["type"]: item for item in schema("asset_types")["items"]}

    assert list(items) == list(ASSET_TYPES)
    boiler = items["boiler_direct"]
    assert {item["name"] for item in boiler["inputs"]} >= {"steam_flow", "fuel_flow", "p_steam", "T_feedwater"}
    assert {item["name"]: item["default"] for item in boiler["parameters"]}["fuel_cutoff"] == 0.0
    assert [item["name"] for item in boiler["values"]] == ["steam_to_fuel"]


def test_the_asyncapi_document_speaks_of_every_topic_and_refers_to_what_is_there() -> None:
    document = asyncapi()

    assert {channel["address"] for channel in document["channels"].values()} == {s.name for s in Topics().specs()}
    for reference in references(document):
        if reference.startswith("#/"):
            place: Any = document
            for step in reference[2:].split("/"):
                place = place[step]
        else:
            assert reference.removeprefix("./") in GENERATED


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"a": {"b": [1, "x: y", None]}, "c d": []}, 'a:\n  b:\n    - 1\n    - "x: y"\n    - null\n"c d": []\n'),
        ([{"a": 1.5, "b": True}, [1]], "- a: 1.5\n  b: true\n- - 1\n"),
        ("é", '"é"\n'),
    ],
)
def test_plain_data_is_written_as_yaml(data: Any, text: str) -> None:
    assert yaml_text(data) == text


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        inner = [found for item in value.values() for found in references(item)]
        return [*inner, value["$ref"]] if isinstance(value.get("$ref"), str) else inner
    return [found for item in value for found in references(item)] if isinstance(value, list) else []
