"""A budget of bytes: bounded, fair, and whole again whatever is cancelled."""

import asyncio

from connectors.budget import Budget
from connectors.session import session_id


async def test_who_finds_no_room_waits_first_come_first_served() -> None:
    budget = Budget(100)
    await budget.take(80)
    order: list[int] = []

    async def take(size: int) -> None:
        await budget.take(size)
        order.append(size)

    large, small = asyncio.create_task(take(50)), asyncio.create_task(take(10))
    await asyncio.sleep(0)
    assert order == []
    budget.give(80)
    await asyncio.gather(large, small)
    assert (order, budget.used) == ([50, 10], 60)


async def test_what_is_larger_than_the_whole_passes_alone() -> None:
    budget = Budget(100)
    await budget.take(1_000)
    late = asyncio.create_task(budget.take(1))
    await asyncio.sleep(0)
    assert not late.done()
    budget.give(1_000)
    await late
    assert budget.used == 1


async def test_a_cancelled_wait_takes_nothing_and_blocks_nobody() -> None:
    budget = Budget(100)
    await budget.take(60)
    large, small = asyncio.create_task(budget.take(90)), asyncio.create_task(budget.take(40))
    await asyncio.sleep(0)
    large.cancel()
    await asyncio.wait([large, small], timeout=5)
    assert (small.done(), budget.used) == (True, 100)


async def test_a_wait_that_is_cancelled_as_it_is_granted_gives_back() -> None:
    budget = Budget(100)
    await budget.take(100)
    waiting = asyncio.create_task(budget.take(30))
    await asyncio.sleep(0)
    budget.give(100)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert budget.used == 0


def test_sessions_sort_by_their_start_and_differ_by_chance() -> None:
    first = session_id(1_700_000_000_000_000, bytes(10))
    assert first == "01HF7YAT000000000000000000"
    assert first < session_id(1_700_000_000_000_000, b"\x01" * 10) < session_id(1_700_000_000_001_000, bytes(10))
    assert len(session_id(2**47 * 1000, b"\xff" * 10)) == 26
