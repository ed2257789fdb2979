"""A balance → nodes and links: at the machine, in = out; the residual is one of them."""

from __future__ import annotations

import msgspec

from thermaliq.pictures.amount import percent, scale_of
from thermaliq.pictures.balance import Balance, Kind, Stream
from thermaliq.pictures.energies import Unit

MACHINE = "machine"


class Node(msgspec.Struct, frozen=True):
    """An end of links; `label` says amount and unit."""

    id: str
    label: str


class Link(msgspec.Struct, frozen=True):
    """Energy from node to node, never below zero."""

    source: str
    target: str
    value: float
    kind: Kind


class Sankey(msgspec.Struct, frozen=True):
    """Where energy comes from and where it goes; no links where it is not known, and `note` says why."""

    title: str
    caption: str
    fact: str
    note: str
    unit: Unit
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


def sankey_of(balance: Balance) -> Sankey:
    """The picture's description, in the order of the streams."""
    streams = balance.streams
    machine = Node(MACHINE, balance.machine)
    nodes = (
        *(_node(stream, balance) for stream in streams if stream.enters),
        *((machine,) if streams else ()),
        *(_node(stream, balance) for stream in streams if not stream.enters),
    )
    return Sankey(
        title=balance.title,
        caption=balance.caption,
        fact=balance.fact,
        note=balance.note,
        unit=balance.unit,
        nodes=nodes,
        links=tuple(_link(stream) for stream in streams),
    )


def _node(stream: Stream, balance: Balance) -> Node:
    scale = scale_of((balance.total,), balance.unit)
    share = f" ({percent(stream.value / balance.total)})" if balance.total else ""
    return Node(stream.id, f"{stream.label}\n{scale.text(stream.value)}{share}")


def _link(stream: Stream) -> Link:
    ends = (stream.id, MACHINE) if stream.enters else (MACHINE, stream.id)
    return Link(*ends, abs(stream.value), stream.kind)
