"""A Modbus TCP device, polled on a fixed grid."""

from __future__ import annotations

import asyncio
import math
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusIOException
from pymodbus.pdu import ModbusPDU

from connectors.events import Events
from connectors.modbus.plan import Request, plan
from connectors.modbus.report import Report
from connectors.modbus.samples import Answer, status_of
from connectors.source import Clock, Sample, Sink, SourceStatus
from schemas import site
from schemas.errors import ConfigError, UnavailableError
from schemas.quality import BAD_DEVICE_FAILURE, BAD_TIMEOUT

_SILENT_SCANS = 3
"""So many scans without a single answer, and the connection is given up."""


class ModbusSource:
    """Reads every tag at each poll. Without `events` its overruns are counted for nobody."""

    def __init__(self, config: site.Source, clock: Clock, events: Events | None = None) -> None:
        if not isinstance(config.options, site.ModbusOptions):
            raise ConfigError("modbus.options", f"{config.name} is no Modbus source")
        self.name = config.name
        self.status = SourceStatus()
        self._host, self._port = _tcp_address(config.url)
        self._options = config.options
        self._clock = clock
        self._events = events or Events(CollectorRegistry())
        self._requests = plan(config.tags, config.options.clock)
        self._report = Report(config.tags)

    async def run(self, sink: Sink) -> None:
        """Poll until cancelled; `UnavailableError` when the device hangs up or stays silent."""
        client = await self._connect()
        try:
            await self._poll(client, sink)
        except UnavailableError:
            loss = self._report.loss(self._clock.now_us(), self._clock.monotonic_s())
            if loss is not None:
                await sink.put(loss)
            raise
        finally:
            client.close()

    async def scan_once(self) -> list[Sample]:
        """Every tag once."""
        client = await self._connect()
        try:
            answers = [await self._read(client, request) for request in self._requests]
        finally:
            client.close()
        return [sample for samples, _ in self._report.timed(answers) for sample in samples]

    async def _connect(self) -> AsyncModbusTcpClient:
        client = AsyncModbusTcpClient(
            self._host, port=self._port, timeout=self._options.timeout_s, retries=0, reconnect_delay=0
        )
        client.set_max_no_responses(_SILENT_SCANS * len(self._requests))
        connected = False
        try:
            connected = await client.connect()
        finally:
            if not connected:
                client.close()
        if not connected:
            raise UnavailableError("modbus.connect", f"no connection to {self._host}:{self._port}")
        return client

    async def _poll(self, client: AsyncModbusTcpClient, sink: Sink) -> None:
        """On the grid start + n · interval; a slot that passes while a scan still runs is left out and counted."""
        interval_s = self._options.poll_interval_s
        started_s = self._clock.monotonic_s()
        slot = 0
        while True:
            await self._scan(client, sink)
            next_slot = max(slot + 1, math.ceil((self._clock.monotonic_s() - started_s) / interval_s))
            if next_slot > slot + 1:
                self._events.poll_overrun(self.name, next_slot - slot - 1)
            slot = next_slot
            await asyncio.sleep(max(0.0, started_s + slot * interval_s - self._clock.monotonic_s()))

    async def _scan(self, client: AsyncModbusTcpClient, sink: Sink) -> None:
        """Read all requests; what was read is handed over also where the connection breaks in the middle."""
        answers: list[Answer] = []
        lost: UnavailableError | None = None
        for request in self._requests:
            try:
                answers.append(await self._read(client, request))
            except UnavailableError as error:
                lost = error
                break
        if answers:
            await self._deliver(answers, sink)
        if lost is not None:
            raise lost

    async def _deliver(self, answers: list[Answer], sink: Sink) -> None:
        self.status.detail = self._report.faults(answers)
        self.status.state = "degraded" if self.status.detail else "up"
        scans = self._report.scans(answers)
        self.status.readings_total = dict(self._report.readings)
        gap = self._report.gap(scans)
        if gap is not None:
            await sink.gap(gap)
        for scan in scans:
            await sink.put(scan)

    async def _read(self, client: AsyncModbusTcpClient, request: Request) -> Answer:
        sent_us, sent_s = self._clock.now_us(), self._clock.monotonic_s()
        words: list[int] = []
        try:
            response = await _ask(client, request)
        except ConnectionException as error:
            raise UnavailableError("modbus.lost", f"{self._host}:{self._port} hung up") from error
        except ModbusIOException as error:
            if not client.connected:
                raise UnavailableError("modbus.lost", f"{self._host}:{self._port} hung up") from error
            status = BAD_TIMEOUT
        else:
            words = _words_of(request, response)
            status = BAD_DEVICE_FAILURE if response.isError() else status_of(request, words)
        half_s = (self._clock.monotonic_s() - sent_s) / 2
        return Answer(request, words, status, sent_us + round(half_s * 1e6), sent_s + half_s)


async def _ask(client: AsyncModbusTcpClient, request: Request) -> ModbusPDU:
    read = {
        "coil": client.read_coils,
        "discrete_input": client.read_discrete_inputs,
        "input_register": client.read_input_registers,
        "holding_register": client.read_holding_registers,
    }[request.table]
    return await read(request.address, count=request.count, device_id=request.unit_id)


def _words_of(request: Request, response: ModbusPDU) -> list[int]:
    if request.table in {"coil", "discrete_input"}:
        return [int(bit) for bit in response.bits]
    return list(response.registers)


def _tcp_address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.scheme == "rtu":
        raise ConfigError("modbus.rtu_not_built", f"{url}: Modbus RTU is not built yet; use tcp://HOST:PORT")
    if parts.scheme != "tcp" or not parts.hostname:
        raise ConfigError("modbus.url", f"{url}: write tcp://HOST:PORT")
    return parts.hostname, parts.port or 502
