"""`POST /readings` over HTTP: answered once the log has it, the same key once, packed or plain, within bounds."""

from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from schemas import codec
from tests.fix_api import APP, FREE_PORTS, plant
from tests.fix_connectors import ListRecordLog
from tests.fix_database import TOPIC
from thermaliq.serving import Service, serving
from thermaliq.wiring import SystemClock

READINGS = "/api/v1/readings"
NO_REDIS = "redis://127.0.0.1:1/0"


def reading(value: Any = 3.4, tag: str = "steam_flow", **more: Any) -> dict[str, Any]:
    """A reading of now."""
    return {"tag": tag, "ts_us": SystemClock().now_us(), "value": value, **more}


def batch(*readings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A batch of `dcs`."""
    told = {"asset": "mill/boiler1", "source": "dcs", "session": "gw1", "sequence": 0, "readings": list(readings)}
    return told | more


@asynccontextmanager
async def pushed_to(url: str, kept: ListRecordLog, **more: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of a service whose log is `kept`."""
    service = Service([plant()], url, APP, TOPIC, ports=FREE_PORTS, open_log=lambda _r: nullcontext(kept), **more)
    async with (
        serving(service, CollectorRegistry()) as served,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.ports.http}", timeout=30) as client,
    ):
        yield client


@pytest.fixture
def kept() -> ListRecordLog:
    return ListRecordLog()


@pytest.fixture
async def pushing(migrated_url: str, kept: ListRecordLog) -> AsyncIterator[httpx.AsyncClient]:
    async with pushed_to(migrated_url, kept) as client:
        yield client


def values(kept: ListRecordLog) -> list[list[float | None]]:
    """What each record holds."""
    return [[item.value for item in codec.decode_batch(record.value)[0].readings] for record in kept.records]


async def test_a_batch_and_a_list_of_them_are_accepted_and_lie_in_the_log_under_their_groups(
    pushing: httpx.AsyncClient, kept: ListRecordLog
) -> None:
    one = await pushing.post(READINGS, json=batch(reading(1.0), reading(7.2, unit="t/h")))
    assert (one.status_code, one.json()) == (202, {"accepted": 2, "refused": []})
    many = await pushing.post(
        READINGS, json=[batch(reading(3.0)), batch(reading(4.0), asset="mill/line2/boiler"), batch(reading("x"))]
    )
    assert many.json() == {"accepted": 2, "refused": [{"batch": 2, "index": 0, "code": "decode.reading"}]}
    assert values(kept) == [[1.0, pytest.approx(2.0)], [3.0], [4.0]]
    assert [record.key for record in kept.records] == [b"mill/boiler1", b"mill/boiler1", b"mill/line2/boiler"]
    assert {(record.topic, tuple(record.headers)) for record in kept.records} == {
        (TOPIC, (("schema", b"reading_batch/1"),))
    }


async def test_a_push_of_which_nothing_is_good_is_422_and_sends_nothing(
    pushing: httpx.AsyncClient, kept: ListRecordLog
) -> None:
    answer = await pushing.post(READINGS, json=batch(reading(tag="nothing")))
    assert (answer.status_code, answer.json()["code"]) == (422, "push.nothing_good")
    assert answer.json()["refused"] == [{"batch": 0, "index": 0, "code": "push.unknown_tag"}]
    assert kept.records == []


UNREADABLE: list[tuple[bytes, dict[str, str], int, str]] = [
    (b"[", {}, 422, "push.not_json"),
    (b"[]", {}, 422, "push.nothing_good"),
    (b"[" + b",".join([b"{}"] * 1001) + b"]", {}, 413, "push.too_many"),
    (b"{}", {"Content-Type": "text/csv"}, 415, "http.unsupported_media_type"),
    (b"{}", {"Content-Encoding": "br"}, 415, "http.content_encoding"),
    (b"{}", {"Content-Encoding": "gzip"}, 422, "http.gzip"),
    (gzip.compress(b"{}")[:-4], {"Content-Encoding": "gzip"}, 422, "http.gzip"),
    (gzip.compress(b"{}") + b"more", {"Content-Encoding": "gzip"}, 422, "http.gzip"),
    (gzip.compress(b" " * (9 << 20)), {"Content-Encoding": "gzip"}, 413, "http.too_large"),
    (b" " * ((1 << 20) + 1), {}, 413, "http.too_large"),
    (b"{}", {"Idempotency-Key": "k" * 256}, 422, "idempotency.key"),
]


async def test_what_cannot_be_read_is_refused_by_its_kind(pushing: httpx.AsyncClient, kept: ListRecordLog) -> None:
    for body, headers, status, code in UNREADABLE:
        answer = await pushing.post(READINGS, content=body, headers={"Content-Type": "application/json"} | headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (body[:20], headers)
    assert kept.records == []


async def test_a_packed_body_is_what_it_was(pushing: httpx.AsyncClient, kept: ListRecordLog) -> None:
    many = [batch(*[reading(float(n)) for n in range(5000)]) for _ in range(4)]
    body = gzip.compress(json.dumps(many).encode())
    answer = await pushing.post(READINGS, content=body, headers={"Content-Encoding": "gzip"})
    assert answer.json() == {"accepted": 20_000, "refused": []}
    assert len(kept.records) == 4


async def same_key(client: httpx.AsyncClient, bodies: Sequence[Any], key: str = "first") -> list[httpx.Response]:
    """The bodies one after the other under one key."""
    return [await client.post(READINGS, json=body, headers={"Idempotency-Key": key}) for body in bodies]


async def test_under_one_key_a_body_is_sent_once_and_another_is_a_conflict(
    pushing: httpx.AsyncClient, kept: ListRecordLog
) -> None:
    body, other = batch(reading(1.0), reading("x")), batch(reading(2.0))
    first, again, conflict, last = await same_key(pushing, [body, body, other, body])
    assert first.content == again.content == last.content
    assert (conflict.status_code, conflict.json()["code"]) == (409, "idempotency.other_body")
    assert values(kept) == [[1.0]]
    fresh = await pushing.post(READINGS, json=other, headers={"Idempotency-Key": "second"})
    assert fresh.status_code == 202


async def test_a_key_holds_over_processes_in_redis(migrated_url: str, redis_url: str) -> None:
    kept, body, key = ListRecordLog(), batch(reading(1.0)), secrets.token_hex(8)
    async with pushed_to(migrated_url, kept, redis_url=redis_url) as one:
        (first,) = await same_key(one, [body], key)
    async with pushed_to(migrated_url, kept, redis_url=redis_url) as other:
        again, conflict = await same_key(other, [body, batch(reading(9.0))], key)
    assert (first.status_code, again.content, conflict.status_code) == (202, first.content, 409)
    assert len(kept.records) == 1


async def test_redis_away_keeps_the_keys_in_the_process(migrated_url: str) -> None:
    kept, body = ListRecordLog(), batch(reading(1.0))
    async with pushed_to(migrated_url, kept, redis_url=NO_REDIS) as client:
        first, again, conflict = await same_key(client, [body, body, batch(reading(2.0))])
    assert (first.status_code, again.content, conflict.status_code) == (202, first.content, 409)
    assert len(kept.records) == 1


async def test_a_log_that_does_not_take_it_is_503_and_the_same_again_is_welcome(migrated_url: str) -> None:
    kept = ListRecordLog(durable=False)
    body = batch(reading(1.0))
    async with pushed_to(migrated_url, kept, durable_within_s=0.2) as client:
        (away,) = await same_key(client, [body])
        assert (away.status_code, away.json()["code"], away.headers["Retry-After"]) == (503, "log.unavailable", "2")
        kept.durable = True
        (answer,) = await same_key(client, [body])
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


async def test_a_service_without_a_log_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.post(READINGS, json=batch(reading(1.0)))
    assert (answer.status_code, answer.json()["code"]) == (503, "log.unavailable")


async def test_the_openapi_document_tells_of_the_push(pushing: httpx.AsyncClient) -> None:
    told = (await pushing.get("/api/v1/openapi.json")).json()["paths"][READINGS]["post"]
    assert {"202", "409", "413", "415", "422", "429", "503"} <= told["responses"].keys()
    assert "200" not in told["responses"]
