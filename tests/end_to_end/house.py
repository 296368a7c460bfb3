"""A running installation with everything in it that the demo makes, for tests and pictures to look at."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.app import bring_up_to_date
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from load_tests import demo
from load_tests.candidates import SimulatedCandidate, Timings
from load_tests.demo import OpenSitting
from load_tests.people import Person
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting, Registered, prepare_sitting
from load_tests.server import ServerProcess, free_port

_MADE_BY_DEMO: dict[str, tuple[str, str | None]] = {
    "item": ("/api/items?q=IU01-001", "IU01-001"),
    "calibration": ("/api/calibrations", None),
    "blueprint": ("/api/blueprints", demo.BLUEPRINT_NAME),
    "assembly": ("/api/assemblies", None),
    "form": ("/api/forms", None),
    "sitting": ("/api/sittings", demo.VISITORS_SITTING_NAME),
    "result": ("/api/results", demo.SITTING_NAME),
    "certificate": ("/api/certificates?status=valid", None),
}
"""By kind, where it is listed and what the demo calls it; the demo makes one, or any one, of each."""


@dataclass(frozen=True, slots=True)
class House:
    """One server process after the demo's seven steps.

    Attributes
    ----------
    passwords : by login name of the demo's staff.
    open_sitting, visitors : a ready sitting of forty real items that nobody has sat yet, and whom it waits for.
    made_by_demo : by kind, a line of the list of what the demo made.
    """

    server: ServerProcess
    settings: Settings
    passwords: dict[str, str]
    open_sitting: OpenSitting
    visitors: list[Person]
    made_by_demo: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where browsers reach the server."""
        return self.server.url

    @asynccontextmanager
    async def staff(self, username: str) -> AsyncIterator[httpx.AsyncClient]:
        """Give an HTTP client logged in as a member of the demo's staff."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as client:
            credentials = {"username": username, "password": self.passwords[username]}
            view = (await client.post("/api/session", json=credentials)).raise_for_status().json()
            client.headers[CSRF_HEADER] = view["csrf_token"]
            yield client

    async def look_for_what_the_demo_made(self) -> None:
        """Keep a line of each kind while nobody else has made one: tests also store what is older than the demo."""
        async with self.staff("thanhtra") as inspector:
            for kind, (url, name) in _MADE_BY_DEMO.items():
                listed = (await inspector.get(url)).raise_for_status().json()["items"]
                self.made_by_demo[kind] = next(
                    line for line in listed if name is None or name in (line.get("name"), line.get("code"))
                )

    async def unlock(self, prepared: PreparedSitting) -> None:
        """Unlock every seat of a room over HTTP, for tests that are about something else."""
        await self.proctor(prepared, "unlock", {"all": True})

    async def proctor(self, prepared: PreparedSitting, act: str, body: dict[str, Any]) -> None:
        """Do something in the room over HTTP."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as client:
            credentials = {"username": prepared.proctor_name, "password": PROCTOR_PASSWORD}
            view = (await client.post("/api/session", json=credentials)).raise_for_status().json()
            room = f"/api/proctoring/sittings/{prepared.sitting_id}/rooms/{prepared.room_id}"
            headers = {CSRF_HEADER: view["csrf_token"]}
            (await client.post(f"{room}/{act}", json=body, headers=headers)).raise_for_status()

    @asynccontextmanager
    async def seated(self, prepared: PreparedSitting, registered: Registered) -> AsyncIterator[SimulatedCandidate]:
        """Give a second candidate, who works over HTTP, logged in with the own data checked."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as client:
            candidate = SimulatedCandidate(
                client,
                access_code=prepared.access_code,
                candidate_number=registered.candidate_number,
                identity_suffix=registered.person.identity_suffix,
                timings=Timings(),
            )
            await candidate.log_in()
            await candidate.check_own_data()
            yield candidate

    async def hand_in_blank(self, prepared: PreparedSitting, registered: Registered) -> None:
        """Let a candidate sit over HTTP and answer nothing."""
        async with self.seated(prepared, registered) as candidate:
            await self.unlock(prepared)
            await candidate.start()
            candidate.note("navigate", candidate.paper["items"][0]["ref"])
            await candidate.submit()

    async def until(self, client: httpx.AsyncClient, url: str, name: str, value: str) -> None:
        """Wait until a field of a view has a value: closing and marking go on in the background."""
        async with asyncio.timeout(30):
            while True:
                view = (await client.get(url)).raise_for_status().json()
                if view[name] == value:
                    return
                await asyncio.sleep(0.2)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """Open the server's database beside it, to look at what is stored."""
        database = Database(self.settings.database_url)
        try:
            yield database
        finally:
            await database.close()

    async def prepare(self, *, candidates: int, seed: int, item_count: int = 40, **plan: Any) -> PreparedSitting:
        """Store one more ready sitting; its first option is always right."""
        async with self.database() as database:
            return await prepare_sitting(
                database,
                self.settings,
                candidates=candidates,
                now=utc_now(),
                rng=random.Random(seed),
                item_count=item_count,
                **plan,
            )


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Start a server on a database of its own and do the demo's steps in it; ends the server afterwards."""
    port = free_port()
    settings = Settings(
        database_url=f"sqlite:///{folder / 'exam.db'}",
        data_dir=folder / "data",
        public_url=f"http://127.0.0.1:{port}",
        login_attempts=50,
    )
    # Migrations run an event loop of their own.
    await asyncio.to_thread(bring_up_to_date, settings)
    passwords = await demo.create_staff(settings)
    server = ServerProcess(settings, port=port, log_file=folder / "server.log")
    server.start()
    try:
        await server.wait_until_ready()
        _, open_sitting, visitors = await demo.run(server, passwords, folder)
        house = House(server, settings, passwords, open_sitting, visitors)
        await house.look_for_what_the_demo_made()
        yield house
    finally:
        server.stop()
