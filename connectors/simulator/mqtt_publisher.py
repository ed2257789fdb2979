"""A real MQTT client that publishes rows: one message a topic, JSON with the row's time or a plain number."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from connectors.simulator.row import Row, raw_of
from schemas.site import MqttAddress, Source, Tag

_PORT = 1883
_WAITING_MAX = 1000


class MqttPublisher:
    """Publishes the topics of one MQTT source to a broker."""

    def __init__(self, source: Source, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or _PORT
        self._topics: dict[str, list[Tag]] = {}
        for tag in source.tags:
            self._topics.setdefault(_address(tag).topic, []).append(tag)
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv311)
        self._client.max_queued_messages_set(_WAITING_MAX)

    async def start(self) -> None:
        """Connect; paho comes back by itself after a loss."""
        await asyncio.to_thread(self._client.connect, self._host, self._port)
        self._client.loop_start()

    async def stop(self) -> None:
        """Say goodbye."""
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    async def show(self, row: Row) -> None:
        """One message a topic, at least once."""
        for topic, tags in self._topics.items():
            self._client.publish(topic, payload_of(tags, row), qos=1)


def payload_of(tags: Sequence[Tag], row: Row) -> str:
    """The message of one topic: each value and the time where the tags' JSON pointers look for them."""
    document: dict[str, Any] = {}
    for tag in tags:
        address, raw = _address(tag), raw_of(tag, row.values[tag.id])
        if address.value is None:
            return repr(raw)
        _place(document, address.value, raw)
        if address.timestamp is not None:
            _place(document, address.timestamp, row.ts_us // 1000)
    return json.dumps(document)


def _place(document: dict[str, Any], pointer: str, value: float) -> None:
    *parents, last = pointer.removeprefix("/").split("/")
    for key in parents:
        document = document.setdefault(key, {})
    document[last] = value


def _address(tag: Tag) -> MqttAddress:
    if not isinstance(tag.address, MqttAddress):
        raise TypeError(f"tag {tag.id} has no MQTT address")
    return tag.address
