"""A board to prepare sittings with."""

import pytest
from fastapi import FastAPI

from tests.conftest import ClientFactory
from tests.exam_engine.sittings.board import Board


@pytest.fixture
async def board(app: FastAPI, client_for: ClientFactory) -> Board:
    """Return a board member and a proctor to assign."""
    proctor = await client_for("proctor")
    proctor_id = (await proctor.get("/api/session")).json()["actor"]["id"]
    return Board(app, await client_for("board_member"), proctor_id)
