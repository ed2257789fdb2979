"""Collects what is wrong with a site file: one finding a key, in the order of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from schemas.errors import Finding
from schemas.site_text import Document, Path, dotted

_SECRET = re.compile(r"(://[^:@/\s]*:)[^@/\s]*@")
"""A password in a URL is refused, and not repeated."""


class Findings:
    """The findings of one file. The first word about a key stands: what follows from it would only confuse."""

    def __init__(self, file: str, document: Document) -> None:
        self.file = file
        self.document = document
        self._errors: dict[Path, Finding] = {}
        self._warnings: list[Finding] = []

    def error(self, path: Path, fix: str) -> None:
        """`path` is wrong."""
        self._errors.setdefault(path, self._finding(path, fix, warning=False))

    def warn(self, path: Path, fix: str) -> None:
        """`path` is allowed and deserves a look."""
        self._warnings.append(self._finding(path, fix, warning=True))

    def has(self, path: Path) -> bool:
        """Whether `path` itself is known to be wrong."""
        return path in self._errors

    @property
    def failed(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._errors)

    def sorted(self) -> list[Finding]:
        """Errors and warnings by line."""
        return sorted([*self._errors.values(), *self._warnings], key=lambda found: found.line)

    def _finding(self, path: Path, fix: str, *, warning: bool) -> Finding:
        written = _SECRET.sub(r"\1…@", self.document.written(path))
        return Finding(self.file, self.document.line(path), dotted(path), written, fix, warning)


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.0) -> str:
    """`, the nearest known one is `unit`` of a misspelt word; empty where nothing is as like."""
    found = get_close_matches(word, list(known), n=1, cutoff=likeness)
    return f"; the nearest known one is `{found[0]}`" if found else ""
