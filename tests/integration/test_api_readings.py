"""Readings over HTTP: what the plant sent, in its unit and in SI."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.fix_api import BOILER, Writer, pages
from tests.fix_database import T0_US, columns

READINGS = f"/api/v1/assets/{BOILER}/readings"
BAD_DEVICE_FAILURE = 0x808B_0000
SECOND_US = 1_000_000


@pytest.fixture
def stored(writer: Writer) -> dict[str, int]:
    """Both tags at five seconds, the second of them with one BAD null."""
    numbers = writer.series()
    steam, fuel = numbers["steam_flow"], numbers["fuel_flow"]
    rows = {(number, T0_US + n * SECOND_US): (float(n), 0, 0) for number in sorted((steam, fuel)) for n in range(5)}
    rows[fuel, T0_US] = (float("nan"), BAD_DEVICE_FAILURE, 0)
    writer.write(readings=columns(*((*place, *row) for place, row in rows.items())))
    return numbers


async def test_readings_come_in_the_plants_unit_and_in_si(client: httpx.AsyncClient, stored: dict[str, int]) -> None:
    found = (await client.get(READINGS, params={"tag": "steam_flow"})).json()["items"]
    assert [item["value_si"] for item in found] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert found[1]["value"] == pytest.approx(3.6)
    assert (found[1]["unit"], found[1]["unit_si"], found[1]["quality"]) == ("t/h", "kg/s", "GOOD")


async def test_a_null_reading_keeps_its_whole_status(client: httpx.AsyncClient, stored: dict[str, int]) -> None:
    first = (await client.get(READINGS, params={"tag": f"{BOILER}/fuel_flow"})).json()["items"][0]
    assert (first["value"], first["status"], first["quality"]) == (None, BAD_DEVICE_FAILURE, "BAD")


@pytest.mark.parametrize("limit", [1, 3, 4, 10])
async def test_pages_of_several_tags_hold_every_reading_once(
    client: httpx.AsyncClient, stored: dict[str, int], limit: int
) -> None:
    found = [item for page in await pages(client, READINGS, limit=limit) for item in page]
    wanted = [(T0_US + n * SECOND_US, tag) for n in range(5) for tag in ("fuel_flow", "steam_flow")]
    assert [(item["ts_us"], item["tag"]) for item in found] == wanted


async def test_a_span_cuts_readings(client: httpx.AsyncClient, stored: dict[str, int]) -> None:
    parameters: dict[str, Any] = {"tag": "steam_flow", "from": T0_US + SECOND_US, "to": T0_US + 3 * SECOND_US}
    found = (await client.get(READINGS, params=parameters)).json()["items"]
    assert [item["value_si"] for item in found] == [1.0, 2.0]


async def test_an_unknown_tag_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get(READINGS, params={"tag": "steam_flux"})
    assert (answer.status_code, answer.json()["code"], answer.json()["value"]) == (422, "tag.unknown", "steam_flux")
