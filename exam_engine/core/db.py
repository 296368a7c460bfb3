"""The database: engine, transactions, column types and the common table base."""

import asyncio
import re
import weakref
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from fastapi import Depends, Request
from pydantic_core import from_json, to_json
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection, Dialect, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import declared_attr
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.bus.hints import Hint, hints_of
from exam_engine.core.errors import UnstorableValueError
from exam_engine.core.postgresql_links import CONNECT_SECONDS, SERVER_SETTINGS, watch_link
from exam_engine.core.sqlite_turns import WriterTurn

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: refuses naive values going in, gives aware UTC values coming out (SQLite forgets the zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the stored instant its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(SQLModel):
    """Base of every table: singular snake_case name, UUID identity."""

    @declared_attr.directive
    def __tablename__(cls) -> str:
        """Return the class name in snake_case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def table_of(model: type[Table]) -> sa.Table:
    """Return the table behind a model, to read and write many plain rows without an object for each."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def among(session: AsyncSession, column: sa.ColumnElement[UUID], ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Whether a column holds one of many identities: one parameter where the database has arrays, else one for each."""
    if session.get_bind().dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam(None, list(ids), type_=ARRAY(sa.Uuid())))
    return column.in_(ids)


def new_id() -> UUID:
    """Return a fresh random identity."""
    return uuid4()


def id_field() -> Any:
    """Return the primary-key field used by tables whose identity is a UUID."""
    return Field(default_factory=new_id, primary_key=True)


def instant_field(*, nullable: bool = False, index: bool = False) -> Any:
    """Return a column for an aware UTC instant."""
    if nullable:
        return Field(default=None, sa_type=UTCDateTime, nullable=True, index=index)
    return Field(sa_type=UTCDateTime, nullable=False, index=index)


def async_url(database_url: str) -> sa.URL:
    """Return the SQLAlchemy URL with the asynchronous driver for a plain ``sqlite`` or ``postgresql`` URL."""
    url = sa.make_url(database_url)
    backend = url.get_backend_name()
    if backend == "sqlite":
        return url.set(drivername="sqlite+aiosqlite")
    if backend == "postgresql":
        return url.set(drivername="postgresql+asyncpg")
    raise ValueError(f"EXAM_DATABASE_URL names {backend!r}; use sqlite:///path or postgresql://user:password@host/name")


def json_text(value: Any) -> str:
    """Return a value as the JSON text that is stored: letters as they are, not as escapes of six characters."""
    return to_json(value).decode()


_TURN = "take_turn"

# Twice as fast as the standard library, and imports of items spend a fifth of their time here.
_JSON: dict[str, Any] = {"json_serializer": json_text, "json_deserializer": from_json}


class Database:
    """One engine with its two kinds of transaction.

    Writers on SQLite begin with ``BEGIN IMMEDIATE``: a transaction that read first and wanted to write later would
    fail at once under any concurrency, because SQLite has one write lock for the whole file. They take turns at it
    (:mod:`exam_engine.core.sqlite_turns`).

    Readers see the database as it was at their first statement, however long they read: SQLite gives nothing else, and
    PostgreSQL is asked for the same.

    The values of failed statements stay out of error texts, and so out of logs: they hold personal data.

    ``publish`` gets the hints that a transaction left, after its commit; nobody may be there to get them.
    """

    def __init__(self, database_url: str) -> None:
        url = async_url(database_url)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.url = url
        if self.is_sqlite:
            if url.database:
                Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine: AsyncEngine = create_async_engine(
                url,
                connect_args={"timeout": 30},
                pool_size=8,
                max_overflow=8,
                # Sessions end their transactions themselves; one more rollback would only hold up the next writer.
                pool_reset_on_return=None,
                hide_parameters=True,
                **_JSON,
            )
            _prepare_sqlite(self.engine, Path(url.database) if url.database not in {None, "", ":memory:"} else None)
        else:
            self.engine = create_async_engine(
                url,
                connect_args={"timeout": CONNECT_SECONDS, "server_settings": SERVER_SETTINGS},
                pool_size=8,
                max_overflow=8,
                pool_pre_ping=True,
                hide_parameters=True,
                **_JSON,
            )
            _watch_links(self.engine)
        self._writer = self.engine.execution_options(is_writer=True)
        self._reader = (
            self.engine
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )
        self.publish: Callable[[list[Hint]], None] | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that may write; commits at the end, rolls back on an exception."""
        async with AsyncSession(self._writer, expire_on_commit=False) as session:
            yield session
            await _to_its_end(session.commit())
            hints = hints_of(session)
        if hints and self.publish is not None:
            self.publish(hints)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction for reading one moment; it never blocks behind a writer and is rolled back at the end."""
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work even when the waiting task is cancelled meanwhile; the cancellation follows then.

    A commit that is broken off in between leaves a connection that nobody closes.
    """
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()


def _prepare_sqlite(engine: AsyncEngine, file: Path | None) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
        # The driver would otherwise start transactions by itself, too late and too weak.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        if file is not None:
            turn = WriterTurn(file)
            # A function of SQL runs where statements do: in the connection's own thread, which may wait. It also keeps
            # the turn as long as there is that connection, and no longer, however it ends.
            dbapi_connection.create_function(_TURN, 0, turn.take)
            record.info[_TURN] = weakref.ref(turn)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        is_writer = connection.get_execution_options().get("is_writer", False)
        if is_writer and _TURN in connection.info:
            connection.exec_driver_sql(f"SELECT {_TURN}()")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")

    @event.listens_for(engine.sync_engine, "checkin")
    def leave(_dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
        turn = record.info[_TURN]() if _TURN in record.info else None
        if turn is not None:
            turn.leave()

    @event.listens_for(engine.sync_engine, "handle_error")
    def refuse_too_large(context: ExceptionContext) -> None:
        # The driver says this of numbers above 64 bits, and not as an error of the database.
        if isinstance(context.original_exception, OverflowError):
            raise UnstorableValueError from context.original_exception


def _watch_links(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def watch(dbapi_connection: Any, _record: Any) -> None:
        watch_link(dbapi_connection.driver_connection)


def database_of(request: Request) -> Database:
    """Return the application's database."""
    database: Database = request.app.state.database
    return database


async def _open_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with database_of(request).write() as session:
        yield session


async def _open_read_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with database_of(request).read() as session:
        yield session


# scope="function" commits before the answer goes out. FastAPI otherwise runs the exit of a `yield` dependency after
# the response was sent: a commit that fails would then have been answered with 200.
SessionDep = Annotated[AsyncSession, Depends(_open_session, scope="function")]
ReadSessionDep = Annotated[AsyncSession, Depends(_open_read_session, scope="function")]
