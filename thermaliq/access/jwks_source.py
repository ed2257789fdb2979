"""Where a JWKS comes from: a file or a URL. It rotates: an unknown `kid` has it read again, soon but not at will."""

from __future__ import annotations

import asyncio
import logging
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit

from schemas.errors import ConfigError, MalformedError, UnavailableError
from thermaliq.access.jwks import KeySet, parse_key_set
from thermaliq.settings import is_loopback

log = logging.getLogger("thermaliq.access")

FRESH_S: Final = 300.0
AGAIN_AFTER_S: Final = 10.0
ANSWER_WITHIN_S: Final = 5.0
BYTES_MAX: Final = 1 << 20

Fetch = Callable[[], bytes]


class JwksSource:
    """The newest keys that could be read; they stay in force while their source is away."""

    def __init__(self, where: str, fetch: Fetch, monotonic_s: Callable[[], float]) -> None:
        self._where = where
        self._fetch = fetch
        self._monotonic_s = monotonic_s
        self._keys: KeySet | None = None
        self._read_s = float("-inf")
        self._tried_s = float("-inf")
        self._lost = False
        self._reading: asyncio.Task[None] | None = None

    def load(self) -> None:
        """Read now. MalformedError, OSError where that fails."""
        self._tried_s = self._monotonic_s()
        self._keys = parse_key_set(self._fetch())
        self._read_s = self._tried_s

    async def keys(self, kid: str | None) -> KeySet:
        """The keys, read again before where they do not hold `kid`; UnavailableError where they never were read."""
        known = self._keys is not None and self._keys.find(kid) is not None
        if not known or self._monotonic_s() - self._read_s > FRESH_S:
            reading = self._begin()
            if reading is not None and not known:
                await asyncio.shield(reading)
        if self._keys is None:
            raise UnavailableError("access.jwks_away", f"{self._where} could not be read yet; try again")
        return self._keys

    async def close(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    def _begin(self) -> asyncio.Task[None] | None:
        """The reading that is on its way, or a new one where the last is some time ago."""
        if self._reading is not None and not self._reading.done():
            return self._reading
        if self._monotonic_s() - self._tried_s < AGAIN_AFTER_S:
            return None
        self._reading = asyncio.create_task(self._read(), name="jwks")
        return self._reading

    async def _read(self) -> None:
        try:
            await asyncio.to_thread(self.load)
        except (OSError, MalformedError) as error:
            if not self._lost:
                log.warning("%s cannot be read (%s); the keys from before stay in force", self._where, error)
            self._lost = True
        else:
            if self._lost:
                log.warning("%s is read again", self._where)
            self._lost = False


def open_jwks(where: str, monotonic_s: Callable[[], float]) -> JwksSource:
    """A file has to be there and right, else ConfigError; a URL may be away, and is waited for."""
    if "://" in where:
        return JwksSource(where, _fetch_of(where), monotonic_s)
    source = JwksSource(where, lambda: _read_file(Path(where)), monotonic_s)
    try:
        source.load()
    except (OSError, MalformedError) as error:
        raise ConfigError("access.jwks", f"THERMALIQ_JWT_JWKS={where}: {error}") from error
    return source


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BYTES_MAX)


def _fetch_of(url: str) -> Fetch:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_local(parts.hostname)):
        fix = "write an https:// URL (http:// is for this machine), or a file"
        raise ConfigError("access.jwks", f"THERMALIQ_JWT_JWKS={url}: {fix}")
    opener = urllib.request.build_opener(_NoRedirect)

    def fetch() -> bytes:
        try:
            with opener.open(url, timeout=ANSWER_WITHIN_S) as answer:
                body: bytes = answer.read(BYTES_MAX)
                return body
        except ValueError as error:
            raise URLError(str(error)) from error

    return fetch


def _is_local(host: str | None) -> bool:
    try:
        return host is not None and is_loopback(host)
    except ValueError:
        return False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Keys come from where the setting says, and from nowhere that an answer says."""

    def redirect_request(self, *_arguments: object) -> None:
        """Follow none."""
