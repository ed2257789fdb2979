"""What one benchmark found, as a line of the table and as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


class Result(msgspec.Struct, frozen=True):
    """Ours beside a rival or a limit, measured in one run."""

    name: str
    what: str
    ours: float
    rival: float | None
    unit: str
    ratio: float | None = None
    """Median of the rounds' ratios."""
    sense: Literal["≥", "≤", ""] = ""
    bar: float | None = None
    """What the ratio (ours, where there is no rival) has to meet."""

    @property
    def met(self) -> bool | None:
        """None where there is no bar."""
        if self.bar is None:
            return None
        measured = self.ours if self.ratio is None else self.ratio
        return measured >= self.bar if self.sense == "≥" else measured <= self.bar


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured; no name of it."""

    cpu: str
    cores: int
    python: str
    numpy: str
    load: float
    """Of the last minute when the run began; above 1 others worked here too."""


class _Kept(msgspec.Struct, frozen=True):
    machine: Machine
    results: list[Result]


def describe_machine() -> Machine:
    """This machine."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    return Machine(model, os.cpu_count() or 0, platform.python_version(), np.__version__, round(os.getloadavg()[0], 2))


def keep(name: str, machine: Machine, results: Sequence[Result]) -> None:
    """Write `results/<name>.json`."""
    body = msgspec.json.format(msgspec.json.encode(_Kept(machine, list(results))), indent=2)
    (RESULTS / f"{name}.json").write_bytes(body + b"\n")


def print_table(machine: Machine, results: Sequence[Result]) -> None:
    """All lines, as one table."""
    title = f"{machine.cpu}, {machine.cores} cores, Python {machine.python}, numpy {machine.numpy}, load {machine.load}"
    table = Table(title=title)
    table.add_column("what", ratio=1)
    for name in ("ours", "rival", "unit", "ratio", "bar", "met"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in results:
        bar = "" if each.bar is None else f"{each.sense} {each.bar:g}"
        met = {None: "", True: "yes", False: "NO"}[each.met]
        table.add_row(each.what, _number(each.ours), _number(each.rival), each.unit, _number(each.ratio), bar, met)
    Console().print(table)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
