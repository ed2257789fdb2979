"""Parquet → a table of typed cells. Needs pyarrow, which the extra `parquet` brings."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from connectors.replay.row import Cell, Table, misfit
from schemas.errors import ConfigError

_ROWS = 4096


def parquet_table(path: Path) -> Table:
    """The table of a Parquet file."""
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ModuleNotFoundError as error:
        raise ConfigError("replay.parquet_not_installed", "Parquet needs: pip install 'thermaliq[parquet]'") from error
    try:
        file = parquet.ParquetFile(path)
    except arrow.ArrowInvalid as error:
        raise misfit(str(path), 1, "file", str(error), "it is no Parquet file") from error
    names = tuple(file.schema_arrow.names)
    return Table(names, len(names), _rows(file, arrow))


def _rows(file: Any, arrow: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    number = 0
    with file:
        for batch in file.iter_batches(batch_size=_ROWS):
            columns = [_cells(column, arrow) for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                yield number, cells


def _cells(column: Any, arrow: Any) -> list[Cell]:
    """Python's values; nanoseconds are cut to the microseconds that a `datetime` holds."""
    if arrow.types.is_timestamp(column.type):
        column = column.cast(arrow.timestamp("us", column.type.tz), safe=False)
    if arrow.types.is_decimal(column.type):
        column = column.cast(arrow.float64())
    cells: list[Cell] = column.to_pylist()
    return cells
