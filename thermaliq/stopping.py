"""SIGTERM and SIGINT end a command in good order: it is told once and has ten seconds."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

log = logging.getLogger("thermaliq.process")

STOP_WITHIN_S = 10.0

Result = TypeVar("Result")


def run(command: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    """Run `command(stop)`, with `stop` set by the first signal; the exit code."""
    return asyncio.run(_run(command))


async def _run(command: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    work = asyncio.ensure_future(command(stop))
    told = asyncio.create_task(stop.wait())
    await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    done, _ = await asyncio.wait({work}, timeout=STOP_WITHIN_S if stop.is_set() else None)
    if not done:
        log.error("did not stop within %g s; given up", STOP_WITHIN_S)
        work.cancel()
        return 1
    await work
    return 0


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """What `work` brings; None where `stop` was set before it had ended, and it is cancelled then."""
    waiting, working = asyncio.create_task(stop.wait()), asyncio.create_task(work)
    try:
        await asyncio.wait({waiting, working}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        waiting.cancel()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
