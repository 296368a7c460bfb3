"""Fixtures shared by all tests: both databases, the application, clients of each role."""

import asyncio
import gc
import os
import re
import shutil
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import structlog
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import CSRF_HEADER, SESSION_COOKIE
from exam_engine.accounts.models import User
from exam_engine.accounts.permissions import Role, permissions_of
from exam_engine.app import create_app
from exam_engine.core.actor import Actor
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.migrate import upgrade
from exam_engine.core.time import utc_now
from tests.database_server import (
    URL_VARIABLE,
    PostgresqlServer,
    fetch_sql,
    fresh_name,
    run_sql,
    with_database,
)

NINE = datetime(2026, 12, 12, 2, 0, tzinfo=UTC)
"""Nine o'clock of an exam morning in Vietnam."""

# An example may be slow because the machine is busy; the clock must not decide whether a test holds.
hypothesis.settings.register_profile(
    "exploring",
    parent=hypothesis.settings(),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
# The usual run repeats its examples, so that it speaks of the change; the run of everything looks for new ones.
hypothesis.settings.register_profile(
    "repeating", parent=hypothesis.settings.get_profile("exploring"), derandomize=True, database=None
)
hypothesis.settings.load_profile(os.environ.get("EXAM_TEST_EXAMPLES", "repeating"))

# Unconfigured, structlog draws each traceback with all local variables, which takes seconds.
structlog.configure(
    [
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

_DATABASES = ("sqlite", "postgresql")
_DATABASE_IN_NAME = re.compile(rf"\b({'|'.join(_DATABASES)})\b")
_TESTS = Path(__file__).parent
# Slices that say the same to both databases: rows in, rows out. What locks, streams or recovers runs on both each time.
_SHARED_SLICES = (
    "item_bank",
    "certificates",
    *(
        f"exam_engine/{name}"
        for name in ("accounts", "evidence", "forms", "incidents", "marking", "minutes", "results", "sittings")
    ),
)

_server = PostgresqlServer()


def pytest_configure(config: pytest.Config) -> None:
    """Give all test processes of this run one PostgreSQL; a test run without it does not exist."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        os.environ[URL_VARIABLE] = _server.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this run started."""
    if not hasattr(config, "workerinput"):
        _server.stop()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Share tests out between the databases, and put what drives a browser first.

    One test process then gets all of the browsers' tests and builds the only house.
    """
    _share_between_databases(items)
    yield
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def _share_between_databases(items: Sequence[pytest.Item]) -> None:
    """Leave one of two twins to the run of everything where the database is not what a test is about.

    Which one hangs on its name, so that half of the tests of each file run on either database every time.
    """
    twins: dict[str, list[pytest.Item]] = {}
    for item in items:
        found = _DATABASE_IN_NAME.search(item.nodeid)
        if found and any(item.path.is_relative_to(_TESTS / name) for name in _SHARED_SLICES):
            twins.setdefault(item.nodeid[: found.start()] + item.nodeid[found.end() :], []).append(item)
    for name, pair in twins.items():
        if len(pair) == len(_DATABASES):
            pair[zlib.crc32(name.encode()) % len(pair)].add_marker(pytest.mark.extended)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file that tests copy."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[tuple[str, str]]:
    """Return a migrated database of this test process and the statements that empty it again.

    Emptying a database is several times faster than copying a template of some three hundred files.
    """
    maintenance, name = os.environ[URL_VARIABLE], fresh_name("exam_test")
    run_sql(maintenance, f'CREATE DATABASE "{name}"')
    url = with_database(maintenance, name)
    upgrade(url)
    yield url, _emptying_statements(url)
    run_sql(maintenance, f'DROP DATABASE "{name}" WITH (FORCE)')


def _emptying_statements(url: str) -> str:
    tables = [row[0] for row in fetch_sql(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    filled = {table for table in tables if fetch_sql(url, f'SELECT 1 FROM "{table}" LIMIT 1')}
    # A revision that brings rows of its own must be known here, or tests would start without them.
    assert filled == {"alembic_version", "audit_head"}
    deletions = [f'DELETE FROM "{table}"' for table in tables if table not in filled]
    return ";\n".join(
        [
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            # Neither foreign keys nor the triggers that protect the register apply while everything goes.
            "SET session_replication_role = replica",
            *deletions,
            f"UPDATE audit_head SET seq = 0, hash = '{'0' * 64}'",
        ]
    )


@pytest.fixture(params=_DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty migrated database; every test that uses it runs on both kinds."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        file = tmp_path / "exam.db"
        shutil.copy(template, file)
        return f"sqlite:///{file}"
    url, emptying = request.getfixturevalue("postgresql_database")
    run_sql(url, emptying)
    return str(url)


computing = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.extended)], indirect=True
)
"""For tests whose time goes into computing: on PostgreSQL only in the run of everything."""


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return the settings of a test installation."""
    return Settings(database_url=database_url, data_dir=tmp_path / "data", public_url="http://exam.test")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return an open database for tests of services."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def only_new_objects() -> Iterator[None]:
    """Hide all objects of this process from the collector: those that a test makes can then be counted at once."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """Return the running application."""
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


ClientFactory = Callable[..., Awaitable[AsyncClient]]


@pytest.fixture
async def client_for(app: FastAPI) -> AsyncIterator[ClientFactory]:
    """Return a function that gives an HTTP client logged in with the given roles (no role: nobody).

    Each call makes another person, so that rules that need two people can be tested.
    """
    async with AsyncExitStack() as stack:

        async def make(*roles: str) -> AsyncClient:
            client = await stack.enter_async_context(
                AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://exam.test")
            )
            if roles:
                await _log_in(app, client, roles)
            return client

        yield make


async def _log_in(app: FastAPI, client: AsyncClient, roles: tuple[str, ...]) -> None:
    database: Database = app.state.database
    settings: Settings = app.state.settings
    now = utc_now()
    is_candidate = roles == (Role.CANDIDATE,)
    user = User(
        username=f"user-{new_id().hex[:12]}",
        display_name="Người thử",
        password_hash="-",
        roles=list(roles),
        created_at=now,
    )
    async with database.write() as session:
        if not is_candidate:
            session.add(user)
            await session.flush()
        opened = accounts.open_session(
            session,
            user_id=None if is_candidate else user.id,
            registration_id=new_id() if is_candidate else None,
            display_name=user.display_name,
            lifetime=settings.staff_session,
            now=now,
        )
    client.cookies.set(SESSION_COOKIE, opened.token)
    client.headers[CSRF_HEADER] = opened.login_session.csrf_token


def make_actor(*roles: str, name: str = "Người thử") -> Actor:
    """Return a member of staff with the given roles, for tests of services."""
    granted = frozenset(roles)
    return Actor(id=new_id(), kind="user", display_name=name, roles=granted, permissions=permissions_of(granted))


async def finish_jobs(client: AsyncClient, job_id: str, *, seconds: float = 60.0) -> dict[str, object]:
    """Wait for a job and return its view."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        view: dict[str, object] = (await client.get(f"/api/jobs/{job_id}")).json()
        if view["status"] in {"succeeded", "failed", "cancelled"}:
            return view
        assert asyncio.get_running_loop().time() < deadline, f"job still {view['status']} after {seconds} s"
        await asyncio.sleep(0.1)
