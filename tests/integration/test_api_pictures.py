"""Pictures over HTTP: what a calculation or the database holds, drawn in worker processes."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from typing import Any

import httpx
import pytest

from tests.fix_api import BOILER, Writer
from tests.fix_browser import Tab
from tests.fix_calculations import boiler
from tests.fix_database import MINUTE_US, T0_US, point
from tests.pictured import in_page, in_png, in_svg

API = "/api/v1"
ASSET = f"{API}/assets/{BOILER}"


@pytest.fixture
async def calculation(client: httpx.AsyncClient) -> dict[str, Any]:
    """A boiler, calculated."""
    answer = await client.post(f"{API}/calculations", json=boiler())
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def settled(client: httpx.AsyncClient, location: str) -> None:
    for _ in range(600):
        if (await client.get(location)).json()["status"] not in {"queued", "running"}:
            return
        await asyncio.sleep(0.05)
    pytest.fail("it never ends")


async def fetched(client: httpx.AsyncClient, path: str, **parameters: Any) -> httpx.Response:
    answer = await client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("name", ["sankey", "waterfall", "states"])
async def test_a_calculations_picture_is_the_same_in_every_form(
    client: httpx.AsyncClient, calculation: dict[str, Any], name: str
) -> None:
    path = f"{API}/calculations/{calculation['id']}/{name}"
    svg, png, page, told = [await fetched(client, path, format=form) for form in ("svg", "png", "html", "json")]
    assert in_svg(svg.content) == in_png(png.content) == in_page(page.content) == told.json()
    kinds = [answer.headers["content-type"].partition(";")[0] for answer in (svg, png, page, told)]
    assert kinds == ["image/svg+xml", "image/png", "text/html", "application/json"]
    assert (await fetched(client, path)).content == svg.content


async def test_a_calculations_sankey_has_its_energies(client: httpx.AsyncClient, calculation: dict[str, Any]) -> None:
    told = (await fetched(client, f"{API}/calculations/{calculation['id']}/sankey", format="json")).json()
    values = {link["kind"]: link["value"] for link in told["links"]}
    assert told["unit"] == "W"
    assert values["input"] == calculation["energy_in_w"]
    assert values["output"] == calculation["energy_out_w"]
    assert values["residual"] == abs(calculation["residual_w"])


async def test_a_report_has_inputs_method_balance_and_provenance(
    client: httpx.AsyncClient, calculation: dict[str, Any]
) -> None:
    path = f"{API}/calculations/{calculation['id']}/report"
    told = (await fetched(client, path, format="json")).json()
    assert {row["name"]: row["value"] for row in told["inputs"]} == calculation["inputs_si"]
    assert told["provenance"]["hash"] == calculation["provenance"]
    assert told["provenance"]["document"]["method"] == calculation["method"]
    page = await fetched(client, path)
    assert in_page(page.content) == told
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    assert (await client.get(path, params={"format": "png"})).status_code == 422


async def test_pictures_of_unknown_or_unfinished_calculations_are_problems(client: httpx.AsyncClient) -> None:
    for number in ("0" * 32, "nonsense"):
        answer = await client.get(f"{API}/calculations/{number}/sankey")
        assert (answer.status_code, answer.json()["code"]) == (404, "calculation.unknown")
    body = boiler(p_steam="1 kPa(a)", T_feedwater="300 degC")
    location = (await client.post(f"{API}/calculations?async=true", json=body)).headers["location"]
    await settled(client, location)
    answer = await client.get(f"{location}/sankey")
    assert (answer.status_code, answer.json()["code"]) == (409, "calculation.not_done")


async def test_an_assets_sankey_is_the_newest_window_of_the_span(client: httpx.AsyncClient, writer: Writer) -> None:
    writer.minutes(range(1, 6))
    newest = (await fetched(client, f"{ASSET}/points/latest")).json()["items"][0]
    told = (await fetched(client, f"{ASSET}/sankey", format="json")).json()
    assert told["unit"] == "J"
    values = {link["target"]: link["value"] for link in told["links"]}
    assert values["machine"] == newest["energy_in_j"]
    assert values["energy_out"] == newest["energy_out_j"]
    assert "window 5min" in told["caption"]
    before = T0_US + 3 * MINUTE_US
    earlier = (await fetched(client, f"{ASSET}/sankey", format="json", to=before)).json()
    assert earlier["caption"] != told["caption"]
    assert (await fetched(client, f"{ASSET}/waterfall", format="json")).json()["bars"][0]["end"] == newest[
        "energy_in_j"
    ]


async def test_an_assets_trend_has_the_points_of_the_span(client: httpx.AsyncClient, writer: Writer) -> None:
    writer.minutes(range(1, 11))
    points = (await fetched(client, f"{ASSET}/points")).json()["items"]
    told = (await fetched(client, f"{ASSET}/trend", format="json")).json()
    assert [item["eta"] for item in told["points"]] == [item["eta"] for item in points]
    assert [item["time_us"] for item in told["points"]] == [item["window_end_us"] for item in points]
    span = {"from": T0_US + 2 * MINUTE_US, "to": T0_US + 5 * MINUTE_US}
    part = (await fetched(client, f"{ASSET}/trend", format="json", **span)).json()
    assert [item["time_us"] for item in part["points"]] == [T0_US + n * MINUTE_US for n in (2, 3, 4)]
    svg = await fetched(client, f"{ASSET}/trend")
    assert in_svg(svg.content) == told
    scatter = (await fetched(client, f"{ASSET}/load_scatter", format="json")).json()
    assert [item["eta"] for item in scatter["points"]] == [item["eta"] for item in points]


async def test_a_trend_of_too_many_points_is_refused_with_the_limit(client: httpx.AsyncClient, writer: Writer) -> None:
    ends = range(1, 5_003)
    for start in range(0, len(ends), 1_000):
        writer.write([point(T0_US + n * MINUTE_US, window="5min") for n in ends[start : start + 1_000]])
    answer = await client.get(f"{ASSET}/trend", params={"from": T0_US})
    assert (answer.status_code, answer.json()["code"], answer.json()["limit"]) == (
        422,
        "picture.too_many_points",
        5_000,
    )
    assert len((await fetched(client, f"{ASSET}/trend", format="json")).json()["points"]) == 1_440


async def test_an_asset_without_points_has_pictures_that_say_so(client: httpx.AsyncClient, writer: Writer) -> None:
    for name in ("sankey", "waterfall", "trend", "load_scatter"):
        svg = (await fetched(client, f"{ASSET}/{name}")).content
        assert in_svg(svg)["note"] == "no points in this span", name
        assert ET.fromstring(svg).tag.endswith("svg")


async def test_pictures_of_unknown_assets_windows_and_forms_are_problems(client: httpx.AsyncClient) -> None:
    for path, status, code in (
        (f"{API}/assets/mill/nothing/sankey", 404, "asset.unknown"),
        (f"{ASSET}/sankey?window=7min", 422, "window.unknown"),
        (f"{ASSET}/trend?from=yesterday", 422, "time.invalid"),
        (f"{ASSET}/trend?format=pdf", 422, "request.invalid"),
    ):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path


async def test_a_page_is_sent_packed_where_the_caller_unpacks(
    client: httpx.AsyncClient, calculation: dict[str, Any]
) -> None:
    path = f"{API}/calculations/{calculation['id']}/sankey?format=html"
    packed = await client.get(path, headers={"accept-encoding": "gzip"})
    plain = await client.get(path, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 3


async def test_a_browser_draws_the_report_under_its_policy(
    client: httpx.AsyncClient, calculation: dict[str, Any], browser: Tab
) -> None:
    await browser.go(str(client.base_url.join(f"{API}/calculations/{calculation['id']}/report")))
    await browser.until("document.querySelectorAll('[data-figure] .main-svg').length >= 4")
    assert await browser.until("document.querySelectorAll('.sankey-link').length") == 3
    assert "Sankey of the energy balance" in await browser.value("document.querySelector('[role=img]').ariaLabel")
    assert browser.said == []
