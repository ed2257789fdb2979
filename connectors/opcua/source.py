"""An OPC UA server's subscription as a source.

asyncua's own reconnection and dispatch are not used: they drop notifications when the reader falls behind and
re-create subscriptions behind our back. Here the publish loop awaits the sink, so back-pressure reaches the server's
queues, and a lost session ends `run`; the supervisor calls it again.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.uaerrors import UaError, UaStringParsingError

from connectors.held import Held
from connectors.opcua.values import NodeValue, micros_of, overflowed, sample_of, time_of
from connectors.source import Clock, GapSeen, Sample, Scan, Sink, SourceStatus
from schemas.errors import ConfigError, UnavailableError
from schemas.quality import quality_of
from schemas.reading import Origin
from schemas.site import OpcuaAddress, OpcuaOptions, Source, Tag

_SESSION_TIMEOUT_S = 600.0
"""How long the server keeps session and subscription while the sink is full."""
_KEEP_ALIVE_S = 1.0
_SILENT_PERIODS = 3
_NO_PROBE_S = 1e9
"""asyncua's probe leaves the socket open when it fails; the publish responses prove life instead."""
_ITEMS_PER_CALL = 500
_UNREACHABLE = (OSError, TimeoutError, UaError)
_OWN_CLOCK: Origin = "connector"
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
        self.held = Held({tag.id: tag.hold_limit_us for tag in source.tags})
        self.lost_us: int | None = None
        """When the last session was lost, on the source's clock; None once the gap is told."""
        self._source = source
        self._options = source.options
        self._clock = clock
        self._nodes = _nodes_of(source.tags)

    async def run(self, sink: Sink) -> None:
        """Subscribe and deliver until cancelled; raises `UnavailableError` when the session is lost."""
        async with self._connected() as client:
            session = _Session(self._source, self._options, self._nodes, self, self._clock, sink)
            try:
                await session.subscribe(client)
            except _UNREACHABLE as error:
                raise UnavailableError("opcua.no_subscription", f"{self._source.url}: {error!r}") from error
            self.status.state, self.status.detail = "up", session.refusals()
            await session.watch()

    async def scan_once(self) -> list[Sample]:
        """Read every node once."""
        async with self._connected() as client:
            try:
                values = await self._read(client)
            except _UNREACHABLE as error:
                raise UnavailableError("opcua.no_read", f"{self._source.url}: {error!r}") from error
        receipt_us = self._clock.now_us()
        return [
            sample_of(tag, value, time_of(value, self._source.time, receipt_us)[0])
            for tags, value in zip(self._nodes.values(), values, strict=True)
            for tag in tags
        ]

    async def _read(self, client: Client) -> list[NodeValue]:
        values: list[NodeValue] = []
        for node_ids in _chunks(list(self._nodes)):
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
            raise UnavailableError("opcua.unreachable", f"{self._source.url}: {error!r}") from error
        except asyncio.CancelledError:
            client.disconnect_socket()
            raise
        try:
            yield client
        finally:
            await client.disconnect()

    def _client(self) -> Client:
        client = Client(self._source.url, timeout=self._options.timeout_s, watchdog_intervall=_NO_PROBE_S)
        client.session_timeout = int(_SESSION_TIMEOUT_S * 1000)
        client.name = client.description = "THERMALIQ"
        if self._options.username is not None:
            client.set_user(self._options.username)
        if self._options.password_file is not None:
            client.set_password(Path(self._options.password_file).read_text("utf-8").splitlines()[0])
        return client


class _Session:
    """One session's subscription: what it delivers, and how its end is noticed."""

    def __init__(
        self,
        source: Source,
        options: OpcuaOptions,
        nodes: Mapping[ua.NodeId, Sequence[Tag]],
        owner: OpcuaSource,
        clock: Clock,
        sink: Sink,
    ) -> None:
        self._source = source
        self._options = options
        self._items = dict(enumerate(nodes.items(), start=1))
        self._owner = owner
        self._held = owner.held
        self._clock = clock
        self._sink = sink
        self._refused: dict[str, int] = {}
        self._refused_told = False
        self._keep_alive_s = _KEEP_ALIVE_S
        self._proof_s = clock.monotonic_s()
        self._quiet_since_s = self._proof_s
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

    def refusals(self) -> str:
        """What the server would not monitor, for people; empty where it monitors all."""
        return f"{len(self._refused)} nodes refused: {', '.join(self._refused)}"[:500] if self._refused else ""

    async def watch(self) -> None:
        """Repeat held values until the session ends; then end every tag and raise `UnavailableError`."""
        tick_s = min(1.0, self._keep_alive_s / 2)
        while not self._end.done():
            await asyncio.wait({self._end}, timeout=tick_s)
            silent_s = self._clock.monotonic_s() - self._quiet_since_s
            if not self._end.done() and not self._busy and silent_s > _SILENT_PERIODS * self._keep_alive_s:
                self._end.set_result((f"silent for {silent_s:.1f} s", self._proof_s))
            if not self._end.done():
                await self._hold()
        reason, lost_s = self._end.result()
        await self._tell_loss(lost_s)
        raise UnavailableError("opcua.session_lost", f"{self._source.url}: {reason}")

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
                await self._tell_refusals()
                await self._hold()
            handed_over = True
        finally:
            if not handed_over:  # asyncua logs what was raised here and would go on
                self._finish("a notification could not be handed over")
            self._busy = False
            self._quiet_since_s = self._clock.monotonic_s()

    async def _deliver(self, items: Sequence[ua.MonitoredItemNotification]) -> None:
        receipt_us = self._clock.now_us()
        timed: list[tuple[Origin, Sample]] = []
        for item in items:
            value = _value_of(item.Value)
            ts_us, origin = time_of(value, self._source.time, receipt_us)
            timed += [(origin, sample_of(tag, value, ts_us)) for tag in self._items[item.ClientHandle][1]]
        await self._tell_overflows([sample for _, sample in timed])
        for origin, group in groupby(timed, key=lambda each: each[0]):
            await self._put(self._held.seen([sample for _, sample in group], self._proof_s), origin)
        await self._tell_gap(max((sample.ts_us for _, sample in timed), default=None))

    async def _put(self, samples: Sequence[Sample], origin: Origin) -> None:
        if not samples:
            return
        counts = self._owner.status.readings_total
        for sample in samples:
            quality = quality_of(sample.status).name
            counts[quality] = counts.get(quality, 0) + 1
        await self._sink.put(Scan(samples, origin))

    async def _hold(self) -> None:
        await self._put(self._held.due(self._clock.monotonic_s(), self._proof_s), "held")

    async def _tell_refusals(self) -> None:
        if self._refused and not self._refused_told:
            self._refused_told = True
            ts_us = self._held.clock.at(self._proof_s) or self._clock.now_us()
            await self._put([Sample(tag, ts_us, None, status) for tag, status in self._refused.items()], _OWN_CLOCK)

    async def _tell_loss(self, lost_s: float) -> None:
        self._owner.status.state = "lost"
        nulls = self._held.lost(lost_s)
        if nulls:
            self._owner.lost_us = min(sample.ts_us for sample in nulls)
            await self._put(nulls, _OWN_CLOCK)

    async def _tell_gap(self, newest_us: int | None) -> None:
        """The first values after a loss end its gap."""
        lost_us, self._owner.lost_us = self._owner.lost_us, None
        back_us = self._held.clock.at(self._proof_s)
        if lost_us is None or newest_us is None or back_us is None:
            return
        assets = tuple(dict.fromkeys(tag.asset for tag in self._source.tags))
        to_us = newest_us if newest_us > lost_us else max(back_us, lost_us + 1)
        await self._sink.gap(GapSeen(assets, lost_us, to_us, "link_lost"))

    async def _tell_overflows(self, samples: Sequence[Sample]) -> None:
        assets = {tag.id: tag.asset for tag in self._source.tags}
        for sample in samples:
            from_us = self._held.newest_us(sample.tag)
            if overflowed(sample.status) and from_us is not None and from_us < sample.ts_us:
                await self._sink.gap(GapSeen((assets[sample.tag],), from_us, sample.ts_us, "queue_overflow"))


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
