"""A ready sitting in the running application and candidates who can sit it."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.core.time import utc_now
from load_tests.candidates import SimulatedCandidate, Timings
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting, prepare_sitting
from tests.exam_engine.delivery.live_site import make_site

__all__ = ["CandidateFactory", "candidate_at", "clients", "make_site", "proctor", "sitting"]


@pytest.fixture
async def sitting(app: FastAPI) -> PreparedSitting:
    """Return an open sitting with six candidates and ten items."""
    return await prepare_sitting(
        app.state.database, app.state.settings, candidates=6, now=utc_now(), rng=random.Random(7), item_count=10
    )


@pytest.fixture
async def clients(app: FastAPI) -> AsyncIterator[Callable[[], AsyncClient]]:
    """Return a function that gives a fresh browser."""
    async with AsyncExitStack() as stack:
        opened: list[AsyncClient] = []

        def make() -> AsyncClient:
            client = AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://exam.test")
            opened.append(client)
            stack.push_async_callback(client.aclose)
            return client

        yield make


CandidateFactory = Callable[[int], SimulatedCandidate]


@pytest.fixture
def candidate_at(sitting: PreparedSitting, clients: Callable[[], AsyncClient]) -> CandidateFactory:
    """Return a function that gives the candidate of a seat, each time in a browser of their own."""

    def make(seat: int) -> SimulatedCandidate:
        registered = sitting.registered[seat]
        return SimulatedCandidate(
            clients(),
            access_code=sitting.access_code,
            candidate_number=registered.candidate_number,
            identity_suffix=registered.person.identity_suffix,
            timings=Timings(),
        )

    return make


@pytest.fixture
async def proctor(sitting: PreparedSitting, clients: Callable[[], AsyncClient]) -> AsyncClient:
    """Return the proctor of the room, logged in."""
    client = clients()
    response = await client.post("/api/session", json={"username": sitting.proctor_name, "password": PROCTOR_PASSWORD})
    client.headers[CSRF_HEADER] = response.json()["csrf_token"]
    return client
