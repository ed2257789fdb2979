"""Published cases against the public functions: `python -m tests.standards.cases FILE.json`.

A family's module `case_<family>.py` answers its cases: `answer(case)` → results in SI by name. It looks at method and
inputs, never at the case's id.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tests.standards.case_units import Value, from_si, to_si

Answer = Callable[["Case"], Mapping[str, object]]


@dataclass(frozen=True)
class Case:
    """What a family's module may see of a case: all numbers SI, `units` as written."""

    family: str
    asset_type: str
    method: str
    given: Mapping[str, Value]
    units: Mapping[str, str]
    wanted: frozenset[str]

    def has(self, *names: str) -> bool:
        """Whether all of these inputs are given."""
        return all(name in self.given for name in names)

    def number(self, *names: str, default: float | None = None) -> float:
        """The first of these inputs that is given, as a number."""
        for name in names:
            if name in self.given:
                return cast("float", self.given[name])
        if default is None:
            raise KeyError(" or ".join(names))
        return default

    def array(self, name: str) -> NDArray[np.float64]:
        """An input that is a list."""
        return np.atleast_1d(np.asarray(self.given[name], dtype=np.float64))

    def says(self, *words: str) -> bool:
        """Whether the method's name holds one of these words."""
        return any(word in self.method.lower() for word in words)


@dataclass(frozen=True)
class Outcome:
    """What became of a case: its id, and what is wrong with it (nothing: passed)."""

    id: str
    problems: tuple[str, ...]


def read(record: Mapping[str, Any]) -> Case:
    """A case's record in SI."""
    inputs: Mapping[str, Mapping[str, Any]] = record["inputs"]
    return Case(
        family=record["family"],
        asset_type=record["asset_type"],
        method=record["method"],
        given={name: to_si(item["value"], item["unit"]) for name, item in inputs.items()},
        units={name: item["unit"] for name, item in inputs.items()},
        wanted=frozenset(record["expected"]),
    )


def judge(record: Mapping[str, Any]) -> Outcome:
    """Answer one case and compare: |x − expected| ≤ max(abs, rel · |expected|), element by element."""
    try:
        answer = _family(record["family"])
        found = answer(read(record)) if answer else {}
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return Outcome(record["id"], (f"{type(error).__name__}: {error}",))
    if answer is None:
        return Outcome(record["id"], (f"family {record['family']} is not dispatched",))
    problems = (_problem(name, record, found) for name in record["expected"])
    return Outcome(record["id"], tuple(problem for problem in problems if problem))


def _family(name: str) -> Answer | None:
    module = f"tests.standards.case_{name}"
    return cast("Answer", import_module(module).answer) if find_spec(module) else None


def _problem(name: str, record: Mapping[str, Any], found: Mapping[str, object]) -> str:
    if name not in found:
        return f"{name}: no answer"
    expected, unit = record["expected"][name]["value"], record["expected"][name]["unit"]
    tolerance: Mapping[str, float] = record["tolerance"][name]
    wanted = np.asarray(expected, dtype=np.float64)
    got = np.squeeze(from_si(found[name], unit)).reshape(wanted.shape)
    allowed = np.maximum(tolerance.get("abs", 0.0), tolerance.get("rel", 0.0) * np.abs(wanted))
    return "" if np.all(np.abs(got - wanted) <= allowed) else f"{name}: {got} {unit}, expected {wanted}"


def main(arguments: list[str]) -> int:
    """Print a line a case and the count; 1 where one failed, 2 for wrong usage."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tests.standards.cases FILE.json\n")
        return 2
    outcomes = [judge(record) for record in json.loads(Path(arguments[0]).read_text("utf-8"))]
    for outcome in outcomes:
        sys.stdout.write(
            f"{outcome.id}: {'failed: ' + '; '.join(outcome.problems) if outcome.problems else 'passed'}\n"
        )
    failed = sum(bool(outcome.problems) for outcome in outcomes)
    sys.stdout.write(f"{len(outcomes) - failed} passed, {failed} failed\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
