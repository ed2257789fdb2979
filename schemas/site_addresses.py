"""Where a tag stands in its source: the addresses of each protocol."""

from __future__ import annotations

from schemas import site_form as form
from schemas.site import (
    Address,
    ModbusAddress,
    MqttAddress,
    OpcuaAddress,
    PushAddress,
    ReplayAddress,
    ScaleExponent,
    SparkplugAddress,
)
from schemas.site_context import Context
from schemas.site_text import Path

_BITS = ("coil", "discrete_input")
_REGISTERS = {"int16": 1, "uint16": 1, "bool": 1, "bcd16": 1, "sm16": 1, "int64": 4, "uint64": 4, "float64": 4}


def registers_of(register_type: str) -> int:
    """How many registers a value of this type takes; two for the 32-bit types."""
    return _REGISTERS.get(register_type, 2)


def read_address(tag: form.AnyTag, path: Path, context: Context) -> Address:
    """The address of one tag."""
    match tag:
        case form.ModbusTagForm():
            return _modbus(tag, path, context)
        case form.OpcuaTagForm():
            return OpcuaAddress(tag.node_id, tag.index)
        case form.MqttTagForm():
            return _mqtt(tag, path, context)
        case form.ReplayTagForm():
            return ReplayAddress(tag.column)
        case form.PushTagForm():
            return PushAddress()


def read_clock(clock: form.ClockForm, path: Path, context: Context) -> ModbusAddress:
    """The register with the device's own time."""
    register_type = _register_type(clock, path, context, default="uint64")
    if register_type in ("bool", "bcd16", "bcd32", "sm16", "sm32"):
        context.found.error((*path, "type"), "a clock counts: write uint32, uint64, int64 or float64")
    return ModbusAddress(
        unit_id=clock.unit_id,
        table=clock.table,
        address=clock.address,
        type=register_type,
        word_order=clock.word_order,
        byte_order=clock.byte_order,
        epoch=clock.epoch,
    )


def _modbus(tag: form.ModbusTagForm, path: Path, context: Context) -> ModbusAddress:
    register_type = _register_type(tag, path, context, default="float32")
    exponent = tag.scale_exponent
    return ModbusAddress(
        unit_id=tag.unit_id,
        table=tag.table,
        address=tag.address,
        type=register_type,
        word_order=tag.word_order,
        byte_order=tag.byte_order,
        no_value=_no_values(tag, register_type, path, context),
        scale_exponent=ScaleExponent(exponent.address, exponent.type) if exponent else None,
    )


def _register_type(register: form.ModbusTagForm | form.ClockForm, path: Path, context: Context, default: str) -> str:
    """The register's type, checked against its table and the end of the address space."""
    bits = register.table in _BITS
    register_type = register.type or ("bool" if bits else default)
    if bits and register_type != "bool":
        context.found.error((*path, "type"), f'a {register.table} is a bit: write "bool", or leave the key out')
    if register.address + registers_of(register_type) > 65536:
        last = 65536 - registers_of(register_type)
        context.found.error((*path, "address"), f"{register_type} ends beyond the last register; at most {last}")
    return register_type


def _no_values(tag: form.ModbusTagForm, register_type: str, path: Path, context: Context) -> tuple[int, ...]:
    """Raw register contents that mean "no value"."""
    largest = (1 << 16 * registers_of(register_type)) - 1
    numbers = []
    for index, written in enumerate(tag.no_value):
        try:
            number = int(written, 0) if isinstance(written, str) else written
        except ValueError:
            number = -1
        if 0 <= number <= largest:
            numbers.append(number)
        else:
            fix = f'write raw register contents from 0 to {largest:#x}, as "0x8000"'
            context.found.error((*path, "no_value", index), fix)
    return tuple(numbers)


def _mqtt(tag: form.MqttTagForm, path: Path, context: Context) -> MqttAddress:
    if (tag.topic is None) == (tag.sparkplug is None):
        context.found.error((*path, "topic"), "a tag has a topic or a sparkplug metric, and not both")
    if tag.topic is not None and ("#" in tag.topic or "+" in tag.topic):
        context.found.error((*path, "topic"), "a tag's topic has no wildcards; those belong into topic_filters")
    if (tag.values is None) != (not tag.match):
        context.found.error((*path, "values"), "a list needs both: values, where it stands, and match, which element")
    for key in ("timestamp_unit", "timestamp_zone"):
        if tag.timestamp is None and getattr(tag, key) is not None:
            context.found.error((*path, key), "needs timestamp, the pointer to the time")
    context.zone(tag.timestamp_zone, (*path, "timestamp_zone"))
    return MqttAddress(
        topic=tag.topic or "",
        value=tag.value,
        timestamp=tag.timestamp,
        timestamp_unit=tag.timestamp_unit,
        timestamp_zone=tag.timestamp_zone,
        good=tag.good,
        values=tag.values,
        match=tag.match,
        encoding=tag.encoding,
        index=tag.index,
        sparkplug=_sparkplug(tag.sparkplug, context) if tag.sparkplug else None,
    )


def _sparkplug(metric: form.SparkplugForm, context: Context) -> SparkplugAddress:
    return SparkplugAddress(metric.group or context.site_id, metric.edge_node, metric.device, metric.metric)
