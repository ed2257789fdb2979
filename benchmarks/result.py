"""What one benchmark found, as a line of the table and as JSON."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
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
    ratio: float | None
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
    system: str
