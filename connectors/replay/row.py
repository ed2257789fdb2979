"""What every file form yields: rows of cells; and how a file that does not fit says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.errors import ConfigError, Finding

Cell = str | float | int | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line (of a Parquet file: the row) that it begins on, its time, its cells."""

    number: int
    ts_us: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """A file's column names (none: only numbers), how many columns it has, and its rows without their times."""

    names: tuple[str, ...]
    width: int
    lines: Iterator[tuple[int, Sequence[Cell]]]


def misfit(file: str, line: int, key: str, seen: object, fix: str) -> ConfigError:
    """The error for what does not fit: where, what was seen, what to do."""
    finding = Finding(file, line, key, repr(seen)[:200], fix)
    return ConfigError("replay.misfit", str(finding), (finding,))


def column_index(column: int | str, table: Table, file: str) -> int:
    """Where a column stands, from 0, of its number from 1 or its name."""
    if isinstance(column, int):
        if 1 <= column <= table.width:
            return column - 1
        raise misfit(file, 1, "column", column, f"the file has the columns 1 to {table.width}")
    places = [index for index, name in enumerate(table.names) if name == column]
    if len(places) == 1:
        return places[0]
    seen = ", ".join(table.names) or "no names; use numbers from 1"
    problem = "stands twice" if places else "is not there"
    raise misfit(file, 1, "column", column, f"it {problem}; the file has {seen}")
