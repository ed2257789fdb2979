"""A file of any form → chunks of rows with their times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

from connectors.replay.csv_table import csv_table
from connectors.replay.moment import time_reader
from connectors.replay.mos_table import mos_table
from connectors.replay.parquet_table import parquet_table
from connectors.replay.row import Cell, Row, Table, column_index, misfit
from schemas import site


@contextmanager
def open_table(path: Path, options: site.ReplayOptions) -> Iterator[Table]:
    """The file as a table; `ConfigError` where it cannot be read as what it should be."""
    try:
        if options.format == "parquet":
            yield parquet_table(path)
            return
        with path.open(encoding=_encoding_of(options), newline="") as lines:
            yield mos_table(lines, str(path)) if options.format == "mos" else csv_table(lines, options, str(path))
    except OSError as error:
        raise misfit(str(path), 1, "file", error.strerror, "name a file that can be read") from error
    except (UnicodeDecodeError, LookupError) as error:
        raise misfit(str(path), 1, "encoding", str(error), "name the file's encoding") from error


def read_table(path: Path, options: site.ReplayOptions, rows_max: int = 500) -> Iterator[list[Row]]:
    """Chunks of up to `rows_max` rows, in the file's order; `ConfigError` at the first that does not fit."""
    with open_table(path, options) as table:
        read_time = _time_reader(options, str(path))
        time_column = column_index(options.time.column, table, str(path))
        lines = iter(table.lines)
        while chunk := list(islice(lines, rows_max)):
            yield [
                Row(number, _time(read_time, cells[time_column], number, str(path)), cells) for number, cells in chunk
            ]


def columns_of(path: Path, options: site.ReplayOptions, columns: Sequence[int | str]) -> list[int]:
    """Where the columns stand in the rows; `ConfigError` for one that is not there."""
    with open_table(path, options) as table:
        return [column_index(column, table, str(path)) for column in columns]


def _encoding_of(options: site.ReplayOptions) -> str:
    """A byte order mark is skipped."""
    return "utf-8-sig" if options.encoding.casefold() in {"utf-8", "utf8", "utf_8"} else options.encoding


def _time_reader(options: site.ReplayOptions, file: str) -> Callable[[Cell], int]:
    try:
        return time_reader(options)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise misfit(file, 1, "time.zone", options.time.zone, "name a zone such as Europe/Vienna") from error


def _time(read_time: Callable[[Cell], int], cell: Cell, number: int, file: str) -> int:
    try:
        return read_time(cell)
    except ValueError as error:
        raise misfit(file, number, "time", cell, str(error)) from error
