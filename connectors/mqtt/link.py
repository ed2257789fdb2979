"""The wire to an MQTT broker: paho's client on asyncio's loop, with acknowledgement by hand."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from schemas.errors import UnavailableError
from schemas.site import MqttOptions

_PORT = 1883
_INBOX_MAX = 1000
"""Messages read and not yet taken; then reading pauses, and the broker keeps the rest."""
_ANSWER_TIMEOUT_S = 10.0
_TEND_INTERVAL_S = 1.0


class Link:
    """paho's client on asyncio's loop: no thread, so reading can pause and acknowledging needs no lock."""

    def __init__(self, url: str, options: MqttOptions, password: str | None, client_id: str | None) -> None:
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
            self._client.username_pw_set(options.username, password)
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
            codes = await self._subscribe(topic_filters, qos) if topic_filters else []
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

    async def _subscribe(self, topic_filters: Sequence[str], qos: int) -> list[ReasonCode]:
        self._client.subscribe([(topic_filter, qos) for topic_filter in topic_filters])
        codes: list[ReasonCode] = await asyncio.wait_for(self._first_of(self._subscribed), _ANSWER_TIMEOUT_S)
        return codes

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
