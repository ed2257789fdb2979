"""TOML text → its tables, and for every key the line it stands on and its value as written.

`tomllib` judges the text; it keeps no positions, and the parsers that do (tomlkit, tree-sitter-toml) either hide them
or bring a compiled grammar. Text that `tomllib` has accepted needs no judge any more, so `_Scanner` only walks it:
headers, dotted keys, inline tables, arrays and arrays of tables, noting where each path starts. A path is a tuple of
keys and list indices, `("source", 0, "tag", 1, "unit")`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*""")
_SCALAR = re.compile(
    r'''"""(?:\\.|[^"\\]|"{1,2}(?!"))*"{3,5}|\'\'\'(?:[^']|'{1,2}(?!'))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^,\]}#\n]+''',
    re.DOTALL,
)
_ERROR_PLACE = re.compile(r"\(at line (\d+), column \d+\)")


class TextError(ValueError):
    """The text is no TOML; `line` is where the parser stopped."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__(detail)
        self.line = line
        self.detail = detail


@dataclass(frozen=True)
class Span:
    """Where a key or list element starts, and its value as written."""

    line: int
    written: str


@dataclass(frozen=True)
class Document:
    """The tables of a TOML text and the place of every path in it."""

    tables: Mapping[str, Any]
    spans: Mapping[Path, Span]

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest table around it that is written somewhere."""
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans[path].line if path else 1

    def written(self, path: Path) -> str:
        """The value of `path` as it stands in the text; empty where it does not."""
        span = self.spans.get(path)
        return span.written if span else ""


def parse(text: str) -> Document:
    """The tables of `text` with their places; `TextError` where it is no TOML."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _ERROR_PLACE.search(str(error))
        line = int(place[1]) if place else text.rstrip().count("\n") + 1
        raise TextError(line, _ERROR_PLACE.sub("", str(error)).strip()) from error
    return Document(tables, _Scanner(text).scan())


class _Scanner:
    """Walks text that is known to be TOML."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.spans: dict[Path, Span] = {}
        self.lengths: dict[Path, int] = {}
        """Elements so far of each array of tables."""

    def scan(self) -> dict[Path, Span]:
        """Every path's place."""
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            table = self._header() if self.text[self.at] == "[" else self._pair(table)
            self._skip(_BLANK)
        return self.spans

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        found = match[0] if match else ""
        self._advance(len(found))
        return found

    def _advance(self, count: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _key(self) -> list[str]:
        parts = [_plain(self._skip(_KEY_PART))]
        while self.text[self.at] == ".":
            self._advance(1)
            parts.append(_plain(self._skip(_KEY_PART)))
        return parts

    def _header(self) -> Path:
        line, brackets = self.line, 2 if self.text.startswith("[[", self.at) else 1
        self._advance(brackets)
        *outer, last = self._key()
        self._advance(brackets)
        path: Path = (*self._resolve((), outer), last)
        if brackets == 2:
            index = self.lengths.get(path, 0)
            self.lengths[path] = index + 1
            self.spans.setdefault(path, Span(line, ""))
            path = (*path, index)
        self.spans[path] = Span(line, "")
        return path

    def _resolve(self, path: Path, keys: list[str]) -> Path:
        """`keys` below `path`, where an array of tables stands for its newest element."""
        for key in keys:
            path = (*path, key)
            if path in self.lengths:
                path = (*path, self.lengths[path] - 1)
        return path

    def _pair(self, table: Path) -> Path:
        line = self.line
        path = table
        keys = self._key()
        for key in keys[:-1]:
            path = (*path, key)
            self.spans.setdefault(path, Span(line, ""))
        self._advance(1)
        self._value((*path, keys[-1]), line)
        return table

    def _value(self, path: Path, line: int) -> None:
        self._skip(_BLANK)
        start, opening = self.at, self.text[self.at]
        self.spans[path] = Span(line, "")
        if opening == "[":
            self._sequence(path, "]")
        elif opening == "{":
            self._sequence(path, "}")
        else:
            self._skip(_SCALAR)
        self.spans[path] = Span(line, self.text[start : self.at].strip())

    def _sequence(self, path: Path, closing: str) -> None:
        """An array's elements, or an inline table's pairs."""
        self._advance(1)
        index = 0
        self._skip(_BLANK)
        while self.text[self.at] != closing:
            if closing == "]":
                self._value((*path, index), self.line)
            else:
                self._pair(path)
            index += 1
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self._advance(1)
                self._skip(_BLANK)
        self._advance(1)


def _plain(part: str) -> str:
    """A key part without blanks and quotes."""
    part = part.strip()
    if part.startswith('"'):
        return str(tomllib.loads(f"key = {part}")["key"])
    return part.strip("'")


def dotted(path: Path) -> str:
    """`source[0].tag[1].unit` of a path."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
