"""What operators and engineers look at: the plant, and one asset of it."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as models

from deploy.grafana.panel import (
    HALF,
    QUALITY_COLORS,
    WIDE,
    Face,
    colored_words,
    column_unit,
    curves,
    rows,
    stacked,
    stat_panel,
    timeline,
)
from deploy.grafana.query import (
    IN_SITE,
    OF_ASSET,
    OF_ASSET_WINDOW,
    OF_SITE,
    OF_WINDOW,
    Sql,
    alarm_marks,
    asset_variable,
    gap_marks,
    series,
    site_variable,
    window_variable,
)

RED_FROM_1 = ((None, "green"), (1.0, "red"))
SHARES = ((None, "red"), (0.5, "yellow"), (0.9, "green"))
ACTIVE = "state NOT IN ('normal', 'suppressed', 'out_of_service')"
UNSEEN = "state IN ('unacknowledged', 'returned_unacknowledged', 'latched_unacknowledged')"


def plant_overview() -> dashboard.Dashboard:
    """Every asset of a site."""
    made = dashboard.Dashboard("Plant overview").uid("thermaliq-plant").time("now-6h", "now").refresh("30s")
    made.description("Efficiencies, energies and alarms of every asset of a site.").tags(["thermaliq", "plant"])
    made.with_variable(site_variable()).with_variable(window_variable()).annotation(alarm_marks(OF_SITE))
    _plant_figures(made)
    latest = rows(
        Face("Assets now", "The newest point of each asset. eta is out / in; of a chiller or heat pump, its COP."),
        Sql(f"""
            SELECT DISTINCT ON (asset) asset, type, time, eta, eta_u95, energy_in_j / length_s AS energy_in,
                energy_out_j / length_s AS energy_out, coverage, quality, array_to_string(reasons, ', ') AS reasons
            FROM thermaliq.v_point WHERE {OF_WINDOW} ORDER BY asset, time DESC"""),
    )
    for column in ("energy_in", "energy_out"):
        column_unit(latest, column, "watt", 1)
    column_unit(latest, "coverage", "percentunit", 1)
    made.with_panel(colored_words(latest, "quality", QUALITY_COLORS))
    made.with_panel(
        curves(
            Face(
                "Efficiency",
                "eta of each asset over the chosen window; a hole is a point without an answer.",
                "none",
                3,
            ),
            series(f"SELECT time, asset AS metric, eta FROM thermaliq.v_point WHERE {OF_WINDOW} ORDER BY time"),
        )
    )
    made.with_panel(
        curves(
            Face("Heat and power taken in", "Energy into each asset, by the second.", "watt"),
            series(f"""
                SELECT time, asset AS metric, energy_in_j / length_s AS power
                FROM thermaliq.v_point WHERE {OF_WINDOW} ORDER BY time"""),
        )
    )
    quality = f"SELECT time, asset AS metric, quality FROM thermaliq.v_point WHERE {OF_WINDOW} ORDER BY time"
    face = Face("Quality of the points", "GOOD, UNCERTAIN or BAD; the reasons stand with the asset.")
    return made.with_panel(timeline(face, Sql(quality), QUALITY_COLORS))


def _plant_figures(made: dashboard.Dashboard) -> None:
    figures = (
        (
            Face("Assets with points", "Assets that had a point in the range."),
            f"SELECT count(DISTINCT asset) AS assets FROM thermaliq.v_point WHERE {OF_WINDOW}",
        ),
        (
            Face("GOOD points", "Share of the range's points whose quality is GOOD.", "percentunit", 1, SHARES),
            f"SELECT avg((quality = 'GOOD')::int) AS good FROM thermaliq.v_point WHERE {OF_WINDOW}",
        ),
        (
            Face("Alarms active", "In any state but normal, suppressed and out of service; now.", steps=RED_FROM_1),
            f"SELECT count(*) AS active FROM thermaliq.v_alarm WHERE {IN_SITE} AND {ACTIVE}",
        ),
        (
            Face("Alarms unacknowledged", "Nobody has said that they were seen; now.", steps=RED_FROM_1),
            f"SELECT count(*) AS unacknowledged FROM thermaliq.v_alarm WHERE {IN_SITE} AND {UNSEEN}",
        ),
    )
    for face, statement in figures:
        made.with_panel(stat_panel(face, Sql(statement)))


def one_asset() -> dashboard.Dashboard:
    """Everything of one asset."""
    made = dashboard.Dashboard("One asset").uid("thermaliq-asset").time("now-6h", "now").refresh("30s")
    made.description("Efficiency with its uncertainty, losses, residual and inputs of one asset.")
    made.tags(["thermaliq", "plant"])
    for variable in (site_variable(), asset_variable(), window_variable()):
        made.with_variable(variable)
    made.annotation(alarm_marks(OF_ASSET)).annotation(gap_marks(OF_ASSET))
    _asset_figures(made)
    _asset_curves(made)
    _asset_tables(made)
    return made


def _asset_figures(made: dashboard.Dashboard) -> None:
    newest = f"FROM thermaliq.v_point WHERE {OF_ASSET_WINDOW} ORDER BY time DESC LIMIT 1"
    colors = ((None, "blue"),)
    for face, column in (
        (Face("Efficiency", "eta of the newest point.", "none", 3, colors), "eta"),
        (Face("Uncertainty", "Half width of the 95 % band around eta.", "none", 4, colors), "eta_u95"),
        (Face("Coverage", "Share of the window on which every input stood.", "percentunit", 1, SHARES), "coverage"),
        (Face("Quality", "GOOD, UNCERTAIN or BAD.", steps=colors), "quality"),
    ):
        made.with_panel(stat_panel(face, Sql(f"SELECT {column} {newest}")))


def _asset_curves(made: dashboard.Dashboard) -> None:
    band = f"""
        SELECT time, eta - eta_u95 AS lower, eta, eta + eta_u95 AS upper
        FROM thermaliq.v_point WHERE {OF_ASSET_WINDOW} ORDER BY time"""
    face = Face("Efficiency with its band", "eta and where it lies with 95 % confidence; never clipped.", "none", 3)
    panel = curves(face, series(band), span=WIDE, height=9)
    for edge in ("lower", "upper"):
        panel.override_by_name(edge, [models.DynamicConfigValue("custom.lineWidth", 0)])
    fill = {"custom.fillBelowTo": "lower", "custom.fillOpacity": 20}
    panel.override_by_name("upper", [models.DynamicConfigValue(key, value) for key, value in fill.items()])
    made.with_panel(panel)
    losses = f"""
        SELECT time, loss.key AS metric, loss.value::double precision / length_s AS loss
        FROM thermaliq.v_point, jsonb_each_text(losses_j) AS loss WHERE {OF_ASSET_WINDOW} ORDER BY time"""
    made.with_panel(
        stacked(Face("Losses", "What the method knows of losses, on top of each other.", "watt"), series(losses))
    )
    residual = f"""
        SELECT time, residual_j / nullif(energy_in_j, 0) AS residual
        FROM thermaliq.v_point WHERE {OF_ASSET_WINDOW} ORDER BY time"""
    face = Face(
        "Residual", "In − out − known losses, of what went in: a balance is never forced to close.", "percentunit", 2
    )
    made.with_panel(curves(face, series(residual)))
    coverage = f"""
        SELECT time, coverage, steady_fraction
        FROM thermaliq.v_point WHERE {OF_ASSET_WINDOW} ORDER BY time"""
    face = Face(
        "Coverage and steadiness", "Shares of the window with every input, and without a trend.", "percentunit", 1
    )
    made.with_panel(curves(face, series(coverage)))
    values = f"""
        SELECT time, entry.key AS metric, entry.value::double precision AS value
        FROM thermaliq.v_point, jsonb_each_text("values") AS entry WHERE {OF_ASSET_WINDOW} ORDER BY time"""
    made.with_panel(curves(Face("Other results", "What else the method computes, in SI."), series(values)))
    inputs = f"""
        SELECT $__timeGroupAlias(time, $__interval), tag || ' [' || unit || ']' AS metric, avg(value) AS value
        FROM thermaliq.v_reading WHERE {OF_ASSET} AND status >> 30 < 2 GROUP BY 1, 2 ORDER BY 1"""
    face = Face("Inputs", "Means of the readings that are not Bad, in the plant's units.")
    made.with_panel(curves(face, series(inputs), span=WIDE))


def _asset_tables(made: dashboard.Dashboard) -> None:
    now = rows(
        Face("Inputs now", "The newest reading of each tag, in the plant's unit, with its OPC UA status."),
        Sql(f"""
            SELECT DISTINCT ON (tag) tag, value, unit, value_si, unit_si,
                CASE status >> 30 WHEN 0 THEN 'GOOD' WHEN 1 THEN 'UNCERTAIN' ELSE 'BAD' END AS quality, flag, time
            FROM thermaliq.v_reading WHERE {OF_ASSET} ORDER BY tag, time DESC"""),
        span=HALF,
    )
    made.with_panel(colored_words(now, "quality", QUALITY_COLORS))
    points = rows(
        Face("Points", "The newest points, why they are what they are, and by which method."),
        Sql(f"""
            SELECT time, revision, quality, array_to_string(reasons, ', ') AS reasons, method, provenance
            FROM thermaliq.v_point WHERE {OF_ASSET_WINDOW} ORDER BY time DESC LIMIT 200"""),
        span=HALF,
    )
    made.with_panel(colored_words(points, "quality", QUALITY_COLORS))
