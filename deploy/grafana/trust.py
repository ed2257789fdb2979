"""Whether to believe it: the alarms, and the quality of the data under every number."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard

from deploy.grafana.panel import (
    HALF,
    STATE_COLORS,
    Face,
    bars,
    colored_words,
    column_unit,
    curves,
    rows,
    stat_panel,
    timeline,
)
from deploy.grafana.plant import ACTIVE, RED_FROM_1, UNSEEN
from deploy.grafana.query import (
    IN_RANGE,
    IN_SITE,
    OF_SITE,
    OF_WINDOW,
    Sql,
    gap_marks,
    promql,
    series,
    site_variable,
    window_variable,
)


def alarms() -> dashboard.Dashboard:
    """Alarms now and over time."""
    made = dashboard.Dashboard("Alarms").uid("thermaliq-alarms").time("now-24h", "now").refresh("30s")
    made.description("ISA-18.2 states of every alarm, and how they came about.").tags(["thermaliq", "plant"])
    made.with_variable(site_variable())
    for face, where in (
        (Face("Active", "In any state but normal, suppressed and out of service.", steps=RED_FROM_1), ACTIVE),
        (Face("Unacknowledged", "Nobody has said that they were seen.", steps=RED_FROM_1), UNSEEN),
        (
            Face("Critical or high", "Active ones of these priorities.", steps=RED_FROM_1),
            f"{ACTIVE} AND priority IN ('critical', 'high')",
        ),
        (Face("Shelved", "Silenced for a time by an operator."), "state = 'shelved'"),
    ):
        made.with_panel(
            stat_panel(face, Sql(f"SELECT count(*) AS alarms FROM thermaliq.v_alarm WHERE {IN_SITE} AND {where}"))
        )
    now = rows(
        Face("Alarms now", "Each alarm's state, since when, and the value that was judged against its limit."),
        Sql(f"""
            SELECT asset, name, state, priority, since, episode, value, limit_value
            FROM thermaliq.v_alarm WHERE {IN_SITE} ORDER BY state = 'normal', since DESC"""),
    )
    made.with_panel(colored_words(now, "state", STATE_COLORS))
    states = f"""
        SELECT time, asset || ' ' || name AS metric, state
        FROM thermaliq.v_alarm_transition WHERE {OF_SITE} ORDER BY time"""
    made.with_panel(timeline(Face("States over time", "From each transition on."), Sql(states), STATE_COLORS))
    made.with_panel(
        bars(
            Face("Transitions an hour", "Many of them at once are a flood, which no operator can follow.", "short"),
            series(f"""
                SELECT $__timeGroupAlias(time, '1h'), state AS metric, count(*) AS transitions
                FROM thermaliq.v_alarm_transition WHERE {OF_SITE} GROUP BY 1, 2 ORDER BY 1"""),
        )
    )
    made.with_panel(
        rows(
            Face("Most frequent", "Alarms by their episodes in the range: candidates for another limit or delay."),
            Sql(f"""
                SELECT asset, name, count(DISTINCT episode) AS episodes, max(time) AS newest
                FROM thermaliq.v_alarm_transition WHERE {OF_SITE}
                GROUP BY asset, name ORDER BY episodes DESC, asset, name LIMIT 20"""),
            span=HALF,
        )
    )
    history = f"""
        SELECT time, asset, name, state, priority, value, limit_value, cause
        FROM thermaliq.v_alarm_transition WHERE {OF_SITE} ORDER BY time DESC LIMIT 500"""
    face = Face(
        "Transitions", "Every one of the range, the newest first; a cause is a condition, an operator or a revision."
    )
    return made.with_panel(colored_words(rows(face, Sql(history)), "state", STATE_COLORS))


def data_quality() -> dashboard.Dashboard:
    """Gaps, late readings, dead letters."""
    made = dashboard.Dashboard("Data quality").uid("thermaliq-quality").time("now-24h", "now").refresh("1m")
    made.description("What was lost, late, doubtful or could not be processed.").tags(["thermaliq", "plant"])
    made.with_variable(site_variable()).with_variable(window_variable()).annotation(gap_marks(OF_SITE))
    _quality_figures(made)
    _quality_curves(made)
    _quality_tables(made)
    return made


def _quality_figures(made: dashboard.Dashboard) -> None:
    lost = "sum(extract(epoch FROM time_end - time))"
    for face, statement in (
        (
            Face("Gaps", "Times of which nothing is known, that began in the range.", steps=RED_FROM_1),
            f"SELECT count(*) AS gaps FROM thermaliq.v_gap WHERE {OF_SITE} AND NOT backfilled",
        ),
        (
            Face("Time lost", "Their lengths together, over all assets.", "s", 0, RED_FROM_1),
            f"SELECT coalesce({lost}, 0) AS lost FROM thermaliq.v_gap WHERE {OF_SITE} AND NOT backfilled",
        ),
        (
            Face("Dead letters", "What could not be processed, of every site.", steps=RED_FROM_1),
            f"SELECT count(*) AS letters FROM thermaliq.v_dead_letter WHERE {IN_RANGE}",
        ),
        (
            Face("Points made again", "Of the points shown, those that late readings have changed."),
            f"SELECT count(*) AS revised FROM thermaliq.v_point WHERE {OF_WINDOW} AND revision > 0",
        ),
    ):
        made.with_panel(stat_panel(face, Sql(statement)))


def _quality_curves(made: dashboard.Dashboard) -> None:
    readings = f"""
        SELECT $__timeGroupAlias(time, $__interval),
            CASE status >> 30 WHEN 0 THEN 'GOOD' WHEN 1 THEN 'UNCERTAIN' ELSE 'BAD' END AS metric, count(*) AS readings
        FROM thermaliq.v_reading WHERE {OF_SITE} GROUP BY 1, 2 ORDER BY 1"""
    made.with_panel(
        bars(
            Face("Readings by status", "How many came, by the class of their OPC UA status.", "short"), series(readings)
        )
    )
    flags = f"""
        SELECT $__timeGroupAlias(time, $__interval), flag AS metric, count(*) AS readings
        FROM thermaliq.v_reading WHERE {OF_SITE} AND flag IS NOT NULL GROUP BY 1, 2 ORDER BY 1"""
    face = Face("Flagged readings", "Out of range (not used), held, filled in later, or substituted.", "short")
    made.with_panel(bars(face, series(flags)))
    coverage = f"SELECT time, asset AS metric, coverage FROM thermaliq.v_point WHERE {OF_WINDOW} ORDER BY time"
    face = Face("Coverage", "Share of each window on which every required input stood.", "percentunit", 1)
    made.with_panel(curves(face, series(coverage)))
    late = promql("sum by (accepted) (rate(thermaliq_late_readings_total[$__rate_interval]))", "accepted: {{accepted}}")
    face = Face(
        "Late readings", "Behind their watermark: accepted ones revise points, others wait for a recompute.", "cps"
    )
    made.with_panel(curves(face, late))
    letters = f"""
        SELECT $__timeGroupAlias(time, $__interval), code AS metric, count(*) AS letters
        FROM thermaliq.v_dead_letter WHERE {IN_RANGE} GROUP BY 1, 2 ORDER BY 1"""
    face = Face(
        "Dead letters by code",
        "Each code has its meaning in the documents; `thermaliq dead-letters` shows the bytes.",
        "short",
    )
    made.with_panel(bars(face, series(letters)))
    reasons = f"""
        SELECT $__timeGroupAlias(time, $__interval), split_part(reason, ':', 1) AS metric, count(*) AS points
        FROM thermaliq.v_point, unnest(reasons) AS reason WHERE {OF_WINDOW} GROUP BY 1, 2 ORDER BY 1"""
    face = Face("Reasons", "Why points are not GOOD.", "short")
    made.with_panel(bars(face, series(reasons)))


def _quality_tables(made: dashboard.Dashboard) -> None:
    gaps = rows(
        Face("Gaps", "Which source was silent, for how long, and whether it was filled in afterwards."),
        Sql(f"""
            SELECT time, time_end, extract(epoch FROM time_end - time) AS duration, asset, source, reason, backfilled
            FROM thermaliq.v_gap WHERE {OF_SITE} ORDER BY time DESC LIMIT 500"""),
        span=HALF,
    )
    made.with_panel(column_unit(gaps, "duration", "s", 0))
    made.with_panel(
        rows(
            Face("Dead letters", "Where each one stands in Kafka."),
            Sql(f"""
                SELECT time, code, stage, topic, kafka_partition, kafka_offset
                FROM thermaliq.v_dead_letter WHERE {IN_RANGE} ORDER BY time DESC LIMIT 500"""),
            span=HALF,
        )
    )
