"""The live socket: what is committed comes, once, in order, over any reconnect; who cannot follow is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.fix_api import BOILER, OTHER, Writer, alert
from tests.fix_database import T0_US
from thermaliq.api import feed
from thermaliq.api.token import pack_cursor
from thermaliq.serving import Served

Message = dict[str, Any]


@asynccontextmanager
async def listening(
    served: Served, query: str = "", port: int | None = None, **more: Any
) -> AsyncIterator[ClientConnection]:
    url = f"ws://127.0.0.1:{port or served.ports.http}/api/v1/live{query}"
    async with asyncio.timeout(30):
        while True:
            async with connect(url, **more) as socket:
                if await ready(socket):
                    yield socket
                    return
            await asyncio.sleep(0.05)


async def ready(socket: ClientConnection) -> bool:
    """Whether the service has seen its database; else it asks to come again."""
    message: Message = json.loads(await socket.recv())
    if message["type"] == "error" and message["data"]["code"] == "live.unavailable":
        return False
    assert message["type"] == "ready", message
    return True


async def told(socket: ClientConnection, number: int) -> list[Message]:
    """The next `number` messages that are no heartbeats."""
    found: list[Message] = []
    async with asyncio.timeout(20):
        while len(found) < number:
            message = json.loads(await socket.recv())
            if message["type"] != "heartbeat":
                found.append(message)
    return found


def ends(messages: list[Message]) -> list[int]:
    return [(message["data"]["window_end_us"] - T0_US) // 60_000_000 for message in messages]


async def closed(served: Served, query: str, **more: Any) -> tuple[int, str]:
    """Close code, and code of the error that was told before."""
    url = f"ws://127.0.0.1:{served.ports.http}/api/v1/live{query}"
    while True:
        async with connect(url, **more) as socket:
            error = json.loads(await socket.recv())
            if error["data"].get("code") == "live.unavailable":
                continue
            with pytest.raises(ConnectionClosed) as ended:
                await socket.recv()
            assert ended.value.rcvd is not None
            return ended.value.rcvd.code, error["data"]["code"]


async def told_until_closed(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    with suppress(ConnectionClosed):
        while True:
            yield await socket.recv()


async def test_points_and_alerts_come_as_they_are_committed(served: Served, writer: Writer) -> None:
    async with listening(served) as socket:
        writer.minutes(range(1))
        writer.write(alerts=[alert("low", "unacknowledged", 1)])
        point, transition = await told(socket, 2)
    assert (point["type"], point["data"]["asset"], point["data"]["eta"]) == ("point", BOILER, 0.86)
    assert (transition["type"], transition["data"]["name"]) == ("alert", "low")


async def test_what_was_committed_before_is_not_told(served: Served, writer: Writer) -> None:
    writer.minutes(range(3))
    await asyncio.sleep(3 * feed.POLL_S)
    async with listening(served) as socket:
        writer.minutes(range(3, 4))
        assert ends(await told(socket, 1)) == [3]


async def test_the_live_port_has_the_same_socket(served: Served, writer: Writer) -> None:
    async with listening(served, port=served.ports.live) as socket:
        writer.minutes(range(1))
        assert ends(await told(socket, 1)) == [0]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (f"?asset={BOILER}", [BOILER]),
        (f"?asset={BOILER}&asset={OTHER.replace('/', '%2F')}", [BOILER, OTHER]),
        ("?asset=mill/*", [BOILER, OTHER]),
        ("?asset=mill/line2/*", [OTHER]),
    ],
)
async def test_only_the_assets_that_were_asked_for(
    served: Served, writer: Writer, query: str, wanted: list[str]
) -> None:
    async with listening(served, query) as socket:
        for asset in (BOILER, OTHER):
            writer.minutes(range(1), asset=asset)
        messages = await told(socket, len(wanted))
    assert [message["data"]["asset"] for message in messages] == wanted


async def test_five_reconnects_leave_no_hole_and_no_double(served: Served, writer: Writer) -> None:
    rounds, partitions = 60, 3

    async def commit() -> None:
        for minute in range(rounds):
            for partition in range(partitions):
                await asyncio.to_thread(
                    writer.minutes, range(minute, minute + 1), window=f"w{partition}", partition=partition
                )

    found: list[Message] = []
    async with listening(served) as socket:
        committing = asyncio.create_task(commit())
        found += await told(socket, 5)
    for _ in range(5):
        async with listening(served, f"?since={found[-1]['cursor']}") as socket:
            found += await told(socket, 17)
    await committing
    async with listening(served, f"?since={found[-1]['cursor']}") as socket:
        found += await told(socket, rounds * partitions - len(found))
    for partition in range(partitions):
        mine = [message for message in found if message["data"]["window"] == f"w{partition}"]
        assert ends(mine) == list(range(rounds))


async def test_a_client_that_was_away_for_long_gets_all_of_it(served: Served, writer: Writer) -> None:
    async with listening(served) as socket:
        writer.minutes(range(1))
        (first,) = await told(socket, 1)
    number = 2 * feed.PAGE + 7
    writer.minutes(range(1, number + 1))
    async with listening(served, f"?since={first['cursor']}") as socket:
        assert ends(await told(socket, number)) == list(range(1, number + 1))


async def test_every_cursor_is_a_place_to_go_on_from(served: Served, writer: Writer) -> None:
    async with listening(served) as socket:
        for partition in range(3):
            writer.minutes(range(partition, partition + 1), partition=partition)
        messages = await told(socket, 3)
    for place, message in enumerate(messages):
        async with listening(served, f"?since={message['cursor']}") as socket:
            rest = await told(socket, 2 - place)
        assert sorted(ends(rest)) == sorted(ends(messages[place + 1 :]))


@pytest.mark.parametrize(
    "since",
    ["nonsense", "bm9uZQ", pack_cursor({0: 99}), pack_cursor({7: 0}), pack_cursor({0: -1}), "%F0%9F%94%A5"],
)
async def test_an_unknown_since_is_refused(served: Served, writer: Writer, since: str) -> None:
    writer.minutes(range(1))
    assert await closed(served, f"?since={since}") == (4410, "live.unknown_since")


async def test_a_since_whose_rows_are_gone_is_refused(served: Served, writer: Writer, migrated_url: str) -> None:
    writer.minutes(range(5))
    with psycopg.connect(migrated_url, autocommit=True) as connection:
        connection.execute("DELETE FROM thermaliq.outbox WHERE seq <= 3")
    assert await closed(served, f"?since={pack_cursor({0: 2})}") == (4410, "live.unknown_since")
    async with listening(served, f"?since={pack_cursor({0: 3})}") as socket:
        assert ends(await told(socket, 2)) == [3, 4]


async def test_an_unknown_asset_is_refused(served: Served, writer: Writer) -> None:
    assert await closed(served, "?asset=mill/boiler9") == (1008, "asset.unknown")


@pytest.mark.parametrize(
    ("origin", "refused"), [("https://evil.example", True), ("https://hmi.example", False), (None, False)]
)
async def test_a_page_of_elsewhere_may_not_listen(
    served: Served, writer: Writer, origin: str | None, refused: bool
) -> None:
    if refused:
        assert await closed(served, "", origin=origin) == (4403, "live.origin")
        return
    async with listening(served, origin=origin) as socket:
        writer.minutes(range(1))
        assert ends(await told(socket, 1)) == [0]


async def test_the_page_of_this_service_may_listen(served: Served, writer: Writer) -> None:
    async with listening(served, origin=f"http://127.0.0.1:{served.ports.http}") as socket:
        writer.minutes(range(1))
        assert ends(await told(socket, 1)) == [0]


async def test_a_slow_reader_is_told_and_closed(served: Served, writer: Writer, client: httpx.AsyncClient) -> None:
    heavy = 20_000
    async with listening(served) as quick, listening(served, max_queue=1, compression=None) as slow:
        slow.transport.pause_reading()
        committed = 0
        while "thermaliq_live_too_slow_total 1.0" not in (await client.get("/metrics")).text:
            assert committed < 100 * 50, "never too slow"
            await asyncio.to_thread(writer.minutes, range(committed, committed + 50), method="x" * heavy)
            assert ends(await told(quick, 50)) == list(range(committed, committed + 50))
            committed += 50
        slow.transport.resume_reading()
        messages: list[Message] = [json.loads(text) async for text in told_until_closed(slow)]
    assert slow.close_code == 1013
    assert messages[-1]["data"]["code"] == "live.too_slow"
    received = [message for message in messages if message["type"] == "point"]
    assert ends(received) == list(range(len(received))), "what came before the end has no hole"
    async with listening(served, f"?since={received[-1]['cursor']}") as again:
        assert ends(await told(again, committed - len(received))) == list(range(len(received), committed))


async def test_a_client_that_left_is_forgotten(served: Served, writer: Writer, client: httpx.AsyncClient) -> None:
    async with listening(served):
        assert "thermaliq_live_clients 1.0" in (await client.get("/metrics")).text
    async with asyncio.timeout(10):
        while "thermaliq_live_clients 0.0" not in (await client.get("/metrics")).text:
            continue
