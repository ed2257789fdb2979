"""Bad input gets its dead letter, with bytes, code and failed indices; the other readings go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from math import isnan
from typing import Any

import pytest

from schemas.command import Recompute
from schemas.dead_letter import DeadLetter
from schemas.quality import Flag
from schemas.reading import FUTURE_MAX_US, PAST_MAX_US, READINGS_MAX
from streams.changes import Record
from streams.plan import Plan
from streams.steps.normalize import Normalized, normalize
from tests.oracle.bench import plan_of
from tests.oracle.plant import SECOND_US, Feed, Machine, Plant, Signal, Span
from tests.oracle.toy import formula

NOW_US = 1_763_892_000_000_000
TOPIC, PARTITION, OFFSET = "thermaliq.readings", 4, 81
BOILER = "mill/boiler"


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A boiler whose steam flow has a valid range."""
    steam = Signal(f"{BOILER}/steam_flow", "plc", low=0.0, high=30.0)
    fuel = Signal(f"{BOILER}/fuel_flow", "plc")
    machine = Machine(
        id=BOILER,
        type="toy",
        inputs={"steam_flow": steam.id, "fuel_flow": fuel.id},
        required=("steam_flow", "fuel_flow"),
        drivers=("fuel_flow",),
        formula=formula(),
        windows=(Span("10s", 10 * SECOND_US, 10 * SECOND_US),),
        parameters={"LHV": 50e6},
    )
    return plan_of(Plant((Feed("plc"),), (steam, fuel), (machine,)))


def good(tag: str = "steam_flow", value: object = 3.0, **changes: object) -> dict[str, object]:
    """One reading."""
    return {"tag": tag, "ts_us": NOW_US, "value": value, "status": 0} | changes


def batch(*readings: object, **changes: object) -> bytes:
    """A batch as text."""
    head = {"asset": BOILER, "source": "plc", "session": "01J", "sequence": 0, "sent_us": NOW_US}
    return json.dumps(head | {"readings": list(readings)} | changes).encode()


def read(plan: Plan, *values: bytes, headers: tuple[tuple[str, bytes], ...] = ()) -> Normalized:
    """What a run of records holds."""
    records = [Record(OFFSET + index, NOW_US, b"mill/boiler", value, headers) for index, value in enumerate(values)]
    return normalize(plan, TOPIC, PARTITION, records, lambda _group: True)


def letter(found: Normalized) -> DeadLetter:
    """The one dead letter."""
    (only,) = found.dead_letters
    return only


NOT_JSON = [
    b"",
    b"\xff\xfe",
    b"{",
    batch(good()).replace(b"3.0", b"NaN"),
    batch(good()).replace(b"3.0", b"Infinity"),
    batch(good())[:-5],
]
WRONG_SCHEMA = [
    b"[]",
    b"null",
    b"{}",
    batch(good(), asset=7),
    batch(good(), sequence="one"),
    batch(good(), origin="guess"),
    batch(readings={"tag": "steam_flow"}),
    batch(*[good()] * (READINGS_MAX + 1)),
]


@pytest.mark.parametrize("value", NOT_JSON)
def test_what_is_not_json_is_one_dead_letter_of_the_whole_record(plan: Plan, value: bytes) -> None:
    found = read(plan, value, batch(good()))
    assert (letter(found).code, letter(found).stage, letter(found).failures) == ("decode.not_json", "decode", None)
    assert (letter(found).value, letter(found).key) == (value, b"mill/boiler")
    assert (letter(found).topic, letter(found).partition, letter(found).offset) == (TOPIC, PARTITION, OFFSET)
    assert len(found.readings) == 1


@pytest.mark.parametrize("value", WRONG_SCHEMA)
def test_a_record_of_another_shape_is_one_dead_letter(plan: Plan, value: bytes) -> None:
    found = read(plan, value, batch(good()))
    assert (letter(found).code, letter(found).stage, letter(found).failures) == ("decode.schema", "decode", None)
    assert len(found.readings) == 1


@pytest.mark.parametrize("schema", [b"reading_batch/2", b"point/1", b""])
def test_a_record_of_another_schema_is_a_dead_letter(plan: Plan, schema: bytes) -> None:
    found = read(plan, batch(good()), headers=(("schema", schema),))
    assert (letter(found).code, letter(found).failures) == ("decode.schema", None)


def test_without_the_header_a_record_is_a_reading_batch(plan: Plan) -> None:
    found = read(plan, batch(good()), headers=(("traceparent", b"00-1-2-01"),))
    assert len(found.readings) == 1
    assert found.dead_letters == []


def test_an_unknown_asset_of_a_known_site_is_a_dead_letter(plan: Plan) -> None:
    found = read(plan, batch(good(), asset="mill/boiler9"))
    assert (letter(found).code, letter(found).stage) == ("normalize.unknown_asset", "normalize")


def test_a_batch_of_a_site_that_no_file_knows_is_counted_and_skipped(plan: Plan) -> None:
    found = read(plan, batch(good(), asset="other/boiler"), batch(good(value="x"), asset="other/boiler"))
    assert (found.foreign_sites, found.dead_letters, len(found.readings)) == (2, [], 0)


FAR = {"past": NOW_US - PAST_MAX_US - 1, "future": NOW_US + FUTURE_MAX_US + 1}
ALONE: Mapping[str, tuple[dict[str, Any], str]] = {
    "unknown tag": (good(tag="steam_fow"), "normalize.unknown_tag"),
    "ten years ago": (good(ts_us=FAR["past"]), "normalize.time"),
    "in a quarter of an hour": (good(ts_us=FAR["future"]), "normalize.time"),
    "null though good": (good(value=None), "normalize.null_good"),
    "text": (good(value="3.0"), "decode.reading"),
    "a truth": (good(value=True), "decode.reading"),
    "a list": (good(value=[3.0]), "decode.reading"),
    "no time": ({"tag": "steam_flow", "value": 3.0}, "decode.reading"),
    "no tag": ({"ts_us": NOW_US, "value": 3.0}, "decode.reading"),
    "time as text": (good(ts_us="now"), "decode.reading"),
    "half a microsecond": (good(ts_us=NOW_US + 0.5), "decode.reading"),
    "year 10000": (good(ts_us=253_402_300_800_000_000), "decode.reading"),
    "beyond 64 bits": (good(ts_us=10**30), "decode.reading"),
    "status below 0": (good(status=-1), "decode.reading"),
    "status of 33 bits": (good(status=1 << 32), "decode.reading"),
}


@pytest.mark.parametrize("case", ALONE)
def test_a_bad_reading_fails_alone(plan: Plan, case: str) -> None:
    reading, code = ALONE[case]
    found = read(plan, batch(good(value=1.0), reading, good("fuel_flow", 2.0)))
    assert (letter(found).code, letter(found).failures) == (code, (1,))
    assert found.readings.value.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("number", [b"1e999", b"-1e999"])
def test_a_number_beyond_float64_fails_alone(plan: Plan, number: bytes) -> None:
    value = batch(good(value=1.0), good(value=4.25), good("fuel_flow", 2.0)).replace(b"4.25", number)
    found = read(plan, value)
    assert letter(found).failures == (1,)
    assert letter(found).code in {"decode.reading", "normalize.not_finite"}
    assert found.readings.value.tolist() == [1.0, 2.0]


def test_one_dead_letter_names_all_failed_readings_of_a_record_at_their_own_places(plan: Plan) -> None:
    found = read(plan, batch(good(value="x"), good(), good(tag="no"), good("fuel_flow"), good(value=None)))
    assert (letter(found).failures, letter(found).code) == ((0, 2, 4), "decode.reading")
    assert dict(letter(found).headers())["failures"] == b"[0,2,4]"
    assert len(found.readings) == 2


def test_each_record_has_its_own_dead_letter(plan: Plan) -> None:
    found = read(plan, batch(good(tag="no")), batch(good()), batch(good(), good(value=None)))
    assert [(item.offset - OFFSET, item.failures) for item in found.dead_letters] == [(0, (0,)), (2, (1,))]
    assert [(span.low, span.high) for span in found.spans] == [(0, 0), (0, 1), (1, 2)]


@pytest.mark.parametrize("ts_us", [NOW_US - PAST_MAX_US, NOW_US + FUTURE_MAX_US])
def test_the_edges_of_time_are_inside(plan: Plan, ts_us: int) -> None:
    found = read(plan, batch(good(ts_us=ts_us)))
    assert (found.dead_letters, found.readings.ts_us.tolist()) == ([], [ts_us])


def test_time_is_judged_by_the_records_append_time(plan: Plan) -> None:
    record = Record(OFFSET, 1_000_000, None, batch(good()), ())
    found = normalize(plan, TOPIC, PARTITION, [record], lambda _group: True)
    assert letter(found).code == "normalize.time"


def test_a_bad_status_keeps_its_number_and_its_whole_code(plan: Plan) -> None:
    found = read(plan, batch(good(value=3.5, status=0x808B_0480), good(value=None, status=0x8031_0000)))
    assert found.dead_letters == []
    assert found.readings.status.tolist() == [0x808B_0480, 0x8031_0000]
    assert found.readings.value[0] == 3.5
    assert isnan(found.readings.value[1])


def test_null_may_be_uncertain_or_bad_and_never_good(plan: Plan) -> None:
    found = read(plan, batch(good(value=None, status=0x4000_0000), good(value=None, status=0x0000_0002)))
    assert (letter(found).code, letter(found).failures) == ("normalize.null_good", (1,))
    assert len(found.readings) == 1


def test_a_value_out_of_its_range_is_flagged_and_its_status_stays(plan: Plan) -> None:
    found = read(plan, batch(good(value=-0.1), good(value=0.0), good(value=30.0), good(value=66.797)))
    assert found.readings.flag.tolist() == [Flag.OUT_OF_RANGE, Flag.NONE, Flag.NONE, Flag.OUT_OF_RANGE]
    assert found.readings.status.tolist() == [0, 0, 0, 0]
    assert found.dead_letters == []


@pytest.mark.parametrize(
    ("origin", "flag"),
    [("source", Flag.NONE), ("connector", Flag.NONE), ("held", Flag.HELD), ("backfill", Flag.BACKFILL)],
)
def test_the_origin_is_kept_as_a_flag(plan: Plan, origin: str, flag: Flag) -> None:
    found = read(plan, batch(good(), good("fuel_flow"), origin=origin), batch(good()))
    assert found.readings.flag.tolist() == [flag, flag, Flag.NONE]


def test_unknown_fields_are_ignored(plan: Plan) -> None:
    found = read(plan, batch(good(colour="red"), lineage=["x"]))
    assert (len(found.readings), found.dead_letters) == (1, [])


def test_a_heartbeat_is_a_span_without_rows(plan: Plan) -> None:
    found = read(plan, batch())
    assert [(span.low, span.high, span.append_us) for span in found.spans] == [(0, 0, NOW_US)]


def test_readings_stay_in_order_of_arrival(plan: Plan) -> None:
    found = read(plan, batch(good(value=1.0), good(value=2.0)), batch(good(value=3.0)))
    assert found.readings.value.tolist() == [1.0, 2.0, 3.0]
    assert [(span.low, span.high) for span in found.spans] == [(0, 2), (2, 3)]


def test_a_record_of_another_partitions_group_goes_back_to_the_topic(plan: Plan) -> None:
    record = Record(OFFSET, NOW_US, b"x", batch(good()), ())
    found = normalize(plan, TOPIC, PARTITION, [record], lambda _group: False)
    assert found.strays == [("mill/all", record)]
    assert (len(found.readings), found.dead_letters) == (0, [])


COMMAND = (("schema", b"command/1"),)


def command(**changes: object) -> bytes:
    """A recompute as text."""
    told = {"kind": "recompute", "command_id": "c1", "asset": BOILER, "from_us": 0, "to_us": 1}
    return json.dumps(told | changes).encode()


def test_a_command_is_decoded(plan: Plan) -> None:
    found = read(plan, command(), headers=COMMAND)
    assert [item for _, item in found.commands] == [Recompute("c1", BOILER, 0, 1)]
    assert found.dead_letters == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (command(kind="explode"), "command.malformed"),
        (command(to_us="soon"), "command.malformed"),
        (b"{", "command.malformed"),
        (b'{"kind":' * 100_000, "command.malformed"),
        (command(asset="mill/boiler9"), "command.unknown_asset"),
    ],
)
def test_a_command_of_an_unknown_kind_or_asset_is_a_dead_letter(plan: Plan, value: bytes, code: str) -> None:
    found = read(plan, value, headers=COMMAND)
    assert (letter(found).code, letter(found).stage, letter(found).failures) == (code, "command", None)
    assert found.commands == []


@pytest.mark.parametrize("value", [b"[" * 200_000, b'{"asset":' * 200_000])
def test_a_record_nested_too_deep_is_a_dead_letter(plan: Plan, value: bytes) -> None:
    assert letter(read(plan, value)).code == "decode.schema"


def test_a_reading_nested_too_deep_fails_alone(plan: Plan) -> None:
    deep = b'{"tag":"fuel_flow","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    value = batch(good(value=1.0)).replace(b'"readings": [', b'"readings": [' + deep + b", ")
    found = read(plan, value)
    assert letter(found).code in {"decode.reading", "decode.not_json"}


def test_a_plan_without_tags_refuses_and_does_not_fall(plan: Plan) -> None:
    empty = replace(plan, tag_assets={}, lower=plan.lower[:0], upper=plan.upper[:0])
    assert letter(read(empty, batch(good()))).code == "normalize.unknown_asset"
