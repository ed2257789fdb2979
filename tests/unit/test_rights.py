"""The table of rights over every route of every application: who is let through, who is not, and how it is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from tests.fix_access import apps, caller, entry, filled, key_file, shown
from tests.fix_api import BOILER, OTHER
from thermaliq.access.keys import ROLES
from thermaliq.access.opening import Rules
from thermaliq.access.rights import RIGHTS, WEBSOCKET, Right, right_of
from thermaliq.api.doors import doors_of, templates_of
from thermaliq.api.token import alert_id
from thermaliq.health import Heartbeat, Probe, create_probe_app, info_of
from thermaliq.readiness import Readiness

EXPIRED, REVOKED = {"expires": "2020-01-01T00:00:00Z"}, {"revoked": "2020-01-01T00:00:00Z"}
OUTSIDE = "mill/line9/boiler"
"""No site file declares it, and no key of these tests but the widest may know of it."""


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    entries = [entry(f"{role}-of-one", role, [BOILER]) for role in ROLES]
    return Rules(key_file(tmp_path, *entries, entry("old", "admin", **EXPIRED), entry("gone", "admin", **REVOKED)))


@pytest.fixture
def made(rules: Rules) -> dict[str, FastAPI]:
    return apps(rules)


def closed(made: dict[str, FastAPI]) -> Iterator[tuple[FastAPI, str, str, Right]]:
    """Every route of HTTP that needs a key."""
    for app in made.values():
        for method, template in templates_of(app):
            right = right_of(method, template)
            if method != WEBSOCKET and right.roles is not None:
                yield app, method, template, right


def path_of(template: str, right: Right, asset: str) -> str:
    """A path about `asset`."""
    if right.about != "alert":
        return filled(template, asset)
    return "/".join(
        alert_id(asset, "efficiency_low", 0) if part.startswith("{") else part for part in template.split("/")
    )


async def answer(app: FastAPI, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    async with caller(app) as client:
        found = await client.request(method, path, headers=headers, json={} if method != "GET" else None)
    kind = found.headers.get("content-type", "")
    return found.status_code, found.json()["code"] if kind.startswith("application/problem") else ""


def test_every_route_of_every_application_has_a_row(made: dict[str, FastAPI]) -> None:
    probe = Probe(
        Heartbeat(lambda: 0.0), lambda: Readiness("ready", {}), info_of([], 0), CollectorRegistry(auto_describe=True)
    )
    applications: dict[str, Any] = made | {"metrics": create_probe_app(probe)}
    found = {name: list(templates_of(app)) for name, app in applications.items()}
    assert {name: len(routes) > 7 for name, routes in found.items()} == dict.fromkeys(applications, True)
    assert all(right_of(method, template) for routes in found.values() for method, template in routes)


def test_a_new_route_without_a_row_is_not_even_built(made: dict[str, FastAPI]) -> None:
    made["http"].add_api_route("/api/v1/secrets", lambda: None)
    with pytest.raises(LookupError, match="GET /api/v1/secrets has no row"):
        doors_of(made["http"])


def test_a_new_method_of_a_known_path_needs_a_row_of_its_own(made: dict[str, FastAPI]) -> None:
    made["http"].add_api_route("/api/v1/assets", lambda: None, methods=["DELETE"])
    with pytest.raises(LookupError, match="DELETE"):
        doors_of(made["http"])


def test_the_security_page_tells_of_every_role_and_route() -> None:
    told = Path("docs/security.md").read_text()
    table = told[told.index("| route | roles") : told.index("The order is fixed")]
    for _, path in RIGHTS:
        words = [word for word in path.removeprefix("/api/v1").split("/") if word not in {"", "{}"}]
        assert any(f"/{word}" in table or f"`{word}" in table for word in words[:1]) or path == "/", path
    assert all(role in table for role in ROLES)


def test_the_names_of_parameters_are_no_matter() -> None:
    assert right_of("GET", "/api/v1/assets/{number:path}/points") is right_of("HEAD", "/api/v1/assets/{}/points")


def test_the_admin_port_is_the_admins_alone_and_a_gateway_only_pushes() -> None:
    for (method, path), right in RIGHTS.items():
        if path.startswith("/admin"):
            assert sorted(right.roles or ()) == ["admin"], path
        if right.roles is not None and "gateway" in right.roles:
            assert (method, path) == ("POST", "/api/v1/readings")
        if right.roles is not None and method != "GET":
            assert path.endswith("/live") or "viewer" not in right.roles, path
        assert right.roles is None or "admin" in right.roles


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "auth.missing"),
        ({"X-API-Key": "wrong"}, "auth.unknown"),
        ({"Authorization": "Bearer wrong"}, "auth.unknown"),
        ({"Authorization": "Basic c2VjcmV0LWFkbWlu"}, "auth.missing"),
        ({"X-API-Key": "secret-admin", "Authorization": "Bearer other"}, "auth.ambiguous"),
        ({"X-API-Key": ""}, "auth.missing"),
        ({"X-API-Key": "a.b.c"}, "auth.unknown"),
        (shown("old"), "auth.expired"),
        (shown("gone"), "auth.revoked"),
    ],
)
async def test_no_route_lets_in_without_a_right_key(
    made: dict[str, FastAPI], headers: dict[str, str], code: str
) -> None:
    for app, method, template, right in closed(made):
        found = await answer(app, method, path_of(template, right, BOILER), headers)
        assert found == (401, code), (method, template)


async def test_a_challenge_says_how_to_come_in(made: dict[str, FastAPI]) -> None:
    async with caller(made["http"]) as client:
        missing = await client.get("/api/v1/assets")
        wrong = await client.get("/api/v1/assets", headers={"X-API-Key": "x"})
    assert missing.headers["www-authenticate"] == 'Bearer realm="thermaliq"'
    assert wrong.headers["www-authenticate"].endswith('error="invalid_token"')
    assert missing.headers["x-content-type-options"] == "nosniff"


async def test_every_role_on_every_route_gets_what_the_table_says(made: dict[str, FastAPI]) -> None:
    for app, method, template, right in closed(made):
        for role in ROLES:
            status, code = await answer(app, method, path_of(template, right, BOILER), shown(role))
            if role in (right.roles or ()):
                assert status not in {401, 403, 405, 429}, (method, template, role, code)
            else:
                assert (status, code) == (403, "access.role"), (method, template, role)


async def test_another_s_asset_is_as_unknown_as_one_that_is_not_there(made: dict[str, FastAPI]) -> None:
    for app, method, template, right in closed(made):
        if right.about not in {"asset", "alert"}:
            continue
        for role in right.roles or ():
            others = [
                await answer(app, method, path_of(template, right, asset), shown(f"{role}-of-one"))
                for asset in (OTHER, OUTSIDE)
            ]
            assert others == [(404, f"{right.about}.unknown")] * 2, (method, template, role)
            own = await answer(app, method, path_of(template, right, BOILER), shown(f"{role}-of-one"))
            assert own[1] != "asset.unknown", (method, template, role)


async def test_a_wrong_role_is_told_before_anything_about_the_asset(made: dict[str, FastAPI]) -> None:
    for app, method, template, right in closed(made):
        for asset in (BOILER, OTHER, OUTSIDE):
            found = await answer(app, method, path_of(template, right, asset), shown("gateway-of-one"))
            if "gateway" not in (right.roles or ()):
                assert found == (403, "access.role"), (method, template, asset)


@pytest.mark.parametrize("path", [OTHER, OTHER.replace("/", "%2F"), f"{BOILER}/../line2/boiler", f"./{OTHER}"])
async def test_rights_are_judged_on_the_decoded_id(made: dict[str, FastAPI], path: str) -> None:
    async with caller(made["http"]) as client:
        found = await client.get(f"/api/v1/assets/{path}", headers=shown("viewer-of-one"))
    assert found.status_code == 404


async def test_an_unknown_asset_says_the_same_to_all(made: dict[str, FastAPI]) -> None:
    async with caller(made["http"]) as client:
        wide = await client.get(f"/api/v1/assets/{OUTSIDE}", headers=shown("viewer"))
        narrow = await client.get(f"/api/v1/assets/{OUTSIDE}", headers=shown("viewer-of-one"))
    assert (wide.status_code, wide.json()) == (narrow.status_code, narrow.json())


async def test_a_list_leaves_out_what_is_another_s(made: dict[str, FastAPI]) -> None:
    async with caller(made["http"]) as client:
        all_of = (await client.get("/api/v1/assets", headers=shown("viewer"))).json()
        own = (await client.get("/api/v1/assets", headers=shown("viewer-of-one"))).json()
    assert [item["id"] for item in all_of["items"]] == [BOILER, OTHER]
    assert [item["id"] for item in own["items"]] == [BOILER]


async def test_what_is_public_needs_no_key(made: dict[str, FastAPI]) -> None:
    for app in made.values():
        for method, template in templates_of(app):
            if right_of(method, template).roles is None:
                async with caller(app) as client:
                    found = await client.request(method, template.replace("{path:path}", "page.css"))
                assert found.status_code in ({200, 503} if template.endswith("ready") else {200}), template


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nowhere", 404, "http.not_found"),
        ("GET", "/admin/config", 404, "http.not_found"),
        ("GET", "/docs", 404, "http.not_found"),
        ("DELETE", "/api/v1/assets", 405, "http.method_not_allowed"),
        ("OPTIONS", "/api/v1/assets", 405, "http.method_not_allowed"),
        ("TRACE", "/", 405, "http.method_not_allowed"),
    ],
)
async def test_what_has_no_door_is_not_there(
    made: dict[str, FastAPI], method: str, path: str, status: int, code: str
) -> None:
    assert await answer(made["http"], method, path, shown("admin")) == (status, code)


async def test_a_key_lets_in_from_elsewhere_too(made: dict[str, FastAPI]) -> None:
    async with caller(made["http"], "10.1.2.3") as client:
        found = await client.get(
            "/api/v1/assets", headers={"Authorization": "bearer secret-viewer", "Host": "hmi.example"}
        )
    assert found.status_code == 200


async def test_a_listed_page_may_show_a_key_and_no_other_may(rules: Rules) -> None:
    app = apps(rules, cors_origins=["https://hmi.example"])["http"]
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-api-key"}
    async with caller(app) as client:
        listed = await client.options("/api/v1/assets", headers={**asked, "Origin": "https://hmi.example"})
        other = await client.options("/api/v1/assets", headers={**asked, "Origin": "https://evil.example"})
    assert listed.headers["access-control-allow-origin"] == "https://hmi.example"
    assert "access-control-allow-credentials" not in listed.headers
    assert (other.status_code, "access-control-allow-origin" in other.headers) == (400, False)


@pytest.mark.parametrize(
    ("told", "status"),
    [("10.1.2.3", 403), ("127.0.0.1", 200), ("127.0.0.1, 10.1.2.3", 403), ("10.9.9.9, 127.0.0.1, 192.0.2.7", 200)],
)
async def test_without_keys_a_trusted_proxy_s_caller_is_judged(told: str, status: int) -> None:
    app = apps(Rules(trusted_proxies=("192.0.2.0/24",)))["http"]
    async with caller(app, "192.0.2.1") as client:
        found = await client.get("/api/v1/assets", headers={"X-Forwarded-For": told})
    assert found.status_code == status


async def test_a_refusal_is_counted_by_its_code(made: dict[str, FastAPI]) -> None:
    async with caller(made["http"]) as client:
        await client.get("/api/v1/assets", headers={"X-API-Key": "guess"})
        told = (await client.get("/metrics")).text
    assert 'thermaliq_access_refused_total{code="auth.unknown"} 1.0' in told
    assert 'http_requests_total{method="GET",route="/api/v1/assets",status="401"} 1.0' in told
    assert "guess" not in told


async def test_the_contract_tells_who_may(made: dict[str, FastAPI]) -> None:
    async with caller(made["http"]) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    assert document["security"] == [{"key": []}, {"bearer": []}]
    assert document["paths"]["/api/v1/info"]["get"]["security"] == []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            right = right_of(method.upper(), path)
            if right.roles is not None:
                assert operation["x-roles"] == sorted(right.roles)
                assert {"401", "403", "429"} <= operation["responses"].keys(), path


async def test_the_limit_is_told_and_kept(tmp_path: Path) -> None:
    app = apps(Rules(key_file(tmp_path), rate_limit=3))["http"]
    async with caller(app) as client:
        found: list[httpx.Response] = [await client.get("/api/v1/assets", headers=shown("viewer")) for _ in range(5)]
        other = await client.get("/api/v1/assets", headers=shown("operator"))
        wrong_role = await client.get("/api/v1/assets", headers=shown("gateway"))
        public = await client.get("/api/v1/info")
    assert [answer.status_code for answer in found] == [200, 200, 200, 429, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in found] == ["2", "1", "0", "0", "0"]
    assert found[0].headers["ratelimit-policy"] == '"requests";q=3;w=60'
    assert found[3].json()["code"] == "access.rate"
    assert 55 <= int(found[3].headers["retry-after"]) <= 60
    assert (other.status_code, wrong_role.status_code, public.status_code) == (200, 403, 200)
    assert wrong_role.headers["ratelimit-remaining"] == "2"
    assert "ratelimit" not in public.headers
