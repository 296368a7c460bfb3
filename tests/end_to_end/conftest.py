"""One server and one Chromium for all tests in here; each test brings its own people and sitting."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.end_to_end.browsing import Visit, chromium, visits
from tests.end_to_end.house import House, open_house

OpenVisit = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Return a running server in which the demo's steps are done."""
    async with open_house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser_process() -> AsyncIterator[Browser]:
    """Return a running Chromium."""
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def open_visit(browser_process: Browser, house: House) -> AsyncIterator[OpenVisit]:
    """Return a function that opens a browser window for one more person."""
    async with visits(browser_process, house.url) as open_one:
        yield open_one
