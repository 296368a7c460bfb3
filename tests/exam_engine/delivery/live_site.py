"""A sitting served by real server processes, and readers of its event streams."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from random import Random

import httpx
import pytest

from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from load_tests.candidates import ProtocolBrokenError, SimulatedCandidate, Timings
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting, prepare_sitting
from load_tests.server import ServerProcess, free_port
from load_tests.streams import CANDIDATE_EVENTS, Event, EventReader


class Following:
    """A reader at work, with what it has read."""

    def __init__(self, client: httpx.AsyncClient, url: str, last_event_id: str = "") -> None:
        self.reader = EventReader(client, url)
        self.reader.last_event_id = last_event_id
        self.events: list[Event] = []
        self._news = asyncio.Event()
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for event in self.reader.events():
                self.events.append(event)
                self._news.set()
        finally:
            self._news.set()

    async def until(self, holds: Callable[["Following"], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds(self):
                if self.task.done():
                    self.task.result()
                    raise AssertionError("the stream ended")
                self._news.clear()
                await self._news.wait()

    async def until_alive(self) -> None:
        """Wait until the stream shows that it lives, which it does after everything else that it has to send."""
        async with asyncio.timeout(30):
            await self.reader.alive.wait()

    async def leave(self) -> str:
        """Go away; returns the id of the last event seen."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        return self.reader.last_event_id

    @property
    def texts(self) -> list[str]:
        return [event.data["text"] for event in self.events if event.name == "instruction"]

    @property
    def states(self) -> list[str]:
        return [event.data["state"] for event in self.events if event.name == "seat"]


class Site:
    """A ready sitting and the servers that serve it."""

    def __init__(self, settings: Settings, sitting: PreparedSitting, folder: Path, stack: AsyncExitStack) -> None:
        self.settings = settings
        self.sitting = sitting
        self.room = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}"
        self._folder = folder
        self._stack = stack
        self._following: list[Following] = []

    async def server(self, **changes: object) -> ServerProcess:
        number = free_port()
        settings = self.settings.model_copy(update=changes)
        server = ServerProcess(settings, port=number, log_file=self._folder / f"{number}.log")
        self._stack.callback(server.stop)
        server.start()
        await server.wait_until_ready()
        return server

    async def candidate(self, server: ServerProcess, seat: int = 0) -> SimulatedCandidate:
        registered = self.sitting.registered[seat]
        client = await self._stack.enter_async_context(httpx.AsyncClient(base_url=server.url, timeout=30))
        candidate = SimulatedCandidate(
            client,
            access_code=self.sitting.access_code,
            candidate_number=registered.candidate_number,
            identity_suffix=registered.person.identity_suffix,
            timings=Timings(),
        )
        await candidate.log_in()
        return candidate

    async def proctor(self, server: ServerProcess) -> httpx.AsyncClient:
        client = await self._stack.enter_async_context(httpx.AsyncClient(base_url=server.url, timeout=30))
        body = {"username": self.sitting.proctor_name, "password": PROCTOR_PASSWORD}
        login = await client.post("/api/session", json=body)
        client.headers[CSRF_HEADER] = login.json()["csrf_token"]
        return client

    async def say(self, proctor: httpx.AsyncClient, text: str) -> None:
        response = await proctor.post(f"{self.room}/messages", json={"all": True, "text": text})
        assert response.status_code == 200

    def follow(self, client: httpx.AsyncClient, url: str = CANDIDATE_EVENTS, last_event_id: str = "") -> Following:
        following = Following(client, url, last_event_id)
        self._following.append(following)
        return following

    async def leave(self) -> None:
        for following in self._following:
            with contextlib.suppress(ProtocolBrokenError):
                await following.leave()


MakeSite = Callable[..., Awaitable[Site]]


@pytest.fixture
async def make_site(settings: Settings, tmp_path: Path) -> AsyncIterator[MakeSite]:
    """Return a function that prepares a sitting to be served by real processes."""
    async with AsyncExitStack() as stack:
        sites: list[Site] = []

        async def make(*, heartbeat: float = 60.0) -> Site:
            installed = settings.model_copy(
                update={
                    "packages": ("exam_engine",),
                    "login_attempts": 1000,
                    "stream_heartbeat": timedelta(seconds=heartbeat),
                }
            )
            database = Database(installed.database_url)
            sitting = await prepare_sitting(
                database, installed, candidates=3, now=utc_now(), rng=Random(7), item_count=4
            )
            await database.close()
            site = Site(installed, sitting, tmp_path, stack)
            sites.append(site)
            return site

        yield make
        for site in sites:
            await site.leave()
