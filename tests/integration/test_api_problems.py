"""Every refusal is a problem with a code; nobody off this machine, and no page of elsewhere, is let in."""

from __future__ import annotations

from dataclasses import replace

import httpx
import jsonschema
import pytest
from prometheus_client import CollectorRegistry

from tests.fix_api import BOILER, plant
from thermaliq.api.app import create_app
from thermaliq.api.database import Database
from thermaliq.api.standing import Standing
from thermaliq.serving import Served, Service, parts_of

OPS = ("/health", "/ready", "/metrics", "/info")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "http.not_found"),
        ("GET", "/web/../serving.py", 404, "http.not_found"),
        ("GET", "/web/%2e%2e/app.py", 404, "http.not_found"),
        ("GET", "/api/v1/assets/mill/boiler9", 404, "asset.unknown"),
        ("GET", "/api/v1/assets/mill/boiler9/points", 404, "asset.unknown"),
        ("GET", "/api/v1/assets/mill//boiler1/points", 404, "asset.unknown"),
        ("GET", f"/api/v1/assets/{BOILER}/", 404, "asset.unknown"),
        ("POST", "/api/v1/assets", 405, "http.method_not_allowed"),
        ("DELETE", f"/api/v1/assets/{BOILER}/points", 405, "http.method_not_allowed"),
    ],
)
async def test_a_refusal_has_its_code(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)


async def test_another_form_is_not_had(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/assets/{BOILER}/points", headers={"Accept": "application/xml"})
    assert (answer.status_code, answer.json()["code"]) == (406, "http.not_acceptable")


async def test_a_body_too_large_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.request("GET", "/api/v1/assets", content=b"x" * ((1 << 20) + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "http.too_large")


async def test_a_hostile_text_is_given_back_as_text_alone(client: httpx.AsyncClient) -> None:
    hostile = "<script>alert(1)</script>' OR 1=1; --"
    answer = await client.get(f"/api/v1/assets/{BOILER}/points", params={"window": hostile})
    assert (answer.status_code, answer.json()["value"]) == (422, hostile)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:8000", 200), ("127.0.0.1", 200), ("[::1]:8000", 200), ("gateway", 200), ("evil.example:8000", 403)],
)
async def test_a_name_that_a_page_of_elsewhere_may_have_is_refused(
    client: httpx.AsyncClient, host: str, status: int
) -> None:
    answer = await client.get("/api/v1/assets", headers={"Host": host})
    assert answer.status_code == status


@pytest.mark.parametrize(("peer", "status"), [("127.0.0.1", 200), ("::ffff:127.0.0.1", 200), ("10.1.2.3", 403)])
async def test_without_keys_only_this_machine_is_let_in(migrated_url: str, peer: str, status: int) -> None:
    service = Service([plant()], migrated_url, "app", "topic")
    pools = Database("query", migrated_url, 1), Database("live", migrated_url, 1)
    app = create_app(parts_of(service, CollectorRegistry(), Standing(service.peers), *pools))
    transport = httpx.ASGITransport(app, client=(peer, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as caller:
        assert (await caller.get("/api/v1/assets")).status_code == status
        assert (await caller.get("/health")).status_code == 200


async def test_a_forwarded_address_is_not_believed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/assets", headers={"X-Forwarded-For": "10.1.2.3"})
    assert answer.status_code == 200


async def test_every_port_tells_how_the_process_is(served: Served) -> None:
    ports = served.ports
    async with httpx.AsyncClient() as caller:
        for port in (ports.http, ports.metrics, ports.admin, ports.live):
            for path in (*OPS, *(f"/api/v1{path}" for path in OPS)):
                answer = await caller.get(f"http://127.0.0.1:{port}{path}")
                assert answer.status_code in ({200, 503} if path.endswith("ready") else {200}), (port, path)


async def test_requests_are_counted_by_route_and_never_by_path(client: httpx.AsyncClient, served: Served) -> None:
    await client.get(f"/api/v1/assets/{BOILER}/points")
    await client.get("/nowhere/at/all")
    text = (await client.get(f"http://127.0.0.1:{served.ports.metrics}/metrics")).text
    assert 'http_requests_total{method="GET",route="/api/v1/assets/{asset}/points",status="200"} 1.0' in text
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in text
    assert 'http_request_duration_seconds_count{method="GET",route="/api/v1/assets/{asset}/points"} 1.0' in text
    assert 'thermaliq_database_connections_max{pool="query"} 8.0' in text
    assert 'database_connections_active{pool="live"}' in text
    for name in ("pod_cpu_usage", "pod_memory_usage", "thermaliq_memory_limit_bytes"):
        assert f"\n{name} " in text


async def test_the_contract_is_openapi_3_1_and_covers_the_routes(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert {f"/api/v1{path}" for path in ("/assets", "/assets/{asset}/points", "/alerts", "/health")} <= set(
        document["paths"]
    )
    for path in document["paths"].values():
        for operation in path.values():
            for name in operation.get("parameters", ()):
                assert "schema" in name


async def test_an_answer_keeps_to_the_contract(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    schema = document["paths"]["/api/v1/assets"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    answer = (await client.get("/api/v1/assets")).json()
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(answer)
    assert [item["id"] for item in answer["items"]] == ["mill/boiler1", "mill/line2/boiler"]


def test_a_service_keeps_its_address_out_of_its_repr() -> None:
    service = Service([], "postgresql://u:secret@h/d", "app", "topic")
    assert "secret" not in repr(replace(service, read_url="postgresql://u:secret@h/d"))
