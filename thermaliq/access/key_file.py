"""The file of the API keys: read at the start, read again once it has changed, changed by `thermaliq keys`."""

from __future__ import annotations

import fcntl
import logging
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from schemas.errors import ConfigError
from thermaliq.access.keys import Keys, parse_keys

log = logging.getLogger("thermaliq.access")

LOOK_EVERY_S: Final = 2.0
BYTES_MAX: Final = 4 << 20
MODE: Final = 0o600


class KeyFile:
    """The keys that are in force. Once it was right, a file that turns wrong or goes away changes nothing."""

    def __init__(self, path: Path, monotonic_s: Callable[[], float]) -> None:
        """ConfigError where the file is wrong."""
        self._path = path
        self._monotonic_s = monotonic_s
        self._seen: tuple[int, ...] | None = self._look()
        self._looked_s = monotonic_s()
        self._keys = read_keys(path)

    def keys(self) -> Keys:
        """What the file said when it was last right, at most `LOOK_EVERY_S` ago."""
        now_s = self._monotonic_s()
        if now_s - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = now_s
            seen = self._look()
            if seen != self._seen:
                self._seen = seen
                self._read_again()
        return self._keys

    def _look(self) -> tuple[int, ...] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode

    def _read_again(self) -> None:
        try:
            keys = read_keys(self._path)
        except ConfigError as error:
            kept = len(self._keys.all)
            log.warning("%s is wrong now (%s); the %d keys from before stay in force", self._path, error.detail, kept)
        else:
            self._keys = keys
            log.warning("%s has changed; %d keys are in force", self._path, len(keys.all))


def read_keys(path: Path) -> Keys:
    """The keys of a file; ConfigError where it is wrong, is not there, or everybody may write it."""
    return parse_keys(_text(path), str(path))


def _text(path: Path) -> str:
    try:
        if path.stat().st_mode & stat.S_IWOTH:
            raise ConfigError("access.keys_file", f"{path} may be written by everybody: chmod o-w {path}")
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
        if len(raw) > BYTES_MAX:
            raise ConfigError("access.keys_file", f"{path} has more than {BYTES_MAX} bytes")
        return raw.decode()
    except OSError as error:
        fix = "make a key with: thermaliq keys create"
        raise ConfigError("access.keys_file", f"{path} cannot be read ({error.strerror}): {fix}") from error
    except UnicodeDecodeError as error:
        raise ConfigError("access.keys_file", f"{path} is not UTF-8") from error


def change_file(path: Path, change: Callable[[str], str]) -> None:
    """Replace the file by what `change` makes of its text, whole or not at all; one at a time."""
    target = path.resolve()
    try:
        with _alone_in(target.parent):
            there = target.exists()
            text = change(_text(target) if there else "")
            parse_keys(text, str(path))
            _replace(target, text, stat.S_IMODE(target.stat().st_mode) if there else MODE)
    except OSError as error:
        raise ConfigError("access.keys_file", f"{path} cannot be written ({error.strerror})") from error


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _replace(target: Path, text: str, mode: int) -> None:
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(number, mode)
            os.fsync(number)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
