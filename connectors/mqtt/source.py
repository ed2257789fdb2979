"""An MQTT broker's messages as a source: a durable session, and a PUBACK only when the readings are durable."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from connectors.held import SourceClock
from connectors.mqtt.payload import PAYLOAD_BYTES_MAX, TagValue, address_of, contents_of
from connectors.source import Clock, Refusal, Sample, Scan, Sink, SourceStatus
from schemas.errors import ConfigError, UnavailableError
from schemas.ids import site_of
from schemas.quality import BAD_NO_DATA, quality_of
from schemas.reading import Origin
from schemas.site import MqttOptions, Source, Tag

_PORT = 1883
_INBOX_MAX = 1000
"""Messages read and not yet handed over; then reading pauses, and the broker keeps the rest."""
_UNACKNOWLEDGED_MAX = 1000
_ANSWER_TIMEOUT_S = 10.0
_TEND_INTERVAL_S = 1.0
_DRAIN_TIMEOUT_S = 2.0
_SCAN_ONCE_S = 5.0

_SOURCE_CLOCK: Origin = "source"
_OWN_CLOCK: Origin = "connector"

Handed = tuple[MQTTMessage, list[asyncio.Future[None]]]


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
        self._clock = clock
        self._source_clock = SourceClock()
        self._tags: dict[str, list[Tag]] = {}
        for tag in source.tags:
            self._tags.setdefault(address_of(tag).topic, []).append(tag)

    async def run(self, sink: Sink) -> None:
        """Subscribe and deliver until cancelled; raises `UnavailableError` when the broker is away."""
        site = site_of(self._source.tags[0].asset) if self._source.tags else "site"
        link = _Link(self._source.url, self._options, self._options.client_id or f"thermaliq-{site}-{self.name}")
        handed: asyncio.Queue[Handed] = asyncio.Queue(_UNACKNOWLEDGED_MAX)
        await link.open(self._options.topic_filters or tuple(self._tags), self._options.qos)
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
        link = _Link(self._source.url, self._options, None)
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

    async def _take(self, link: _Link, handed: asyncio.Queue[Handed], sink: Sink) -> None:
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


async def _acknowledge(link: _Link, handed: asyncio.Queue[Handed]) -> None:
    """PUBACK in the order of arrival, each when all of its message is durable."""
    while True:
        message, futures = await handed.get()
        if futures:
            await asyncio.wait(futures)
        for future in futures:
            future.result()
        link.acknowledge(message)
        handed.task_done()


class _Link:
    """paho's client on asyncio's loop: no thread, so reading can pause and acknowledging needs no lock."""

    def __init__(self, url: str, options: MqttOptions, client_id: str | None) -> None:
        """With a client id the session is durable; without one it ends with the connection."""
        parts = urlsplit(url)
        self._url, self._host, self._port = url, parts.hostname or "", parts.port or _PORT
        self._keep_alive_s = options.keep_alive_s
        self._loop = asyncio.get_running_loop()
        self._inbox: asyncio.Queue[MQTTMessage] = asyncio.Queue()
        self._paused = False
        self._connected: asyncio.Future[None] = self._loop.create_future()
        self._subscribed: asyncio.Future[list[ReasonCode]] = self._loop.create_future()
        self._lost: asyncio.Future[str] = self._loop.create_future()
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or "",
            clean_session=client_id is None,
            protocol=MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if options.username is not None:
            self._client.username_pw_set(options.username, _first_line(options.password_file))
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    async def open(self, topic_filters: Sequence[str], qos: int) -> None:
        """Connect and subscribe; raises `UnavailableError`."""
        try:
            await self._connect()
            self._attach()
            await asyncio.wait_for(self._first_of(self._connected), _ANSWER_TIMEOUT_S)
            self._client.subscribe([(topic_filter, qos) for topic_filter in topic_filters])
            codes = await asyncio.wait_for(self._first_of(self._subscribed), _ANSWER_TIMEOUT_S)
        except (OSError, TimeoutError) as error:
            self.close()
            raise UnavailableError("mqtt.unreachable", f"{self._url}: {error!r}") from error
        except (asyncio.CancelledError, UnavailableError):
            self.close()
            raise
        refused = [name for name, code in zip(topic_filters, codes, strict=False) if code.is_failure]
        if refused:
            self.close()
            raise UnavailableError("mqtt.subscription_refused", f"{self._url}: {', '.join(refused)}")

    async def _connect(self) -> None:
        """paho connects with a blocking call; a cancelled one is waited for, so that no socket is left."""
        connect = asyncio.to_thread(self._client.connect, self._host, self._port, self._keep_alive_s)
        connecting = asyncio.ensure_future(connect)
        try:
            await asyncio.shield(connecting)
        except asyncio.CancelledError:
            await asyncio.wait({connecting})
            raise

    async def _first_of(self, answer: asyncio.Future[Any]) -> Any:
        """The broker's answer, or `UnavailableError` where it hangs up instead."""
        await asyncio.wait({answer, self._lost}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise UnavailableError("mqtt.unreachable", f"{self._url}: {self._lost.result()}")
        return answer.result()

    def _attach(self) -> None:
        """Let the loop wake paho when its socket can be read or written."""
        sock = self._socket()
        self._client.on_socket_close = lambda _client, _data, closed: self._detach(closed)
        self._client.on_socket_register_write = self._await_writing
        self._client.on_socket_unregister_write = self._end_writing
        self._loop.add_reader(sock, self._client.loop_read)
        if self._client.want_write():
            self._loop.add_writer(sock, self._client.loop_write)

    def _await_writing(self, _client: Client, _data: Any, sock: Any) -> None:
        self._loop.add_writer(sock, self._client.loop_write)

    def _end_writing(self, _client: Client, _data: Any, sock: Any) -> None:
        self._loop.remove_writer(sock)

    def _socket(self) -> socket.socket:
        sock = self._client.socket()
        if not isinstance(sock, socket.socket):
            raise ConnectionError("hung up")
        return sock

    def _detach(self, sock: Any) -> None:
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)

    def close(self) -> None:
        """Say goodbye, where there is someone to say it to."""
        self._client.on_disconnect = None
        self._client.disconnect()
        sock = self._client.socket()
        if sock is not None:
            self._client.loop_write()
            if sock.fileno() >= 0:
                self._detach(sock)
                sock.close()

    async def take(self) -> MQTTMessage:
        """The next message; reading goes on once enough of the inbox is taken."""
        message = await self._inbox.get()
        if self._paused and self._inbox.qsize() < _INBOX_MAX // 2:
            self._paused = False
            with suppress(ConnectionError):
                self._loop.add_reader(self._socket(), self._client.loop_read)
        return message

    def acknowledge(self, message: MQTTMessage) -> None:
        """PUBACK or PUBCOMP; after a loss the broker sends the message again instead."""
        self._client.ack(message.mid, message.qos)

    async def tend(self) -> None:
        """Keep the link alive; raises `UnavailableError` when it is lost."""
        while not self._lost.done():
            await asyncio.wait({self._lost}, timeout=_TEND_INTERVAL_S)
            self._client.loop_misc()
        raise UnavailableError("mqtt.link_lost", f"{self._url}: {self._lost.result()}")

    def _on_connect(
        self, _client: Client, _data: Any, _flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._lose(f"the broker refused the connection: {code}")
        elif not self._connected.done():
            self._connected.set_result(None)

    def _on_subscribe(
        self, _client: Client, _data: Any, _mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        if not self._subscribed.done():
            self._subscribed.set_result(codes)

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._lose(str(code))

    def _lose(self, reason: str) -> None:
        if not self._lost.done():
            self._lost.set_result(reason)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._inbox.put_nowait(message)
        if self._inbox.qsize() >= _INBOX_MAX and not self._paused:
            self._paused = True
            self._loop.remove_reader(self._socket())


def _topic(message: MQTTMessage) -> str:
    """The topic; one that is not UTF-8 belongs to no tag."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return ""


def _first_line(path: str | None) -> str | None:
    return Path(path).read_text("utf-8").splitlines()[0] if path is not None else None


def _refuse_what_is_not_built(source: Source) -> None:
    if urlsplit(source.url).scheme == "mqtts":
        raise ConfigError("mqtt.tls_not_built", f"source {source.name}: {source.url}: mqtts is not built yet; mqtt is")
    sparkplug = [tag.id for tag in source.tags if address_of(tag).sparkplug is not None]
    if sparkplug:
        detail = f"source {source.name}: sparkplug is not built yet: {', '.join(sparkplug)}"
        raise ConfigError("mqtt.sparkplug_not_built", detail[:500])
