"""Which requests read a source's tags: as few as the protocol allows, each with the device's clock where it can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from connectors.modbus.registers import words_of
from schemas import site

Table = Literal["coil", "discrete_input", "input_register", "holding_register"]

REGISTERS_MAX = 125
BITS_MAX = 2000


@dataclass(frozen=True)
class Place:
    """A tag and where it stands."""

    tag: site.Tag
    address: site.ModbusAddress


@dataclass(frozen=True)
class Request:
    """Addresses [address, address + count) of one table of one unit; with the clock where it lies within."""

    unit_id: int
    table: Table
    address: int
    count: int
    places: tuple[Place, ...]
    clock: site.ModbusAddress | None = None


def plan(tags: Iterable[site.Tag], clock: site.ModbusAddress | None) -> tuple[Request, ...]:
    """The requests of one scan, by unit, table and address."""
    tables: dict[tuple[int, Table], list[Place]] = {}
    for tag in tags:
        if isinstance(tag.address, site.ModbusAddress):
            tables.setdefault((tag.address.unit_id, tag.address.table), []).append(Place(tag, tag.address))
    requests: list[Request] = []
    for (unit_id, table), places in sorted(tables.items(), key=lambda item: item[0]):
        here = clock if clock is not None and (clock.unit_id, clock.table) == (unit_id, table) else None
        requests += _plan_table(sorted(places, key=lambda place: place.address.address), here)
    return tuple(requests)


def _plan_table(places: Sequence[Place], clock: site.ModbusAddress | None) -> list[Request]:
    if clock is None:
        return [_request(block, None) for block in _blocks(places)]
    near = [place for place in places if _fits([clock, place.address])]
    far = [place for place in places if not _fits([clock, place.address])]
    requests = [_request(block, clock) for block in _blocks_around(near, clock)]
    requests += [_request(block, None) for block in _blocks(far)]
    return sorted(requests, key=lambda request: request.address)


def _blocks_around(near: Sequence[Place], clock: site.ModbusAddress) -> list[list[Place]]:
    """One block if all fit beside the clock, else what begins below the clock and the rest; each fits with it."""
    if _fits([clock, *(place.address for place in near)]):
        return [list(near)] if near else []
    below = [place for place in near if place.address.address < clock.address]
    return [below, [place for place in near if place not in below]]


def _blocks(places: Sequence[Place]) -> list[list[Place]]:
    """Greedy from the lowest address, which gives the fewest."""
    blocks: list[list[Place]] = []
    for place in places:
        if blocks and _fits([*(other.address for other in blocks[-1]), place.address]):
            blocks[-1].append(place)
        else:
            blocks.append([place])
    return blocks


def _request(block: Sequence[Place], clock: site.ModbusAddress | None) -> Request:
    addresses = [place.address for place in block] + ([clock] if clock else [])
    start, end = _span(addresses)
    first = block[0].address
    return Request(first.unit_id, first.table, start, end - start, tuple(block), clock)


def _fits(addresses: Sequence[site.ModbusAddress]) -> bool:
    start, end = _span(addresses)
    is_bits = addresses[0].table in {"coil", "discrete_input"}
    return end - start <= (BITS_MAX if is_bits else REGISTERS_MAX)


def _span(addresses: Sequence[site.ModbusAddress]) -> tuple[int, int]:
    start = min(address.address for address in addresses)
    return start, max(address.address + words_of(address) for address in addresses)
