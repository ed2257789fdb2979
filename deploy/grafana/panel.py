"""Panels: what every one has, and the four kinds that the dashboards are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from grafana_foundation_sdk.builders import common, dashboard, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana.query import DATABASE, PROMETHEUS

Query = builder.Builder[variants.Dataquery]
Panel = TypeVar("Panel", timeseries.Panel, stat.Panel, table.Panel, statetimeline.Panel)

WIDE: Final = 24
HALF: Final = 12
QUARTER: Final = 6
QUALITY_COLORS: Final = {"GOOD": "green", "UNCERTAIN": "yellow", "BAD": "red"}
STATE_COLORS: Final = {
    "normal": "green",
    "unacknowledged": "red",
    "acknowledged": "orange",
    "returned_unacknowledged": "yellow",
    "latched_unacknowledged": "red",
    "latched_acknowledged": "orange",
    "shelved": "blue",
    "suppressed": "purple",
    "out_of_service": "gray",
}


@dataclass(frozen=True)
class Face:
    """What every panel has: a title, a sentence on what it shows, a unit, and where colours change."""

    title: str
    description: str
    unit: str = "none"
    decimals: float | None = None
    steps: Sequence[tuple[float | None, str]] = ((None, "green"),)
    """(from this value on, colour), the first from minus infinity."""


def stat_panel(face: Face, query: Query, span: int = QUARTER) -> stat.Panel:
    """One number or word."""
    panel = _dressed(stat.Panel(), face, [query], span, 4).color_mode(shapes.BigValueColorMode.BACKGROUND)
    reduce = common.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(False)
    return panel.reduce_options(reduce).graph_mode(shapes.BigValueGraphMode.NONE)


def curves(face: Face, *queries: Query, span: int = HALF, height: int = 8) -> timeseries.Panel:
    """Values over time; a hole is shown as a hole."""
    panel = _dressed(timeseries.Panel(), face, queries, span, height)
    legend = common.VizLegendOptions().display_mode(shapes.LegendDisplayMode.TABLE).show_legend(True)
    tooltip = common.VizTooltipOptions().mode(shapes.TooltipDisplayMode.MULTI)
    panel = panel.legend(legend.placement(shapes.LegendPlacement.BOTTOM).calcs(["lastNotNull", "min", "max"]))
    return panel.tooltip(tooltip).show_points(shapes.VisibilityMode.AUTO).span_nulls(False)


def stacked(face: Face, *queries: Query, span: int = HALF) -> timeseries.Panel:
    """Values over time, on top of each other."""
    stacking = common.StackingConfig().mode(shapes.StackingMode.NORMAL).group("A")
    return curves(face, *queries, span=span).stacking(stacking).fill_opacity(40)


def bars(face: Face, *queries: Query, span: int = HALF) -> timeseries.Panel:
    """Counts over time."""
    return stacked(face, *queries, span=span).draw_style(shapes.GraphDrawStyle.BARS).fill_opacity(80)


def rows(face: Face, query: Query, span: int = WIDE, height: int = 8) -> table.Panel:
    """A table."""
    return _dressed(table.Panel(), face, [query], span, height).show_header(True)


def timeline(face: Face, query: Query, colors: Mapping[str, str], span: int = WIDE) -> statetimeline.Panel:
    """Words over time, from rows of `time`, `metric` and the word: one band for each metric."""
    options = {"fields": ["metric"], "keepFields": False, "naming": {"asLabels": True}}
    panel = _dressed(statetimeline.Panel(), face, [query], span, 8).mappings([word_colors(colors)])
    panel.with_transformation(models.DataTransformerConfig(id_val="partitionByValues", options=options))
    return panel.show_value(shapes.VisibilityMode.NEVER).merge_values(True)


def word_colors(colors: Mapping[str, str]) -> models.ValueMap:
    """A colour for each word."""
    options = {
        word: models.ValueMappingResult(text=word, color=color, index=number)
        for number, (word, color) in enumerate(colors.items())
    }
    return models.ValueMap(options=options)


def colored_words(panel: table.Panel, column: str, colors: Mapping[str, str]) -> table.Panel:
    """The words of a column on their colours."""
    shown = models.DynamicConfigValue("custom.cellOptions", {"type": "color-background"})
    return panel.override_by_name(column, [models.DynamicConfigValue("mappings", [word_colors(colors)]), shown])


def column_unit(panel: table.Panel, column: str, unit: str, decimals: int = 3) -> table.Panel:
    """A column's own unit."""
    return panel.override_by_name(
        column, [models.DynamicConfigValue("unit", unit), models.DynamicConfigValue("decimals", decimals)]
    )


def _dressed(panel: Panel, face: Face, queries: Sequence[Query], span: int, height: int) -> Panel:
    steps = [models.Threshold(color=color, value=value) for value, color in face.steps]
    thresholds = dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)
    panel.title(face.title).description(face.description).unit(face.unit).thresholds(thresholds)
    panel.span(span).height(height).no_value("nothing in this range")
    panel.datasource(PROMETHEUS if "expr" in vars(queries[0].build()) else DATABASE)
    if face.decimals is not None:
        panel.decimals(face.decimals)
    for query in queries:
        panel.with_target(query)
    return panel
