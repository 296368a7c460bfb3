"""A central server and a server at a test site, each with a database of its own, and an exam that goes between them."""

import random
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.app import create_app
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery.engine import master_key, root_signer, signing_seed
from exam_engine.sites import pulling, pushing, queries, releasing
from exam_engine.sites.central_server import CentralServer
from exam_engine.sites.pulling import ProctorAccount
from load_tests.candidates import SimulatedCandidate, Timings
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting

NOWHERE = "http://127.0.0.1:9"
"""Address at which nothing answers: the site's server finds the central one away."""

Fault = Callable[[httpx.Request], bool]


class FaultyNetwork(httpx.AsyncBaseTransport):
    """A way to an application that breaks off before a request arrives, or before its answer does."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = ASGITransport(app)
        self.requests: list[httpx.Request] = []
        self.lose_request: Fault = lambda _: False
        self.lose_answer: Fault = lambda _: False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.lose_request(request):
            raise httpx.ConnectError("the network is away")
        response = await self._inner.handle_async_request(request)
        if self.lose_answer(request):
            await response.aread()
            raise httpx.ReadError("the network is away")
        return response


@dataclass
class Course:
    """Both servers, and what the people at them hold in their hands."""

    centre: FastAPI
    site: FastAPI
    sitting: PreparedSitting
    board: AsyncClient
    network: FaultyNetwork
    folder: Path
    stack: AsyncExitStack
    delegation: dict[str, Any] = field(default_factory=dict)
    accounts: list[ProctorAccount] = field(default_factory=list)
    candidates: list[SimulatedCandidate] = field(default_factory=list)
    chosen: dict[UUID, int] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def sitting_id(self) -> UUID:
        return self.sitting.sitting_id

    @property
    def home(self) -> Database:
        database: Database = self.centre.state.database
        return database

    @property
    def away(self) -> Database:
        database: Database = self.site.state.database
        return database

    @property
    def site_settings(self) -> Settings:
        settings: Settings = self.site.state.settings
        return settings

    @property
    def room(self) -> str:
        return f"/api/proctoring/sittings/{self.sitting_id}/rooms/{self.sitting.room_id}"

    async def browser(self, app: FastAPI) -> AsyncClient:
        transport = ASGITransport(app, raise_app_exceptions=False)
        return await self.stack.enter_async_context(AsyncClient(transport=transport, base_url="http://exam.test"))

    # --- before the day ---

    async def delegate(self, **values: Any) -> dict[str, Any]:
        body = {"site_name": "Điểm thi THPT Bảo Lộc"} | values
        response = await self.board.post(f"/api/sittings/{self.sitting_id}/delegations", json=body)
        assert response.status_code == 201, response.text
        self.delegation = response.json()
        return self.delegation

    @asynccontextmanager
    async def central(self, *, token: str = "") -> AsyncIterator[CentralServer]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with AsyncClient(transport=self.network, base_url="http://exam.test", headers=headers) as client:
            yield CentralServer(client, waits=())

    @asynccontextmanager
    async def way_home(self) -> AsyncIterator[CentralServer]:
        async with self.away.read() as session:
            pulled = await queries.pulled(session, self.sitting_id)
        assert pulled is not None
        async with self.central(token=releasing.token_of(pulled, master_key(self.site_settings))) as central:
            yield central

    async def pull(self) -> list[ProctorAccount]:
        async with self.central() as central:
            fetched = await pulling.fetch(
                central,
                code=self.delegation["pull_code"],
                signing_seed=signing_seed(self.site_settings),
                folder=self.folder / "pulled",
            )
        async with self.away.write() as session:
            self.accounts = await pulling.store(
                session,
                fetched,
                central_url=NOWHERE,
                authority=None,
                master_key=master_key(self.site_settings),
                now=utc_now(),
                rng=random.Random(7),
            )
        return self.accounts

    # --- on the day ---

    def candidate(self, seat: int, client: AsyncClient) -> SimulatedCandidate:
        registered = self.sitting.registered[seat]
        return SimulatedCandidate(
            client,
            access_code=self.sitting.access_code,
            candidate_number=registered.candidate_number,
            identity_suffix=registered.person.identity_suffix,
            timings=Timings(),
        )

    async def proctor(self) -> AsyncClient:
        client = await self.browser(self.site)
        account = self.accounts[0]
        login = await client.post("/api/session", json={"username": account.username, "password": account.password})
        assert login.status_code == 200, login.text
        client.headers[CSRF_HEADER] = login.json()["csrf_token"]
        return client

    async def fetch_release(self) -> str:
        async with self.way_home() as central:
            return await central.release_code()

    async def release(self, code: str) -> int:
        async with self.away.write() as session:
            return await releasing.release(
                session, self.sitting_id, code=code, master_key=master_key(self.site_settings), now=utc_now()
            )

    async def seat_everybody(self) -> AsyncClient:
        """Let all candidates log in, confirm their data and be unlocked; returns the proctor's browser."""
        for seat in range(len(self.sitting.registered)):
            candidate = self.candidate(seat, await self.browser(self.site))
            await candidate.log_in()
            await candidate.check_own_data()
            self.candidates.append(candidate)
        proctor = await self.proctor()
        unlocked = await proctor.post(f"{self.room}/unlock", json={"all": True})
        assert unlocked.status_code == 200, unlocked.text
        return proctor

    async def work(self, candidate: SimulatedCandidate, right: int) -> None:
        """Answer so many items rightly and the others wrongly, and save."""
        for number, item in enumerate(candidate.paper["items"]):
            first = next(one for one in item["options"] if one["content"] == "Phương án thứ nhất")
            other = next(one for one in item["options"] if one["content"] != "Phương án thứ nhất")
            candidate.note("answer", item["ref"], [(first if number < right else other)["id"]])
        await candidate.save()
        self.chosen[candidate.attempt_id] = right

    async def refuse_something(self, candidate: SimulatedCandidate) -> None:
        """Send an operation that is recorded beside the journal."""
        body = {"epoch": candidate.epoch, "ops": [{"seq": 1, "hash": "f" * 64, "body": '{"seq":1}'}], "confirmed": []}
        url = f"/api/delivery/attempts/{candidate.attempt_id}/journal"
        assert (await candidate.client.post(url, json=body)).status_code == 200

    async def hold(self) -> None:
        """Hold the exam at the site, with everything that leaves rows behind."""
        proctor = await self.seat_everybody()
        await self.release(await self.fetch_release())
        for number, candidate in enumerate(self.candidates):
            await candidate.start()
            await self.work(candidate, right=number + 1)
        await self.refuse_something(self.candidates[0])
        for act, body in (
            ("messages", {"text": "Còn 15 phút"}),
            ("pause", {"reason": "power", "note": ""}),
            ("resume", {}),
        ):
            done = await proctor.post(f"{self.room}/{act}", json={"all": True, **body})
            assert done.status_code == 200, done.text
        for candidate in self.candidates:
            await candidate.save()
            self.receipts.append((await candidate.submit())["receipt"])

    async def push(self) -> pushing.PushReport:
        async with self.way_home() as central:
            return await pushing.push(
                self.away, self.sitting_id, central, signer=root_signer(self.site_settings), now=utc_now()
            )

    async def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return the rows at the site and at home."""
        async with self.away.read() as session:
            here = await queries.counts_at_site(session, self.sitting_id)
        async with self.way_home() as central:
            return here, (await central.state()).rows


def prepared_folder(template: Path, folder: Path) -> Path:
    """Return a folder made for a server, with an empty migrated database."""
    folder.mkdir()
    shutil.copy(template, folder / "exam.db")
    return folder


async def make_course(
    centre: FastAPI, board: AsyncClient, template: Path, folder: Path, stack: AsyncExitStack, **sitting_facts: Any
) -> Course:
    """Return an open sitting at a running central server, and a running site that knows nothing of it.

    Parameters
    ----------
    template : migrated, empty SQLite file.
    folder : where the site keeps its things.
    sitting_facts : of the sitting, where they are others than usual.
    """
    facts: dict[str, Any] = {"candidates": 4, "item_count": 5} | sitting_facts
    sitting = await prepare_sitting(
        centre.state.database, centre.state.settings, now=utc_now(), rng=random.Random(7), **facts
    )
    prepared_folder(template, folder)
    settings = Settings(
        database_url=f"sqlite:///{folder / 'exam.db'}",
        data_dir=folder / "data",
        public_url="http://exam.test",
        packages=("exam_engine",),
    )
    site = create_app(settings)
    await stack.enter_async_context(site.router.lifespan_context(site))
    return Course(centre, site, sitting, board, FaultyNetwork(centre), folder, stack)
