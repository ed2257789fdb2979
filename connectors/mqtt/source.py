"""An MQTT broker's messages as a source: a durable session, and a PUBACK only when the readings are durable."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connectors.held import SourceClock
from connectors.mqtt.link import Link
from connectors.mqtt.payload import PAYLOAD_BYTES_MAX, TagValue, address_of, contents_of
from connectors.secret import first_line
from connectors.source import Clock, Refusal, Sample, Scan, Sink, SourceStatus
from schemas.errors import ConfigError
from schemas.ids import site_of
from schemas.quality import BAD_NO_DATA, quality_of
from schemas.reading import Origin
from schemas.site import MqttOptions, Source, Tag

_UNACKNOWLEDGED_MAX = 1000
_QOS_MAX = 1
"""QoS 2 hands a message over before its readings are durable; 1 can wait, and a second copy of a reading is none."""
_DRAIN_TIMEOUT_S = 2.0
_SCAN_ONCE_S = 5.0

if TYPE_CHECKING:
    from paho.mqtt.client import MQTTMessage

_SOURCE_CLOCK: Origin = "source"
_OWN_CLOCK: Origin = "connector"

Handed = tuple["MQTTMessage", list[asyncio.Future[None]]]


class MqttSource:
    """One MQTT broker of a site."""

    def __init__(self, source: Source, clock: Clock) -> None:
        if not isinstance(source.options, MqttOptions):
            raise TypeError(f"source {source.name} is not MQTT")
        _refuse_what_is_not_built(source)
        self.name = source.name
        self.status = SourceStatus()
        self.retained_total = 0
        """Retained messages without a time of their own: no readings."""
        self._source = source
        self._options = source.options
        file = source.options.password_file
        self._password = first_line(file, "password_file") if file is not None else None
        self._clock = clock
        self._source_clock = SourceClock()
        self._tags: dict[str, list[Tag]] = {}
        for tag in source.tags:
            self._tags.setdefault(address_of(tag).topic, []).append(tag)

    async def run(self, sink: Sink) -> None:
        """Subscribe and deliver until cancelled; raises `UnavailableError` when the broker is away."""
        site = site_of(self._source.tags[0].asset) if self._source.tags else "site"
        client_id = self._options.client_id or f"thermaliq-{site}-{self.name}"
        link = Link(self._source.url, self._options, self._password, client_id)
        handed: asyncio.Queue[Handed] = asyncio.Queue(_UNACKNOWLEDGED_MAX)
        await link.open(self._options.topic_filters or tuple(self._tags), min(self._options.qos, _QOS_MAX))
        self.status.state, self.status.detail = "up", ""
        tasks = [
            asyncio.create_task(self._take(link, handed, sink)),
            asyncio.create_task(_acknowledge(link, handed)),
            asyncio.create_task(link.tend()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except asyncio.CancelledError:
            tasks[0].cancel()
            with suppress(TimeoutError):
                await asyncio.wait_for(handed.join(), _DRAIN_TIMEOUT_S)
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            link.close()

    async def scan_once(self) -> list[Sample]:
        """The first message of every topic within a few seconds, in a session of its own; no message: `BadNoData`."""
        link = Link(self._source.url, self._options, self._password, None)
        seen: dict[str, Sample] = {}
        await link.open(self._options.topic_filters or tuple(self._tags), 0)
        tending = asyncio.create_task(link.tend())
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_SCAN_ONCE_S):
                    while len(seen) < len(self._source.tags):
                        message = await link.take()
                        contents = contents_of(bytes(message.payload), self._tags.get(_topic(message), ()))
                        for value in contents.values:
                            seen.setdefault(value.tag.id, self._stamped(value)[1])
        finally:
            tending.cancel()
            await asyncio.gather(tending, return_exceptions=True)
            link.close()
        missing = (tag.id for tag in self._source.tags if tag.id not in seen)
        return [*seen.values(), *(Sample(tag, self._clock.now_us(), None, BAD_NO_DATA) for tag in missing)]

    async def _take(self, link: Link, handed: asyncio.Queue[Handed], sink: Sink) -> None:
        while True:
            message = await link.take()
            await handed.put((message, await self._hand_over(message, sink)))

    async def _hand_over(self, message: MQTTMessage, sink: Sink) -> list[asyncio.Future[None]]:
        """Give a message's readings, and its bytes where they do not decode, to the sink."""
        topic = _topic(message)
        contents = contents_of(bytes(message.payload), self._tags.get(topic, ()))
        stamped = [self._stamped(value) for value in contents.values]
        if message.retain and any(origin == "connector" for origin, _ in stamped):
            self.retained_total += 1
            stamped = [(origin, sample) for origin, sample in stamped if origin == "source"]
        futures: list[asyncio.Future[None]] = []
        for origin, group in groupby(stamped, key=lambda each: each[0]):
            samples = [sample for _, sample in group]
            self._count(samples)
            futures.append(await sink.put(Scan(samples, origin)))
        if contents.fault is not None:
            kept = bytes(message.payload[:PAYLOAD_BYTES_MAX])
            refusal = Refusal(topic.encode(), kept, contents.fault.code, contents.fault.detail, topic)
            futures.append(await sink.refuse(refusal))
        return futures

    def _stamped(self, value: TagValue) -> tuple[Origin, Sample]:
        """The sample with the payload's own time; else with that of its arrival.

        Where the tag carries times and this payload none, arrival is told on the source's clock.
        """
        arrived_s, now_us = self._clock.monotonic_s(), self._clock.now_us()
        ts_us, origin = now_us, _OWN_CLOCK
        if self._source.time != "arrival":
            if value.ts_us is not None:
                self._source_clock.see(value.ts_us, arrived_s)
                ts_us, origin = value.ts_us, _SOURCE_CLOCK
            elif address_of(value.tag).timestamp is not None:
                ts_us = self._source_clock.at(arrived_s) or now_us
        return origin, Sample(value.tag.id, ts_us, value.value, value.status)

    def _count(self, samples: Sequence[Sample]) -> None:
        for sample in samples:
            quality = quality_of(sample.status).name
            self.status.readings_total[quality] = self.status.readings_total.get(quality, 0) + 1


async def _acknowledge(link: Link, handed: asyncio.Queue[Handed]) -> None:
    """PUBACK in the order of arrival, each when all of its message is durable."""
    while True:
        message, futures = await handed.get()
        if futures:
            await asyncio.wait(futures)
        for future in futures:
            future.result()
        link.acknowledge(message)
        handed.task_done()


def _topic(message: MQTTMessage) -> str:
    """The topic; one that is not UTF-8 belongs to no tag."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""


def _refuse_what_is_not_built(source: Source) -> None:
    if urlsplit(source.url).scheme == "mqtts":
        raise ConfigError("mqtt.tls_not_built", f"source {source.name}: {source.url}: mqtts is not built yet; mqtt is")
    sparkplug = [tag.id for tag in source.tags if address_of(tag).sparkplug is not None]
    if sparkplug:
        detail = f"source {source.name}: sparkplug is not built yet: {', '.join(sparkplug)}"
        raise ConfigError("mqtt.sparkplug_not_built", detail[:500])
