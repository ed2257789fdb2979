"""A gateway pushes, an operator acknowledges and shelves, an engineer recomputes: on real Kafka and TimescaleDB."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.fix_product import Product
from tests.mill_site import BOILER, SITE, STEADY, STEP_S, batch, start_s

POOR = dict(STEADY, fuel_flow=0.31)
"""An eta of 0.7 or so."""
FREE_PORTS = {"HTTP_PORT": "0", "METRICS_PORT": "0", "ADMIN_PORT": "0", "LIVE_PORT": "0"}
STATE = "SELECT min(state) FROM thermaliq.v_alarm"
POINTS = "SELECT count(*) FROM thermaliq.v_point"
REVISIONS = "SELECT count(*) FROM thermaliq.v_point WHERE revision > 0"
AUDIT = (
    "SELECT kind, requested_by, outcome, before->>'state', after->>'state' FROM thermaliq.command "
    "WHERE kind <> 'recompute' ORDER BY appended, kafka_offset"
)


@asynccontextmanager
async def served(product: Product, site: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A worker and the service; a caller of it."""
    product.start("work", str(site))
    serve = product.with_settings(**FREE_PORTS).start("serve", str(site))
    while (found := re.search(r"http\s+(http://\S+)", product.said(serve))) is None:
        assert serve.poll() is None, product.said(serve)
        await asyncio.sleep(0.1)
    async with httpx.AsyncClient(base_url=found[1], timeout=30) as client:
        yield client


async def push(client: httpx.AsyncClient, from_s: int, minutes: int, values: dict[str, float], key: str) -> int:
    """Scans of some minutes as one packed push, sent twice under one key; how many readings the log has."""
    scans = [json.loads(batch(at_s, values)) for at_s in range(from_s, from_s + minutes * 60, STEP_S)]
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json", "Idempotency-Key": key}
    body = gzip.compress(json.dumps(scans).encode())
    first, again = [await client.post("/api/v1/readings", content=body, headers=headers) for _ in range(2)]
    assert (first.status_code, first.content) == (202, again.content), first.text
    assert first.json()["refused"] == []
    return int(first.json()["accepted"])


async def alert_now(client: httpx.AsyncClient) -> dict[str, Any]:
    """The one alert."""
    (item,) = (await client.get("/api/v1/alerts")).json()["items"]
    return dict(item)


async def act(client: httpx.AsyncClient, action: str, **body: str) -> httpx.Response:
    """Something done to the one alert."""
    number = (await alert_now(client))["id"]
    return await client.post(f"/api/v1/alerts/{number}/{action}", json=body)


def rfc_3339(at_s: int) -> str:
    """A time at the prompt."""
    return datetime.fromtimestamp(at_s, UTC).isoformat()


async def test_commands_reach_the_worker_through_the_log_and_are_audited(product: Product, tmp_path: Path) -> None:
    site = tmp_path / "mill.toml"
    site.write_text(SITE.replace('idle_after = "1h"', 'idle_after = "1h"\nlate_accept = "1min"'))
    start = start_s()
    async with served(product, site) as client:
        assert await push(client, start, 6, POOR, "one") == 6 * 6 * 4
        await product.until(STATE, "unacknowledged")
        assert (await act(client, "unshelve")).status_code == 409

        assert (await act(client, "acknowledge", comment="on it")).status_code == 202
        await product.until(STATE, "acknowledged")
        assert (await act(client, "acknowledge")).status_code == 409
        shown = await alert_now(client)
        assert (shown["acknowledged_by"], shown["comment"], shown["cause"]) == ("local", "on it", "command")

        assert (await act(client, "shelve", duration="2h", comment="soot blowing")).status_code == 202
        await product.until(STATE, "shelved")
        until_s = (await alert_now(client))["shelved_until_us"] / 1e6
        assert start + 6 * 60 + 7100 < until_s < start + 6 * 60 + 7400
        await push(client, start + 360, 6, dict(STEADY), "two")
        await product.until(POINTS, 11)
        assert product.query(STATE) == [("shelved",)]
        assert (await act(client, "unshelve")).status_code == 202
        await product.until(STATE, "normal")
        assert product.query(AUDIT) == [
            ("acknowledge", "local", "applied", "unacknowledged", "acknowledged"),
            ("shelve", "local", "applied", "acknowledged", "shelved"),
            ("unshelve", "local", "applied", "shelved", "normal"),
        ]

        span = ["--asset", BOILER, "--from", rfc_3339(start), "--to", rfc_3339(start + 3600)]
        recompute = ["recompute", str(site), *span, "--json"]
        untouched = json.loads(await asyncio.to_thread(product.run, *recompute))
        assert untouched == {"points": 11, "revised": 0, "done": 1, "commands": 1}
        late = json.loads(batch(start + 65, {"fuel_flow": 0.9}))
        assert (await client.post("/api/v1/readings", json=late)).status_code == 202
        await product.until("SELECT count(*) FROM thermaliq.recompute_queue", 1)
        (waiting,) = json.loads(product.run("recompute", str(site), "--queued", "--json"))
        assert waiting["asset"] == BOILER
        assert product.query(REVISIONS) == [(0,)]
        mended = json.loads(await asyncio.to_thread(product.run, *recompute))
        assert (mended["points"], mended["revised"]) == (11, 1)
        assert product.query(REVISIONS) == [(1,)]
        assert product.query("SELECT count(*) FROM thermaliq.recompute_queue") == [(0,)]
        assert "11 points compared, 0 revised" in await asyncio.to_thread(product.run, *recompute[:-1])
    for process in product.running:
        assert product.stop(process) == 0, product.said(process)


def test_a_recompute_of_what_is_not_computed_or_of_no_time_is_refused_at_the_prompt(
    product: Product, tmp_path: Path
) -> None:
    site = tmp_path / "mill.toml"
    site.write_text(SITE)
    times = ["--from", "2026-01-01T00:00:00Z", "--to", "2026-01-02T00:00:00Z"]
    product.run("recompute", str(site), "--asset", "mill/boiler9", *times, expect=78)
    product.run("recompute", str(site), "--asset", BOILER, times[0], times[1], expect=2)
    product.run("recompute", str(site), "--asset", BOILER, *times[:3], "2025-01-01T00:00:00Z", expect=2)
    product.run("recompute", str(site), "--asset", BOILER, *times[:3], "tomorrow", expect=2)
