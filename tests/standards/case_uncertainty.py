"""Uncertainty: distributions by sampling (seeded), first-order propagation."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from calc import uncertainty
from calc.asset_type import Floats
from tests.standards.cases import Case

SAMPLES = 1_000_000
NORMAL = re.compile(r"(\d+) x N\(([-\d.]+),\s*([-\d.]+)\)")
RECTANGULAR = re.compile(r"(\d+) x (?:R|U|rectangular)\(([-\d.]+),\s*([-\d.]+)\)")
ROOT = re.compile(r"sqrt\(?(\d+)\)?|√(\d+)")


def answer(case: Case) -> Mapping[str, object]:
    """A sum of like inputs: `4 x N(0,1)` (normal) or `4 x R(-1.7,1.7)` (rectangular)."""
    drawn = _draw(str(case.given["inputs"]), np.random.default_rng(1))
    found = uncertainty.sample(lambda inputs: np.sum(list(inputs.values()), axis=0), drawn)
    return {"y": found.value, "u": found.u, "ci95_low": found.low95, "ci95_high": found.high95}


def _draw(text: str, rng: np.random.Generator) -> dict[str, Floats]:
    drawn: dict[str, Floats] = {}
    text = ROOT.sub(lambda match: f"{np.sqrt(float(match[1] or match[2])):.15f}", text)
    for pattern, draw in ((NORMAL, rng.normal), (RECTANGULAR, rng.uniform)):
        for count, a, b in pattern.findall(text):
            drawn |= {f"x{len(drawn) + i}": draw(float(a), float(b), SAMPLES) for i in range(int(count))}
    return drawn
