"""A ready sitting that is taken in Safe Exam Browser, and browsers that send its hashes."""

from typing import Any

import httpx
import pytest
from httpx import AsyncClient

from exam_engine.lockdown.seb.sent_hashes import key_hash
from load_tests.candidates import SimulatedCandidate
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import candidate_at, clients, make_site, proctor, sitting

__all__ = ["candidate_at", "clients", "make_site", "proctor", "sends", "sitting"]

EXAM_KEY = "a1" * 32


def seb_url(sitting: PreparedSitting, act: str = "") -> str:
    return f"/api/sittings/{sitting.sitting_id}/safe-exam-browser{act}"


@pytest.fixture
async def board(client_for: ClientFactory) -> AsyncClient:
    """Return a member of the board."""
    return await client_for("board_member")


async def required(board: AsyncClient, sitting: PreparedSitting, **body: Any) -> dict[str, Any]:
    """Ask for Safe Exam Browser; returns the settings."""
    response = await board.put(seb_url(sitting), json=body)
    assert response.status_code == 200, response.text
    settings: dict[str, Any] = response.json()["settings"]
    return settings


def sends(
    candidate: SimulatedCandidate, config_key: str = "", exam_key: str = "", *, server: str = "http://exam.test"
) -> None:
    """Let a browser send hashes with every request, as Safe Exam Browser does: of its own address each time."""

    async def add(request: httpx.Request) -> None:
        url = server + request.url.raw_path.decode()
        request.headers["User-Agent"] = "Mozilla/5.0 SEB/3.9"
        for name, key in (("ConfigKeyHash", config_key), ("RequestHash", exam_key)):
            if key:
                request.headers[f"X-SafeExamBrowser-{name}"] = key_hash(url, key)

    candidate.client.event_hooks["request"] = [add]
