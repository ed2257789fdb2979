"""`thermaliq contracts`: write the generated contracts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import schemas
from thermaliq import exits
from thermaliq.contracts import contracts
from thermaliq.printing import console_of

FOLDER = Path(schemas.__path__[0])


def command(
    *,
    folder: Annotated[Path, typer.Option(help="Where json/ and asyncapi.yaml stand.")] = FOLDER,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 where one is not up to date.")
    ] = False,
) -> int:
    """Write the JSON Schemas, asset_types.json and asyncapi.yaml, and name those that changed."""
    changed = [name for name, text in contracts().items() if _read(folder / name) != text]
    for name in changed:
        console_of(sys.stdout).print(f"{'not up to date' if check else 'written'}: {name}")
        if not check:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(contracts()[name], encoding="utf-8")
    return exits.FAILED if check and changed else 0


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None
