"""SVG, PNG, HTML and JSON hold the same numbers; the same picture is the same bytes; a page stands alone."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import msgspec
import plotly.graph_objects
import pytest

from schemas.point import Point, PointQuality
from tests.fix_calculations import boiler
from tests.pictured import answered, in_page, in_png, in_svg, scripts
from thermaliq.picture_pages import examples
from thermaliq.pictures.description import describe
from thermaliq.pictures.energies import Energies, of_answer
from thermaliq.pictures.plotted.page import page_policy
from thermaliq.pictures.plotted.picture import plot_of
from thermaliq.pictures.render import Kind, render, render_report
from thermaliq.pictures.report import ReportNumbers
from thermaliq.pictures.trend import TrendNumbers, has_eta, runs, trend_of

EXAMPLES = {item.name: item for item in examples()}
MINUTE_US = 60_000_000
HOSTILE = "</script><script>alert(1)</script>$\\frac&\"'"


def hostile() -> Energies:
    return Energies(HOSTILE, HOSTILE, "boiler_direct", "W", 0.8, None, 100.0, 80.0, {HOSTILE: 5.0}, 15.0, HOSTILE)


def window(minute: int, eta: float | None, u95: float | None = 0.01) -> Point:
    end_us = minute * MINUTE_US
    quality: PointQuality = "GOOD" if eta is not None else "BAD"
    return Point(
        "a/b", "chiller", "1min", 60.0, end_us - MINUTE_US, end_us, 0, eta, u95, 1.0, 1.0, {}, 0.0, {}, 1.0, None,
        quality, [], "m", "sha256:0",
    )  # fmt: skip


def trend(*points: Point) -> TrendNumbers:
    return TrendNumbers("a/b", "chiller", "1min", 0, 10 * MINUTE_US, MINUTE_US, points)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_form_holds_the_same_numbers(name: str) -> None:
    item = EXAMPLES[name]
    told = msgspec.json.decode(render(item.kind, item.numbers, "json"))
    assert in_svg(render(item.kind, item.numbers, "svg")) == told
    assert in_png(render(item.kind, item.numbers, "png")) == told
    assert in_page(render(item.kind, item.numbers, "html")) == told


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_same_picture_is_the_same_bytes(name: str) -> None:
    item = EXAMPLES[name]
    for form in ("svg", "png"):
        assert render(item.kind, item.numbers, form) == render(item.kind, item.numbers, form)


@pytest.mark.parametrize("name", EXAMPLES)
def test_plotly_takes_every_figure(name: str) -> None:
    item = EXAMPLES[name]
    plot = plot_of(describe(item.kind, item.numbers))
    figure = plotly.graph_objects.Figure(plot)
    assert len(figure.data) == len(plot["data"])


def test_plotlys_sankey_has_the_values_of_the_description() -> None:
    page = render("sankey", of_answer(answered("boiler_direct")), "html")
    told, (trace,) = in_page(page), in_page(page, "figure-picture")["data"]
    assert trace["link"]["value"] == [link["value"] for link in told["links"]]
    nodes = [node["id"] for node in told["nodes"]]
    assert [nodes[place] for place in trace["link"]["target"]] == [link["target"] for link in told["links"]]


def test_plotlys_trend_has_the_values_of_the_description() -> None:
    page = render("trend", EXAMPLES["trend"].numbers, "html")
    traces: list[dict[str, Any]] = in_page(page, "figure-picture")["data"]
    (line,) = [trace for trace in traces if trace["name"] == "η"]
    known = [item for item in in_page(page)["points"] if item["eta"] is not None]
    assert [eta for eta in line["y"] if eta is not None] == [item["eta"] for item in known]
    assert [at for at in line["x"] if at is not None] == [item["time_us"] / 1e3 for item in known]


def test_an_svg_keeps_its_text_and_runs_nothing() -> None:
    content = render("sankey", of_answer(answered("boiler_direct")), "svg")
    texts = {element.text for element in ET.fromstring(content).iter("{http://www.w3.org/2000/svg}text")}
    assert {"Fuel", "Heat to steam", "Residual", "boiler_direct/lhv"} <= texts
    assert b"<script" not in content
    assert b'href="http' not in content


def test_a_page_fetches_nothing_and_runs_its_two_scripts_alone() -> None:
    page = render("sankey", of_answer(answered("boiler_direct")), "html")
    allowed = re.findall(r"'sha256-([^']+)'", page_policy())
    assert [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts(page)] == allowed
    assert "default-src 'none'" in page_policy()
    outside = page.replace(scripts(page)[0], b"")
    assert not re.search(rb"(src|href)\s*=|@import|url\(", outside)
    assert page_policy().removesuffix("; frame-ancestors 'none'").replace("'", "&#39;").encode() in outside
    assert b"showSendToCloud: false" in outside


@pytest.mark.parametrize("kind", ["sankey", "waterfall"])
def test_hostile_text_stays_text(kind: Kind) -> None:
    page = render(kind, hostile(), "html")
    assert len(scripts(page)) == 2
    assert b"alert(1)</script>" not in page
    assert in_page(page)["title"] == HOSTILE
    svg = render(kind, hostile(), "svg")
    assert in_svg(svg)["title"] == HOSTILE
    assert "script" not in {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}


def test_a_gap_and_a_null_break_the_line() -> None:
    made = trend_of(trend(*(window(n, 4.0) for n in (1, 2, 5)), window(6, None), window(7, 4.0)))
    assert [[point.time_us // MINUTE_US for point in run] for run in runs(made, has_eta)] == [[1, 2], [5], [7]]


def test_a_band_stands_only_where_the_uncertainty_is_known() -> None:
    svg = render("trend", trend(window(1, 4.0), window(2, 4.0), window(3, 4.0, None), window(4, 4.0)), "svg").decode()
    assert (svg.count('id="band-'), svg.count('id="run-')) == (2, 1)


@pytest.mark.parametrize("kind", ["trend", "load_scatter"])
def test_a_span_without_points_is_a_picture_that_says_so(kind: Kind) -> None:
    assert b"no " in render(kind, trend(), "svg")
    assert in_page(render(kind, trend(), "html"))["points"] == []


def test_a_state_chart_has_the_states_that_the_inputs_tell() -> None:
    told = msgspec.json.decode(render("Ts", answered("boiler_direct"), "json"))
    states = {mark["state"]["label"]: mark["state"] for mark in told["states"]}
    assert list(states) == ["feedwater", "boiling", "saturated vapour"]
    assert states["saturated vapour"]["T"] == pytest.approx(457.21, abs=0.05)
    assert states["saturated vapour"]["h"] == pytest.approx(2.7807e6, rel=1e-4)
    assert max(told["dome"]["y"]) == pytest.approx(373.9, abs=0.1)


def test_an_asset_without_water_states_has_an_empty_chart() -> None:
    told = msgspec.json.decode(render("hs", answered("fan"), "json"))
    assert told["states"] == []
    assert told["note"] != ""
    assert b"no state" in render("hs", answered("fan"), "svg")


def test_numbers_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match="no trend of Energies"):
        render("trend", hostile(), "json")


@pytest.mark.parametrize("kind", ["boiler_direct", "chiller", "custom", "steam_turbine", "wall"])
def test_a_report_has_all_of_a_calculation(kind: str) -> None:
    answer = answered(kind)
    told = msgspec.json.decode(render_report(ReportNumbers(answer, {"method": answer.method}), "json"))
    assert {row["name"]: row["value"] for row in told["inputs"]} == answer.inputs_si
    assert {row["name"]: row["value"] for row in told["results"]} == answer.values
    assert {row["name"] for row in told["parameters"] if row["default"]} == set(answer.defaults)
    assert told["method"]["text"]
    assert told["provenance"] == {"hash": answer.provenance, "document": {"method": answer.method}}
    page = render_report(ReportNumbers(answer, None), "html")
    assert in_page(page)["sankey"] == told["sankey"]
    assert answer.provenance.encode() in page


def test_a_report_names_the_sources_of_its_method() -> None:
    told = msgspec.json.decode(render_report(ReportNumbers(answered("chiller"), None), "json"))
    assert any("Carnot" in source for source in told["method"]["sources"])
    assert not any("Valid for" in source for source in told["method"]["sources"])


def test_a_report_shows_warnings_and_who_makes_the_uncertainty() -> None:
    accurate = {"steam_flow": boiler()["inputs"]["fuel_flow"] | {"value": 4.2}}
    answer = answered("boiler_direct", **accurate)
    page = render_report(ReportNumbers(answer, None), "html").decode()
    assert [part.name for part in answer.contributions] == ["steam_flow"]
    assert "share of the variance" in page
    assert all(item.code in page for item in answer.warnings)
    assert [item.code for item in answer.warnings] == ["above_unity"]


def test_the_service_does_not_import_matplotlib_for_its_pictures() -> None:
    code = "import sys, thermaliq.api.routers.pictures as p; p.page_policy(); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"matplotlib", "plotly", "jinja2", "PIL"} & set(told)
