"""Workers and connectors tell about themselves on a port that they print; a stuck event loop is told."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fix_product import Product

SITE = """
[site]
id = "mill"
[[source]]
name = "plc"
protocol = "modbus"
url = "tcp://127.0.0.1:1"
timeout_s = 0.2
  [[source.tag]]
  id = "mill/boiler1/steam_flow"
  unit_id = 1
  table = "holding_register"
  address = 0
  type = "float32"
  unit = "kg/s"
[[asset]]
id = "mill/boiler1"
type = "none"
"""
WITHIN_S = 60.0


@pytest.fixture
def site(tmp_path: Path) -> str:
    file = tmp_path / "mill.toml"
    file.write_text(SITE)
    return str(file)


def url_of(product: Product, process: subprocess.Popen[bytes]) -> str:
    """Where it says that it tells about itself."""
    deadline_s = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline_s and process.poll() is None:
        if found := re.search(r"health and metrics on (http://\S+)/", product.said(process)):
            return found[1]
        time.sleep(0.05)
    pytest.fail(product.said(process))


def ready_when(url: str, wanted: Callable[[dict[str, Any]], bool]) -> httpx.Response:
    """The answer of `/ready` once it is as wanted."""
    deadline_s = time.monotonic() + WITHIN_S
    while True:
        answer = httpx.get(f"{url}/ready")
        if wanted(answer.json()):
            return answer
        assert time.monotonic() < deadline_s, answer.text
        time.sleep(0.1)


def test_a_worker_is_ready_once_it_owns_partitions(product: Product, site: str) -> None:
    process = product.start("work", site)
    url = url_of(product, process)
    answer = ready_when(url, lambda body: body["status"] == "ready")
    assert answer.json()["components"]["partitions"] == {
        "state": "up",
        "detail": "assigned: 0, 1, 2, 3, 4, 5, 6, 7",
    }
    assert httpx.get(f"{url}/health").json()["status"] == "ok"
    assert httpx.get(f"{url}/api/v1/info").json()["sites"] == ["mill"]
    assert "\npod_memory_usage " in httpx.get(f"{url}/metrics").text
    assert product.stop(process) == 0


def test_a_worker_without_its_database_is_not_ready(product: Product, site: str) -> None:
    process = product.with_settings(DATABASE_URL="postgresql://u@127.0.0.1:1/d").start("work", site)
    answer = ready_when(url_of(product, process), lambda body: body["components"]["kafka"]["state"] == "up")
    assert (answer.status_code, answer.json()["status"]) == (503, "not_ready")


def test_a_connector_whose_source_is_away_is_degraded(product: Product, site: str) -> None:
    process = product.start("connect", site)
    url = url_of(product, process)
    answer = ready_when(url, lambda body: body["components"].get("plc", {}).get("detail", "").startswith("lost"))
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["components"]["kafka"]["state"] == "up"
    assert product.stop(process) == 0


def test_the_port_is_the_one_that_is_set(product: Product, site: str) -> None:
    process = product.with_settings(METRICS_PORT="0", BIND="127.0.0.1").start("connect", site)
    assert not url_of(product, process).endswith((":0", ":8001"))
    assert product.stop(process) == 0
