"""`thermaliq demo`: see it all at work, with nothing to install."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from schemas.duration import parse_duration_us
from schemas.errors import ConfigError
from thermaliq import stopping
from thermaliq.demo import Demo, demo
from thermaliq.process import begin
from thermaliq.totals import Totals

DATASETS = ("steam_boiler",)


def command(
    *,
    duration: Annotated[str | None, typer.Option(help="How long, as 60s or 5min; else until Ctrl-C.")] = None,
    dataset: Annotated[
        str | None, typer.Option(help="Play steam_boiler, a real one, instead of the synthetic plant.")
    ] = None,
    speed: Annotated[str, typer.Option(help="Of a data set: plant seconds a second, or max.")] = "max",
) -> int:
    """A simulated plant over OPC UA, Modbus and MQTT into connectors, pipeline, database and web page."""
    begin()
    if dataset is not None and dataset not in DATASETS:
        raise ConfigError("demo.dataset", f"--dataset {dataset}: write one of {', '.join(DATASETS)}")
    found: list[Totals] = []

    async def run(stop: asyncio.Event) -> None:
        found.append(await demo(dataset, parse_speed(speed), parse_duration_s(duration), stop, serving))

    code = stopping.run(run)
    for line in found[0].lines() if found else ():
        typer.echo(line)
    return code


@asynccontextmanager
async def serving(_running: Demo) -> AsyncIterator[None]:
    yield


def parse_duration_s(text: str | None) -> float | None:
    """Seconds of `60s`, `5min`."""
    if text is None:
        return None
    try:
        return parse_duration_us(text) / 1e6
    except ValueError as error:
        raise ConfigError("demo.duration", f"--duration {text}: {error}") from error


def parse_speed(text: str) -> float | None:
    """A number above 0; None for `max`."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise ConfigError("demo.speed", f"--speed {text}: write a number above 0, or max")
    return speed
