"""An OPC UA data value: whose time counts, what the number is, the status code kept whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.scalar import si_of
from schemas.quality import OVERFLOW_BIT
from schemas.reading import Origin
from schemas.site import OpcuaAddress, Tag, TimeSource

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INFO_TYPE_DATA_VALUE = 0x0400


@dataclass(frozen=True, slots=True)
class NodeValue:
    """A data value as the server sent it, free of the library's types."""

    raw: object
    status: int
    source_us: int | None
    server_us: int | None


def micros_of(moment: datetime | None) -> int | None:
    """Epoch microseconds; None for no time, which servers also write as 1601 (DateTime 0) or as the last of all."""
    if moment is None or moment.year <= 1601 or moment.year >= 9999:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND


def time_of(value: NodeValue, whose: TimeSource, receipt_us: int) -> tuple[int, Origin]:
    """The sample's time and whose it is: the source's, else the server's, else that of receipt."""
    if whose in {"source", "device"} and value.source_us is not None:
        return value.source_us, "source"
    if whose != "arrival" and value.server_us is not None:
        return value.server_us, "source"
    return receipt_us, "connector"


def si_of_node(tag: Tag, value: NodeValue) -> tuple[float | None, int]:
    """(SI value, status) of the tag in its node's value."""
    index = tag.address.index if isinstance(tag.address, OpcuaAddress) else None
    return si_of(value.raw, tag, value.status, index)


def overflowed(status: int) -> bool:
    """Whether the server's queue of this item dropped values before this one."""
    return bool(status & _INFO_TYPE_DATA_VALUE and status & OVERFLOW_BIT)
