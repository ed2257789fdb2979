"""`thermaliq demo`: see it all at work, with nothing to install."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Annotated

import typer

from schemas.duration import parse_duration_us
from schemas.errors import ConfigError
from thermaliq import stopping
from thermaliq.demo import Demo, demo
from thermaliq.embedded import APP
from thermaliq.http_server import url_of
from thermaliq.migrate import connected
from thermaliq.process import begin
from thermaliq.serving import service_of, serving
from thermaliq.settings import Settings
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
    settings = begin()
    if dataset is not None and dataset not in DATASETS:
        raise ConfigError("demo.dataset", f"--dataset {dataset}: write one of {', '.join(DATASETS)}")
    found: list[Totals] = []

    async def run(stop: asyncio.Event) -> None:
        found.append(
            await demo(dataset, parse_speed(speed), parse_duration_s(duration), stop, partial(_serving, settings))
        )

    typer.echo("starting database, broker, plant, connectors, pipeline and page …")
    code = stopping.run(run)
    for line in found[0].lines() if found else ():
        typer.echo(line)
    return code


@asynccontextmanager
async def _serving(settings: Settings, running: Demo) -> AsyncIterator[None]:
    """The page and the API on the demo's database, and a word when the first point is there."""
    service = replace(
        service_of(replace(settings, database_url=running.url), [running.site]),
        app=APP,
        readings_topic=running.pipeline.topics.readings,
        read_url=None,
        open_log=lambda _registry: nullcontext(running.pipeline.log),
        peers={"kafka": (), "redis": ()},
    )
    async with serving(service, running.registry) as served:
        typer.echo(f"page   {url_of(service.bind, served.ports.http)}   (Ctrl-C ends the demo)")
        telling = asyncio.create_task(_tell_first_point(running.url))
        try:
            yield
        finally:
            telling.cancel()


async def _tell_first_point(url: str) -> None:
    started_s = time.monotonic()
    point = None
    while point is None:
        await asyncio.sleep(0.5)
        point = await asyncio.to_thread(_first_point, url)
    asset, window, eta, band = point
    seconds = time.monotonic() - started_s
    typer.echo(f"first  {asset}: eta {eta:.4f} ± {band or 0.0:.4f} over {window}, {seconds:.0f} s later")


def _first_point(url: str) -> tuple[str, str, float, float | None] | None:
    with connected(url) as connection:
        rows = connection.execute(
            "SELECT asset, window_name, eta, eta_u95 FROM thermaliq.v_point WHERE eta IS NOT NULL ORDER BY time LIMIT 1"
        ).fetchall()
    return rows[0] if rows else None


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
