"""The git commit that a checkout stands at."""

from __future__ import annotations

import re
from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{40,64}")


def commit_of(root: Path) -> str | None:
    """The commit of the checkout at `root`; None where it is none (an installed package)."""
    git = root / ".git"
    head = _first_line(git / "HEAD")
    if head.startswith("ref: "):
        name = head.removeprefix("ref: ")
        head = _first_line(git / name) or _packed(git, name)
    return head if _HASH.fullmatch(head) else None


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    except OSError:
        return ""


def _packed(git: Path, name: str) -> str:
    try:
        lines = (git / "packed-refs").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in lines if line.endswith(f" {name}")), "")
