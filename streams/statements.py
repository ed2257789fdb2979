"""SQL lives in `schemas/sql/*.sql`, in blocks under `-- name: …`; code names a block and passes parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_NAME = re.compile(rb"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements(file: str) -> Mapping[str, bytes]:
    """The blocks of `schemas/sql/{file}.sql` by name."""
    _, *parts = _NAME.split((files("schemas") / "sql" / f"{file}.sql").read_bytes())
    return {name.decode(): text.strip().rstrip(b";") for name, text in zip(parts[::2], parts[1::2], strict=True)}
