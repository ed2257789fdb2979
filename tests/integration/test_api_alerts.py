"""Alerts over HTTP: one an episode, in the state of its last transition."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.fix_api import BOILER, OTHER, Writer, alert, pages
from tests.fix_database import MINUTE_US, T0_US
from thermaliq.api.token import parse_alert_id

ALERTS = "/api/v1/alerts"


@pytest.fixture
def told(writer: Writer) -> None:
    """`low` went off and came back, then went off again; `drift` of the other boiler is acknowledged."""
    writer.write(
        alerts=[alert("low", "unacknowledged", 1, episode=1), alert("low", "returned_unacknowledged", 2, episode=1)]
    )
    writer.write(alerts=[alert("low", "normal", 3, episode=1), alert("low", "unacknowledged", 5, episode=5)])
    writer.write(alerts=[alert("drift", "acknowledged", 4, episode=4, asset=OTHER, priority="low")])


async def found(client: httpx.AsyncClient, **parameters: str | list[str]) -> list[tuple[str, str, int]]:
    answer = await client.get(ALERTS, params=parameters)
    assert answer.status_code == 200, answer.text
    return [(item["asset"], item["state"], (item["since_us"] - T0_US) // MINUTE_US) for item in answer.json()["items"]]


STANDING, DRIFT, OVER = (BOILER, "unacknowledged", 5), (OTHER, "acknowledged", 4), (BOILER, "normal", 3)


@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        ({}, [STANDING, DRIFT, OVER]),
        ({"active": "true"}, [STANDING, DRIFT]),
        ({"active": "false"}, [OVER]),
        ({"state": "acknowledged"}, [DRIFT]),
        ({"state": ["normal", "acknowledged"], "active": "true"}, [DRIFT]),
        ({"priority": "high"}, [STANDING, OVER]),
        ({"asset": OTHER}, [DRIFT]),
        ({"asset": "mill/*", "priority": "low"}, [DRIFT]),
        ({"asset": "mine/*"}, []),
    ],
)
@pytest.mark.usefixtures("told")
async def test_filters_let_through_what_they_name(
    client: httpx.AsyncClient, parameters: dict[str, str | list[str]], wanted: list[tuple[str, str, int]]
) -> None:
    assert await found(client, **parameters) == wanted


@pytest.mark.usefixtures("told")
async def test_an_alert_has_an_id_that_is_its_episodes(client: httpx.AsyncClient) -> None:
    items = (await client.get(ALERTS)).json()["items"]
    assert all(re.fullmatch(r"[a-z2-7]+", item["id"]) for item in items)
    assert [parse_alert_id(item["id"]) for item in items] == [
        (item["asset"], item["name"], item["episode_us"]) for item in items
    ]


@pytest.mark.usefixtures("told")
async def test_pages_of_alerts_hold_each_once(client: httpx.AsyncClient) -> None:
    (first,), (second,), (third,) = await pages(client, ALERTS, limit=1)
    assert [item["state"] for item in (first, second, third)] == ["unacknowledged", "acknowledged", "normal"]


@pytest.mark.parametrize(("field", "value"), [("state", "burning"), ("priority", "urgent")])
async def test_an_unknown_word_is_named(client: httpx.AsyncClient, field: str, value: str) -> None:
    answer = await client.get(ALERTS, params={field: value})
    assert (answer.status_code, answer.json()["code"], answer.json()["value"]) == (422, f"{field}.unknown", value)
