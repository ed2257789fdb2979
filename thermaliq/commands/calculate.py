"""`thermaliq calculate`: one calculation at the prompt."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from prometheus_client import CollectorRegistry
from rich.text import Text

from thermaliq import exits
from thermaliq.api.body_limit import BODY_BYTES_MAX
from thermaliq.api.database import Database
from thermaliq.calculations.answer import Answer
from thermaliq.calculations.assembly import assemble
from thermaliq.calculations.metrics import CalculationMetrics
from thermaliq.calculations.refusal import CalculationRefused
from thermaliq.printing import console_of, counted, print_json
from thermaliq.process import begin
from thermaliq.settings import Settings

Result = TypeVar("Result")


class InThisProcess:
    """Where a single calculation runs: no other process is worth its start."""

    def require_room(self) -> None:
        """There is."""

    async def run(self, function: Callable[[], Result], *, begun: Callable[[], None] = lambda: None) -> Result:
        """Here and now."""
        begun()
        return function()


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="The body of POST /calculations; - is stdin.")],
) -> int:
    """Calculate what FILE.json says; kept in Redis and the database where these are set."""
    settings = begin()
    try:
        answer = asyncio.run(_calculate(settings, _read(file)))
    except CalculationRefused as error:
        _print_refusals(error)
        return exits.FAILED
    print_json(answer)
    return 0


def _read(file: Path) -> bytes:
    try:
        body = sys.stdin.buffer.read(BODY_BYTES_MAX + 1) if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from error
    if len(body) > BODY_BYTES_MAX:
        raise typer.BadParameter(f"{file} is larger than {BODY_BYTES_MAX >> 20} MiB")
    return body


async def _calculate(settings: Settings, body: bytes) -> Answer:
    url = settings.database_url
    database = None if url is None else Database("calculate", url, 1, read_only=False)
    metrics = CalculationMetrics(CollectorRegistry())
    calculations = assemble(InThisProcess(), settings.redis_url, database, metrics, time.monotonic)
    async with calculations.opened():
        return await calculations.calculate(calculations.read(body))


def _print_refusals(error: CalculationRefused) -> None:
    console = console_of(sys.stderr)
    for refusal in error.refusals:
        value = "" if refusal.value is None else f" = {refusal.value}"
        told = (("error: ", "red"), f"{refusal.field}{value}: {refusal.detail}", (f"  [{refusal.code}]", "dim"))
        console.print(Text.assemble(*told))
        if refusal.fix:
            console.print(Text(f"    {refusal.fix}", "bold"))
    console.print(counted(len(error.refusals), "error"))
