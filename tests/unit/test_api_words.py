"""The service's pure parts: times, tokens, Accept, addresses, readiness, the pod's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from connectors.source import SourceStatus
from schemas.rows import FIRST_US, LAST_US
from thermaliq.api.access import is_local_name, is_loopback
from thermaliq.api.moment import parse_us
from thermaliq.api.representation import accepted, csv_text
from thermaliq.api.standing import redis_addresses
from thermaliq.api.token import alert_id, pack_cursor, parse_alert_id, unpack_cursor
from thermaliq.commit import commit_of
from thermaliq.health import Heartbeat, Info, Probe
from thermaliq.pod import memory_limit_bytes, memory_usage_bytes
from thermaliq.readiness import Readiness, of_connectors, of_worker


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31 23:59:59.999999z", -1),
        ("2024-02-29T12:00:00.5Z", 1_709_208_000_500_000),
        ("1763892000000000", 1_763_892_000_000_000),
        ("-1", -1),
    ],
)
def test_a_time_is_rfc_3339_or_microseconds(text: str, us: int) -> None:
    assert parse_us(text) == us


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2024-02-30T00:00:00Z",
        "2024-02-01",
        "2024-02-01T00:00:00",
        "1e9",
        "NaN",
        str(LAST_US + 1),
        str(FIRST_US - 1),
        "٣",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says what to write in its own words
        parse_us(text)


@given(st.dictionaries(st.integers(0, 10_000), st.integers(0, 2**62)))
def test_a_cursor_comes_back_as_it_was(stand: dict[int, int]) -> None:
    assert unpack_cursor(pack_cursor(stand)) == stand


@given(st.text())
def test_any_other_text_is_no_cursor_or_a_well_formed_one(text: str) -> None:
    found = unpack_cursor(text)
    assert found is None or all(type(number) is int for pair in found.items() for number in pair)


@given(st.from_regex(r"[a-z0-9_]+(/[a-z0-9_]+){1,6}", fullmatch=True), st.integers(0, LAST_US))
def test_an_alerts_id_is_its_episode(asset: str, episode_us: int) -> None:
    assert parse_alert_id(alert_id(asset, "low", episode_us)) == (asset, "low", episode_us)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*;q=0.9, application/json;q=0.1", "text/csv"),
        ("application/json;q=0, */*", "text/csv"),
        ("text/html,*/*;q=0.8", "application/json"),
        ("image/png", None),
        ("text/csv;q=x", None),
    ],
)
def test_the_form_is_the_one_that_the_caller_likes_best(header: str, wanted: str | None) -> None:
    assert accepted(header, ("application/json", "text/csv")) == wanted


def test_a_table_keeps_null_apart_from_text() -> None:
    row = {"a": None, "b": "x,y", "c": ["p", "q"], "d": {"k": 0.1}}
    assert csv_text([row], ("a", "b", "c", "d")) == 'a,b,c,d\r\n,"x,y",p q,"{""k"":0.1}"\r\n'


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.1", False)]
)
def test_loopback_is_this_machine_alone(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost", True), ("10.0.0.1:80", True), ("x.localhost", True), ("hmi.example", True), ("evil.example", False)],
)
def test_a_public_name_is_local_only_where_it_is_listed(host: str, local: bool) -> None:
    assert is_local_name(host, ["https://hmi.example"]) is local


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        (None, ()),
        ("redis://127.0.0.1:26379/0", ("127.0.0.1:26379",)),
        ("rediss://user:pass@cache/1", ("cache:6379",)),
        ("redis+cluster://a:1,b:2", ("a:1", "b:2")),
        ("unix:///run/redis.sock", ("/run/redis.sock",)),
    ],
)
def test_redis_is_knocked_at_where_its_url_says(url: str | None, addresses: tuple[str, ...]) -> None:
    assert redis_addresses(url) == addresses


def test_a_loop_that_makes_no_progress_for_half_a_minute_is_stuck() -> None:
    now_s = [0.0]
    heartbeat = Heartbeat(lambda: now_s[0])
    info = Info("0", None, "3", {}, [], 0)
    probe = Probe(heartbeat, lambda: Readiness("ready"), info, CollectorRegistry())
    now_s[0] = 30.0
    assert probe.health().status_code == 200
    now_s[0] = 30.1
    assert probe.health().status_code == 503


@dataclass
class Partitions:
    stopped: Mapping[int, str] = field(default_factory=dict)
    assigned: frozenset[int] = frozenset({0})


@pytest.mark.parametrize(
    ("partitions", "peers", "status"),
    [
        (Partitions(), {"database": True}, "ready"),
        (Partitions(), {}, "ready"),
        (Partitions(), {"database": True, "kafka": False}, "degraded"),
        (Partitions(), {"database": False}, "not_ready"),
        (Partitions(stopped={0: "gap"}), {"database": True}, "not_ready"),
        (Partitions(assigned=frozenset()), {"database": True}, "not_ready"),
        (None, {"database": True}, "not_ready"),
    ],
)
def test_a_worker_is_ready_while_its_partitions_move_on(
    partitions: Partitions | None, peers: dict[str, bool], status: str
) -> None:
    assert of_worker(partitions, peers.get).status == status


@dataclass
class Source:
    status: SourceStatus


@pytest.mark.parametrize(
    ("states", "status"),
    [([], "degraded"), (["up"], "ready"), (["up", "degraded"], "ready"), (["up", "lost"], "degraded")],
)
def test_connectors_are_degraded_while_a_source_is_away(states: list[str], status: str) -> None:
    sources = {str(n): Source(SourceStatus(state)) for n, state in enumerate(states)}  # type: ignore[arg-type]
    assert of_connectors(sources).status == status


def test_a_containers_memory_is_its_cgroups() -> None:
    files = {"memory.current": "1024\n", "memory.max": "4096\n"}
    assert memory_usage_bytes(lambda file: files.get(file.name, "")) == 1024
    assert memory_limit_bytes(lambda file: files.get(file.name, "")) == 4096


def test_without_a_container_the_memory_is_the_machines() -> None:
    files = {"memory.max": "max\n", "meminfo": "MemTotal:   2 kB\nMemFree: 1 kB\n"}
    assert memory_limit_bytes(lambda file: files.get(file.name, "")) == 2048


def test_the_commit_is_that_of_the_checkout(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
    (tmp_path / ".git/refs/heads").mkdir(parents=True)
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git/packed-refs").write_text(f"# pack-refs\n{'a' * 40} refs/heads/main\n")
    assert commit_of(tmp_path) == "a" * 40
    (tmp_path / ".git/refs/heads/main").write_text("b" * 40 + "\n")
    assert commit_of(tmp_path) == "b" * 40
