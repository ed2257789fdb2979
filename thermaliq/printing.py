"""What people and scripts see on the terminal: findings, tables, failures. Colours only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.errors import ConfigError, Finding, ThermaliqError
from schemas.redact import redact

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]


def print_failure(error: ThermaliqError) -> None:
    """Why a command ends, on standard error; every finding of a wrong configuration."""
    console = console_of(sys.stderr)
    if isinstance(error, ConfigError) and error.findings:
        print_findings(console, error.findings)
    else:
        console.print(Text.assemble(("error: ", "red"), redact(error.detail), (f"  [{error.code}]", "dim")))


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Each finding as `file:line: error: key = value` with its fix below, then how many there are."""
    for finding in findings:
        colour = "yellow" if finding.warning else "red"
        kind = "warning" if finding.warning else "error"
        console.print(Text.assemble((_place(finding), "bold"), (f"{kind}: ", colour), _said(finding)))
        console.print(Text(f"    {finding.fix}", "" if finding.warning else "bold"))
    warnings = sum(finding.warning for finding in findings)
    console.print(f"{counted(len(findings) - warnings, 'error')}, {counted(warnings, 'warning')}")


def _place(finding: Finding) -> str:
    """`mill.toml:14: `; a finding without a line is about the whole file, or about the environment."""
    if finding.line:
        return f"{finding.file}:{finding.line}: "
    return "" if finding.file == "environment" else f"{finding.file}: "


def _said(finding: Finding) -> str:
    if not finding.key:
        return finding.value
    return f"{finding.key} = {finding.value}" if finding.value else finding.key


def print_rows(rows: Sequence[Row], columns: Sequence[str], *, as_json: bool) -> None:
    """A table, or the rows as a JSON list of objects."""
    if as_json:
        print_json([{column: row.get(column) for column in columns} for row in rows])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    numeric = {column: all(isinstance(row.get(column), int | float | None) for row in rows) for column in columns}
    for column in columns:
        table.add_column(column, justify="right" if numeric[column] and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_written(row.get(column))) for column in columns))
    console_of(sys.stdout).print(table)


def _written(cell: Cell) -> str:
    if cell is None:
        return "-"
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def print_json(value: object) -> None:
    """JSON on standard output, for scripts."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def counted(number: int, noun: str) -> str:
    """`1 error`, `3 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


UNWRAPPED: Final = 1000
"""Columns that a table may take in a file or a pipe."""


def console_of(stream: TextIO) -> Console:
    """A console that adds no colour where `stream` is no terminal, and wraps nothing there."""
    if stream.isatty():
        return Console(file=stream, highlight=False)
    return Console(file=stream, highlight=False, soft_wrap=True, width=UNWRAPPED)
