"""One connection to the database that is made anew after it broke, and what its errors mean to the caller."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import Connection, errors
from psycopg.conninfo import conninfo_to_dict

from schemas.errors import RefusedError, UnavailableError
from streams.copy_format import speak_numpy

# a client that is gone without a word, or stopped within a transaction, must not hold a lock for ever
_SERVER_SETTINGS: Final = (
    "-c idle_in_transaction_session_timeout=10s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5"
    " -c tcp_keepalives_count=3 -c timezone=UTC"
)
CONNECTION: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": _SERVER_SETTINGS,
}
_AWAY: Final = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
)


@contextmanager
def translated() -> Iterator[None]:
    """psycopg's errors as ours: away, busy, full or read-only is `UnavailableError`, any other a `RefusedError`."""
    try:
        yield
    except _AWAY as error:
        raise UnavailableError("store.unavailable", _told(error)) from error
    except psycopg.Error as error:
        raise RefusedError("store.refused", _told(error)) from error


def _told(error: psycopg.Error) -> str:
    primary = error.diag.message_primary or str(error).strip()
    return f"{error.sqlstate}: {primary}" if error.sqlstate else primary


def writable(url: str) -> dict[str, Any]:
    """Connection settings for a URL of one or more hosts, of which the one that may be written to is taken."""
    given = conninfo_to_dict(url)
    several = "," in str(given.get("host", ""))
    return {**CONNECTION, **({"target_session_attrs": "read-write"} if several else {}), **given}


class Session:
    """Transactions on one connection, one at a time; the connection is opened on first use and after a loss."""

    def __init__(self, url: str, application: str) -> None:
        self._settings = {**writable(url), "application_name": application}
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction; raises `UnavailableError` or `RefusedError`, and then nothing of it stands (or, where the
        answer to COMMIT was lost, all of it)."""
        with self._lock, translated():
            connection = self._open()
            with connection.transaction():
                yield connection

    def close(self) -> None:
        """Hang up; a later transaction connects again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(**self._settings, autocommit=True)
            speak_numpy(self._connection)
        return self._connection
