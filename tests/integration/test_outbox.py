"""Outbox rows reach their topics in order, each at least once, whatever is away meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from schemas.errors import RefusedError, UnavailableError
from schemas.topics import Topics
from streams.changes import OutboxRow
from streams.outbox import Outbox
from streams.store import Store
from tests.fix_database import changes

Sent = tuple[str, bytes | None, bytes, tuple[tuple[str, bytes], ...]]


@dataclass
class Broker:
    """Takes records; `fails` says which call's future fails, and how."""

    fails: Callable[[bytes], Exception | None] = lambda _value: None
    taken: list[Sent] = field(default_factory=list)

    async def send(
        self, topic: str, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]]
    ) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        failure = self.fails(value)
        if failure is None:
            self.taken.append((topic, key, value, tuple(headers)))
            future.set_result(None)
        else:
            future.set_exception(failure)
        return future

    @property
    def values(self) -> list[bytes]:
        return [value for _, _, value, _ in self.taken]


class Waits(list[float]):
    """A sleep that passes at once and is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.first = asyncio.Event()

    async def __call__(self, delay_s: float) -> None:
        self.append(delay_s)
        self.first.set()
        await asyncio.sleep(0)


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
async def outbox(migrated_url: str, broker: Broker, waits: Waits) -> AsyncIterator[Outbox]:
    made = Outbox(migrated_url, "app", "cluster", Topics(), broker, waits)
    yield made
    await made.close()


def rows(first: int, last: int, size: int = 1) -> list[OutboxRow]:
    return [
        OutboxRow(seq, "points", b"k", str(seq).encode() * size, (("seq", str(seq).encode()),))
        for seq in range(first, last + 1)
    ]


def fill(store: Store, outbox_rows: list[OutboxRow], partition: int = 0) -> int:
    epoch = store.take(partition, []).epoch
    store.commit(partition, epoch, changes(1, next_seq=outbox_rows[-1].seq + 1, outbox=outbox_rows))
    return epoch


def numbers(first: int, last: int) -> list[bytes]:
    return [str(seq).encode() for seq in range(first, last + 1)]


async def test_rows_are_published_in_order_and_once(store: Store, outbox: Outbox, broker: Broker) -> None:
    epoch = fill(store, rows(1, 1200))
    assert await outbox.publish(0, epoch) == 1200
    assert broker.values == numbers(1, 1200)
    assert await outbox.publish(0, epoch) == 0
    assert len(broker.taken) == 1200


async def test_every_kind_of_row_keeps_its_key_bytes_and_headers(store: Store, outbox: Outbox, broker: Broker) -> None:
    headers = (("schema", b"point/1"), ("origin", b"0"), ("x\0", b"\xff\x00"))
    kinds = ("points", "alerts", "gaps", "dead_letters", "readings")
    written = [OutboxRow(seq, kind, None, b"\x00\xff", headers) for seq, kind in enumerate(kinds, start=1)]  # type: ignore[arg-type]
    await outbox.publish(0, fill(store, written))
    assert broker.taken == [(f"thermaliq.{kind}", None, b"\x00\xff", headers) for kind in kinds]


async def test_a_new_owner_publishes_what_is_pending_and_the_old_one_nothing(
    store: Store, outbox: Outbox, broker: Broker
) -> None:
    old = fill(store, rows(1, 3))
    new = store.take(0, []).epoch
    assert await outbox.publish(0, old) == 0
    assert broker.taken == []
    assert await outbox.publish(0, new) == 3


async def test_partitions_are_published_apart(store: Store, outbox: Outbox, broker: Broker) -> None:
    epochs = [fill(store, rows(1, 2), 0), fill(store, rows(1, 3), 1)]
    assert [await outbox.publish(partition, epoch) for partition, epoch in enumerate(epochs)] == [2, 3]


async def test_what_follows_a_failure_is_sent_again_in_order(
    store: Store, outbox: Outbox, broker: Broker, waits: Waits
) -> None:
    left = [2]

    def third_fails_twice(value: bytes) -> Exception | None:
        if value == b"3" and left[0]:
            left[0] -= 1
            return UnavailableError("kafka.away", "gone")
        return None

    broker.fails = third_fails_twice
    assert await outbox.publish(0, fill(store, rows(1, 5))) == 5
    assert broker.values == [b"1", b"2", b"4", b"5", b"4", b"5", b"3", b"4", b"5"]
    assert waits == [0.5, 1.0]


async def test_a_record_that_kafka_never_takes_does_not_hold_the_others(
    store: Store, outbox: Outbox, broker: Broker
) -> None:
    broker.fails = lambda value: RefusedError("kafka.too_large", "too large") if value == b"2" else None
    assert await outbox.publish(0, fill(store, rows(1, 3))) == 3
    assert broker.values == [b"1", b"3"]
    assert outbox.refused == 1


async def test_a_database_that_goes_away_is_waited_for(
    store: Store, outbox: Outbox, broker: Broker, waits: Waits, migrated_url: str
) -> None:
    epoch = fill(store, rows(1, 3))
    await outbox.publish(0, epoch)
    with psycopg.connect(migrated_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'thermaliq-outbox/app'"
        )
    store.commit(0, epoch, changes(2, next_seq=6, outbox=rows(4, 5)))
    assert await outbox.publish(0, epoch) == 2
    assert broker.values == numbers(1, 5)
    assert waits == [0.5]


async def test_two_calls_for_one_partition_take_turns(store: Store, outbox: Outbox, broker: Broker) -> None:
    epoch = fill(store, rows(1, 30))
    assert sorted(await asyncio.gather(outbox.publish(0, epoch), outbox.publish(0, epoch))) == [0, 30]
    assert broker.values == numbers(1, 30)


async def test_what_a_cancelled_worker_left_is_published_by_the_next(
    store: Store, outbox: Outbox, broker: Broker, waits: Waits
) -> None:
    epoch = fill(store, rows(1, 3))
    broker.fails = lambda _value: UnavailableError("kafka.away", "gone")
    publishing = asyncio.create_task(outbox.publish(0, epoch))
    async with asyncio.timeout(10):
        await waits.first.wait()
    publishing.cancel()
    await asyncio.wait([publishing])
    broker.fails = lambda _value: None
    assert await outbox.publish(0, epoch) == 3


async def test_large_rows_are_fetched_a_few_at_a_time(store: Store, outbox: Outbox, broker: Broker) -> None:
    epoch = fill(store, rows(1, 9, size=3 << 20))
    fetched = await outbox._pending(0, epoch)
    assert [row.seq for row in fetched] == [1, 2, 3]
    assert await outbox.publish(0, epoch) == 9


async def test_published_rows_are_pruned_once_they_are_old(
    store: Store, outbox: Outbox, broker: Broker, migrated_url: str
) -> None:
    epoch = fill(store, rows(1, 700))
    assert await outbox.prune(0, timedelta(0)) == 0, "nothing of it is published yet"
    await outbox.publish(0, epoch)
    store.commit(0, epoch, changes(2, next_seq=702, outbox=rows(701, 701)))
    assert await outbox.prune(0, timedelta(hours=1)) == 0
    assert await outbox.prune(0, timedelta(0)) == 700
    with psycopg.connect(migrated_url) as connection:
        assert connection.execute("SELECT seq FROM thermaliq.outbox").fetchall() == [(701,)]


async def test_a_database_that_is_away_is_pruned_another_time(broker: Broker) -> None:
    away = Outbox("postgresql://nobody@127.0.0.1:1/none", "app", "cluster", Topics(), broker)
    assert await away.prune(0, timedelta(0)) == 0
