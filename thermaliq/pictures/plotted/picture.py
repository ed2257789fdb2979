"""A description → the page of it."""

from __future__ import annotations

from thermaliq.pictures.description import Description
from thermaliq.pictures.load_scatter import LoadScatter
from thermaliq.pictures.plotted.layout import Plot
from thermaliq.pictures.plotted.load_scatter import plot_load_scatter
from thermaliq.pictures.plotted.page import Figure, page
from thermaliq.pictures.plotted.sankey import plot_sankey
from thermaliq.pictures.plotted.state_chart import plot_state_chart
from thermaliq.pictures.plotted.trend import plot_trend
from thermaliq.pictures.plotted.waterfall import plot_waterfall
from thermaliq.pictures.sankey import Sankey
from thermaliq.pictures.trend import Trend
from thermaliq.pictures.waterfall import Waterfall


def picture_page(description: Description) -> bytes:
    """HTML that stands alone."""
    figure = Figure("picture", f"{description.title}, {description.caption}. {description.fact}", plot_of(description))
    return page(description.title, description.caption, description.fact, description.note, figure, description)


def plot_of(description: Description) -> Plot:
    """The Plotly figure."""
    match description:
        case Sankey():
            return plot_sankey(description)
        case Waterfall():
            return plot_waterfall(description)
        case Trend():
            return plot_trend(description)
        case LoadScatter():
            return plot_load_scatter(description)
    return plot_state_chart(description)
