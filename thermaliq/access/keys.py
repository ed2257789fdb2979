"""API keys as their file holds them: hashes, never the keys themselves."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

from schemas.errors import ConfigError, Finding
from schemas.site_findings import nearest
from thermaliq.access.patterns import MEANING, is_pattern
from thermaliq.access.principal import Principal, Role

ROLES: Final[tuple[Role, ...]] = get_args(Role)
FIELDS: Final = ("id", "name", "sha256", "role", "assets", "created", "expires", "revoked")
BUCKET_DIGITS: Final = 4
SECRET_CHARACTERS_MAX: Final = 8192
_HEADER: Final = re.compile(r"^\s*\[\[\s*key\s*\]\]", re.MULTILINE)
State = Literal["live", "expired", "revoked"]


@dataclass(frozen=True)
class Key:
    """One entry."""

    id: str
    name: str
    sha256: str
    role: Role
    assets: tuple[str, ...]
    created: datetime | None = None
    expires: datetime | None = None
    revoked: datetime | None = None

    def state(self, now: datetime) -> State:
        """Whether it lets in."""
        if self.revoked is not None and self.revoked <= now:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "live"

    def principal(self) -> Principal:
        """Who comes with it."""
        ends = [moment for moment in (self.expires, self.revoked) if moment is not None]
        expires_us = round(min(ends).timestamp() * 1e6) if ends else None
        return Principal(f"key:{self.id}", self.name, self.role, self.assets, expires_us)


class Keys:
    """The keys of one reading of the file."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.all = tuple(keys)
        self.by_id: Mapping[str, Key] = {key.id: key for key in keys}
        self._buckets: dict[str, list[Key]] = defaultdict(list)
        for key in keys:
            self._buckets[key.sha256[:BUCKET_DIGITS]].append(key)

    def find(self, secret: str) -> Key | None:
        """The entry of a key; how long that takes tells nothing of the entries' other digits."""
        if len(secret) > SECRET_CHARACTERS_MAX:
            return None
        digest = hash_of(secret)
        found = None
        for key in self._buckets.get(digest[:BUCKET_DIGITS], ()):
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found


def hash_of(secret: str) -> str:
    """What is stored of a key: it has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def parse_keys(text: str, file: str) -> Keys:
    """The keys of a file; ConfigError with everything that is wrong with it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong([Finding(file, 0, "", f"not TOML: {error}", "write [[key]] tables")]) from error
    entries = document.pop("key", [])
    findings = [Finding(file, 0, name, "", f"unknown{nearest(name, ('key',))}; write [[key]]") for name in document]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _wrong([*findings, Finding(file, 0, "key", "", "write it as [[key]]")])
    lines = [text.count("\n", 0, match.end()) + 1 for match in _HEADER.finditer(text)]
    read = [_Entry(entry, file, lines[n] if n < len(lines) else 0) for n, entry in enumerate(entries)]
    keys = [key for entry in read if (key := entry.key()) is not None]
    findings += [finding for entry in read for finding in entry.findings]
    findings += _doubles(keys, file)
    if findings:
        raise _wrong(findings)
    return Keys(keys)


def _wrong(findings: Sequence[Finding]) -> ConfigError:
    detail = "; ".join(f"{finding.key} {finding.value}: {finding.fix}".strip() for finding in findings)
    return ConfigError("access.keys_file", f"{findings[0].file}: {detail}", tuple(findings))


def _doubles(keys: Sequence[Key], file: str) -> list[Finding]:
    """An id is one caller's, for the audit; a hash is one key's."""
    findings = []
    for name, values in (("id", [key.id for key in keys]), ("sha256", [key.sha256 for key in keys])):
        twice = sorted({value for value in values if values.count(value) > 1})
        findings += [Finding(file, 0, name, value, "stands twice: give each key its own") for value in twice]
    return findings


class _Entry:
    """Reads one table and collects what is wrong with it."""

    def __init__(self, table: Mapping[str, Any], file: str, line: int) -> None:
        self._table, self._file, self._line = table, file, line
        self.findings: list[Finding] = []

    def key(self) -> Key | None:
        """The key; None where something is wrong."""
        for name in self._table.keys() - set(FIELDS):
            self._note(name, f"unknown field{nearest(name, FIELDS)}")
        name = self._text("name", self._table.get("name"))
        number = self._text("id", self._table.get("id", name))
        digest = self._table.get("sha256")
        if not isinstance(digest, str) or re.fullmatch(r"[0-9A-Fa-f]{64}", digest) is None:
            self._note("sha256", "write the 64 hex digits of the key's SHA-256")
        role = self._table.get("role")
        if role not in ROLES:
            self._note("role", f"write one of {', '.join(ROLES)}{nearest(str(role), ROLES)}")
        assets = self._assets()
        created, expires, revoked = (self._moment(field) for field in ("created", "expires", "revoked"))
        if self.findings:
            return None
        return Key(number, name, str(digest).lower(), role, assets, created, expires, revoked)  # type: ignore[arg-type]

    def _text(self, field: str, value: object) -> str:
        if isinstance(value, str) and 0 < len(value) <= 100 and value.isprintable():
            return value
        self._note(field, "write 1 to 100 printable characters")
        return ""

    def _assets(self) -> tuple[str, ...]:
        assets = self._table.get("assets")
        if not isinstance(assets, list) or not assets:
            self._note("assets", 'write a list of patterns, as ["mill/*"]')
            return ()
        for asset in assets:
            if not isinstance(asset, str) or not is_pattern(asset):
                self._note("assets", MEANING)
        return tuple(map(str, assets))

    def _moment(self, field: str) -> datetime | None:
        value = self._table.get(field)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
            if isinstance(moment, datetime) and moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self._note(field, 'write a time with its offset, as "2027-01-31T00:00:00Z"')
        return None

    def _note(self, field: str, fix: str) -> None:
        # a value of the wrong kind may be a secret in the wrong place
        shown = "" if field == "sha256" else str(self._table.get(field, ""))[:100]
        self.findings.append(Finding(self._file, self._line, field, shown, fix))


def written(key: Key) -> str:
    """The entry in TOML."""
    lines = [f"{field} = {_toml(value)}" for field in FIELDS if (value := getattr(key, field)) is not None]
    return "\n".join(["[[key]]", *lines, ""])


def with_field(text: str, number: str, field: str, value: datetime) -> str:
    """The file with a field added to the key `number`; everything else stays as it was written."""
    position = next((n for n, key in enumerate(parse_keys(text, "").all) if key.id == number), None)
    headers = list(_HEADER.finditer(text))
    if position is None or position >= len(headers):
        raise ConfigError("access.keys_file", f"no [[key]] table of the id {number} is found: edit the file by hand")
    line_end = text.find("\n", headers[position].end())
    at = len(text) if line_end < 0 else line_end
    return f"{text[:at]}\n{field} = {_toml(value)}{text[at:]}"


def _toml(value: object) -> str:
    if isinstance(value, datetime):
        return _toml(value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
