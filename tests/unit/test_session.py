"""What each of the database's answers means: wait for it, or take no for an answer."""

import psycopg
import pytest
from psycopg import errors

from schemas.errors import RefusedError, UnavailableError
from streams.session import translated


@pytest.mark.parametrize(
    "answer",
    [
        psycopg.OperationalError,
        psycopg.InterfaceError,
        errors.AdminShutdown,
        errors.CannotConnectNow,
        errors.TooManyConnections,
        errors.SerializationFailure,
        errors.DeadlockDetected,
        errors.LockNotAvailable,
        errors.QueryCanceled,
        errors.DiskFull,
        errors.OutOfMemory,
        errors.IoError,
        errors.ReadOnlySqlTransaction,
        errors.IdleInTransactionSessionTimeout,
    ],
)
def test_away_busy_full_or_read_only_is_unavailable(answer: type[psycopg.Error]) -> None:
    with pytest.raises(UnavailableError) as caught, translated():
        raise answer("told")
    assert caught.value.code == "store.unavailable"
    assert caught.value.detail.endswith("told")


@pytest.mark.parametrize(
    "answer",
    [errors.UniqueViolation, errors.NotNullViolation, errors.UndefinedTable, errors.InsufficientPrivilege],
)
def test_any_other_answer_is_a_refusal(answer: type[psycopg.Error]) -> None:
    with pytest.raises(RefusedError) as caught, translated():
        raise answer("told")
    assert caught.value.code == "store.refused"
    assert isinstance(caught.value.__cause__, answer)
