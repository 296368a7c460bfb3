"""When an error means that the database is away, or cannot write, and the same request may succeed a little later."""

import errno
import sqlite3

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from exam_engine.core.errors import DomainError

RETRY_SECONDS = 5

_SQLSTATE_CLASSES = ("08", "53", "57", "58")
"""No connection; no room; ended or starting by an operator; trouble of the system beneath, the disk above all."""

_SQLITE_CODES = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_LOCKED}
)
_LAST_BYTE = 0xFF
"""What an extended code of SQLite holds of the plain one."""


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_WAY = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH})
"""A cable out of its socket at our own end is told by the network, and is no error of a connection."""


class DatabaseAwayError(DomainError):
    """The database cannot be reached, or has no room to write; whether the request was stored, nobody can say yet."""

    status = 503
    code = "database_away"


def is_database_away(error: BaseException) -> bool:
    """Whether an error means that the same request may succeed a little later, because the database was away."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_database_away(error.orig))
    sqlstate = getattr(error, "sqlstate", None)
    if isinstance(sqlstate, str):
        return sqlstate.startswith(_SQLSTATE_CLASSES)
    if isinstance(error, sqlite3.OperationalError):
        return (getattr(error, "sqlite_errorcode", None) or 0) & _LAST_BYTE in _SQLITE_CODES
    if isinstance(error, ConnectionError | TimeoutError | asyncpg.InterfaceError | PoolTimeoutError):
        return True
    # A socket that is not there has no file name; a missing file is a fault of the program.
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM | _NO_WAY or (error.errno, error.filename) == (errno.ENOENT, None)
    return error.__cause__ is not None and is_database_away(error.__cause__)
