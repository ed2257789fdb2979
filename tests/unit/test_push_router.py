"""Pushed readings: what is accepted becomes SI, what is refused is named by batch, index and reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.push.router import BATCHES_MAX, Refusal, Routed, Router, split
from schemas import codec
from schemas.errors import MalformedError
from schemas.reading import FUTURE_MAX_US, PAST_MAX_US, READINGS_MAX, ReadingBatch
from schemas.site import Site
from schemas.site_file import SiteText, load
from thermaliq.pushing import conversion_of, make_router
from thermaliq.site_files import VOCABULARY

SAMPLE = Path(__file__).parents[2] / "connectors/push/sample.toml"
NOW_US = 1_763_892_000_000_000
BOILER = "mill/boiler1"


def sample_site() -> Site:
    """The connector's own sample."""
    site, _ = load(SiteText("sample.toml", ".", SAMPLE.read_bytes()), VOCABULARY, lambda _path: True)
    assert site is not None
    return site


ROUTER = make_router([sample_site()])


def reading(value: Any = 4e6, tag: str = "steam_pressure", ts_us: Any = NOW_US, **more: Any) -> dict[str, Any]:
    """One reading as a gateway writes it."""
    return {"tag": tag, "ts_us": ts_us, "value": value, **more}


def batch(*readings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One batch as a gateway writes it."""
    told = {"asset": BOILER, "source": "gateways", "session": "gw1", "sequence": 3, "readings": list(readings)}
    return told | more


def routed(*batches: Any, router: Router = ROUTER, assets: Sequence[str] = (BOILER,)) -> Routed:
    """The batches as one push."""
    body = json.dumps(batches[0] if len(batches) == 1 else list(batches)).encode()
    return router.route(body, NOW_US, lambda asset: asset in assets)


def sent(push: Routed) -> list[ReadingBatch]:
    """What goes to the log."""
    return [codec.decode_batch(outgoing.value)[0] for outgoing in push.accepted]


def test_a_batch_without_units_goes_to_its_group_as_it_came() -> None:
    push = routed(batch(reading(), reading(300.0, "feedwater_temperature", status=0x4000_0000)))
    (outgoing,) = push.accepted
    assert (outgoing.group, outgoing.readings, push.readings, push.refused) == (BOILER, 2, 2, [])
    (made,) = sent(push)
    assert (made.source, made.session, made.sequence, made.origin) == ("gateways", "gw1", 3, "source")
    assert [(item.tag, item.ts_us, item.value, item.status) for item in made.readings] == [
        ("steam_pressure", NOW_US, 4e6, 0),
        ("feedwater_temperature", NOW_US, 300.0, 0x4000_0000),
    ]


@pytest.mark.parametrize(
    ("unit", "value", "tag", "si"),
    [
        ("bar(g)", 39.0, "steam_pressure", 39e5 + 101_325.0),
        ("bar(a)", 40.0, "steam_pressure", 40e5),
        ("Pa", 1e5, "steam_pressure", 1e5),
        ("degC", 104.5, "feedwater_temperature", 377.65),
        ("K", 300.0, "feedwater_temperature", 300.0),
    ],
)
def test_a_unit_beside_a_value_is_converted_and_gone(unit: str, value: float, tag: str, si: float) -> None:
    push = routed(batch(reading(value, tag, unit=unit)))
    assert sent(push)[0].readings[0].value == pytest.approx(si, rel=1e-12)
    assert b'"unit"' not in push.accepted[0].value


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (reading(tag="steam_flow"), "push.unknown_tag"),
        (reading(unit="bar"), "push.unit"),
        (reading(unit="degC"), "push.unit"),
        (reading(unit="x" * 10_000), "push.unit"),
        (reading(None), "push.null_good"),
        (reading(1e308, unit="bar(a)"), "push.not_finite"),
        (reading(ts_us=NOW_US - PAST_MAX_US - 1), "push.time"),
        (reading(ts_us=NOW_US + FUTURE_MAX_US + 1), "push.time"),
        (reading("high"), "decode.reading"),
        (reading(True), "decode.reading"),
        (reading(ts_us=1.5), "decode.reading"),
        (reading(status=-1), "decode.reading"),
    ],
)
def test_a_reading_that_cannot_be_used_is_refused_and_the_others_go_on(wrong: dict[str, Any], code: str) -> None:
    push = routed(batch(reading(), wrong, reading(5e6)))
    assert push.refused == [Refusal(0, 1, code)]
    assert [item.value for item in sent(push)[0].readings] == [4e6, 5e6]


def test_a_null_with_a_bad_status_is_a_reading_with_or_without_a_unit() -> None:
    push = routed(batch(reading(None, status=0x808B_0000), reading(None, status=0x808B_0000, unit="bar(g)")))
    assert (push.readings, push.refused) == (2, [])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (batch(reading(), asset="mill/boiler9"), "push.unknown_asset"),
        (batch(reading(), source="boiler_plc"), "push.unknown_source"),
        (batch(reading(), sequence="x"), "decode.schema"),
        (batch(*[reading()] * (READINGS_MAX + 1)), "decode.schema"),
        ({"asset": BOILER}, "decode.schema"),
        (17, "decode.schema"),
    ],
)
def test_a_batch_that_cannot_be_used_is_refused_whole_and_the_others_go_on(wrong: Any, code: str) -> None:
    push = routed(batch(reading()), wrong, batch(reading(5e6)))
    assert push.refused == [Refusal(1, None, code)]
    assert len(push.accepted) == 2


def test_another_callers_asset_does_not_exist() -> None:
    assert routed(batch(reading()), assets=()).refused == [Refusal(0, None, "push.unknown_asset")]


def test_a_tag_of_another_protocols_source_is_not_pushed() -> None:
    site = sample_site()
    (source,) = site.sources
    router = make_router([replace(site, sources=(replace(source, protocol="modbus"),))])
    assert routed(batch(reading()), router=router).refused == [Refusal(0, None, "push.unknown_source")]


def test_a_heartbeat_is_accepted_and_a_batch_of_which_nothing_is_good_is_none() -> None:
    assert [len(made.readings) for made in sent(routed(batch()))] == [0]
    push = routed(batch(reading(tag="none"), reading(unit="none")))
    assert (push.accepted, len(push.refused)) == ([], 2)


def test_the_unit_of_a_site_elsewhere_counts_from_its_own_barometer() -> None:
    high = make_router([replace(sample_site(), atmospheric_pressure_pa=80_000.0)])
    assert sent(routed(batch(reading(0.0, unit="bar(g)")), router=high))[0].readings[0].value == 80_000.0


@pytest.mark.parametrize("body", [b"", b"nonsense", b'{"a":' * 200_000, b"\xff\xfe"])
def test_one_batch_that_is_no_json_is_refused_whole(body: bytes) -> None:
    push = ROUTER.route(body, NOW_US, lambda _asset: True)
    assert (push.accepted, push.refused) == ([], [Refusal(0, None, "decode.not_json")])


@pytest.mark.parametrize("body", [b"[", b"[" * 200_000, b"[{}] x", b" [1,]"])
def test_a_list_that_is_no_json_sends_nothing(body: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        ROUTER.route(body, NOW_US, lambda _asset: True)
    assert refused.value.code == "push.not_json"


def test_a_push_has_a_thousand_batches_at_most() -> None:
    assert len(split(b"[" + b",".join([b"1"] * BATCHES_MAX) + b"]")) == BATCHES_MAX
    with pytest.raises(MalformedError) as refused:
        split(b"[" + b",".join([b"1"] * (BATCHES_MAX + 1)) + b"]")
    assert refused.value.code == "push.too_many"


def test_each_pair_of_unit_and_tag_is_looked_up_once_and_the_memory_of_it_is_bounded() -> None:
    asked: list[str] = []

    def counted(unit: str, unit_si: str, barometer_pa: float) -> Any:
        asked.append(unit)
        return conversion_of(unit, unit_si, barometer_pa)

    router = Router([sample_site()], counted)
    routed(batch(*[reading(1.0, unit="bar(g)")] * 50), router=router)
    assert asked == ["bar(g)"]
    for start in range(0, 6000, 3000):
        routed(batch(*[reading(unit=f"u{start + n}") for n in range(3000)]), router=router)
    assert len(router._conversions) <= 4096
