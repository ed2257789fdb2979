"""Modelica table text (`#1`, `double name(rows,columns)`, numbers) → a table of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from connectors.replay.row import Cell, Table, misfit

_SHAPE = re.compile(r"\s*(?:double|float)\s+\w+\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)\s*(?:#.*)?")
_SEPARATOR = re.compile(r"[\s,;]+")


def mos_table(lines: Iterable[str], file: str) -> Table:
    """The first table of a Modelica text file; its columns have numbers only."""
    numbered = enumerate(lines, start=1)
    number, line = next(numbered, (1, ""))
    if not line.startswith("#1"):
        raise misfit(file, number, "file", line.strip(), "a Modelica table begins with #1")
    for number, line in numbered:
        if _is_comment(line):
            continue
        shape = _SHAPE.fullmatch(line.rstrip("\n"))
        if shape is None:
            raise misfit(file, number, "table", line.strip(), "write: double NAME(ROWS,COLUMNS)")
        rows, width = int(shape[1]), int(shape[2])
        return Table((), width, _rows(numbered, rows, width, file))
    raise misfit(file, number, "table", "", "there is no: double NAME(ROWS,COLUMNS)")


def _rows(lines: Iterator[tuple[int, str]], rows: int, width: int, file: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Exactly so many rows as the head says; a row may be broken over several lines, as Modelica allows."""
    cells: list[float] = []
    first = found = 0
    while found < rows:
        number, line = next(lines, (first, None))
        if line is None:
            seen = f"{found} rows and {len(cells)} cells"
            raise misfit(file, number, "table", seen, f"the head says {rows} rows of {width}")
        first = first if cells else number
        cells += _numbers(line, number, file)
        while len(cells) >= width and found < rows:
            yield first, cells[:width]
            cells = cells[width:]
            found += 1


def _numbers(line: str, number: int, file: str) -> list[float]:
    if _is_comment(line):
        return []
    texts = [text for text in _SEPARATOR.split(line.partition("#")[0]) if text]
    try:
        return [float(text) for text in texts]
    except ValueError as error:
        raise misfit(file, number, "row", line.strip(), f"{error}") from error


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
