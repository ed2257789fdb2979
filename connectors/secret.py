"""A secret from a file: its first line."""

from __future__ import annotations

from pathlib import Path

from schemas.errors import ConfigError


def first_line(path: str, key: str) -> str:
    """The first line of the file that `key` names; `ConfigError` where there is none to read."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("secret.unreadable", f"{key} = {path!r}: {error}") from error
    if not lines or not lines[0]:
        raise ConfigError("secret.empty", f"{key} = {path!r}: the first line is empty")
    return lines[0]
