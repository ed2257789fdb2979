"""A Sankey for Plotly."""

from __future__ import annotations

from thermaliq.pictures import palette
from thermaliq.pictures.energies import unknown
from thermaliq.pictures.plotted.layout import Plot, empty, plot, said
from thermaliq.pictures.sankey import Sankey


def plot_sankey(sankey: Sankey) -> Plot:
    """The figure; values are those of the description, in SI."""
    if not sankey.links:
        return empty(unknown(sankey.note))
    places = {node.id: place for place, node in enumerate(sankey.nodes)}
    kinds = {end: link.kind for link in sankey.links for end in (link.source, link.target)}
    colours = [palette.STEEL if node.id == "machine" else palette.KINDS[kinds[node.id]] for node in sankey.nodes]
    trace = {
        "type": "sankey",
        "arrangement": "snap",
        "valueformat": ".4s",
        "valuesuffix": sankey.unit,
        "node": {"label": [said(node.label) for node in sankey.nodes], "color": colours, "pad": 34, "thickness": 16},
        "link": {
            "source": [places[link.source] for link in sankey.links],
            "target": [places[link.target] for link in sankey.links],
            "value": [link.value for link in sankey.links],
            "label": [link.kind for link in sankey.links],
            "color": [f"{palette.KINDS[link.kind]}66" for link in sankey.links],
        },
    }
    return plot([trace], 460, margin={"l": 30, "r": 30, "t": 30, "b": 40})
