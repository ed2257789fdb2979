"""Collects what is wrong with a site file: one finding a key, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest
from posixpath import commonprefix

from schemas.errors import Finding
from schemas.redact import redact
from schemas.site_text import Document, Path, dotted

_COMPARED_MAX = 64


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
        written = redact(self.document.written(path))
        return Finding(self.file, self.document.line(path), dotted(path), written, fix, warning)


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.0) -> str:
    """`; the nearest known one is `unit`` of a misspelt word; empty where nothing is as like."""
    found = _closest(word, tuple(known), likeness)
    return f"; the nearest known one is `{found}`" if found else ""


@lru_cache(maxsize=256)
def _closest(word: str, known: tuple[str, ...], likeness: float) -> str:
    """The most similar word; of very many only those that begin most alike are compared, which takes long."""
    if len(known) > _COMPARED_MAX:
        known = tuple(nlargest(_COMPARED_MAX, known, key=lambda other: len(commonprefix((word, other)))))
    found = get_close_matches(word, known, n=1, cutoff=likeness)
    return found[0] if found else ""
