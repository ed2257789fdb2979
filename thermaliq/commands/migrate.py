"""`thermaliq migrate`: the database's schema and its three roles."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from thermaliq import migrate as schema
from thermaliq.printing import console_of
from thermaliq.process import begin


def command(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only say what stands; 78 where this version cannot work.")
    ] = False,
) -> int:
    """Bring the schema of THERMALIQ_DATABASE_URL to this version. Again changes nothing; a newer one is left alone."""
    with schema.connected(begin().need_database_url()) as connection:
        if check:
            state = schema.require_schema(connection)
        else:
            state = schema.schema_state(connection)
            for migration in () if state.version > state.needed else schema.migrate(connection):
                console_of(sys.stderr).print(f"applied {migration.version:04} {migration.name}")
            state = schema.require_schema(connection)
        console_of(sys.stdout).print(f"{state} ({schema.edition(connection)})")
    return 0
