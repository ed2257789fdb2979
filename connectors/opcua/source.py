"""An OPC UA server's subscription as a source.

asyncua's own reconnection and dispatch are not used: they drop notifications when the reader falls behind and
re-create subscriptions behind our back. Here the publish loop awaits the sink, so back-pressure reaches the server's
queues, and a lost session ends `run`; the supervisor calls it again.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.uaerrors import UaError, UaStringParsingError

from connectors.opcua.report import SKEW_S_MAX, Report
from connectors.opcua.values import NodeValue, micros_of, si_of_node, time_of
from connectors.secret import first_line
from connectors.source import Clock, Sample, Scan, Sink, SourceStatus
from schemas.errors import ConfigError, UnavailableError
from schemas.site import OpcuaAddress, OpcuaOptions, Source, Tag

_SESSION_TIMEOUT_S = 600.0
"""How long the server keeps session and subscription while the sink is full."""
_KEEP_ALIVE_S = 1.0
_SILENT_PERIODS = 3
_NO_PROBE_S = 1e9
"""asyncua's probe leaves the socket open when it fails; the publish responses prove life instead."""
_ITEMS_PER_CALL = 500
_UNREACHABLE = (OSError, TimeoutError, UaError)
_T = TypeVar("_T")


class OpcuaSource:
    """One OPC UA server of a site."""

    def __init__(self, source: Source, clock: Clock) -> None:
        if not isinstance(source.options, OpcuaOptions):
            raise TypeError(f"source {source.name} is not OPC UA")
        if source.options.security_policy != "None":
            policy = source.options.security_policy
            detail = f'source {source.name}: security_policy = "{policy}" is not built yet; "None" is'
            raise ConfigError("opcua.security_not_built", detail)
        self.name = source.name
        self.status = SourceStatus()
        self.url = source.url
        self.options = source.options
        self.clock = clock
        self.nodes = _nodes_of(source.tags)
        self.report = Report(source.tags, source.time)
        self._whose = source.time
        file = source.options.password_file
        self._password = first_line(file, "password_file") if file is not None else None

    async def run(self, sink: Sink) -> None:
        """Subscribe and deliver until cancelled; raises `UnavailableError` when the session is lost."""
        async with self._connected() as client:
            session = _Session(self, sink)
            try:
                await session.subscribe(client)
            except _UNREACHABLE as error:
                raise UnavailableError("opcua.no_subscription", f"{self.url}: {error!r}") from error
            self.status.state, self.status.detail = "up", ""
            await session.watch()

    async def scan_once(self) -> list[Sample]:
        """Read every node once."""
        async with self._connected() as client:
            try:
                values = await self._read(client)
            except _UNREACHABLE as error:
                raise UnavailableError("opcua.no_read", f"{self.url}: {error!r}") from error
        receipt_us = self.clock.now_us()
        return [
            Sample(tag.id, time_of(value, self._whose, receipt_us)[0], *si_of_node(tag, value))
            for tags, value in zip(self.nodes.values(), values, strict=True)
            for tag in tags
        ]

    async def _read(self, client: Client) -> list[NodeValue]:
        values: list[NodeValue] = []
        for node_ids in _chunks(list(self.nodes)):
            parameters = ua.ReadParameters(TimestampsToReturn=ua.TimestampsToReturn.Both)
            parameters.NodesToRead = [ua.ReadValueId(node_id, AttributeIds.Value) for node_id in node_ids]
            values += [_value_of(value) for value in await client.uaclient.session.read(parameters)]
        return values

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Client]:
        client = self._client()
        try:
            await client.connect()
        except _UNREACHABLE as error:
            raise UnavailableError("opcua.unreachable", f"{self.url}: {error!r}") from error
        except asyncio.CancelledError:
            client.disconnect_socket()
            raise
        try:
            yield client
        finally:
            await client.disconnect()

    def _client(self) -> Client:
        client = Client(self.url, timeout=self.options.timeout_s, watchdog_intervall=_NO_PROBE_S)
        client.session_timeout = int(_SESSION_TIMEOUT_S * 1000)
        client.name = client.description = "THERMALIQ"
        if self.options.username is not None:
            client.set_user(self.options.username)
        if self._password is not None:
            client.set_password(self._password)
        return client


class _Session:
    """One session's subscription: what it delivers, and how its end is noticed."""

    def __init__(self, owner: OpcuaSource, sink: Sink) -> None:
        self._owner = owner
        self._options = owner.options
        self._items = dict(enumerate(owner.nodes.items(), start=1))
        self._report = owner.report
        self._clock = owner.clock
        self._sink = sink
        self._refused: dict[str, int] = {}
        self._untold: dict[str, int] = {}
        self._keep_alive_s = _KEEP_ALIVE_S
        self._proof_s = self._quiet_since_s = self._clock.monotonic_s()
        self._busy = False
        self._end: asyncio.Future[tuple[str, float]] = asyncio.get_running_loop().create_future()

    async def subscribe(self, client: Client) -> None:
        """Create the subscription and its monitored items; a refused item is a Bad tag, the others go on."""
        client.connection_lost_callback = self._connection_lost
        session = client.uaclient.session
        result = await session.create_subscription(self._subscription_parameters(), self._published)
        self._keep_alive_s = result.RevisedPublishingInterval / 1000 * max(1, result.RevisedMaxKeepAliveCount)
        for handles in _chunks(list(self._items)):
            request = ua.CreateMonitoredItemsParameters(result.SubscriptionId, ua.TimestampsToReturn.Both)
            request.ItemsToCreate = [self._item(handle) for handle in handles]
            for handle, answer in zip(handles, await session.create_monitored_items(request), strict=True):
                if not answer.StatusCode.is_good():
                    self._refused |= {tag.id: answer.StatusCode.value for tag in self._items[handle][1]}
        self._untold = self._refused

    def _subscription_parameters(self) -> ua.CreateSubscriptionParameters:
        interval_s = self._options.publishing_interval_s
        return ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=interval_s * 1000,
            RequestedLifetimeCount=math.ceil(_SESSION_TIMEOUT_S / interval_s),
            RequestedMaxKeepAliveCount=max(1, round(_KEEP_ALIVE_S / interval_s)),
            MaxNotificationsPerPublish=10_000,
            PublishingEnabled=True,
        )

    def _item(self, handle: int) -> ua.MonitoredItemCreateRequest:
        trigger = ua.DataChangeTrigger.StatusValue
        if self._options.trigger == "status_value_timestamp":
            trigger = ua.DataChangeTrigger.StatusValueTimestamp
        parameters = ua.MonitoringParameters(
            ClientHandle=handle,
            SamplingInterval=self._options.sampling_interval_s * 1000,
            Filter=ua.DataChangeFilter(Trigger=trigger),
            QueueSize=self._options.queue_size,
            DiscardOldest=True,
        )
        node = ua.ReadValueId(self._items[handle][0], AttributeIds.Value)
        return ua.MonitoredItemCreateRequest(node, ua.MonitoringMode.Reporting, parameters)

    async def watch(self) -> None:
        """Repeat held values until the session ends; then end every tag and raise `UnavailableError`."""
        tick_s = min(1.0, self._keep_alive_s / 2)
        while not self._end.done():
            await asyncio.wait({self._end}, timeout=tick_s)
            silent_s = self._clock.monotonic_s() - self._quiet_since_s
            if not self._end.done() and not self._busy and silent_s > _SILENT_PERIODS * self._keep_alive_s:
                self._end.set_result((f"silent for {silent_s:.1f} s", self._proof_s))
            if not self._end.done():
                await self._put(self._report.held(self._clock.monotonic_s(), self._proof_s))
        reason, lost_s = self._end.result()
        self._owner.status.state = "lost"
        await self._put(self._report.loss(lost_s))
        raise UnavailableError("opcua.session_lost", f"{self._owner.url}: {reason}")

    async def _connection_lost(self, error: Exception) -> None:
        self._finish(repr(error))

    def _finish(self, reason: str) -> None:
        if not self._end.done():
            self._end.set_result((reason, self._clock.monotonic_s()))

    async def _published(self, result: ua.PublishResult) -> None:
        """A publish response: data, or a keep-alive that proves that everything else stands."""
        self._busy = True
        self._proof_s = self._clock.monotonic_s()
        handed_over = False
        try:
            for notification in result.NotificationMessage.NotificationData or ():
                if isinstance(notification, ua.DataChangeNotification):
                    await self._deliver(notification.MonitoredItems)
                elif isinstance(notification, ua.StatusChangeNotification):
                    self._finish(f"the server ended the subscription: {notification.Status}")
            if not self._end.done():
                await self._tell_rest()
            handed_over = True
        finally:
            if not handed_over:  # asyncua logs what was raised here and would go on
                self._finish("a notification could not be handed over")
            self._busy = False
            self._quiet_since_s = self._clock.monotonic_s()

    async def _deliver(self, items: Sequence[ua.MonitoredItemNotification]) -> None:
        receipt_us = self._clock.now_us()
        values = [(item.ClientHandle, _value_of(item.Value)) for item in items]
        notified = [(tag, value) for handle, value in values for tag in self._items[handle][1]]
        for gap in self._report.overflows(notified, receipt_us):
            await self._sink.gap(gap)
        scans = self._report.scans(notified, receipt_us, self._proof_s)
        link_gap = self._report.gap(scans, self._proof_s)
        await self._put(scans)
        if link_gap is not None:
            await self._sink.gap(link_gap)

    async def _tell_rest(self) -> None:
        """Refused nodes once, values to repeat, and whether all is well."""
        untold, self._untold = self._untold, {}
        now_us = self._clock.now_us()
        await self._put(self._report.refusals(untold, now_us, self._proof_s))
        await self._put(self._report.held(self._clock.monotonic_s(), self._proof_s))
        skew_s = self._report.skew_s
        troubles = [f"its clock is off by {skew_s:+.0f} s"] if abs(skew_s) > SKEW_S_MAX else []
        if self._refused:
            troubles.append(f"nodes refused: {', '.join(self._refused)}"[:500])
        self._owner.status.state = "degraded" if troubles else "up"
        self._owner.status.detail = "; ".join(troubles)

    async def _put(self, scans: Sequence[Scan]) -> None:
        self._owner.status.readings_total = dict(self._report.readings)
        for scan in scans:
            await self._sink.put(scan)


def _nodes_of(tags: Sequence[Tag]) -> dict[ua.NodeId, list[Tag]]:
    """Node id → its tags; several tags may pick elements of one array."""
    nodes: dict[ua.NodeId, list[Tag]] = {}
    for tag in tags:
        if not isinstance(tag.address, OpcuaAddress):
            raise TypeError(f"tag {tag.id} has no OPC UA address")
        try:
            node_id = ua.NodeId.from_string(tag.address.node_id)
        except UaStringParsingError as error:
            raise ConfigError("opcua.node_id", f"tag {tag.id}: node_id = {tag.address.node_id!r} is none") from error
        nodes.setdefault(node_id, []).append(tag)
    return nodes


def _value_of(value: ua.DataValue) -> NodeValue:
    raw = value.Value.Value if value.Value is not None else None
    if isinstance(raw, ua.LocalizedText):
        raw = raw.Text
    status = value.StatusCode.value if value.StatusCode is not None else 0
    return NodeValue(raw, status, micros_of(value.SourceTimestamp), micros_of(value.ServerTimestamp))


def _chunks(items: Sequence[_T]) -> list[Sequence[_T]]:
    return [items[start : start + _ITEMS_PER_CALL] for start in range(0, len(items), _ITEMS_PER_CALL)]
