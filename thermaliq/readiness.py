"""Whether a process does its work: what `/ready` says, judged from the parts that it stands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from connectors.source import SourceStatus

State = Literal["up", "down", "off"]
Status = Literal["ready", "degraded", "not_ready"]
PeerUp = Callable[[str], bool | None]
"""Whether a peer answered when it was last spoken to; None: it never was."""

STARTING: Final = "starting"


@dataclass(frozen=True)
class Component:
    """A part that a process stands on."""

    state: State
    detail: str = ""


@dataclass(frozen=True)
class Readiness:
    """`degraded`: something is away, the work is done all the same; `not_ready`: it is not."""

    status: Status
    components: Mapping[str, Component] = field(default_factory=dict)


class Partitions(Protocol):
    """What a worker's owner knows of its partitions."""

    @property
    def stopped(self) -> Mapping[int, str]:
        """Partitions that wait for a person, and why."""
        ...

    @property
    def assigned(self) -> frozenset[int]:
        """Partitions that Kafka gave to this worker."""
        ...


class HasStatus(Protocol):
    """A source, as far as readiness is concerned."""

    @property
    def status(self) -> SourceStatus:
        """What it says of itself."""
        ...


def judged(components: Mapping[str, Component]) -> Readiness:
    """Degraded where a component is down, else ready."""
    down = any(component.state == "down" for component in components.values())
    return Readiness("degraded" if down else "ready", components)


def of_worker(partitions: Partitions | None, peer_up: PeerUp) -> Readiness:
    """Not ready without the database, with a partition that stands still, and with none at all.

    `partitions` is None until Kafka and the database have been there once.
    """
    if partitions is None:
        waiting = {name: _peer(peer_up(name)) for name in ("kafka", "database")}
        return Readiness("not_ready", waiting | {"partitions": Component("down", STARTING)})
    stopped, assigned = dict(partitions.stopped), partitions.assigned
    database = Component("down" if peer_up("database") is False else "up")
    detail = "; ".join(f"{number}: {why}" for number, why in sorted(stopped.items())) or _named(assigned)
    running = bool(assigned) and not stopped
    components = {
        "database": database,
        "kafka": Component("down" if peer_up("kafka") is False else "up"),
        "partitions": Component("up" if running else "down", detail),
    }
    return judged(components) if running and database.state == "up" else Readiness("not_ready", components)


def of_connectors(sources: Mapping[str, HasStatus]) -> Readiness:
    """Degraded where a source is away. There are no sources until Kafka has been there once."""
    if not sources:
        return judged({"kafka": Component("down", STARTING)})
    components = {"kafka": Component("up")}
    for name, source in sources.items():
        state, detail = source.status.state, source.status.detail
        told = state if not detail else f"{state}: {detail}"
        components[name] = Component("up" if state in {"up", "degraded"} else "down", told)
    return judged(components)


def _peer(answers: bool | None) -> Component:
    return Component("up") if answers else Component("down", "" if answers is False else STARTING)


def _named(assigned: frozenset[int]) -> str:
    return f"assigned: {', '.join(map(str, sorted(assigned)))}" if assigned else "none assigned"
