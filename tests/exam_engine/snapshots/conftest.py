"""A ready sitting in which pictures may be taken, its board, and a picture."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from PIL import Image

from exam_engine.core.time import utc_now
from exam_engine.sittings.models import Sitting
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import candidate_at, clients, make_site, proctor, sitting

__all__ = ["candidate_at", "clients", "make_site", "proctor", "sitting"]

RULE = {
    "camera": True,
    "screen": True,
    "interval_seconds": 60,
    "retention_days": 30,
    "legal_basis": "Quyết định 12/QĐ-HĐT, để kiểm tra người dự thi; Luật 91/2025/QH15.",
}


def url(sitting: PreparedSitting, act: str = "") -> str:
    return f"/api/sittings/{sitting.sitting_id}/snapshots{act}"


@pytest.fixture
async def board(client_for: ClientFactory) -> AsyncClient:
    """Return a member of the board."""
    return await client_for("board_member")


async def opens_in(app: FastAPI, sitting_id: UUID, span: timedelta) -> None:
    """Move the opening of a sitting so far from now."""
    async with app.state.database.write() as session:
        stored = await session.get(Sitting, sitting_id)
        stored.opens_at = utc_now() + span


async def decided(app: FastAPI, board: AsyncClient, sitting: PreparedSitting, **other: Any) -> dict[str, Any]:
    """Have pictures taken, decided before the opening, and open the sitting; returns the settings."""
    await opens_in(app, sitting.sitting_id, timedelta(minutes=5))
    response = await board.put(url(sitting), json={**RULE, **other})
    assert response.status_code == 200, response.text
    await opens_in(app, sitting.sitting_id, -timedelta(minutes=5))
    settings: dict[str, Any] = response.json()["settings"]
    return settings


def jpeg(colour: str = "navy") -> bytes:
    """Return a picture as a camera gives it."""
    buffer = BytesIO()
    Image.new("RGB", (640, 480), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def webp() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (640, 480), "green").save(buffer, "WEBP")
    return buffer.getvalue()
