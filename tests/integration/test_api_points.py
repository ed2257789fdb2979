"""Points over HTTP: each once, in order, within the span and page that was asked for."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from tests.fix_api import BOILER, OTHER, Writer, pages
from tests.fix_database import MINUTE_US, T0_US, point

POINTS = f"/api/v1/assets/{BOILER}/points"


def ends(items: list[dict[str, Any]]) -> list[int]:
    """Minutes after T0 at which the windows end."""
    return [(item["window_end_us"] - T0_US) // MINUTE_US for item in items]


async def items(client: httpx.AsyncClient, path: str = POINTS, **parameters: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_point_is_told_as_it_was_committed(client: httpx.AsyncClient, writer: Writer) -> None:
    given = point(T0_US)
    writer.write([given])
    (found,) = await items(client)
    assert found == {name: getattr(given, name) for name in given.__struct_fields__}


async def test_pages_hold_every_point_once_and_in_order(client: httpx.AsyncClient, writer: Writer) -> None:
    writer.minutes(range(25))
    found = await pages(client, POINTS, limit=10)
    assert [len(page) for page in found] == [10, 10, 5]
    assert [end for page in found for end in ends(page)] == list(range(25))


async def test_a_point_that_comes_while_paging_moves_no_page(client: httpx.AsyncClient, writer: Writer) -> None:
    writer.minutes(range(4))
    first = (await client.get(POINTS, params={"limit": 3})).json()
    writer.minutes(range(4, 6))
    second = (await client.get(POINTS, params={"limit": 3, "next": first["next"]})).json()
    assert (ends(second["items"]), second["next"]) == ([3], None)


async def test_without_a_span_it_is_the_last_day_of_the_assets_own_time(
    client: httpx.AsyncClient, writer: Writer
) -> None:
    writer.minutes(range(-1441, -1438))
    writer.minutes(range(1))
    assert ends(await items(client)) == [-1439, 0]


@pytest.mark.parametrize("start", ["2025-11-23T10:01:00Z", "2025-11-23T11:01:00.000+01:00", str(T0_US + MINUTE_US)])
async def test_from_is_inclusive_and_to_exclusive(client: httpx.AsyncClient, writer: Writer, start: str) -> None:
    writer.minutes(range(5))
    assert ends(await items(client, POINTS, **{"from": start, "to": str(T0_US + 3 * MINUTE_US)})) == [1, 2]


async def test_the_first_window_of_the_site_file_is_the_default(client: httpx.AsyncClient, writer: Writer) -> None:
    writer.minutes(range(1), window="5min")
    writer.minutes(range(2), window="1h")
    assert ends(await items(client)) == [0]
    assert ends(await items(client, window="1h")) == [0, 1]


async def test_the_latest_point_of_each_window(client: httpx.AsyncClient, writer: Writer) -> None:
    writer.minutes(range(3), window="1h")
    writer.minutes(range(5), window="5min")
    found = await items(client, f"{POINTS}/latest")
    assert [item["window"] for item in found] == ["5min", "1h"]
    assert ends(found) == [4, 2]


async def test_a_revision_replaces_what_stood(client: httpx.AsyncClient, writer: Writer) -> None:
    writer.write([point(T0_US)])
    writer.write([point(T0_US, revision=1, eta=0.5)])
    (found,) = await items(client)
    assert (found["revision"], found["eta"]) == (1, 0.5)


@pytest.mark.parametrize("written", [OTHER, OTHER.replace("/", "%2F"), OTHER.replace("/", "%2f", 1)])
async def test_a_slash_in_an_id_may_be_escaped(client: httpx.AsyncClient, writer: Writer, written: str) -> None:
    writer.minutes(range(1), asset=OTHER)
    (found,) = await items(client, f"/api/v1/assets/{written}/points/latest")
    assert found["asset"] == OTHER


async def test_points_are_had_as_csv(client: httpx.AsyncClient, writer: Writer) -> None:
    writer.write([point(T0_US), point(T0_US + MINUTE_US, eta=None)])
    answer = await client.get(POINTS, headers={"Accept": "text/csv, application/json;q=0.5"})
    assert answer.headers["content-type"].startswith("text/csv")
    first, second = csv.DictReader(io.StringIO(answer.text))
    assert (float(first["eta"]), int(first["window_end_us"])) == (0.86, T0_US)
    assert float(first["energy_out_j"]) == 0.1 + 0.2
    assert (second["eta"], second["reasons"]) == ("", "no_fuel bad_input:steam_flow")


async def test_a_csv_page_names_the_next_one(client: httpx.AsyncClient, writer: Writer) -> None:
    writer.minutes(range(3))
    answer = await client.get(POINTS, params={"limit": 2}, headers={"Accept": "text/csv"})
    rest = await client.get(answer.links["next"]["url"])
    assert ends(rest.json()["items"]) == [2]


async def test_an_asset_that_has_no_points_yet_has_an_empty_list(client: httpx.AsyncClient) -> None:
    assert (await client.get(POINTS)).json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("parameters", "code", "field"),
    [
        ({"window": "7min"}, "window.unknown", "window"),
        ({"from": "yesterday"}, "time.invalid", "from"),
        ({"to": "2025-11-23T10:41:00"}, "time.invalid", "to"),
        ({"to": "9" * 18}, "time.invalid", "to"),
        ({"to": "2025-13-41T10:41:00Z"}, "time.invalid", "to"),
        ({"from": "20", "to": "10"}, "time.reversed", "from"),
        ({"next": "bm9uZQ"}, "page.unknown", "next"),
        ({"next": "ü"}, "page.unknown", "next"),
    ],
)
async def test_a_wrong_parameter_is_named(
    client: httpx.AsyncClient, parameters: dict[str, str], code: str, field: str
) -> None:
    answer = await client.get(POINTS, params=parameters)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (422, code, field)


@pytest.mark.parametrize("limit", ["0", "10001", "many"])
async def test_a_page_has_a_bound(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get(POINTS, params={"limit": limit})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert answer.json()["errors"][0]["field"] == "limit"
