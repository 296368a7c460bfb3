"""A central server on each database, with a site on SQLite; and what such a site has to bring home, made once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.app import create_app
from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery.engine import root_signer
from exam_engine.sites import pushing
from exam_engine.sites.portions import Portion
from exam_engine.sites.pushing import BegunPush
from tests.conftest import ClientFactory
from tests.exam_engine.sites.course import Course, make_course, prepared_folder


@pytest.fixture
async def course(
    app: FastAPI, client_for: ClientFactory, sqlite_template: Path, tmp_path: Path
) -> AsyncIterator[Course]:
    """Return an open sitting of four candidates at the central server, and a site that knows nothing of it yet."""
    async with AsyncExitStack() as stack:
        yield await make_course(app, await client_for("board_member"), sqlite_template, tmp_path / "site", stack)


@dataclass(frozen=True, slots=True)
class Held:
    """A sitting that was held at a site, with all that a push of it sends; nothing is home yet.

    ``folder`` holds the databases and keys of both servers, in ``centre`` and ``site``.
    """

    folder: Path
    sitting_id: UUID
    delegation_id: UUID
    attempts: tuple[UUID, ...]
    begun: BegunPush
    portions: tuple[Portion, ...]


def settings_in(folder: Path) -> Settings:
    """Return the settings of a server whose things lie in a folder."""
    return Settings(
        database_url=f"sqlite:///{folder / 'exam.db'}", data_dir=folder / "data", public_url="http://exam.test"
    )


@pytest.fixture(scope="session")
def held_once(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Hold a sitting at a site, up to the push."""
    return asyncio.run(_hold(sqlite_template, tmp_path_factory.mktemp("held")))


async def _hold(template: Path, folder: Path) -> Held:
    app = create_app(settings_in(prepared_folder(template, folder / "centre")))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        board = await stack.enter_async_context(AsyncClient(transport=ASGITransport(app), base_url="http://exam.test"))
        name, password = "hoidong", "mat khau hoi dong"
        async with app.state.database.write() as session:
            await accounts.create_user(
                session,
                username=name,
                display_name="Hội đồng",
                password=password,
                roles=["board_member"],
                actor=SYSTEM,
                now=utc_now(),
            )
        login = await board.post("/api/session", json={"username": name, "password": password})
        board.headers[CSRF_HEADER] = login.json()["csrf_token"]
        course = await make_course(app, board, template, folder / "site", stack)
        await course.delegate()
        await course.pull()
        await course.hold()
        async with course.away.write() as session:
            begun = await pushing.begin(
                session, course.sitting_id, signer=root_signer(course.site_settings), now=utc_now()
            )
        async with course.away.read() as session:
            portions = [portion async for portion in pushing.portions(session, begun)]
        attempts = tuple(candidate.attempt_id for candidate in course.candidates)
        return Held(folder, course.sitting_id, UUID(course.delegation["id"]), attempts, begun, tuple(portions))


@pytest.fixture
def held(held_once: Held, tmp_path: Path) -> Held:
    """Return the sitting that was held, with databases of one's own."""
    folder = tmp_path / "held"
    shutil.copytree(held_once.folder, folder)
    return Held(
        folder, held_once.sitting_id, held_once.delegation_id, held_once.attempts, held_once.begun, held_once.portions
    )


@pytest.fixture
async def home(held: Held) -> AsyncIterator[Database]:
    """Return the central server's database."""
    database = Database(settings_in(held.folder / "centre").database_url)
    yield database
    await database.close()
