"""What is to be seen in a picture, before anybody draws it."""

from __future__ import annotations

from typing import Literal

from thermaliq.calculations.answer import Answer
from thermaliq.pictures.balance import balance_of
from thermaliq.pictures.energies import Energies
from thermaliq.pictures.load_scatter import LoadScatter, load_scatter_of
from thermaliq.pictures.sankey import Sankey, sankey_of
from thermaliq.pictures.state_chart import StateChart, state_chart_of
from thermaliq.pictures.trend import Trend, TrendNumbers, trend_of
from thermaliq.pictures.waterfall import Waterfall, waterfall_of

Description = Sankey | Waterfall | Trend | LoadScatter | StateChart
Numbers = Energies | TrendNumbers | Answer


def describe(
    kind: Literal["sankey", "waterfall", "trend", "load_scatter", "Ts", "hs"], numbers: Numbers
) -> Description:
    """The description of a kind of picture; TypeError where the numbers are of another kind."""
    match kind, numbers:
        case "sankey", Energies():
            return sankey_of(balance_of(numbers))
        case "waterfall", Energies():
            return waterfall_of(balance_of(numbers))
        case "trend", TrendNumbers():
            return trend_of(numbers)
        case "load_scatter", TrendNumbers():
            return load_scatter_of(numbers)
        case "Ts" | "hs", Answer():
            return state_chart_of(numbers, kind)
    raise TypeError(f"no {kind} of {type(numbers).__name__}")
