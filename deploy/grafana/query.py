"""Queries as Grafana's two data sources take them, and the variables and annotations made of them."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard, prometheus
from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.models import dashboard as models

DATABASE: Final = models.DataSourceRef("postgres", "thermaliq-database")
PROMETHEUS: Final = models.DataSourceRef("prometheus", "thermaliq-prometheus")
ON_TIME_RANGE: Final = models.VariableRefresh.ON_TIME_RANGE_CHANGED

IN_SITE: Final = "split_part(asset, '/', 1) = ${site:sqlstring}"
IN_RANGE: Final = "$__timeFilter(time)"
OF_SITE: Final = f"{IN_SITE} AND {IN_RANGE}"
OF_WINDOW: Final = f"{OF_SITE} AND window_name = ${{window:sqlstring}}"
OF_ASSET: Final = f"asset = ${{asset:sqlstring}} AND {IN_RANGE}"
OF_ASSET_WINDOW: Final = f"{OF_ASSET} AND window_name = ${{window:sqlstring}}"


class SqlQuery(variants.Dataquery):
    """A query of the SQL data source, for which the SDK has no class."""

    def __init__(self, statement: str, form: str, ref_id: str = "A") -> None:
        self.statement, self.form, self.ref_id = statement, form, ref_id

    def to_json(self) -> dict[str, object]:
        """As Grafana stores it."""
        return {
            "datasource": DATABASE,
            "editorMode": "code",
            "format": self.form,
            "rawQuery": True,
            "rawSql": self.statement,
            "refId": self.ref_id,
        }


class Sql(builder.Builder[variants.Dataquery]):
    """Builds a query of the database; `form` is `table` or `time_series`."""

    def __init__(self, statement: str, form: str = "table", ref_id: str = "A") -> None:
        self._query = SqlQuery(" ".join(statement.split()), form, ref_id)

    def build(self) -> variants.Dataquery:
        """The query."""
        return self._query


def series(statement: str, ref_id: str = "A") -> Sql:
    """Rows of `time`, `metric` where there is more than one curve, and values."""
    return Sql(statement, "time_series", ref_id)


def promql(expression: str, legend: str, ref_id: str = "A") -> prometheus.Dataquery:
    """A range query of Prometheus."""
    query = prometheus.Dataquery().expr(" ".join(expression.split())).legend_format(legend).ref_id(ref_id)
    return query.datasource(PROMETHEUS).range()


def variable(name: str, label: str, description: str, statement: str) -> dashboard.QueryVariable:
    """A list to choose from, that the database fills."""
    made = dashboard.QueryVariable(name).label(label).description(description).datasource(DATABASE)
    return made.query(" ".join(statement.split())).refresh(ON_TIME_RANGE)


def site_variable() -> dashboard.QueryVariable:
    """Sites that have points in the time range."""
    statement = f"SELECT DISTINCT split_part(asset, '/', 1) AS site FROM thermaliq.v_point WHERE {IN_RANGE} ORDER BY 1"
    return variable("site", "Site", "The first segment of an asset's id.", statement)


def asset_variable() -> dashboard.QueryVariable:
    """Assets that have points in the time range."""
    statement = f"SELECT DISTINCT asset FROM thermaliq.v_point WHERE {OF_SITE} ORDER BY 1"
    return variable("asset", "Asset", "The asset's id.", statement)


def window_variable() -> dashboard.QueryVariable:
    """Windows of the site's assets, the shortest first."""
    statement = (
        f"SELECT window_name FROM thermaliq.v_point WHERE {OF_SITE} GROUP BY window_name ORDER BY min(length_s), 1"
    )
    return variable("window", "Window", "Over which an efficiency is taken; long ones for long ranges.", statement)


class SqlAnnotation(models.AnnotationQuery):
    """An annotation whose target is an SQL query."""

    def __init__(self, name: str, color: str, statement: str) -> None:
        super().__init__(name=name, datasource=DATABASE, icon_color=color)
        self._query = SqlQuery(" ".join(statement.split()), "table", "Anno")

    def to_json(self) -> dict[str, object]:
        """As Grafana stores it."""
        return super().to_json() | {"target": self._query}


class Annotation(builder.Builder[models.AnnotationQuery]):
    """Builds marks at `time` (to `timeend`) with a `text`."""

    def __init__(self, name: str, color: str, statement: str) -> None:
        self._annotation = SqlAnnotation(name, color, statement)

    def build(self) -> models.AnnotationQuery:
        """The annotation."""
        return self._annotation


def alarm_marks(where: str) -> Annotation:
    """Every transition of an alarm."""
    statement = f"""
        SELECT time, asset || ' ' || name || ': ' || state AS text, priority || ',' || cause AS tags
        FROM thermaliq.v_alarm_transition WHERE {where} ORDER BY time"""
    return Annotation("Alarms", "red", statement)


def gap_marks(where: str) -> Annotation:
    """Times of which nothing is known."""
    statement = f"""
        SELECT time, time_end AS timeend, source || ': ' || reason AS text
        FROM thermaliq.v_gap WHERE {where} ORDER BY time"""
    return Annotation("Gaps", "orange", statement)
