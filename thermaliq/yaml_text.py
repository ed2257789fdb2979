"""Plain data → YAML text, block style, every text quoted as JSON (which YAML reads as it is)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

Data = Mapping[str, "Data"] | Sequence["Data"] | str | int | float | bool | None
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.-]*")


def yaml_text(data: Data) -> str:
    """A YAML document."""
    return "".join(f"{line}\n" for line in _lines(data))


def _lines(data: Data) -> Iterator[str]:
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from _entry(f"{key if _PLAIN_KEY.fullmatch(key) else json.dumps(key)}:", value)
    elif isinstance(data, Sequence) and not isinstance(data, str) and data:
        for value in data:
            first, *rest = _lines(value)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
    else:
        yield json.dumps(data, ensure_ascii=False)


def _entry(key: str, value: Data) -> Iterator[str]:
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str) and value:
        yield key
        yield from (f"  {line}" for line in _lines(value))
    else:
        yield f"{key} {next(_lines(value))}"
