"""What operators do over HTTP: a command in the log for what is allowed, 404 and 409 for what is not."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from schemas import codec
from schemas.alarm import AlarmState
from schemas.command import Acknowledge, Command, Recompute, Shelve, Unshelve
from streams.changes import AlarmMemory
from tests.fix_api import APP, BOILER, FREE_PORTS, Writer, alert, plant
from tests.fix_connectors import ListRecordLog
from tests.fix_database import MINUTE_US, T0_US, TOPIC, changes
from thermaliq.api.token import alert_id
from thermaliq.serving import Served, Service, serving

ALERTS = "/api/v1/alerts"
DAY_US = 86_400_000_000
EPISODE_US = T0_US + 5 * MINUTE_US
LOW = alert_id(BOILER, "low", EPISODE_US)
EARLIER = alert_id(BOILER, "low", T0_US + MINUTE_US)


@pytest.fixture
def kept() -> ListRecordLog:
    return ListRecordLog()


@pytest.fixture
async def acting(migrated_url: str, kept: ListRecordLog, writer: Writer) -> AsyncIterator[Served]:
    service = Service([plant()], migrated_url, APP, TOPIC, ports=FREE_PORTS, open_log=lambda _r: nullcontext(kept))
    async with serving(service, CollectorRegistry()) as served:
        yield served


@pytest.fixture
async def operator(acting: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{acting.ports.http}", timeout=30) as client:
        yield client


def told(writer: Writer, state: AlarmState, since_us: int, **more: Any) -> None:
    """The alarm `low` in a state, with the transition that led to it; its first episode had not been acknowledged."""
    memory = AlarmMemory(
        writer.registry.assets[BOILER], "low", state, "high", EPISODE_US, since_us, 0.8, 0.82, None, EPISODE_US, 0
    )
    first = alert("low", "returned_unacknowledged", 2, episode=1)
    transitions = [first, alert("low", "unacknowledged", 5, episode=5)]
    if since_us != EPISODE_US:
        transitions.append(replace_alert(state, since_us))
    writer.write(alerts=transitions)
    keep(writer, replace(memory, **more))


def keep(writer: Writer, memory: AlarmMemory) -> None:
    """The alarm's row."""
    writer.store.commit(0, writer.epochs[0], changes(100, next_seq=100, alarms=[memory]))


def replace_alert(state: AlarmState, at_us: int) -> Any:
    """A transition that a command made."""
    made = alert("low", state, 5, episode=5)
    return type(made)(**{n: getattr(made, n) for n in made.__struct_fields__} | {"transition_us": at_us})


def commands(kept: ListRecordLog) -> list[Command]:
    """What lies in the log."""
    assert {tuple(record.headers) for record in kept.records} <= {(("schema", b"command/1"),)}
    assert {record.key for record in kept.records} <= {BOILER.encode()}
    return [codec.decode_command(record.value) for record in kept.records]


async def test_each_action_is_a_command_in_the_log_with_who_asked(
    operator: httpx.AsyncClient, kept: ListRecordLog, writer: Writer
) -> None:
    told(writer, "unacknowledged", EPISODE_US)
    seen = await operator.post(f"{ALERTS}/{LOW}/acknowledge", json={"comment": "on it"})
    quiet = await operator.post(f"{ALERTS}/{LOW}/shelve", json={"duration": "2h", "comment": "soot blowing"})
    keep_shelved(writer)
    back = await operator.post(f"{ALERTS}/{LOW}/unshelve")
    answers = [seen, quiet, back]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    ids = [answer.json()["command_id"] for answer in answers]
    assert [answer.json()["id"] for answer in answers] == [LOW] * 3
    assert len(set(ids)) == 3
    assert commands(kept) == [
        Acknowledge(ids[0], BOILER, "low", EPISODE_US, "on it", "local"),
        Shelve(ids[1], BOILER, "low", 7200.0, "soot blowing", "local"),
        Unshelve(ids[2], BOILER, "low", "", "local"),
    ]


def keep_shelved(writer: Writer) -> None:
    """The worker has shelved it."""
    asset = writer.registry.assets[BOILER]
    memory = AlarmMemory(asset, "low", "shelved", "high", EPISODE_US, EPISODE_US, 0.8, 0.82, None, EPISODE_US, 0)
    keep(writer, replace(memory, beneath="acknowledged", shelved_until_us=EPISODE_US + DAY_US))


async def test_an_unknown_alert_is_404_a_wrong_state_409_and_nothing_is_sent(
    operator: httpx.AsyncClient, kept: ListRecordLog, writer: Writer
) -> None:
    told(writer, "acknowledged", EPISODE_US)
    unknown = [alert_id(BOILER, "none", EPISODE_US), alert_id(BOILER, "low", 7), alert_id("mill/x", "low", 7), "%20"]
    for number in unknown:
        answer = await operator.post(f"{ALERTS}/{number}/acknowledge", json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "alert.unknown"), number
    refused = [(LOW, "acknowledge"), (LOW, "unshelve"), (EARLIER, "acknowledge"), (EARLIER, "unshelve")]
    for number, action in refused:
        answer = await operator.post(f"{ALERTS}/{number}/{action}", json={})
        assert (answer.status_code, answer.json()["code"]) == (409, "alert.wrong_state"), (number, action)
    assert kept.records == []


@pytest.mark.parametrize("duration", ["0s", "24.1h", "2d", "soon", ""])
async def test_a_shelf_lasts_a_day_at_most(
    operator: httpx.AsyncClient, kept: ListRecordLog, writer: Writer, duration: str
) -> None:
    told(writer, "acknowledged", EPISODE_US)
    answer = await operator.post(f"{ALERTS}/{LOW}/shelve", json={"duration": duration})
    assert (answer.status_code, answer.json()["code"]) == (422, "alert.duration")
    assert answer.json()["field"] == "duration"
    assert kept.records == []


async def test_a_body_that_does_not_fit_is_named(operator: httpx.AsyncClient, kept: ListRecordLog) -> None:
    for body, field in (({}, "duration"), ({"duration": 2}, "duration"), ({"duration": "1h", "who": 1}, "who")):
        answer = await operator.post(f"{ALERTS}/{LOW}/shelve", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), body
    long = await operator.post(f"{ALERTS}/{LOW}/acknowledge", json={"comment": "x" * 1001})
    assert (long.status_code, long.json()["field"]) == (422, "comment")
    form = await operator.post(f"{ALERTS}/{LOW}/acknowledge", data={"comment": "x"})
    assert form.status_code == 415
    assert kept.records == []


async def test_the_list_shows_the_alarms_own_state_though_a_command_has_another_clock(
    operator: httpx.AsyncClient, writer: Writer
) -> None:
    years_later_us = EPISODE_US + 1000 * DAY_US
    told(writer, "acknowledged", years_later_us, acknowledged_by="ann", comment="seen")
    writer.write(alerts=[alert("low", "normal", 9, episode=5)])
    asset = writer.registry.assets[BOILER]
    over = AlarmMemory(
        asset, "low", "normal", "high", EPISODE_US, T0_US + 9 * MINUTE_US, 0.9, 0.82, None, T0_US, 0, "ann", "seen"
    )
    keep(writer, over)
    items = (await operator.get(ALERTS)).json()["items"]
    shown = {item["id"]: (item["state"], item["acknowledged_by"], item["comment"]) for item in items}
    assert shown == {LOW: ("normal", "ann", "seen"), EARLIER: ("normal", None, None)}


async def test_a_shelved_alert_tells_until_when(operator: httpx.AsyncClient, writer: Writer) -> None:
    until_us = EPISODE_US + DAY_US
    told(writer, "shelved", EPISODE_US + 1, shelved_until_us=until_us, beneath="acknowledged", comment="quiet")
    (item,) = (await operator.get(ALERTS, params={"state": "shelved"})).json()["items"]
    assert (item["id"], item["shelved_until_us"], item["comment"]) == (LOW, until_us, "quiet")


async def test_a_recompute_is_asked_for_on_the_admin_port_a_command_a_day(acting: Served, kept: ListRecordLog) -> None:
    base = f"http://127.0.0.1:{acting.ports.admin}"
    start_us = T0_US // DAY_US * DAY_US
    async with httpx.AsyncClient(base_url=base, timeout=30) as admin:
        body = {"asset": BOILER, "from": start_us + 1, "to": "2025-11-25T06:00:00Z"}
        answer = await admin.post("/admin/recompute", json=body)
        assert answer.status_code == 202, answer.text
        unknown = await admin.post("/admin/recompute", json=body | {"asset": "mill/none"})
        reversed_ = await admin.post("/admin/recompute", json=body | {"to": start_us})
        no_time = await admin.post("/admin/recompute", json=body | {"to": "soon"})
    assert [unknown.status_code, reversed_.status_code, no_time.status_code] == [404, 422, 422]
    found = [command for command in commands(kept) if isinstance(command, Recompute)]
    assert [command.command_id for command in found] == answer.json()["command_ids"]
    assert [command.from_us for command in found] == [start_us + 1, start_us + DAY_US, start_us + 2 * DAY_US]
    assert all(one.to_us == other.from_us for one, other in itertools.pairwise(found))
