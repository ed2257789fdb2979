"""`docs/pictures.md` and its images: every kind of picture, of worked examples and of a day at changing load.

Committed: a test compares the numbers in them, `make docs` writes them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from calc.asset_types import ASSET_TYPES
from calc.example_states import EXAMPLES
from schemas.point import Point
from thermaliq.calculations.answer import Answer, answer_of
from thermaliq.calculations.canonical import library_versions
from thermaliq.calculations.compute import Refused, compute
from thermaliq.calculations.request import read_request
from thermaliq.pictures.description import Numbers
from thermaliq.pictures.energies import of_answer, of_point
from thermaliq.pictures.render import Kind, render
from thermaliq.pictures.trend import TrendNumbers

MADE: Final = "<!-- made by `make docs`; change the code, not this file -->"
HEAD: Final = """Every picture is a description first: `format=json` answers it, SVG and PNG (Matplotlib) and HTML
(Plotly) draw it. An SVG and a PNG carry its numbers as JSON in their description, a page in its element
`#description`. A page stands alone: it fetches nothing, and its policy lets nothing else run. The residual is always
shown, hatched in images; one below zero enters on the left. Quality is told by shape and colour, and a gap is a gap."""
DAY_START_US: Final = 1_767_225_600_000_000
WINDOW_S: Final = 600
ASSET: Final = "mill/boiler1"
LOSSES: Final = {"O2_dry": 0.035, "T_stack": 423.15, "blowdown_flow": 0.1}
LIMITS: Final = {"steam_flow": "1 %", "fuel_flow": "1 %", "T_feedwater": "0.5 K"}


@dataclass(frozen=True)
class Example:
    """A picture of the page."""

    name: str
    heading: str
    route: str
    kind: Kind
    numbers: Numbers


def examples() -> Iterator[Example]:
    """All of them."""
    boiler, over = answer("boiler_direct", LOSSES), answer("boiler_direct", LOSSES | {"steam_flow": 3.3})
    turbine, day = answer("steam_turbine"), _day()
    no_fuel = next(point for point in day.points if point.eta is None)
    of, asset = "/calculations/{id}", "/assets/{id}"
    yield Example("sankey_boiler", "Sankey: boiler with its losses", f"{of}/sankey", "sankey", of_answer(boiler))
    yield Example("sankey_negative", "Sankey: the residual below zero", f"{of}/sankey", "sankey", of_answer(over))
    yield Example("sankey_economiser", "Sankey: economiser", f"{of}/sankey", "sankey", of_answer(answer("economiser")))
    yield Example("sankey_chiller", "Sankey: chiller", f"{of}/sankey", "sankey", of_answer(answer("chiller")))
    yield Example("sankey_no_fuel", "Sankey: a window without fuel", f"{asset}/sankey", "sankey", of_point(no_fuel))
    yield Example("waterfall_boiler", "Loss waterfall", f"{of}/waterfall", "waterfall", of_answer(boiler))
    yield Example("trend", "Trend with uncertainty, quality and gaps", f"{asset}/trend", "trend", day)
    yield Example("load_scatter", "Efficiency over load", f"{asset}/load_scatter", "load_scatter", day)
    yield Example("states_Ts_boiler", "T–s chart: boiler", f"{of}/states?diagram=Ts", "Ts", boiler)
    yield Example("states_hs_turbine", "h–s chart: steam turbine", f"{of}/states?diagram=hs", "hs", turbine)


def answer(kind: str, more: Mapping[str, float] | None = None, limits: Mapping[str, str] | None = None) -> Answer:
    """A worked example, calculated; `more` inputs in SI, and the accuracy of some."""
    given, asset_type = EXAMPLES[kind], ASSET_TYPES[kind]
    units = {item.name: item.unit or "1" for item in asset_type.parameters}
    units |= {item.name: item.unit for item in asset_type.inputs}
    inputs = {name: {"value": value, "unit": units[name]} for name, value in {**given.inputs, **(more or {})}.items()}
    for name, limit in (limits or {}).items():
        inputs[name]["accuracy"] = limit
    parameters = {
        name: value if isinstance(value, str) else {"value": value, "unit": units[name]}
        for name, value in given.parameters.items()
    }
    body = {"type": kind, "inputs": inputs, "parameters": parameters}
    request = read_request(msgspec.json.encode(body), library_versions())
    computed = compute(request.canonical)
    if isinstance(computed, Refused):
        raise TypeError(f"the example of {kind} is refused: {computed.refusals}")
    return answer_of(request.canonical, computed, request.warnings)


def _day() -> TrendNumbers:
    """A boiler's day: its load swings, it fires nothing for a while, its steam meter is in doubt, and once silent."""
    length_us = WINDOW_S * 1_000_000
    points = [_window(n, DAY_START_US + n * length_us) for n in range(1, 145) if not 52 <= n < 62]
    return TrendNumbers(
        ASSET, "boiler_direct", "10min", DAY_START_US + 1, DAY_START_US + 144 * length_us + 1, length_us, points
    )


def _window(n: int, end_us: int) -> Point:
    steam = 2.4 + 1.1 * math.sin(n / 17.0)
    fuel = 0.0 if 88 <= n < 96 else steam / 19.6 + 0.0055 + 0.0006 * math.sin(n * n)
    found = answer("boiler_direct", {"steam_flow": steam if fuel else 0.0, "fuel_flow": fuel}, LIMITS)
    doubt = n % 23 == 0
    return Point(
        asset=ASSET,
        type=found.type,
        window="10min",
        length_s=float(WINDOW_S),
        window_start_us=end_us - WINDOW_S * 1_000_000,
        window_end_us=end_us,
        revision=0,
        eta=found.eta,
        eta_u95=found.eta_u95,
        energy_in_j=_held(found.energy_in_w) if fuel else None,
        energy_out_j=_held(found.energy_out_w) if fuel else None,
        losses_j={name: loss * WINDOW_S for name, loss in found.losses_w.items()},
        residual_j=_held(found.residual_w) if fuel else None,
        values=found.values,
        coverage=1.0,
        steady_fraction=1.0,
        quality="BAD" if not fuel else "UNCERTAIN" if doubt else "GOOD",
        reasons=["no_fuel"] if not fuel else ["uncertain_input:steam_flow"] if doubt else [],
        method=found.method,
        provenance=found.provenance,
    )


def _held(power_w: float | None) -> float | None:
    return None if power_w is None else power_w * WINDOW_S


def picture_files() -> dict[str, bytes]:
    """File name below `docs/` → content."""
    made = list(examples())
    lines = [f"# Pictures\n\n{MADE}\n\n{HEAD}"]
    lines += [
        f"## {item.heading}\n\n`GET /api/v1{item.route}`\n\n![{item.heading}](pictures/{item.name}.svg)"
        for item in made
    ]
    files = {f"pictures/{item.name}.svg": render(item.kind, item.numbers, "svg") for item in made}
    return {"pictures.md": ("\n\n".join(lines) + "\n").encode(), **files}


def main() -> int:
    """Write the files of this checkout that differ."""
    folder = Path(__file__).parents[1] / "docs"
    for name, content in picture_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            sys.stdout.write(f"docs/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
