"""Scopes and addresses: no pattern lets more through than it says, no header makes a stranger a neighbour."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from tests.fix_access import apps, caller, entry, filled, key_file, shown
from tests.fix_api import BOILER, OTHER
from thermaliq.access.opening import Rules
from thermaliq.access.patterns import covers, is_pattern
from thermaliq.access.rights import WEBSOCKET, right_of
from thermaliq.api.client_address import ClientAddress
from thermaliq.api.doors import templates_of

SEGMENT = st.text("ab_1", min_size=1, max_size=3)
ASSET = st.lists(SEGMENT, min_size=2, max_size=4).map("/".join)
PATTERN = ASSET | ASSET.map(lambda asset: f"{asset}/*") | SEGMENT.map(lambda site: f"{site}/*") | st.just("*")
ADDRESS = st.ip_addresses().map(str)


@given(PATTERN, ASSET)
def test_a_pattern_stands_for_what_it_begins_and_nothing_else(pattern: str, asset: str) -> None:
    assert is_pattern(pattern)
    begun = pattern.split("/")
    parts = asset.split("/")
    expected = (
        parts[: len(begun) - 1] == begun[:-1] and len(parts) >= len(begun) if begun[-1] == "*" else parts == begun
    )
    assert covers(pattern, asset) == expected


@given(st.text(max_size=12))
def test_what_is_no_pattern_of_ids_is_none(text: str) -> None:
    if is_pattern(text):
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789_/*")
        assert "*" not in text[:-1]
        assert not text.startswith("/")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FastAPI]:
    folder: Path = tmp_path_factory.mktemp("keys")
    return apps(Rules(key_file(folder, entry("one", "admin", [BOILER]), entry("none", "admin", ["other/*"]))))


PATHS = st.sampled_from(
    [OTHER, f"{OTHER}/", f"/{OTHER}", f"{BOILER}/../line2/boiler", "mill/line2", "mill", f"{BOILER}x", f"{BOILER}/x"]
) | st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="?#%"), min_size=1, max_size=30)


@given(path=PATHS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_path_leads_to_another_s_asset_on_any_route(made: dict[str, FastAPI], path: str) -> None:
    async with caller(made["http"]) as client:
        for method, template in templates_of(made["http"]):
            if method == WEBSOCKET or right_of(method, template).about != "asset":
                continue
            answer = await client.request(method, filled(template, path), headers=shown("none"))
            told = answer.json()
            assert answer.status_code == 404, (template, path, told)


async def _caller_of(peer: str, told: list[str], trusted: tuple[str, ...]) -> str:
    seen: list[Any] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["client"][0])

    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in told]
    scope = {"type": "http", "client": (peer, 1), "headers": headers}
    await ClientAddress(app, trusted)(scope, None, None)  # type: ignore[arg-type]
    return str(seen[0])


@given(peer=ADDRESS, told=st.lists(ADDRESS | st.text(st.characters(max_codepoint=126, min_codepoint=32)), max_size=4))
async def test_who_is_no_proxy_of_ours_tells_nothing(peer: str, told: list[str]) -> None:
    assert await _caller_of(peer, told, ("203.0.113.9",)) == peer


@given(invented=st.lists(ADDRESS, max_size=3), real=ADDRESS, proxies=st.integers(1, 3))
async def test_the_address_that_the_first_trusted_proxy_saw_is_the_caller_s(
    invented: list[str], real: str, proxies: int
) -> None:
    trusted = [f"192.0.2.{number}" for number in range(proxies)]
    hops = ", ".join([*invented, real, *trusted[1:]])
    found = await _caller_of(trusted[0], [hops], ("192.0.2.0/24",))
    mapped = getattr(ip_address(real), "ipv4_mapped", None)
    if not real.startswith("192.0.2."):
        assert ip_address(found) == (mapped or ip_address(real))


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("10.1.2.3:4711", "10.1.2.3"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("unknown", "192.0.2.1"),
        ("", "192.0.2.1"),
        ("127.0.0.1, 10.1.2.3 , 192.0.2.7", "10.1.2.3"),
    ],
)
async def test_an_address_is_read_as_proxies_write_it(told: str, found: str) -> None:
    assert await _caller_of("192.0.2.1", [told], ("192.0.2.0/24",)) == found
