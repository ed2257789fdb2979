"""The numbers of one energy balance, whether an asset's window or a calculation told them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

from schemas.point import Point
from thermaliq.calculations.answer import Answer

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Unit = Literal["W", "J"]


class Energies(msgspec.Struct, frozen=True):
    """In, out, losses and residual in `unit`; None where they are not known. `note` says what a reader must know."""

    title: str
    caption: str
    type: str
    unit: Unit
    eta: float | None
    eta_u95: float | None
    energy_in: float | None
    energy_out: float | None
    losses: Mapping[str, float]
    residual: float | None
    note: str = ""


def of_answer(answer: Answer) -> Energies:
    """The balance of a calculation, in watts."""
    return Energies(
        title=answer.method,
        caption=f"calculation {answer.id[:12]}, steady state",
        type=answer.type,
        unit="W",
        eta=answer.eta,
        eta_u95=answer.eta_u95,
        energy_in=answer.energy_in_w,
        energy_out=answer.energy_out_w,
        losses=answer.losses_w,
        residual=answer.residual_w,
        note=", ".join(item.code for item in answer.warnings),
    )


def of_point(point: Point) -> Energies:
    """The balance of an asset over a window, in joules."""
    quality = "" if point.quality == "GOOD" else f"quality {point.quality}"
    return Energies(
        title=f"{point.asset}  ({point.method})",
        caption=f"window {point.window}, {span_text(point.window_start_us, point.window_end_us)}",
        type=point.type,
        unit="J",
        eta=point.eta,
        eta_u95=point.eta_u95,
        energy_in=point.energy_in_j,
        energy_out=point.energy_out_j,
        losses=point.losses_j,
        residual=point.residual_j,
        note=": ".join(part for part in (quality, ", ".join(point.reasons)) if part),
    )


def of_nothing(asset: str, kind: str, window: str) -> Energies:
    """The balance of an asset that has no point there."""
    return Energies(asset, window, kind, "J", None, None, None, None, {}, None, "no points in this span")


def unknown(note: str) -> str:
    """What stands in the place of a picture without energies."""
    return f"Energies not known{': ' if note else ''}{note}"


def moment_text(us: int) -> str:
    """`2026-11-25 03:55:00Z`."""
    return f"{EPOCH + timedelta(microseconds=us):%Y-%m-%d %H:%M:%S}Z"


def span_text(start_us: int, end_us: int) -> str:
    """Both ends of a window; the day once where it is the same."""
    start, end = moment_text(start_us), moment_text(end_us)
    return f"{start[:-1]} … {end[11:] if start[:10] == end[:10] else end}"
