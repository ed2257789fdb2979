"""A site file becomes a site in SI, with the defaults of the interfaces, or findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import Finding
from schemas.site import (
    Accuracy,
    Comparison,
    Conversion,
    ModbusAddress,
    ModbusOptions,
    MqttAddress,
    MqttOptions,
    OpcuaAddress,
    OpcuaOptions,
    ReplayOptions,
    ReplayTime,
    ScaleExponent,
    Site,
    SparkplugAddress,
    Window,
)
from schemas.site_file import SiteText, load, load_sites
from thermaliq.site_files import VOCABULARY

PUSH = '[[source]]\nname = "gateways"\nprotocol = "push"\n'
NONE = '[[asset]]\nid = "mill/x"\ntype = "none"\n'


def check(text: str | bytes, *, exists: bool = True) -> tuple[Site | None, list[Finding]]:
    data = text.encode() if isinstance(text, str) else text
    return load(SiteText("mill.toml", "/plant", data), VOCABULARY, lambda _path: exists)


def site_of(text: str) -> Site:
    site, findings = check(text)
    assert site is not None, findings
    return site


def keys(text: str) -> list[tuple[int, str]]:
    return [(finding.line, finding.key) for finding in check(text)[1] if not finding.warning]


def edge() -> Site:
    return site_of((Path(__file__).parents[1] / "golden" / "sites" / "edge.toml").read_text(encoding="utf-8"))


def test_absent_keys_have_the_published_defaults() -> None:
    site = site_of(f'[site]\nid = "mill"\n{PUSH}[[source.tag]]\nid = "mill/x/y"\nunit = "kg/s"\n{NONE}')

    assert (site.lateness_us, site.idle_after_us, site.late_accept_us) == (10_000_000, 30_000_000, 3_600_000_000)
    assert (site.timezone, site.atmospheric_pressure_pa) == ("UTC", 101_325.0)
    assert site.sources[0].tags[0].hold_limit_us == 30_000_000
    assert (site.assets[0].min_coverage, site.assets[0].group, site.assets[0].windows) == (0.5, "mill/x", ())
    assert (site.sources[0].lateness_us, site.sources[0].time) == (10_000_000, "source")


def test_a_source_overrides_the_lateness_of_its_site() -> None:
    site = edge()

    assert [source.lateness_us for source in site.sources] == [60_000_000, *[5_000_000] * 3]
    assert [source.idle_after_us for source in site.sources] == [7_200_000_000, *[30_000_000] * 3]


def test_modbus_keys_reach_the_address() -> None:
    source = edge().sources[0]

    assert (source.protocol, source.time, source.options) == ("modbus", "arrival", ModbusOptions(1.0, 2.0, None))
    assert source.tags[0].address == ModbusAddress(
        unit_id=1,
        table="input_register",
        address=65534,
        type="uint32",
        word_order="little",
        byte_order="little",
        no_value=(0x8000, 0xFFFF_FFFF, 7),
        scale_exponent=ScaleExponent(20, "int16"),
    )
    assert (source.tags[0].kind, source.tags[0].rollover) == ("counter", 1e8)
    assert source.tags[2].address == ModbusAddress(unit_id=2, table="coil", address=0, type="bool")


def test_the_clock_of_a_device_is_read() -> None:
    text = '[[source]]\nname = "a"\nprotocol = "modbus"\nurl = "tcp://h"\n[source.clock]\nunit_id = 3\n'
    clock = 'table = "holding_register"\naddress = 10\ntype = "uint64"\nepoch = "ms"\n'
    options = site_of(f'[site]\nid = "mill"\n{text}{clock}').sources[0].options

    assert isinstance(options, ModbusOptions)
    assert options.clock == ModbusAddress(3, "holding_register", 10, "uint64", epoch="ms")


def test_units_of_the_plant_become_si() -> None:
    tags = {tag.measurand: tag for tag, _ in edge().tags().values()}

    assert tags["power"].conversion == Conversion(0.1, -5.0, 1000.0, 0.0)
    assert tags["power"].valid_range == (-10_000.0, 2_000_000.0)
    assert tags["power"].accuracy == Accuracy(absolute=500.0)
    assert tags["power"].calibration_group == "meters"
    assert tags["t_hot"].accuracy == Accuracy(absolute=0.5)
    assert tags["t_hot"].conversion.to_si(32.0) == pytest.approx(273.15, abs=1e-9)
    assert tags["t_hot"].valid_range == pytest.approx((273.15, 588.7055556), abs=1e-6)
    assert tags["suction"].conversion.to_si(20.0) == pytest.approx(98_000.0 + 2_000.0)
    assert tags["suction"].conversion.to_plant(100_000.0) == pytest.approx(20.0)
    assert {tag.unit_si for tag in tags.values()} >= {"W", "K", "Pa", "kg/s", "1"}


def test_opcua_mqtt_and_replay_keys_reach_the_site() -> None:
    _, dcs, edge_source, history = edge().sources

    assert dcs.options == OpcuaOptions()
    assert dcs.tags[0].address == OpcuaAddress("ns=2;s=Mode", 3)
    assert dcs.tags[0].states == {"off": 0.0, "on fire": 1.5, "auto": 1.0}
    assert isinstance(edge_source.options, MqttOptions)
    assert edge_source.options.topic_filters == ("plant/list", "spBv1.0/north/#")
    assert edge_source.tags[0].address == MqttAddress(
        topic="plant/list",
        value="/v",
        timestamp="/t",
        timestamp_unit="iso",
        timestamp_zone="Europe/Vienna",
        good="/q",
        values="/values",
        match={"/id": "T7", "/kind": "pv"},
        encoding="gzip",
    )
    assert edge_source.tags[1].address == MqttAddress(sparkplug=SparkplugAddress("north", "gw2", "", "p"))
    assert history.options == ReplayOptions(
        format="csv",
        time=ReplayTime("Zeit", "iso", 0, "%d.%m.%Y %H:%M", "Europe/Vienna"),
        delimiter=";",
        decimal=",",
        thousands=".",
        encoding="cp1252",
        header_row=True,
        skip_rows=3,
    )


def test_an_asset_names_tags_of_its_group_and_watches_in_si() -> None:
    chiller = edge().assets[1]

    assert chiller.group == "mill/cooling"
    assert chiller.inputs["T_chilled_in"] == "mill/plant/t_in"
    assert chiller.running_when == Comparison("mill/plant/running", "==", 1.0)
    assert chiller.exclude_when == Comparison("mill/plant/t_hot", ">", 313.15)
    assert chiller.windows == (
        Window("15min", 900_000_000, 900_000_000),
        Window("1d", 86_400_000_000, 3_600_000_000),
    )
    assert "drive_cutoff" in chiller.defaulted
    assert chiller.parameters["drive_cutoff"] == 0.0


def test_alarms_watch_a_quantity_a_baseline_or_the_quality() -> None:
    drift, balance, blind, patchy = edge().alarms

    assert (drift.quantity, drift.limit, drift.relative_to_baseline, drift.window) == ("eta", -0.2, True, "1d")
    assert (balance.limit, balance.window, balance.latched) == (0.05, "15min", True)
    assert (blind.quantity, blind.operator, blind.limit, blind.priority) == ("quality", "==", "BAD", "low")
    assert (patchy.operator, patchy.hysteresis) == ("<=", 0.02)


BOILER = """[site]
id = "mill"
[[source]]
name = "gateways"
protocol = "push"
tag = [
  { id = "mill/b/steam", unit = "kg/s" }, { id = "mill/b/fuel", unit = "kg/s" }, { id = "mill/b/p", unit = "bar(a)" },
  { id = "mill/b/t", unit = "degC" }, { id = "mill/b/lhv", unit = "MJ/kg" },
]
[[asset]]
id = "mill/b"
type = "boiler_direct"
inputs = { steam_flow = "steam", fuel_flow = "fuel", p_steam = "p", T_feedwater = "t" }
windows = [ { length = "5min" } ]
"""


@pytest.mark.parametrize(
    "parameters",
    ['parameters = { LHV = "lhv" }', '[asset.parameters]\nLHV = "mill/b/lhv"', '[asset.inputs]\nLHV = "lhv"'],
)
def test_a_tag_may_stand_for_a_parameter(parameters: str) -> None:
    text = BOILER
    if parameters.startswith("[asset.inputs]"):
        text, parameters = text.replace('T_feedwater = "t" }', 'T_feedwater = "t", LHV = "lhv" }'), ""

    asset = site_of(text + parameters).assets[0]

    assert asset.inputs["LHV"] == "mill/b/lhv"
    assert asset.parameters["LHV"] is None
    assert "LHV" not in asset.defaulted


def test_a_rule_of_the_type_over_several_keys_is_a_finding() -> None:
    superheated = 'parameters = { LHV = "50 MJ/kg", steam = "superheated" }'

    assert keys(BOILER) == [(10, "asset[0].parameters.LHV")]
    assert keys(BOILER + superheated) == [(13, "asset[0].inputs.T_steam")]


CUSTOM = """[site]
id = "mill"
[[source]]
name = "g"
protocol = "push"
tag = [{ id = "mill/k/gas", unit = "kg/s" }, { id = "mill/k/heat", unit = "MW" }, { id = "mill/k/t", unit = "degC" }]
[[asset]]
id = "mill/k"
type = "custom"
inputs = { gas = "gas", heat = "heat" }
parameters = { energy_in = "gas * '50 MJ/kg'", energy_out = "heat" }
windows = [{ length = "5min" }]
"""


def test_the_expressions_of_a_custom_asset_make_its_inputs() -> None:
    asset = site_of(CUSTOM).assets[0]

    assert asset.inputs == {"gas": "mill/k/gas", "heat": "mill/k/heat"}
    assert asset.parameters["energy_out"] == "heat"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("'50 MJ/kg'", "'50 MJ'", (11, "asset[0].parameters.energy_in")),
        ('"heat" }\nwin', '"warmth" }\nwin', (11, "asset[0].parameters.energy_out")),
        ('"heat" }\nwin', '"heat *" }\nwin', (11, "asset[0].parameters.energy_out")),
        ('heat = "heat" }', 'heat = "heat", spare = "t" }', (10, "asset[0].inputs.spare")),
        (', energy_out = "heat"', "", (11, "asset[0].parameters.energy_out")),
    ],
)
def test_an_expression_that_is_wrong_is_a_finding(old: str, new: str, key: tuple[int, str]) -> None:
    assert key in keys(CUSTOM.replace(old, new))


def test_alternatives_stand_for_a_required_input_all_together() -> None:
    tags = ", ".join(
        f'{{ id = "mill/e/{name}", unit = "{unit}" }}'
        for name, unit in {
            "gas": "kg/s",
            "air": "kg/s",
            "feed": "kg/s",
            "t1": "K",
            "t2": "K",
            "t3": "K",
            "t4": "K",
        }.items()
    )
    asset = '[[asset]]\nid = "mill/e"\ntype = "economiser"\nwindows = [{ length = "1h" }]\n[asset.inputs]\n'
    inputs = 'cold_flow = "feed"\nT_hot_in = "t1"\nT_hot_out = "t2"\nT_cold_in = "t3"\nT_cold_out = "t4"\n'
    inputs += 'fuel_flow = "gas"\n'
    text = f'[site]\nid = "mill"\n{PUSH}tag = [{tags}]\n{asset}{inputs}'

    assert keys(text) == [(11, "asset[0].inputs.hot_flow")]
    assert keys(f'{text}air_flow = "air"\n') == []


@pytest.mark.parametrize("second", ["", 'group = "mill/hall"'])
def test_an_input_of_another_group_is_refused_until_both_are_one_group(second: str) -> None:
    text = BOILER.replace('fuel_flow = "fuel"', 'fuel_flow = "mill/c/fuel"').replace("mill/b/fuel", "mill/c/fuel")
    text += f'parameters = {{ LHV = "50 MJ/kg" }}\n{second}\n[[asset]]\nid = "mill/c"\ntype = "none"\n{second}'

    assert keys(text) == ([] if second else [(13, "asset[0].inputs.fuel_flow")])


def test_a_file_that_is_no_toml_names_the_line_and_what_stands_there() -> None:
    site, (finding,) = check('[site]\nid = "mill\n')

    assert site is None
    assert (finding.line, finding.value) == (2, 'id = "mill')
    assert finding.fix.startswith("no TOML: ")


def test_a_file_that_is_no_utf8_names_the_line() -> None:
    site, (finding,) = check(b'[site]\nid = "m\xfcll"\n')

    assert site is None
    assert (finding.line, finding.value) == (2, r"b'\xfc'")


def test_a_file_named_in_the_site_file_may_be_made_later() -> None:
    text = '[site]\nid = "mill"\n[[source]]\nname = "e"\nprotocol = "mqtt"\nurl = "mqtts://b"\nca_file = "pki/ca.pem"\n'

    site, findings = check(text, exists=False)

    assert site is not None
    assert isinstance(site.sources[0].options, MqttOptions)
    assert site.sources[0].options.ca_file == "/plant/pki/ca.pem"
    assert [(finding.line, finding.warning) for finding in findings] == [(3, True), (7, True)]


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    text = '[site]\nid = "mill"\n[[source]]\nname = "e"\nprotocol = "mqtt"\nurl = "mqtt://me:hunter2@b"\n'

    found = [finding for finding in check(text)[1] if not finding.warning]

    assert [finding.value for finding in found] == ['"mqtt://me:…@b"']


@pytest.mark.parametrize(
    ("pressure", "outcome"),
    [("90 kPa(a)", "well"), ("1 bar(g)", "error"), ("1 bar", "error"), ("40 kPa(a)", "warning"), ("300 K", "error")],
)
def test_the_barometer_is_absolute_and_of_this_earth(pressure: str, outcome: str) -> None:
    _, findings = check(f'[site]\nid = "mill"\natmospheric_pressure = "{pressure}"\n')

    assert [finding.warning for finding in findings] == {"well": [], "warning": [True], "error": [False]}[outcome]


def test_two_files_of_one_site_are_one_too_many() -> None:
    texts = [SiteText(name, "/plant", b'[site]\nid = "mill"\n') for name in ("a.toml", "b.toml")]

    sites, findings = load_sites(texts, VOCABULARY, lambda _path: True)

    assert len(sites) == 1
    assert [(finding.file, finding.key, finding.warning) for finding in findings] == [("b.toml", "site.id", False)]


def test_the_revision_is_that_of_the_bytes() -> None:
    first, second = (site_of(f'[site]\nid = "mill"\n# {word}\n').revision for word in ("one", "two"))

    assert len(first) == 64
    assert first != second
