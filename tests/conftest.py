"""Fixtures shared by all tests: both databases, the application, clients of each role."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
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
from tests.database_server import URL_VARIABLE, PostgresqlServer, fresh_name, run_sql, with_database

NINE = datetime(2026, 12, 12, 2, 0, tzinfo=UTC)
"""Nine o'clock of an exam morning in Vietnam."""

_server = PostgresqlServer()


def pytest_configure(config: pytest.Config) -> None:
    """Give all test processes of this run one PostgreSQL; a test run without it does not exist."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        os.environ[URL_VARIABLE] = _server.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this run started."""
    if not hasattr(config, "workerinput"):
        _server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file that tests copy."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[tuple[str, str]]:
    """Return the maintenance URL and the name of a migrated, empty database that tests copy."""
    url = os.environ[URL_VARIABLE]
    name = fresh_name("exam_template")
    run_sql(url, f'CREATE DATABASE "{name}"')
    upgrade(with_database(url, name))
    yield url, name
    run_sql(url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a fresh migrated database; every test that uses it runs on both kinds."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        file = tmp_path / "exam.db"
        shutil.copy(template, file)
        yield f"sqlite:///{file}"
        return
    url, template_name = request.getfixturevalue("postgresql_template")
    name = fresh_name("exam_test")
    run_sql(url, f'CREATE DATABASE "{name}" TEMPLATE "{template_name}" STRATEGY file_copy')
    yield with_database(url, name)
    run_sql(url, f'DROP DATABASE "{name}" WITH (FORCE)')


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
        if view["status"] in {"succeeded", "failed"}:
            return view
        assert asyncio.get_running_loop().time() < deadline, f"job still {view['status']} after {seconds} s"
        await asyncio.sleep(0.1)
