"""Calculations over HTTP on the real database and Redis: once computed, then cached; peers may die and come back."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import jsonschema
import psycopg
import pytest
from prometheus_client import CollectorRegistry

from tests.fix_calculations import PATH, Body, Here, OwnRedis, asked, boiler, calculating, example, service_on
from tests.fix_redis_cluster import RedisCluster
from tests.fix_relay import Relay
from thermaliq.migrate import connected, migrate

COMPUTED = ("thermaliq_calculations_total", {"outcome": "computed"})


def rows(url: str, number: str) -> list[tuple[Any, ...]]:
    query = "SELECT status, answer, provenance FROM thermaliq.calculation WHERE id = %s"
    with psycopg.connect(url) as connection:
        return connection.execute(query, (number,)).fetchall()


async def ask(client: httpx.AsyncClient, body: object, status: int = 200) -> dict[str, Any]:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def until_stored(client: httpx.AsyncClient, body: Body) -> dict[str, Any]:
    """Ask until nothing is left out."""
    for _ in range(200):
        answer = await ask(client, body)
        if not answer["not_stored"]:
            return answer
        await asyncio.sleep(0.1)
    pytest.fail("what was away does not come back")


async def settled(client: httpx.AsyncClient, location: str) -> dict[str, Any]:
    for _ in range(600):
        answer = await client.get(location)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        if found["status"] in {"done", "failed"}:
            return found
        await asyncio.sleep(0.05)
    pytest.fail("it never ends")


async def test_the_same_body_twice_is_computed_once_cached_and_one_row(migrated_url: str, own_redis: OwnRedis) -> None:
    registry = CollectorRegistry()
    async with service_on(migrated_url, own_redis.url, registry) as client:
        body = boiler(p_steam="40 bar(g)")
        first, second = await ask(client, body), await ask(client, body)
    assert re.fullmatch("[0-9a-f]{32}", first["id"])
    assert first["cached"] is False
    assert second == {**first, "cached": True}
    assert first["not_stored"] == []
    assert registry.get_sample_value(*COMPUTED) == 1.0
    ((status, answer, provenance),) = rows(migrated_url, first["id"])
    assert (status, provenance) == ("done", first["provenance"])
    assert answer["eta"] == first["eta"]


async def test_other_units_of_the_same_state_have_the_same_id(migrated_url: str, own_redis: OwnRedis) -> None:
    async with service_on(migrated_url, own_redis.url) as client:
        one = await ask(client, boiler(p_steam="41 bar(a)", T_feedwater="231.4 degC"))
        two = await ask(client, boiler(p_steam="4.1 MPa(a)", T_feedwater="504.55 K"))
    assert (two["id"], two["eta"], two["cached"]) == (one["id"], one["eta"], True)


async def test_a_stampede_over_two_processes_computes_once(migrated_url: str, own_redis: OwnRedis) -> None:
    registries = CollectorRegistry(), CollectorRegistry()
    async with (
        service_on(migrated_url, own_redis.url, registries[0]) as one,
        service_on(migrated_url, own_redis.url, registries[1]) as other,
    ):
        answers = await asyncio.gather(*(ask((one, other)[n % 2], boiler()) for n in range(100)))
    assert sum(registry.get_sample_value(*COMPUTED) or 0.0 for registry in registries) == 1.0
    assert len({answer["id"] for answer in answers}) == 1
    assert sum(not answer["cached"] for answer in answers) == 1
    assert len(rows(migrated_url, answers[0]["id"])) == 1


async def test_redis_killed_still_answers_and_is_used_again_when_it_is_back(
    migrated_url: str, own_redis: OwnRedis
) -> None:
    async with service_on(migrated_url, own_redis.url) as client:
        body = boiler()
        await ask(client, body)
        own_redis.kill()
        away = await ask(client, body)
        assert (away["not_stored"], away["cached"]) == (["redis"], False)
        assert len(rows(migrated_url, away["id"])) == 1
        own_redis.start()
        await until_stored(client, body)
        assert (await ask(client, body))["cached"] is True
        metrics = (await client.get("/metrics")).text
    assert re.search(r"redis_connection_errors_total [1-9]", metrics)


async def test_the_database_away_still_answers_and_the_row_comes_when_it_is_back(
    database_url: str, database_relay: tuple[Relay, str], own_redis: OwnRedis
) -> None:
    with connected(database_url) as connection:
        migrate(connection)
    relay, url = database_relay
    await relay.join()
    async with service_on(url, own_redis.url) as client:
        await ask(client, boiler())
        await relay.cut()
        body = boiler(T_feedwater="106 degC")
        away, again = await ask(client, body), await ask(client, body)
        assert away["not_stored"] == again["not_stored"] == ["database"]
        assert again["cached"] is True
        assert (await client.get(f"{PATH}/{away['id']}")).json()["eta"] == away["eta"]
        assert (await client.get(f"{PATH}/{'0' * 32}")).status_code == 503
        await relay.join()
        back = await until_stored(client, body)
    assert len(rows(database_url, back["id"])) == 1


async def test_both_away_still_answers(
    database_url: str, database_relay: tuple[Relay, str], own_redis: OwnRedis
) -> None:
    with connected(database_url) as connection:
        migrate(connection)
    relay, url = database_relay
    await relay.join()
    async with service_on(url, own_redis.url) as client:
        await relay.cut()
        own_redis.kill()
        answer = await ask(client, boiler())
        assert answer["not_stored"] == ["redis", "database"]
        assert answer["eta"] == pytest.approx(0.83, abs=0.1)
        await relay.join()
        own_redis.start()
        assert (await until_stored(client, boiler()))["id"] == answer["id"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (boiler(p_steam="41 bar"), "calculation.ambiguous_pressure", "inputs.p_steam"),
        (boiler(fuel_flow=None), "calculation.missing_input", "inputs.fuel_flow"),
        ({**boiler(), "type": "kettle"}, "calculation.unknown_type", "type"),
        (boiler(T_feedwater="300 degC"), "calculation.impossible_state", "inputs.T_feedwater"),
    ],
)
async def test_bad_input_is_a_problem_and_nothing_is_stored(
    calculator: httpx.AsyncClient, migrated_url: str, body: Body, code: str, field: str
) -> None:
    answer = await calculator.post(PATH, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["field"]) == (code, field)
    assert problem["errors"][0]["field"] == field
    with psycopg.connect(migrated_url) as connection:
        assert connection.execute("SELECT count(*) FROM thermaliq.calculation").fetchall() == [(0,)]


async def test_what_is_no_post_of_json_is_refused_by_its_status(calculator: httpx.AsyncClient) -> None:
    assert (await calculator.put(PATH, json={})).status_code == 405
    xml = await calculator.post(PATH, content=b"<a/>", headers={"Content-Type": "application/xml"})
    assert (xml.status_code, xml.json()["code"]) == (415, "http.unsupported_media_type")
    large = await calculator.post(PATH, content=b" " * (1 << 21), headers={"Content-Type": "application/json"})
    assert large.status_code == 413
    assert (await calculator.get(f"{PATH}/nothing")).status_code == 404


async def test_a_calculation_begun_ahead_is_found_by_the_other_process(migrated_url: str, own_redis: OwnRedis) -> None:
    async with (
        service_on(migrated_url, own_redis.url) as one,
        service_on(migrated_url, own_redis.url) as other,
    ):
        begun = await one.post(f"{PATH}?async=true", json=boiler())
        assert begun.status_code == 202
        assert begun.headers["location"] == f"{PATH}/{begun.json()['id']}"
        assert begun.json()["status"] in {"queued", "running"}
        found = await settled(other, begun.headers["location"])
        assert found["id"] == begun.json()["id"]
        assert found["eta"] == (await ask(one, boiler()))["eta"]
        done = await one.post(f"{PATH}?async=true", json=boiler())
        assert (done.status_code, done.json()["status"]) == (202, "done")


async def test_without_redis_the_database_tells_the_other_process_what_came_of_it(migrated_url: str) -> None:
    async with service_on(migrated_url, None) as one, service_on(migrated_url, None) as other:
        good = await one.post(f"{PATH}?async=true", json=boiler())
        bad = await one.post(f"{PATH}?async=true", json=boiler(T_feedwater="300 degC"))
        assert (await settled(one, good.headers["location"]))["status"] == "done"
        failed = await settled(one, bad.headers["location"])
        assert (await settled(other, good.headers["location"]))["eta"] > 0
        assert await settled(other, bad.headers["location"]) == failed
        assert failed["errors"][0]["field"] == "inputs.T_feedwater"
        assert (await ask(one, boiler(T_feedwater="300 degC"), 422))["code"] == "calculation.impossible_state"


async def test_the_provenance_of_an_answer_resolves(calculator: httpx.AsyncClient) -> None:
    answer = await ask(calculator, boiler())
    found = await calculator.get(f"/api/v1/provenance/{answer['provenance']}")
    document = found.json()
    assert document["method"] == "boiler_direct/lhv"
    assert document["heating_value"] == {"LHV": 50e6}
    assert document["versions"]["numpy"]
    assert (await calculator.get(f"/api/v1/provenance/sha256:{'0' * 64}")).status_code == 404


async def test_answers_keep_to_the_contract(migrated_url: str, own_redis: OwnRedis) -> None:
    async with service_on(migrated_url, own_redis.url) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
        for name in ("boiler_direct", "chiller", "custom"):
            answer = await ask(client, example(name))
            schema = document["paths"][PATH]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
            jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(answer)
        wanted = document["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]
        validator = jsonschema.Draft202012Validator({**wanted["schema"], "components": document["components"]})
        validator.validate(wanted["example"])
        await ask(client, wanted["example"])


async def test_a_cluster_keeps_answers_and_claims_like_one_server(redis_cluster: RedisCluster) -> None:
    url = redis_cluster.url.replace("redis://", "redis+cluster://")
    one_runner, other_runner = Here(hold=lambda: asyncio.sleep(0.2)), Here(hold=lambda: asyncio.sleep(0.2))
    async with calculating(one_runner, url) as one, calculating(other_runner, url) as other:
        request = asked(boiler())
        found = await asyncio.gather(one.calculate(request), other.calculate(request))
        again = await one.calculate(request)
        assert one_runner.runs + other_runner.runs == 1
        redis_cluster.stop()
        away = await one.calculate(request)
    assert {answer.cached for answer in found} == {True, False}
    assert again.cached
    assert away.not_stored == ["redis"]
    assert away.eta == again.eta


async def test_a_claim_of_another_is_never_given_up_for_it(own_redis: OwnRedis) -> None:
    held, runner = asyncio.Event(), Here()
    slow = Here(hold=held.wait)
    async with calculating(slow, own_redis.url) as one, calculating(runner, own_redis.url) as other:
        first = asyncio.create_task(one.calculate(asked(boiler())))
        await asyncio.sleep(0.3)
        second = asyncio.create_task(other.calculate(asked(boiler())))
        await asyncio.sleep(0.3)
        held.set()
        assert (await first).cached is False
        assert (await second).cached is True
    assert (slow.runs, runner.runs) == (1, 0)


async def test_what_another_version_left_in_redis_is_not_taken_for_an_answer(own_redis: OwnRedis) -> None:
    request = asked(boiler())
    parts = urlsplit(own_redis.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(f'SET "thermaliq:calculation:{{{request.id}}}" garbage\r\n'.encode())
    assert await reader.readline() == b"+OK\r\n"
    writer.close()
    await writer.wait_closed()
    async with calculating(Here(), own_redis.url) as calculations:
        answer = await calculations.calculate(request)
    assert (answer.cached, answer.not_stored) == (False, [])
