"""A central server on each database, with a site on SQLite."""

import random
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI

from exam_engine.app import create_app
from exam_engine.core.config import Settings
from exam_engine.core.time import utc_now
from load_tests.prepared_sitting import prepare_sitting
from tests.conftest import ClientFactory
from tests.exam_engine.sites.course import Course, FaultyNetwork


@pytest.fixture
async def course(
    app: FastAPI, client_for: ClientFactory, sqlite_template: Path, tmp_path: Path
) -> AsyncIterator[Course]:
    """Return an open sitting of four candidates at the central server, and a site that knows nothing of it yet."""
    sitting = await prepare_sitting(
        app.state.database, app.state.settings, candidates=4, now=utc_now(), rng=random.Random(7), item_count=5
    )
    folder = tmp_path / "site"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "exam.db")
    settings = Settings(
        database_url=f"sqlite:///{folder / 'exam.db'}",
        data_dir=folder / "data",
        public_url="http://exam.test",
        packages=("exam_engine",),
    )
    site = create_app(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(site.router.lifespan_context(site))
        board = await client_for("board_member")
        yield Course(app, site, sitting, board, FaultyNetwork(app), folder, stack)
