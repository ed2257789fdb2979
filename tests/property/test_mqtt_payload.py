"""Whatever bytes come, they are values, nulls or one fault: nothing else is raised."""

import json
import math
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from connectors.mqtt.moment import moment_of
from connectors.mqtt.payload import contents_of
from schemas.errors import MalformedError
from schemas.quality import Quality, quality_of
from schemas.site import MqttAddress, Tag

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(10**300, 10**310) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("vtqx"), inner, max_size=4),
    max_leaves=12,
)
ADDRESSES = (
    MqttAddress("t"),
    MqttAddress("t", index=1),
    MqttAddress("t", encoding="gzip"),
    MqttAddress("t", value="/v", timestamp="/t", good="/q"),
    MqttAddress("t", value="/v/0", timestamp="/t", timestamp_unit="iso", timestamp_zone="Europe/Vienna"),
    MqttAddress("t", values="/v", match={"/x": "1"}, value="/v", timestamp="/t", timestamp_unit="ns"),
)
TAGS = [Tag(f"m/b/x{n}", "m/b", f"x{n}", "1", "1", address) for n, address in enumerate(ADDRESSES)]


def judge(payload: bytes) -> None:
    contents = contents_of(payload, TAGS)
    for value in contents.values:
        assert (value.value is None) <= (quality_of(value.status) is not Quality.GOOD)
        assert value.value is None or math.isfinite(value.value)
        assert value.ts_us is None or -62_135_596_800_000_000 <= value.ts_us < 253_402_300_800_000_000
    assert contents.fault is None or contents.fault.code in {"mqtt.payload", "bad_time"}


@given(st.binary(max_size=200))
def test_any_bytes_are_judged(payload: bytes) -> None:
    judge(payload)


@given(JSON)
def test_any_json_is_judged(document: object) -> None:
    judge(json.dumps(document).encode())


@given(JSON | st.floats() | st.from_regex(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?"))
def test_any_time_is_a_time_or_refused(raw: object) -> None:
    for unit in (None, "s", "ms", "us", "ns", "iso"):
        with suppress(MalformedError):
            assert isinstance(moment_of(raw, unit, "Europe/Vienna"), int)


@given(st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999))
def test_a_time_in_microseconds_comes_back_whole(ts_us: int) -> None:
    assert moment_of(ts_us, "us", None) == ts_us
    assert moment_of(str(ts_us), "us", None) == ts_us
    assert moment_of(ts_us * 1000, "ns", None) == ts_us
