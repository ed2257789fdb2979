"""The report of one calculation: inputs, method with its source, balance, pictures, warnings, provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from calc.asset_type import Parameter, Quantity
from calc.asset_types import ASSET_TYPES
from thermaliq.calculations.answer import Answer, Contribution, WarningItem
from thermaliq.pictures.balance import Balance, balance_of
from thermaliq.pictures.energies import of_answer
from thermaliq.pictures.method import Method, method_of
from thermaliq.pictures.plotted.page import Figure, written
from thermaliq.pictures.plotted.sankey import plot_sankey
from thermaliq.pictures.plotted.state_chart import plot_state_chart
from thermaliq.pictures.plotted.waterfall import plot_waterfall
from thermaliq.pictures.sankey import Sankey, sankey_of
from thermaliq.pictures.state_chart import state_chart_of
from thermaliq.pictures.water_states import State
from thermaliq.pictures.waterfall import Waterfall, waterfall_of

LARGE: Final = 1e5
HUGE: Final = 1e15


class ReportNumbers(msgspec.Struct, frozen=True):
    """What a report is made of; `document` None: the provenance cannot be had just now."""

    answer: Answer
    document: dict[str, Any] | None


class Row(msgspec.Struct, frozen=True):
    """A value with its unit and what it is."""

    name: str
    value: float | str | None
    unit: str
    description: str
    default: bool = False

    @property
    def text(self) -> str:
        """As a table shows it."""
        if self.value is None:
            return "not known"
        if isinstance(self.value, str):
            return self.value
        said = f"{self.value:,.0f}" if LARGE <= abs(self.value) < HUGE else f"{self.value:.6g}"
        return said.replace("-", "−").replace(",", "\N{NARROW NO-BREAK SPACE}")


class Provenance(msgspec.Struct, frozen=True):
    """The hash that the calculation carries, and the document behind it."""

    hash: str
    document: dict[str, Any] | None


class Report(msgspec.Struct, frozen=True):
    """All of it, as `format=json` answers."""

    id: str
    type: str
    basis: str | None
    method: Method
    eta: float | None
    eta_u95: float | None
    energies: tuple[Row, ...]
    inputs: tuple[Row, ...]
    parameters: tuple[Row, ...]
    results: tuple[Row, ...]
    contributions: tuple[Contribution, ...]
    sankey: Sankey
    waterfall: Waterfall
    states: tuple[State, ...]
    warnings: tuple[WarningItem, ...]
    not_stored: tuple[str, ...]
    provenance: Provenance


def report_of(numbers: ReportNumbers) -> Report:
    """The report's numbers and words."""
    answer, kind = numbers.answer, ASSET_TYPES[numbers.answer.type]
    balance = balance_of(of_answer(answer))
    return Report(
        id=answer.id,
        type=answer.type,
        basis=answer.basis,
        method=method_of(answer.type, answer.method),
        eta=answer.eta,
        eta_u95=answer.eta_u95,
        energies=tuple(_energies(balance)),
        inputs=tuple(_rows(answer.inputs_si, (*kind.parameters, *kind.inputs))),
        parameters=tuple(_rows(answer.parameters_si, kind.parameters, frozenset(answer.defaults))),
        results=tuple(_rows(answer.values, kind.values_out)),
        contributions=tuple(answer.contributions),
        sankey=sankey_of(balance),
        waterfall=waterfall_of(balance),
        states=tuple(mark.state for mark in state_chart_of(answer, "Ts").states),
        warnings=tuple(answer.warnings),
        not_stored=tuple(answer.not_stored),
        provenance=Provenance(answer.provenance, numbers.document),
    )


def report_page(numbers: ReportNumbers) -> bytes:
    """The report as HTML that stands alone."""
    report = report_of(numbers)
    figures = [
        Figure("sankey", f"Sankey of the energy balance, {report.sankey.fact}", plot_sankey(report.sankey)),
        Figure("waterfall", "Waterfall from energy in over the losses to energy out", plot_waterfall(report.waterfall)),
    ]
    if report.states:
        figures += [
            Figure("Ts", "T–s chart with the states below", plot_state_chart(state_chart_of(numbers.answer, "Ts"))),
            Figure("hs", "h–s chart with the states below", plot_state_chart(state_chart_of(numbers.answer, "hs"))),
        ]
    title = f"{report.type}: calculation {report.id[:12]}"
    told = {"title": title, "fact": report.sankey.fact, "report": report}
    return written("report.html", figures, report, told)


def _energies(balance: Balance) -> Iterable[Row]:
    for stream in balance.streams:
        yield Row(stream.label, stream.value, balance.unit, stream.kind)


def _rows(
    values: Mapping[str, float | str] | Mapping[str, float],
    items: Iterable[Quantity | Parameter],
    defaults: frozenset[str] = frozenset(),
) -> Iterable[Row]:
    """A row of each value, with the unit and the words of its type."""
    known = {item.name: item for item in items}
    for name, value in values.items():
        item = known.get(name)
        unit = "" if item is None or item.unit in {None, "1"} else str(item.unit)
        yield Row(name, value, unit, "" if item is None else item.description, name in defaults)
