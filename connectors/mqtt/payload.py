"""Bytes of an MQTT message → the values of its topic's tags: a plain number, JSON with pointers, or a JSON list."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from connectors.mqtt.moment import moment_of
from connectors.scalar import si_of
from schemas.errors import MalformedError
from schemas.quality import BAD, BAD_DECODING_ERROR, GOOD
from schemas.site import MqttAddress, Tag

PAYLOAD_BYTES_MAX = 1 << 20
_BOM = "\ufeff"
_GZIP_WINDOW = 31
_GOOD_WORDS = frozenset({"good", "true", "ok", "1"})
_GOOD_FROM = 192
"""OPC classic: quality codes from 192 are good."""


@dataclass(frozen=True, slots=True)
class TagValue:
    """One tag's value; `ts_us` None: the payload carries no time of its own."""

    tag: Tag
    value: float | None
    status: int
    ts_us: int | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a payload says, and the first thing in it that does not decode."""

    values: tuple[TagValue, ...]
    fault: MalformedError | None


class _AbsentError(LookupError):
    """A pointer leads nowhere."""


def contents_of(payload: bytes, tags: Sequence[Tag]) -> Contents:
    """The values of `tags`, all of one topic.

    An unreadable payload is a null with `BadDecodingError` for each tag; a time that cannot be read is no value.
    """
    values: list[TagValue] = []
    fault: MalformedError | None = None
    for tag in tags:
        address = address_of(tag)
        try:
            document = _document(payload, address)
        except MalformedError as error:
            values.append(TagValue(tag, None, BAD_DECODING_ERROR, None))
            fault = fault or error
            continue
        for element in _elements(document, address):
            try:
                values.append(_value(element, document, tag, address))
            except MalformedError as error:
                fault = fault or error
    return Contents(tuple(values), fault)


def address_of(tag: Tag) -> MqttAddress:
    """The tag's MQTT address."""
    if not isinstance(tag.address, MqttAddress):
        raise TypeError(f"tag {tag.id} has no MQTT address")
    return tag.address


def _document(payload: bytes, address: MqttAddress) -> object:
    """The payload as JSON; without any pointer a text that is no JSON is itself the value."""
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise MalformedError("mqtt.payload_too_long", f"{len(payload)} bytes, the limit is {PAYLOAD_BYTES_MAX}")
    try:
        text = (_inflated(payload) if address.encoding == "gzip" else payload).decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise MalformedError("mqtt.payload", f"not UTF-8: {error.reason} at byte {error.start}") from error
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        if address.value is None and address.values is None:
            return text if text.strip() else None
        raise MalformedError("mqtt.payload", f"not JSON: {error}"[:200]) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _inflated(payload: bytes) -> bytes:
    inflater = zlib.decompressobj(_GZIP_WINDOW)
    try:
        data = inflater.decompress(payload, PAYLOAD_BYTES_MAX)
    except zlib.error as error:
        raise MalformedError("mqtt.payload", f"not gzip: {error}") from error
    if not inflater.eof:
        raise MalformedError("mqtt.payload", f"gzip is cut off, or longer than {PAYLOAD_BYTES_MAX} bytes")
    return data


def _elements(document: object, address: MqttAddress) -> list[object]:
    """The document itself, or the elements of its list that `match`; none where the list tells of other tags."""
    if address.values is None:
        return [document]
    try:
        listed = resolve(document, address.values)
    except _AbsentError:
        return []
    if not isinstance(listed, list):
        return []
    return [element for element in listed if _matches(element, address)]


def _matches(element: object, address: MqttAddress) -> bool:
    for pointer, wanted in address.match.items():
        try:
            found = resolve(element, pointer)
        except _AbsentError:
            return False
        if (found if isinstance(found, str) else json.dumps(found)) != wanted:
            return False
    return True


def _value(element: object, document: object, tag: Tag, address: MqttAddress) -> TagValue:
    raw = _found(element, address.value) if address.value is not None else element
    status = GOOD if address.good is None or _is_good(_found(element, address.good)) else BAD
    value, status = si_of(raw, tag, status, address.index)
    return TagValue(tag, value, status, _time(element, document, address))


def _time(element: object, document: object, address: MqttAddress) -> int | None:
    """The time that the element, or else the whole document, carries under the tag's pointer."""
    if address.timestamp is None:
        return None
    raw = _found(element, address.timestamp)
    if raw is None:
        raw = _found(document, address.timestamp)
    return moment_of(raw, address.timestamp_unit, address.timestamp_zone)


def _is_good(found: object) -> bool:
    if isinstance(found, str):
        return found.strip().lower() in _GOOD_WORDS
    if isinstance(found, bool):
        return found
    return isinstance(found, int | float) and (found == 1 or found >= _GOOD_FROM)


def _found(document: object, pointer: str) -> object:
    try:
        return resolve(document, pointer)
    except _AbsentError:
        return None


def resolve(document: object, pointer: str) -> object:
    """What a JSON pointer (RFC 6901) leads to; raises `LookupError` where it leads nowhere."""
    if not pointer:
        return document
    if not pointer.startswith("/"):
        raise _AbsentError(pointer)
    for step in pointer[1:].split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and key in document:
            document = document[key]
        elif isinstance(document, list) and _is_index(key) and int(key) < len(document):
            document = document[int(key)]
        else:
            raise _AbsentError(pointer)
    return document


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and (key == "0" or not key.startswith("0"))
