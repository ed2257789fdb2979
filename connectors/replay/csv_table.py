"""CSV text → a table of text cells."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from connectors.replay.row import Cell, Table, misfit
from schemas import site


def csv_table(lines: Iterable[str], options: site.ReplayOptions, file: str) -> Table:
    """The table of a CSV file's lines; the first row that is not skipped names the columns, or shows their number."""
    rest = iter(lines)
    skipped = len(list(islice(rest, options.skip_rows)))
    rows = _rows(rest, options, file, skipped)
    first = next(rows, None)
    if first is None:
        raise misfit(file, skipped + 1, "file", "", "there is no row in it")
    names = tuple(str(cell).strip() for cell in first[1]) if options.header_row else ()
    width = len(first[1])
    body = rows if options.header_row else _chain(first, rows)
    return Table(names, width, _fitting(body, width, file))


def _chain(first: tuple[int, list[str]], rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rows


def _rows(
    lines: Iterator[str], options: site.ReplayOptions, file: str, skipped: int
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=options.delimiter, strict=True)
    while True:
        number = skipped + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise misfit(file, number, "row", str(error), "mend the quotes, or name the delimiter") from error
        if cells is None:
            return
        if cells:
            yield number, cells


def _fitting(rows: Iterator[tuple[int, list[str]]], width: int, file: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Only rows of the first one's width; empty cells behind it (a last delimiter) are none."""
    for number, cells in rows:
        if len(cells) < width or any(cells[width:]):
            raise misfit(file, number, "row", cells, f"it has {len(cells)} cells, the first row has {width}")
        yield number, cells[:width]
