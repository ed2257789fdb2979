"""A description → the image of it."""

from __future__ import annotations

from thermaliq.pictures.description import Description
from thermaliq.pictures.drawn.canvas import ImageForm
from thermaliq.pictures.drawn.load_scatter import draw_load_scatter
from thermaliq.pictures.drawn.sankey import draw_sankey
from thermaliq.pictures.drawn.state_chart import draw_state_chart
from thermaliq.pictures.drawn.trend import draw_trend
from thermaliq.pictures.drawn.waterfall import draw_waterfall
from thermaliq.pictures.load_scatter import LoadScatter
from thermaliq.pictures.sankey import Sankey
from thermaliq.pictures.trend import Trend
from thermaliq.pictures.waterfall import Waterfall


def draw_picture(description: Description, form: ImageForm) -> bytes:
    """SVG or PNG."""
    match description:
        case Sankey():
            return draw_sankey(description, form)
        case Waterfall():
            return draw_waterfall(description, form)
        case Trend():
            return draw_trend(description, form)
        case LoadScatter():
            return draw_load_scatter(description, form)
    return draw_state_chart(description, form)
