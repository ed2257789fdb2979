"""The AsyncAPI 3.0 document of the Kafka topics."""

from __future__ import annotations

from typing import Any, Final, Literal

from schemas.topics import Topics, TopicSpec

Action = Literal["send", "receive"]

CHANNELS: Final = {
    "readings": ("receive", ("reading_batch", "command"), "group: the asset's group, by default the asset id"),
    "points": ("send", ("point",), "asset id"),
    "alerts": ("send", ("alert",), "asset id/alarm name"),
    "gaps": ("send", ("gap",), "asset id"),
    "dead_letters": ("send", ("dead_letter",), "the key of the record that failed"),
}
"""Topic → what THERMALIQ does with it, its records, its key."""
ORDERED: Final = ("point", "alert")
"""Records with the headers `origin` and `seq`."""


def asyncapi() -> dict[str, Any]:
    """The whole document; refers to the JSON Schemas beside it."""
    specs = {spec.name.removeprefix(Topics().prefix): spec for spec in Topics().specs()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "THERMALIQ",
            "version": "1",
            "description": "Readings in; points, alarm transitions, gaps and dead letters out. Consumers ignore "
            "unknown fields; an incompatible /2 is published beside /1 for 90 days.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(specs[name], records, key) for name, (_, records, key) in CHANNELS.items()},
        "operations": {
            f"{action}_{name}": _operation(action, name, records) for name, (action, records, _) in CHANNELS.items()
        },
        "components": {
            "messages": {record: _message(record, key) for _, records, key in CHANNELS.values() for record in records}
        },
    }


def _channel(spec: TopicSpec, records: tuple[str, ...], key: str) -> dict[str, Any]:
    config = {
        "cleanup.policy": spec.cleanup_policy.split(","),
        "retention.ms": spec.retention_ms,
        "max.message.bytes": int(spec.config()["max.message.bytes"]),
    }
    time = " Its timestamp type is LogAppendTime." if spec.log_append_time else ""
    return {
        "address": spec.name,
        "description": f"Key: {key}.{time} The prefix `thermaliq.` is the setting TOPIC_PREFIX.",
        "messages": {record: {"$ref": f"#/components/messages/{record}"} for record in records},
        "bindings": {"kafka": {"topic": spec.name, "topicConfiguration": config, "bindingVersion": "0.5.0"}},
    }


def _operation(action: str, channel: str, records: tuple[str, ...]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{record}"} for record in records],
    }


def _message(record: str, key: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": record,
        "title": f"{record}/1",
        "bindings": {"kafka": {"key": {"type": "string", "description": key}, "bindingVersion": "0.5.0"}},
    }
    if record == "dead_letter":
        payload = {"description": "The bytes that failed, as they were."}
        octets = "application/octet-stream"
        return {**message, "contentType": octets, "headers": {"$ref": "./json/dead_letter.json"}, "payload": payload}
    return {**message, "headers": _headers(record), "payload": {"$ref": f"./json/{record}.json"}}


def _headers(record: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "schema": {"const": f"{record}/1"},
        "traceparent": {"type": "string", "description": "W3C trace context, where traced."},
    }
    required = [] if record == "reading_batch" else ["schema"]
    if record in ORDERED:
        number = {"type": "string", "pattern": "^[0-9]+$"}
        properties["origin"] = {**number, "description": "Partition of the readings topic that it comes from."}
        properties["seq"] = {**number, "description": "Rises within an origin; skip what is not above your last one."}
        required += ["origin", "seq"]
    return {"type": "object", "properties": properties, "required": required}
