"""Workers are killed and stopped; what stands in the database afterwards is what an undisturbed run wrote."""

from __future__ import annotations

import asyncio
import random
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.boiler_copies import ROWS, TAGS, dataset, site_toml
from tests.fix_product import Product

POINTS = "SELECT to_jsonb(p) - 'revision' FROM thermaliq.v_point p ORDER BY p.asset, p.window_name, p.time"
TRANSITIONS = "SELECT to_jsonb(t) FROM thermaliq.v_alarm_transition t ORDER BY t.asset, t.name, t.time, t.state"
READINGS = "SELECT to_jsonb(r) FROM thermaliq.v_reading r ORDER BY r.asset, r.tag, r.time"
OPEN_TRANSACTIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name LIKE 'thermaliq/%' AND xact_start IS NOT NULL"
)
OFFSETS = "SELECT coalesce(sum(next_offset), 0)::bigint FROM thermaliq.checkpoint"


@pytest.fixture
def second_database(database_admin_url: str) -> Iterator[str]:
    """Another empty database."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(database_admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield urlsplit(database_admin_url)._replace(path=f"/{name}").geturl()
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def test_killed_and_stopped_workers_write_what_an_undisturbed_one_writes(
    product: Product, second_database: str
) -> None:
    """8 copies, 2 workers, 3 SIGKILLs each and one SIGSTOP past the session: same bytes, none lost, none doubled."""
    await check_deaths(product, second_database, copies=8, rounds=3, seed=20261125)


@pytest.mark.faults
async def test_many_deaths_change_nothing(product: Product, second_database: str) -> None:
    """16 copies, 5 kills a worker."""
    await check_deaths(product, second_database, copies=16, rounds=5, seed=5)


async def check_deaths(product: Product, second_database: str, *, copies: int, rounds: int, seed: int) -> None:
    """Feed the topic once, read it twice, compare."""
    site = product.folder / "copies.toml"
    site.write_text(site_toml(copies))
    for number in range(copies):
        product.run("replay", str(dataset()), "--site", str(site), "--source", f"history_{number}", "--speed", "max")
    disturbed = product.with_settings(DATABASE_URL=second_database, GROUP_ID=f"killed-{secrets.token_hex(4)}")
    disturbed.run("migrate")

    total = await _run_undisturbed(product, str(site), copies)
    await _run_disturbed(disturbed, str(site), total, rounds, random.Random(seed))

    assert disturbed.query(READINGS) == product.query(READINGS)
    assert len(product.query(READINGS)) == copies * ROWS * len(TAGS)
    assert disturbed.query(POINTS) == product.query(POINTS)
    assert len(product.query(POINTS)) > copies * (ROWS - 10)
    assert disturbed.query(TRANSITIONS) == product.query(TRANSITIONS)
    assert product.query(TRANSITIONS)


async def _run_undisturbed(product: Product, site: str, copies: int) -> int:
    worker = product.start("work", site)
    wanted = copies * ROWS * len(TAGS)
    await product.until("SELECT count(*) FROM thermaliq.reading", wanted, within_s=180)
    total = product.query(OFFSETS)[0][0]
    assert product.stop(worker) == 0
    assert isinstance(total, int)
    return total


async def _run_disturbed(product: Product, site: str, total: int, rounds: int, chance: random.Random) -> None:
    """Each round both workers start, and each is killed somewhere on the way; the last round is left alone."""
    committed: set[int] = set()
    for number in range(rounds):
        low, high = total * number // (rounds + 1), total * (number + 1) // (rounds + 1)
        workers = [product.start("work", site)]
        if number == 0:
            await _stop_in_a_transaction(product, workers[0])
        workers.append(product.start("work", site))
        if number == 0:
            await _continue_once_fenced(product, workers[0])
        for index, worker in enumerate(workers):
            await _reach(product, chance.randrange(low, high))
            product.kill(worker)
            committed |= {index} if "first commit" in product.said(worker) else set()
        offset = product.query(OFFSETS)[0][0]
        assert isinstance(offset, int)
        assert 0 < offset < total, "records lie before and after the kill"
    workers = [product.start("work", site), product.start("work", site)]
    await product.until(OFFSETS, total, within_s=180)
    assert [product.stop(worker) for worker in workers] == [0, 0]
    assert committed == {0, 1}, "both workers wrote something"
    assert product.query("SELECT min(epoch) >= 2 FROM thermaliq.checkpoint") == [(True,)]


async def _stop_in_a_transaction(product: Product, worker: subprocess.Popen[bytes]) -> None:
    """SIGSTOP the only worker at a moment when its transaction is open."""
    await _wait(lambda: "first commit" in product.said(worker))
    for _ in range(2000):
        if product.query(OPEN_TRANSACTIONS) != [(0,)]:
            worker.send_signal(signal.SIGSTOP)
            await asyncio.sleep(0.2)
            if product.query(OPEN_TRANSACTIONS) != [(0,)]:
                return
            worker.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.005)
    pytest.fail("the worker was never seen within a transaction")


async def _continue_once_fenced(product: Product, worker: subprocess.Popen[bytes]) -> None:
    """The stopped worker goes on when its session is over and the other one has its partitions: the fence refuses."""
    stood = _epochs(product)

    def taken() -> bool:
        return all(epoch > stood.get(partition, -1) for partition, epoch in _epochs(product).items())

    await _wait(taken)
    worker.send_signal(signal.SIGCONT)
    await _wait(lambda: "was taken by another worker; dropped" in product.said(worker))


def _epochs(product: Product) -> dict[object, int]:
    rows = product.query("SELECT partition, epoch FROM thermaliq.checkpoint")
    return {partition: int(str(epoch)) for partition, epoch in rows}


async def _reach(product: Product, offset: int) -> None:
    def there() -> bool:
        found = product.query(OFFSETS)[0][0]
        return isinstance(found, int) and found >= offset

    await _wait(there)


async def _wait(condition: Callable[[], bool], within_s: float = 90.0) -> None:
    for _ in range(int(within_s / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("not reached")
