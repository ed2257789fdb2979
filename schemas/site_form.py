"""The site file as it is written: its tables, keys, defaults and ranges. `schemas/json/site.json` is made from it.

A form is checked key by key (`site_shape`), then read with its neighbours into `schemas.site` (`site_file`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from schemas import duration

Duration = Annotated[str, Meta(pattern=duration.PATTERN, extra={"fix": f"write {duration.MEANING}"})]
Seconds = Annotated[float, Meta(gt=0, le=1e7, extra={"fix": "write a number of seconds above 0, at most 1e7"})]
Count = Annotated[int, Meta(ge=1, extra={"fix": "write a whole number from 1"})]
UnitText = Annotated[str, Meta(min_length=1, extra={"fix": "write the plant's unit, as t/h or bar(g)"})]
TagId = Annotated[str, Meta(min_length=1, extra={"fix": 'write asset id/measurand, as "mill/boiler1/steam_flow"'})]
AssetId = Annotated[str, Meta(min_length=1, extra={"fix": 'write site/segment, as "mill/boiler1"'})]
Url = Annotated[str, Meta(min_length=1, extra={"fix": 'write where it is, as "tcp://10.0.0.5:502"'})]
Condition = Annotated[str, Meta(min_length=1, extra={"fix": 'write a condition, as "eta < 0.82"'})]
Word = Annotated[str, Meta(min_length=1, extra={"fix": "write a text that is not empty"})]
Fraction = Annotated[float, Meta(ge=0, le=1, extra={"fix": "write a number from 0 to 1"})]
UnitId = Annotated[int, Meta(ge=0, le=255, extra={"fix": "a Modbus unit id is a whole number from 0 to 255"})]
Register = Annotated[
    int, Meta(ge=0, le=65535, extra={"fix": "an address is zero-based and from 0 to 65535: 40101 is address 100"})
]
Pointer = Annotated[str, Meta(pattern="^(/.*)?$", extra={"fix": 'write a JSON pointer, as "/value"'})]
NodeId = Annotated[
    str, Meta(pattern=r"^(ns=[0-9]+;)?[isgb]=.+$(?!\n)", extra={"fix": 'write a node id, as "ns=2;s=Boiler1.FuelFlow"'})
]
Quality = Literal[0, 1, 2]
Table = Literal["coil", "discrete_input", "input_register", "holding_register"]
RegisterType = Literal[
    "bool",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float32",
    "float64",
    "bcd16",
    "bcd32",
    "sm16",
    "sm32",
]
WordOrder = Literal["big", "little"]
SecurityPolicy = Literal["None", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"]
Instant = Annotated[datetime, Meta(tz=True, extra={"fix": 'write a time with its offset, as "2024-01-01T00:00:00Z"'})]
Column = Annotated[int, Meta(ge=1, extra={"fix": "write a column's number, from 1, or its name"})] | Word
State = Annotated[float | bool, Meta(extra={"fix": "write the number that this text stands for"})]


class Form(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; other keys than its own are refused."""


class SiteForm(Form, kw_only=True):
    """The plant."""

    id: Word
    timezone: Word = "UTC"
    atmospheric_pressure: Word = "101.325 kPa(a)"
    lateness: Duration = "10s"
    idle_after: Duration = "30s"
    late_accept: Duration = "1h"


class TagForm(Form, kw_only=True):
    """One measured value, whatever the protocol."""

    id: TagId
    unit: UnitText
    scale: float = 1.0
    offset: float = 0.0
    valid_range: tuple[Word, Word] | None = None
    accuracy: Word | None = None
    calibration_group: Word | None = None
    hold_limit_s: Seconds = 30.0
    states: dict[str, State] = {}
    kind: Literal["value", "counter"] = "value"
    rollover: Annotated[float, Meta(gt=0)] | None = None
    name: str = ""
    description: str = ""
    alias: str = ""


class ScaleExponentForm(Form, kw_only=True):
    """A register of the same device whose value n makes the tag's raw value × 10^n."""

    address: Register
    type: Literal["int16", "uint16"] = "int16"


class ClockForm(Form, kw_only=True):
    """The device's own time."""

    unit_id: UnitId
    table: Table
    address: Register
    type: RegisterType | None = None
    word_order: WordOrder = "big"
    byte_order: WordOrder = "big"
    epoch: Literal["s", "ms", "us"]


class ModbusTagForm(TagForm, kw_only=True):
    """A tag of a Modbus source."""

    unit_id: UnitId
    table: Table
    address: Register
    type: RegisterType | None = None
    word_order: WordOrder = "big"
    byte_order: WordOrder = "big"
    no_value: list[str | int] = []
    scale_exponent: ScaleExponentForm | None = None


class OpcuaTagForm(TagForm, kw_only=True):
    """A tag of an OPC UA source."""

    node_id: NodeId
    index: Annotated[int, Meta(ge=0)] | None = None


class SparkplugForm(Form, kw_only=True):
    """A Sparkplug B metric."""

    edge_node: Word
    metric: Word
    device: str = ""
    group: Word | None = None


class MqttTagForm(TagForm, kw_only=True):
    """A tag of an MQTT source: a topic, or a Sparkplug metric."""

    topic: Word | None = None
    sparkplug: SparkplugForm | None = None
    value: Pointer | None = None
    timestamp: Pointer | None = None
    timestamp_unit: Literal["s", "ms", "us", "ns", "iso"] | None = None
    timestamp_zone: Word | None = None
    values: Pointer | None = None
    match: dict[Pointer, str] = {}
    good: Pointer | None = None
    encoding: Literal["identity", "gzip"] = "identity"
    index: Annotated[int, Meta(ge=0)] | None = None


class ReplayTagForm(TagForm, kw_only=True):
    """A column of a replayed file."""

    column: Column


class PushTagForm(TagForm, kw_only=True):
    """A tag whose readings are pushed, or produced to Kafka by others."""


class SourceForm(Form, tag_field="protocol", kw_only=True):
    """A way in for readings."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9_]+$(?!\n)", extra={"fix": "a name is of a-z, 0-9 and _"})]
    lateness: Duration | None = None
    idle_after: Duration | None = None


class ConnectedForm(SourceForm, kw_only=True):
    """A source that is reached by a URL."""

    url: Url
    time: Literal["device", "server", "arrival"] | None = None


class ModbusForm(ConnectedForm, tag="modbus", kw_only=True):
    """Modbus TCP or RTU, polled."""

    poll_interval_s: Seconds = 1.0
    timeout_s: Seconds = 1.0
    clock: ClockForm | None = None
    tag: list[ModbusTagForm] = []


class OpcuaForm(ConnectedForm, tag="opcua", kw_only=True):
    """OPC UA, subscribed."""

    security_policy: SecurityPolicy
    security_mode: Literal["None", "Sign", "SignAndEncrypt"] | None = None
    certificate: Word | None = None
    private_key: Word | None = None
    server_certificate: Word | None = None
    username: Word | None = None
    password_file: Word | None = None
    publishing_interval_s: Seconds = 0.5
    sampling_interval_s: Seconds = 0.5
    queue_size: Count = 10
    timeout_s: Seconds = 4.0
    trigger: Literal["status_value", "status_value_timestamp"] = "status_value"
    backfill: bool = False
    tag: list[OpcuaTagForm] = []


class MqttForm(ConnectedForm, tag="mqtt", kw_only=True):
    """MQTT, with plain, JSON or Sparkplug payloads."""

    topic_filters: list[Word] = []
    qos: Quality = 1
    client_id: Word | None = None
    keep_alive_s: Count = 30
    username: Word | None = None
    password_file: Word | None = None
    ca_file: Word | None = None
    certificate: Word | None = None
    private_key: Word | None = None
    tag: list[MqttTagForm] = []


class ReplayTimeForm(Form, kw_only=True):
    """Which column is the time, and how it is written."""

    column: Column
    unit: Literal["s", "ms", "us", "ns", "iso"] = "iso"
    origin: Instant | None = None
    format: Word | None = None
    zone: Word | None = None


class ReplayForm(SourceForm, tag="replay", kw_only=True):
    """A file with its own timestamps; `thermaliq replay FILE` plays it."""

    format: Literal["mos", "csv", "parquet"]
    time: ReplayTimeForm
    delimiter: Annotated[str, Meta(min_length=1, max_length=1, extra={"fix": "write one character"})] = ","
    decimal: Literal[".", ","] = "."
    thousands: Annotated[str, Meta(max_length=1, extra={"fix": "write one character, or none"})] = ""
    encoding: Word = "utf-8"
    header_row: bool = True
    skip_rows: Annotated[int, Meta(ge=0)] = 0
    tag: list[ReplayTagForm] = []


class PushForm(SourceForm, tag="push", kw_only=True):
    """Readings that gateways push over HTTP, or others produce to Kafka."""

    tag: list[PushTagForm] = []


AnySource = ModbusForm | OpcuaForm | MqttForm | ReplayForm | PushForm
AnyTag = ModbusTagForm | OpcuaTagForm | MqttTagForm | ReplayTagForm | PushTagForm


class WindowForm(Form, kw_only=True):
    """A rolling window; without `advance` it tumbles."""

    length: Duration
    advance: Duration | None = None


class AssetForm(Form, kw_only=True):
    """One machine."""

    id: AssetId
    type: Word
    group: AssetId | None = None
    inputs: dict[str, Word] = {}
    parameters: dict[str, float | str] = {}
    exclude_when: Condition | None = None
    running_when: Condition | None = None
    min_coverage: Fraction = 0.5
    windows: list[WindowForm] = []


class AlarmForm(Form, kw_only=True):
    """A condition on an asset's points."""

    asset: AssetId
    name: Word
    when: Condition
    window: Duration | None = None
    hysteresis: Annotated[float, Meta(ge=0)] | Word = 0.0
    on_delay: Duration = "0s"
    off_delay: Duration = "0s"
    beyond_uncertainty: bool = False
    priority: Literal["low", "medium", "high", "critical"] = "medium"
    latched: bool = False


class SiteFileForm(Form, kw_only=True):
    """A site file of THERMALIQ."""

    site: SiteForm
    source: list[AnySource] = []
    asset: list[AssetForm] = []
    alarm: list[AlarmForm] = []
