"""Texts for people and logs, without the secrets that URLs and settings carry."""

from __future__ import annotations

import re

_IN_URL = re.compile(r"(://[^:@/\s]*:)[^@/\s]+@")
_NAMED = re.compile(r"(?i)\b((?:\w*_)?(?:password|passwd|secret|token|api_key)\"?\s*[=:]\s*\"?)[^\s,&\"']+")
_BEARER = re.compile(r"(?i)\b(bearer\s+)\S+")


def redact(text: str) -> str:
    """`text` with … in the place of passwords, tokens and keys."""
    for pattern, kept in ((_IN_URL, r"\1…@"), (_NAMED, r"\1…"), (_BEARER, r"\1…")):
        text = pattern.sub(kept, text)
    return text
