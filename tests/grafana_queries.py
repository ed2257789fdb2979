"""Dashboards as Grafana runs them: their queries, with variables and macros put in as its PostgreSQL source does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "deploy" / "grafana" / "dashboards"
DASHBOARDS: Mapping[str, dict[str, Any]] = {file.stem: json.loads(file.read_text()) for file in FOLDER.glob("*.json")}
MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
VARIABLE = re.compile(r"\$\{(\w+):sqlstring\}")
INTERVAL = re.compile(r"(\d+)(ms|s|m|h|d)")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Statement:
    """One SQL query: where it stands, what kind it is, and its text."""

    place: str
    form: str
    text: str


@dataclass(frozen=True)
class View:
    """What a person looks at: the time range, the chosen values, and how finely."""

    from_us: int
    to_us: int
    chosen: Mapping[str, str]
    interval: str = "1m"
    timescaledb: bool = False


def statements() -> Iterator[Statement]:
    """Every SQL query of every dashboard."""
    for name, board in DASHBOARDS.items():
        for variable in board.get("templating", {}).get("list", []):
            yield Statement(f"{name}/${variable['name']}", "variable", variable["query"])
        for mark in board.get("annotations", {}).get("list", []):
            yield Statement(f"{name}/{mark['name']}", "annotation", mark["target"]["rawSql"])
        for place, target in _targets(name, board):
            if "rawSql" in target:
                yield Statement(place, target["format"], target["rawSql"])


def expressions() -> Iterator[tuple[str, str]]:
    """Every PromQL query of every dashboard, and where it stands."""
    for name, board in DASHBOARDS.items():
        for place, target in _targets(name, board):
            if "expr" in target:
                yield f"{place}/{target['refId']}", target["expr"]


def _targets(name: str, board: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield f"{name}/{panel['title']}", target


def expanded(text: str, view: View) -> str:
    """The statement that reaches the database."""
    text = VARIABLE.sub(lambda match: "'" + view.chosen[match[1]].replace("'", "''") + "'", text)
    text = text.replace("$__interval", view.interval)
    return MACRO.sub(lambda match: _macro(match, text, view), text)


def _macro(match: re.Match[str], text: str, view: View) -> str:
    name, arguments = match[1], [argument.strip() for argument in match[2].split(",")]
    # Grafana names a group that a comma follows, where that text stands first
    if name == "__timeGroup" and text[text.index(match[0]) + len(match[0])] == ",":
        name = "__timeGroupAlias"
    match name:
        case "__timeFilter":
            return f"{arguments[0]} BETWEEN '{_rfc3339(view.from_us)}' AND '{_rfc3339(view.to_us)}'"
        case "__timeFrom":
            return f"'{_rfc3339(view.from_us)}'"
        case "__timeTo":
            return f"'{_rfc3339(view.to_us)}'"
        case "__timeGroup":
            return _time_group(arguments, view)
        case "__timeGroupAlias":
            return f'{_time_group(arguments, view)} AS "time"'
    raise ValueError(f"unknown macro {name}")


def _time_group(arguments: list[str], view: View) -> str:
    column, interval = arguments[0], INTERVAL.fullmatch(arguments[1].strip("'"))
    if interval is None:
        raise ValueError(f"error parsing interval {arguments[1]}")
    seconds = int(interval[1]) * SECONDS[interval[2]]
    if view.timescaledb:
        return f"time_bucket('{seconds:.3f}s',{column})"
    return f"floor(extract(epoch from {column})/{seconds:g})*{seconds:g}"


def _rfc3339(us: int) -> str:
    return datetime.fromtimestamp(us / 1e6, UTC).isoformat().replace("+00:00", "Z")
