"""MQTT payloads → values, and the times that they carry."""

import gzip
import json
import math
from collections.abc import Mapping
from typing import Any

import pytest

from connectors.mqtt.moment import moment_of
from connectors.mqtt.payload import PAYLOAD_BYTES_MAX, TagValue, contents_of, resolve
from schemas.errors import MalformedError
from schemas.quality import BAD, BAD_DECODING_ERROR, BAD_NO_DATA, BAD_OUT_OF_RANGE, BAD_TYPE_MISMATCH, GOOD
from schemas.site import MqttAddress, Tag

S = 1_700_000_000
US = S * 1_000_000


def tag(measurand: str = "x", states: Mapping[str, float] | None = None, **address: Any) -> Tag:
    at = MqttAddress(topic="plant/b", **address)
    return Tag(f"m/b/{measurand}", "m/b", measurand, "1", "1", at, states=states or {})


def one(payload: object, **address: Any) -> TagValue:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    contents = contents_of(raw, [tag(**address)])
    assert contents.fault is None
    assert len(contents.values) == 1
    return contents.values[0]


def fault(payload: object, **address: Any) -> str:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    found = contents_of(raw, [tag(**address)]).fault
    assert found is not None
    return found.code


@pytest.mark.parametrize(
    ("payload", "value", "status"),
    [
        (b"23.5", 23.5, GOOD),
        (b" -4e2\n", -400.0, GOOD),
        (b"\xef\xbb\xbf23.5", 23.5, GOOD),
        (b"true", 1.0, GOOD),
        (b'"7"', 7.0, GOOD),
        (b"23,5", None, BAD_TYPE_MISMATCH),
        (b"NaN", None, BAD_TYPE_MISMATCH),
        (b"[1]", None, BAD_TYPE_MISMATCH),
        (b"{}", None, BAD_TYPE_MISMATCH),
        (b"1e999", None, BAD_OUT_OF_RANGE),
        (b"null", None, BAD_NO_DATA),
        (b"", None, BAD_NO_DATA),
    ],
)
def test_without_a_pointer_the_payload_is_the_number(payload: bytes, value: float | None, status: int) -> None:
    assert one(payload) == TagValue(tag(), value, status, None)


def test_a_state_text_is_looked_up_quoted_or_bare() -> None:
    valve = tag(states={"OPEN": 1.0})
    assert contents_of(b"OPEN", [valve]).values[0].value == 1.0
    assert contents_of(b'"OPEN"', [valve]).values[0].value == 1.0


def test_pointers_find_value_and_time() -> None:
    found = one({"d": {"a/b": [0, {"v": 4}]}, "ts": S}, value="/d/a~1b/1/v", timestamp="/ts")
    assert (found.value, found.status, found.ts_us) == (4.0, GOOD, US)


def test_an_absent_or_null_value_is_no_data() -> None:
    assert one({"w": 1}, value="/v").status == BAD_NO_DATA
    assert one({"v": None}, value="/v").status == BAD_NO_DATA


@pytest.mark.parametrize("quality", [{"q": False}, {"q": None}, {"q": 0}, {"q": 64}, {"q": "bad"}, {}])
def test_what_is_not_said_to_be_good_is_bad_and_keeps_its_number(quality: dict[str, object]) -> None:
    found = one({"v": 4, **quality}, value="/v", good="/q")
    assert (found.value, found.status) == (4.0, BAD)


@pytest.mark.parametrize("quality", [True, 1, 192, "Good", "true"])
def test_what_is_said_to_be_good_is_good(quality: object) -> None:
    assert one({"v": 4, "q": quality}, value="/v", good="/q").status == GOOD


def test_a_list_gives_the_elements_that_match_with_their_own_time_or_the_messages() -> None:
    message = {
        "timestamp": S * 1000,
        "values": [
            {"id": "Flow", "v": 1.5, "q": True, "t": (S + 1) * 1000},
            {"id": "Other", "v": 9, "q": True},
            {"id": "Flow", "v": 1.6, "q": True, "t": (S + 2) * 1000},
        ],
    }
    where: dict[str, Any] = {"values": "/values", "match": {"/id": "Flow"}, "value": "/v", "good": "/q"}
    contents = contents_of(json.dumps(message).encode(), [tag(**where, timestamp="/t")])
    assert [(value.value, value.ts_us) for value in contents.values] == [
        (1.5, US + 1_000_000),
        (1.6, US + 2_000_000),
    ]
    whole = contents_of(json.dumps(message).encode(), [tag(**where, timestamp="/timestamp")])
    assert [value.ts_us for value in whole.values] == [US, US]


def test_a_list_that_tells_of_other_tags_is_no_reading() -> None:
    contents = contents_of(b'{"values":[{"id":7,"v":1}]}', [tag(values="/values", match={"/id": "8"}, value="/v")])
    assert contents == contents_of(b"{}", [tag(values="/values", match={"/id": "8"}, value="/v")])
    assert contents.values == ()
    assert one({"values": [{"id": 7, "v": 1}]}, values="/values", match={"/id": "7"}, value="/v").value == 1.0


@pytest.mark.parametrize("payload", [b"{", b"\xff\xfe", b"[" * 100_000, b"NaN", b"not json"])
def test_an_unreadable_payload_is_a_null_for_each_tag_and_one_fault(payload: bytes) -> None:
    tags = [tag("x", value="/x", timestamp="/ts"), tag("y", value="/y", timestamp="/ts")]
    contents = contents_of(payload, tags)
    assert [(value.tag, value.value, value.status, value.ts_us) for value in contents.values] == [
        (tags[0], None, BAD_DECODING_ERROR, None),
        (tags[1], None, BAD_DECODING_ERROR, None),
    ]
    assert contents.fault is not None
    assert contents.fault.code == "mqtt.payload"


def test_a_payload_beyond_the_limit_is_not_read() -> None:
    assert fault(b"1" * (PAYLOAD_BYTES_MAX + 1)) == "mqtt.payload_too_long"


def test_gzip_is_inflated_up_to_the_limit() -> None:
    assert one(gzip.compress(b"23.5"), encoding="gzip").value == 23.5
    assert fault(gzip.compress(b" " * (PAYLOAD_BYTES_MAX + 1)), encoding="gzip") == "mqtt.payload"
    assert fault(gzip.compress(b"23.5")[:-4], encoding="gzip") == "mqtt.payload"
    assert fault(b"23.5", encoding="gzip") == "mqtt.payload"


@pytest.mark.parametrize("ts", [None, "yesterday", True, [], "2023-11-14T22:13:20", 1e30, {"absent": 1}])
def test_a_time_that_cannot_be_read_is_no_value_and_never_arrival(ts: object) -> None:
    contents = contents_of(json.dumps({"v": 1, "ts": ts}).encode(), [tag(value="/v", timestamp="/ts")])
    assert contents.values == ()
    assert contents.fault is not None
    assert contents.fault.code == "bad_time"


def test_one_bad_time_leaves_the_other_tags_alone() -> None:
    tags = [tag("x", value="/x", timestamp="/tx"), tag("y", value="/y", timestamp="/ty")]
    contents = contents_of(json.dumps({"x": 1, "y": 2, "ty": S}).encode(), tags)
    assert [(value.value, value.ts_us) for value in contents.values] == [(2.0, US)]
    assert contents.fault is not None


@pytest.mark.parametrize(
    ("raw", "ts_us"),
    [
        (S, US),
        (S * 10**3, US),
        (S * 10**6, US),
        (S * 10**9, US),
        (S + 0.25, US + 250_000),
        (f"{S}.000001", US + 1),
        ("2023-11-14T22:13:20Z", US),
        ("2023-11-14t22:13:20.1234567z", US + 123_456),
        ("2023-11-14 23:13:20+01:00", US),
        (-1, -1_000_000),
        (99_999_999_999, 99_999_999_999 * 1_000_000),
        (100_000_000_000, 100_000_000_000 * 1_000),
    ],
)
def test_a_number_is_told_apart_by_size_and_a_text_is_rfc_3339(raw: object, ts_us: int) -> None:
    assert moment_of(raw, None, None) == ts_us


def test_a_unit_overrides_the_guess() -> None:
    assert moment_of(5, "ns", None) == 0
    assert moment_of(1500, "ns", None) == 2
    assert moment_of(10**11, "s", None) == 10**17
    assert moment_of(10**11, "us", None) == 10**11
    assert moment_of("2023-11-14T22:13:20Z", "iso", None) == US


def test_a_zone_makes_a_text_without_offset_a_time() -> None:
    assert moment_of("2023-11-14T23:13:20", None, "Europe/Vienna") == US


@pytest.mark.parametrize(
    ("raw", "unit"),
    [
        ("2023-02-30T00:00:00Z", None),
        ("2023-11-14", None),
        ("2023-11-14T22:13:60Z", None),
        ("0000-01-01T00:00:00Z", None),
        (math.inf, None),
        (10**15, "ms"),
        (S, "iso"),
        ("2023-11-14T22:13:20Z", "ms"),
        (10**18, "s"),
    ],
)
def test_what_is_no_time_is_refused(raw: object, unit: Any) -> None:
    with pytest.raises(MalformedError) as refusal:
        moment_of(raw, unit, None)
    assert refusal.value.code == "bad_time"


@pytest.mark.parametrize(
    ("pointer", "found"),
    [("", "whole"), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/m~0n", 8), ('/k"l', 6)],
)
def test_json_pointers_lead_where_rfc_6901_says(pointer: str, found: object) -> None:
    document = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, 'k"l': 6}
    assert resolve(document, pointer) == (document if found == "whole" else found)


@pytest.mark.parametrize("pointer", ["/foo/2", "/foo/-", "/foo/00", "/nothing", "foo", "/foo/bar", "/foo/٠"])
def test_json_pointers_that_lead_nowhere_say_so(pointer: str) -> None:
    with pytest.raises(LookupError):
        resolve({"foo": ["bar", "baz"]}, pointer)
