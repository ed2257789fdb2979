"""A loaded site: sources with their tags, assets, alarms. Every number is SI and every duration is whole microseconds.

`schemas.site_file` reads it from TOML and checks it; nothing here is read from a file twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Protocol = Literal["modbus", "opcua", "mqtt", "push", "replay"]
Trigger = Literal["status_value", "status_value_timestamp"]
TimeSource = Literal["source", "device", "server", "arrival"]
Operator = Literal["<", "<=", ">", ">=", "==", "!=", "="]


@dataclass(frozen=True, slots=True)
class Conversion:
    """SI = (scale · raw + offset) · factor + shift, in float64; a gauge pressure's barometer stands in `shift`."""

    scale: float = 1.0
    offset: float = 0.0
    factor: float = 1.0
    shift: float = 0.0

    def to_si(self, raw: float) -> float:
        """The SI value of what the plant sends."""
        return (self.scale * raw + self.offset) * self.factor + self.shift

    def to_plant(self, si: float) -> float:
        """The value in the plant's unit (not its raw form) of an SI value; for people."""
        return (si - self.shift) / self.factor


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A 95 % systematic limit: a fraction of the reading, or absolute in SI."""

    relative: float = 0.0
    absolute: float = 0.0


@dataclass(frozen=True, slots=True)
class ScaleExponent:
    """A register of the same device whose content n makes the raw value × 10^n."""

    address: int
    type: Literal["int16", "uint16"] = "int16"


@dataclass(frozen=True, slots=True)
class ModbusAddress:
    """Where a value stands in a Modbus device; `type` is the register type of the site file."""

    unit_id: int
    table: Literal["coil", "discrete_input", "input_register", "holding_register"]
    address: int
    type: str = "float32"
    word_order: Literal["big", "little"] = "big"
    byte_order: Literal["big", "little"] = "big"
    no_value: tuple[int, ...] = ()
    epoch: Literal["s", "ms", "us"] | None = None
    """Only of a clock: what the register counts."""
    scale_exponent: ScaleExponent | None = None


@dataclass(frozen=True, slots=True)
class OpcuaAddress:
    """A node; `index` picks an element of an array."""

    node_id: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class SparkplugAddress:
    """A Sparkplug B metric; `group` is the site id unless named."""

    group: str
    edge_node: str
    device: str
    metric: str


@dataclass(frozen=True, slots=True)
class MqttAddress:
    """A topic and JSON pointers into its payload (both None: the payload is the number), or a Sparkplug metric."""

    topic: str = ""
    value: str | None = None
    timestamp: str | None = None
    timestamp_unit: Literal["s", "ms", "us", "ns", "iso"] | None = None
    timestamp_zone: str | None = None
    good: str | None = None
    values: str | None = None
    match: Mapping[str, str] = field(default_factory=dict)
    encoding: Literal["identity", "gzip"] = "identity"
    index: int | None = None
    sparkplug: SparkplugAddress | None = None


@dataclass(frozen=True, slots=True)
class ReplayAddress:
    """A column of the file: a number from 1, or a name."""

    column: int | str


@dataclass(frozen=True, slots=True)
class PushAddress:
    """A pushed tag needs no address."""


Address = ModbusAddress | OpcuaAddress | MqttAddress | ReplayAddress | PushAddress


@dataclass(frozen=True)
class Tag:
    """One measured value: its id, address, unit and what may be believed of it."""

    id: str
    asset: str
    measurand: str
    unit: str
    """As the plant writes it."""
    unit_si: str
    address: Address
    conversion: Conversion = Conversion()
    valid_range: tuple[float, float] | None = None
    """SI, both ends allowed; outside: stored with flag out_of_range, not used."""
    accuracy: Accuracy | None = None
    calibration_group: str | None = None
    hold_limit_us: int = 30_000_000
    states: Mapping[str, float] = field(default_factory=dict)
    kind: Literal["value", "counter"] = "value"
    rollover: float | None = None
    """Of a counter: the plant's value at which it starts again from 0."""
    name: str = ""
    description: str = ""
    alias: str = ""


@dataclass(frozen=True)
class ModbusOptions:
    """How a Modbus source polls; `clock` is the device's own time."""

    poll_interval_s: float = 1.0
    timeout_s: float = 1.0
    clock: ModbusAddress | None = None


@dataclass(frozen=True)
class OpcuaOptions:
    """How an OPC UA source subscribes; paths are absolute."""

    publishing_interval_s: float = 0.5
    sampling_interval_s: float = 0.5
    queue_size: int = 10
    trigger: Trigger = "status_value"
    backfill: bool = False
    timeout_s: float = 4.0
    security_policy: str = "None"
    security_mode: str = "None"
    certificate: str | None = None
    private_key: str | None = None
    server_certificate: str | None = None
    username: str | None = None
    password_file: str | None = None


@dataclass(frozen=True)
class MqttOptions:
    """How an MQTT source subscribes; paths are absolute."""

    topic_filters: tuple[str, ...] = ()
    qos: Literal[0, 1, 2] = 1
    client_id: str | None = None
    username: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    certificate: str | None = None
    private_key: str | None = None
    keep_alive_s: int = 30


@dataclass(frozen=True)
class ReplayTime:
    """Which column is the time and how it is written; `origin_us` is added to numbers."""

    column: int | str
    unit: Literal["s", "ms", "us", "ns", "iso"] = "iso"
    origin_us: int = 0
    format: str | None = None
    zone: str | None = None


@dataclass(frozen=True)
class ReplayOptions:
    """The form of a replayed file."""

    format: Literal["csv", "parquet", "mos"]
    time: ReplayTime
    delimiter: str = ","
    decimal: str = "."
    thousands: str = ""
    encoding: str = "utf-8"
    header_row: bool = True
    skip_rows: int = 0


@dataclass(frozen=True)
class PushOptions:
    """A push source has no options."""


Options = ModbusOptions | OpcuaOptions | MqttOptions | ReplayOptions | PushOptions


@dataclass(frozen=True)
class Source:
    """One connection to the plant, or one way in for pushed or replayed readings."""

    name: str
    protocol: Protocol
    url: str
    options: Options
    tags: tuple[Tag, ...]
    lateness_us: int
    idle_after_us: int
    time: TimeSource = "source"


@dataclass(frozen=True)
class Window:
    """A rolling window [end − length, end), `end` a multiple of `advance` since the epoch; `name` as in the file."""

    name: str
    length_us: int
    advance_us: int


@dataclass(frozen=True)
class Comparison:
    """`exclude_when` and `running_when`: a tag of the asset's group against an SI number."""

    tag: str
    """Tag id."""
    operator: Operator
    limit: float


@dataclass(frozen=True)
class Asset:
    """One machine; `inputs` (measured parameters too) name tag ids, `parameters` are SI numbers or choices."""

    id: str
    group: str
    type: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, float | str | None] = field(default_factory=dict)
    defaulted: frozenset[str] = frozenset()
    """Parameters that the file left out."""
    exclude_when: Comparison | None = None
    running_when: Comparison | None = None
    min_coverage: float = 0.5
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True)
class AlarmRule:
    """An alarm on a point's quantity: `eta`, `residual`, `coverage`, `quality` or one of the type's values."""

    asset: str
    name: str
    window: str
    quantity: str
    operator: Operator
    limit: float | str
    relative_to_baseline: bool = False
    """`limit` is an offset to the asset's baseline; such a rule rests until there is a baseline."""
    hysteresis: float = 0.0
    on_delay_us: int = 0
    off_delay_us: int = 0
    beyond_uncertainty: bool = False
    priority: Literal["low", "medium", "high", "critical"] = "medium"
    latched: bool = False


@dataclass(frozen=True)
class Site:
    """One site file, loaded."""

    id: str
    file: str
    revision: str
    """sha256 of the file's bytes."""
    timezone: str
    atmospheric_pressure_pa: float
    lateness_us: int
    idle_after_us: int
    late_accept_us: int
    sources: tuple[Source, ...]
    assets: tuple[Asset, ...]
    alarms: tuple[AlarmRule, ...]

    def tags(self) -> dict[str, tuple[Tag, Source]]:
        """Tag id → the tag and the source that carries it."""
        return {tag.id: (tag, source) for source in self.sources for tag in source.tags}

    def groups(self) -> dict[str, str]:
        """Asset id → group, the Kafka key."""
        return {asset.id: asset.group for asset in self.assets}
