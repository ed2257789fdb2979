"""Intervals → panes: joules, covered time, sensitivities and moments of each pane, computed whole.

Sums run through `np.bincount`, which adds one element after the other in the order of time: the bits of a pane depend
on its own intervals alone, never on what else is in the call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from calc.asset_type import Rates
from schemas.site import Accuracy, Comparison
from streams.models import Model
from streams.steps.align import Floats, Intervals, Ints, Mask, Standing
from streams.steps.steady import steady

TIMES = ("covered_us", "integrated_us", "steady_us", "off_us", "excluded_us", "samples")
MOMENTS = ("oo", "oi", "ii", "lag_oo", "lag_oi", "lag_ii", "lag_s")
"""Of the instantaneous out and in (W), weighted by seconds; `lag_`: of neighbours, for the sampling scatter."""
PLAIN_BITS = ("not_running", "not_finite", "internal_error")
INPUT_BITS = ("bad_input", "uncertain_input", "out_of_range", "impossible_state", "substituted_input")


@dataclass(frozen=True)
class Layout:
    """A pane's columns: `TIMES`, the type's rates, `MOMENTS`, then (in, out) of each input with an accuracy."""

    rates: tuple[str, ...]
    inputs: tuple[str, ...]
    sensitive: tuple[str, ...]

    @cached_property
    def width(self) -> int:
        """Number of columns."""
        return len(TIMES) + len(self.rates) + len(MOMENTS) + 2 * len(self.sensitive)

    @cached_property
    def name(self) -> str:
        """What a stored pane is checked against."""
        return ",".join((*self.rates, "|", *self.inputs, "|", *self.sensitive))

    def column(self, name: str) -> int:
        """Index of a time, rate or moment."""
        return (*TIMES, *self.rates, *MOMENTS).index(name)

    def sensitivity(self, name: str) -> int:
        """Index of the (in, out) pair of an input."""
        return len(TIMES) + len(self.rates) + len(MOMENTS) + 2 * self.sensitive.index(name)

    def reasons(self, bits: int, labels: Sequence[str]) -> list[str]:
        """The reasons behind a mask; `labels` name the inputs."""
        found = [name for index, name in enumerate(PLAIN_BITS) if bits >> index & 1]
        for position, label in enumerate(labels):
            shift = len(PLAIN_BITS) + position * len(INPUT_BITS)
            found += [f"{kind}:{label}" for index, kind in enumerate(INPUT_BITS) if bits >> (shift + index) & 1]
        return found

    def bits(self, reasons: Sequence[str], labels: Sequence[str]) -> int:
        """The mask behind stored reasons."""
        all_names = self.reasons((1 << (len(PLAIN_BITS) + len(labels) * len(INPUT_BITS))) - 1, labels)
        return sum(1 << all_names.index(reason) for reason in reasons)


@dataclass(frozen=True)
class Panes:
    """P panes in order of (job, end): `columns` is (P, layout.width), `bits` the reasons of each as a Python int."""

    job: Ints
    end_us: Ints
    columns: Floats
    bits: list[int]


@dataclass(frozen=True)
class Work:
    """What the panes of one call share: the model of all its assets, and by asset the constants and accuracies."""

    model: Model
    layout: Layout
    constants: Floats
    """(jobs, model.constants)."""
    accuracies: Sequence[Sequence[Accuracy | None]]
    """(jobs, model.names)."""
    exclude_limit: Floats
    running_limit: Floats
    cutoff: Floats
    pane_us: int


def layout_of(model: Model, accuracies: Sequence[Accuracy | None]) -> Layout:
    """The layout of a model's panes."""
    sensitive = tuple(
        name for name, accuracy in zip(model.names, accuracies, strict=True) if accuracy and name in model.input_names
    )
    return Layout(model.type.rate_names(), model.names, sensitive)


def compute(intervals: Intervals, work: Work) -> Panes:
    """Panes from the intervals of one call."""
    columns = np.zeros((len(intervals.pane_job), work.layout.width))
    bits: list[int] = [0] * len(intervals.pane_job)
    if len(intervals.job):
        _Sum(intervals, work, columns, bits).run()
    return Panes(intervals.pane_job, intervals.pane_end_us, columns, bits)


class _Sum:
    """One call's arrays on their way into `columns`."""

    def __init__(self, intervals: Intervals, work: Work, columns: Floats, bits: list[int]) -> None:
        self.at, self.work, self.columns, self.bits = intervals, work, columns, bits
        self.layout = work.layout
        self.panes = len(columns)
        self.standing = dict(zip(work.model.names, intervals.inputs, strict=True))
        self.duration_s = intervals.duration_us / 1e6

    def run(self) -> None:
        self._mark_inputs()
        covered = self._all_required_stand()
        off, excluded, resting = self._driver_off(), self._holds("exclude_when"), self._rests()
        running = np.flatnonzero(covered & ~off & ~excluded & ~resting)
        states = self._states(running)
        rates = self.work.model.rates(states)
        answered = ~(np.isnan(rates.energy_in_w) | np.isnan(rates.energy_out_w))
        self._mark_faults(running, rates, answered)
        covered[running[~answered]] = False
        self._mark("not_running", covered & resting)
        self._add_time("covered_us", covered)
        self._add_time("off_us", covered & off)
        self._add_time("excluded_us", covered & excluded)
        self._integrate(running[answered], _compress(rates, answered), {k: v[answered] for k, v in states.items()})

    def _all_required_stand(self) -> Mask:
        required = [
            ~np.isnan(self.standing[name].value) for name in self.work.model.names if name in self.work.model.required
        ]
        return np.asarray(np.logical_and.reduce(required), np.bool_)

    def _driver_off(self) -> Mask:
        names = self.work.model.driver_names
        with np.errstate(invalid="ignore"):
            driver = np.add.reduce([self.standing[name].value for name in names])
            return np.asarray(driver <= self.work.cutoff[self.at.job])

    def _holds(self, name: str) -> Mask:
        condition: Comparison | None = self.work.model.condition(name)
        if condition is None:
            return np.zeros(len(self.at.job), np.bool_)
        limits = self.work.exclude_limit if name == "exclude_when" else self.work.running_limit
        return compare(self.standing[name].value, condition.operator, limits[self.at.job])

    def _rests(self) -> Mask:
        """Where `running_when` is known not to hold."""
        if self.work.model.condition("running_when") is None:
            return np.zeros(len(self.at.job), np.bool_)
        return ~np.isnan(self.standing["running_when"].value) & ~self._holds("running_when")

    def _states(self, index: Ints) -> dict[str, Floats]:
        states = {name: self.standing[name].value[index] for name in self.work.model.input_names}
        job = self.at.job[index]
        for position, name in enumerate(self.work.model.constants):
            states[name] = np.ascontiguousarray(self.work.constants[job, position])
        return states

    def _mark_inputs(self) -> None:
        for name in self.work.model.names:
            standing: Standing = self.standing[name]
            self._mark("bad_input", standing.bad, name)
            self._mark("uncertain_input", standing.uncertain, name)
            self._mark("out_of_range", standing.out_of_range, name)
            self._mark("substituted_input", standing.substituted, name)

    def _mark_faults(self, index: Ints, rates: Rates, answered: Mask) -> None:
        unexplained = ~answered
        for name, fault in rates.faults.items():
            mask = np.zeros(len(self.at.job), np.bool_)
            mask[index[fault]] = True
            if name in self.standing:
                self._mark("impossible_state", mask, name)
                unexplained = unexplained & ~fault
        mask = np.zeros(len(self.at.job), np.bool_)
        mask[index[unexplained]] = True
        self._mark("not_finite", mask)

    def _mark(self, kind: str, where: Mask, name: str | None = None) -> None:
        if not where.any():
            return
        if name is None:
            bit = 1 << PLAIN_BITS.index(kind)
        else:
            position = self.work.model.names.index(name)
            bit = 1 << (len(PLAIN_BITS) + position * len(INPUT_BITS) + INPUT_BITS.index(kind))
        for pane in np.unique(self.at.pane[where]).tolist():
            self.bits[pane] |= bit

    def _add_time(self, name: str, where: Mask) -> None:
        weights = np.where(where, self.at.duration_us, 0).astype(np.float64)
        self.columns[:, self.layout.column(name)] = _total(self.at.pane, weights, self.panes)

    def _integrate(self, index: Ints, rates: Rates, states: Mapping[str, Floats]) -> None:
        pane, seconds = self.at.pane[index], self.duration_s[index]
        self._put("integrated_us", _total(pane, self.at.duration_us[index].astype(np.float64), self.panes))
        self._put("samples", _total(pane, np.ones(len(pane)), self.panes))
        with np.errstate(over="ignore", invalid="ignore"):
            for name, rate in _named(rates, len(index)).items():
                self._put(name, _total(pane, rate * seconds, self.panes))
            self._moments(pane, seconds, rates, index)
            self._steady(pane, seconds, index, states)
            self._sensitivities(pane, seconds, states)

    def _put(self, name: str, column: NDArray[np.float64]) -> None:
        self.columns[:, self.layout.column(name)] = column

    def _moments(self, pane: Ints, seconds: Floats, rates: Rates, index: Ints) -> None:
        out, into = rates.energy_out_w, rates.energy_in_w
        for name, product in (("oo", out * out), ("oi", out * into), ("ii", into * into)):
            self._put(name, _total(pane, product * seconds, self.panes))
        if len(index) < 2:
            return
        pair = np.flatnonzero((index[1:] == index[:-1] + 1) & (pane[1:] == pane[:-1])) + 1
        here, before, weight = pane[pair], pair - 1, seconds[pair]
        self._put("lag_oo", _total(here, out[pair] * out[before] * weight, self.panes))
        cross = 0.5 * (out[pair] * into[before] + out[before] * into[pair])
        self._put("lag_oi", _total(here, cross * weight, self.panes))
        self._put("lag_ii", _total(here, into[pair] * into[before] * weight, self.panes))
        self._put("lag_s", _total(here, weight, self.panes))

    def _steady(self, pane: Ints, seconds: Floats, index: Ints, states: Mapping[str, Floats]) -> None:
        driver = np.add.reduce([states[name] for name in self.work.model.driver_names])
        middle_s = (self.at.start_us[index] % self.work.pane_us) / 1e6 + 0.5 * seconds
        passed = steady(pane, middle_s, seconds, driver, self.work.pane_us / 1e6, self.panes)
        self._put("steady_us", np.where(passed, self.columns[:, self.layout.column("integrated_us")], 0.0))

    def _sensitivities(self, pane: Ints, seconds: Floats, states: Mapping[str, Floats]) -> None:
        """Joules in and out that each input's 95 % limit moves: central differences at the pane's mean state."""
        total_s = _total(pane, seconds, self.panes)
        live = np.flatnonzero(total_s > 0)
        if not self.layout.sensitive or not len(live):
            return
        mean = {name: _total(pane, seconds * value, self.panes)[live] / total_s[live] for name, value in states.items()}
        steps = {name: self._limit(name, mean[name], self.at.pane_job[live]) for name in self.layout.sensitive}
        moved = self.work.model.rates(_shifted(mean, steps))
        size = len(live)
        for position, name in enumerate(self.layout.sensitive):
            up, down = (
                slice(2 * position * size, (2 * position + 1) * size),
                slice((2 * position + 1) * size, (2 * position + 2) * size),
            )
            at = self.layout.sensitivity(name)
            self.columns[live, at] = 0.5 * (moved.energy_in_w[up] - moved.energy_in_w[down]) * total_s[live]
            self.columns[live, at + 1] = 0.5 * (moved.energy_out_w[up] - moved.energy_out_w[down]) * total_s[live]

    def _limit(self, name: str, mean: Floats, job: Ints) -> Floats:
        position = self.work.model.names.index(name)
        accuracies = [row[position] or Accuracy() for row in self.work.accuracies]
        relative = np.array([accuracy.relative for accuracy in accuracies])[job]
        absolute = np.array([accuracy.absolute for accuracy in accuracies])[job]
        return np.asarray(relative * np.abs(mean) + absolute, np.float64)


def _total(pane: Ints, weight: Floats, panes: int) -> Floats:
    """Sums by pane, one element after the other."""
    return np.asarray(np.bincount(pane, weight, panes), np.float64)


def _shifted(mean: Mapping[str, Floats], steps: Mapping[str, Floats]) -> dict[str, Floats]:
    """States one behind the other: each input moved up, then down, the others at their mean."""
    return {
        name: np.concatenate(
            [
                part
                for moved, step in steps.items()
                for part in (value + step * (moved == name), value - step * (moved == name))
            ]
        )
        for name, value in mean.items()
    }


def compare(value: Floats, operator: str, limit: Floats) -> Mask:
    """Element-wise comparison; an unknown value fulfils none."""
    with np.errstate(invalid="ignore"):
        match operator:
            case "<":
                result = value < limit
            case "<=":
                result = value <= limit
            case ">":
                result = value > limit
            case ">=":
                result = value >= limit
            case "!=":
                result = (value != limit) & ~np.isnan(value)
            case _:
                result = value == limit
    return np.asarray(result)


def _compress(rates: Rates, mask: Mask) -> Rates:
    return Rates(
        energy_in_w=rates.energy_in_w[mask],
        energy_out_w=rates.energy_out_w[mask],
        losses_w={name: rate[mask] for name, rate in rates.losses_w.items()},
        residual_w=None if rates.residual_w is None else rates.residual_w[mask],
        sums={name: rate[mask] for name, rate in rates.sums.items()},
    )


def _named(rates: Rates, size: int) -> dict[str, Floats]:
    """Rates by the names of `AssetType.rate_names()`; an unknown residual is NaN and makes the window's null."""
    unknown = np.full(size, np.nan)
    return {
        "energy_in": rates.energy_in_w,
        "energy_out": rates.energy_out_w,
        "residual": unknown if rates.residual_w is None else rates.residual_w,
        **{f"loss:{name}": rate for name, rate in rates.losses_w.items()},
        **{f"sum:{name}": rate for name, rate in rates.sums.items()},
    }
