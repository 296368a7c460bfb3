"""A sitting that was held, in the running application; and its export file, made once for all tests of files."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from exam_engine.app import create_app
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery.closing import close_and_mark
from exam_engine.delivery.engine import root_signer
from exam_engine.delivery.log_closing import settle_logs
from exam_engine.evidence.export import export_pieces
from load_tests.candidates import SimulatedCandidate, work_through
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting
from tests.exam_engine.delivery.conftest import CandidateFactory, candidate_at, clients, proctor, sitting

__all__ = ["candidate_at", "clients", "proctor", "sitting"]


@dataclass(frozen=True, slots=True)
class HeldSitting:
    """A sitting in which four of six candidates took part."""

    sitting_id: UUID
    database: Database
    settings: Settings
    attempts: tuple[UUID, ...]
    candidate_numbers: tuple[str, ...]
    final_receipts: tuple[dict[str, Any], ...]

    async def settle(self) -> None:
        """Do what the rounds do."""
        await close_and_mark(self.database)
        await settle_logs(self.database, root_signer(self.settings))

    async def end(self) -> None:
        """Let the sitting be over by the clock."""
        async with self.database.write() as session:
            await (await session.connection()).execute(
                sa.text("UPDATE sitting SET opens_at = :opened, closes_at = :closed"),
                {"opened": _stored(self, 5), "closed": _stored(self, 3)},
            )

    async def export(self, file: Path) -> Path:
        """Write the export file."""
        with file.open("wb") as target:
            async for piece in export_pieces(self.database, self.sitting_id):
                target.write(piece)
        return file


def _stored(held: HeldSitting, hours: int) -> Any:
    instant = utc_now() - timedelta(hours=hours)
    return instant.strftime("%Y-%m-%d %H:%M:%S.%f") if held.database.is_sqlite else instant


async def hold(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient, candidate_at: CandidateFactory
) -> HeldSitting:
    """Hold a sitting with everything that a log can tell of: faults, messages, a moved seat, refused operations."""
    url = f"/api/proctoring/sittings/{sitting.sitting_id}/rooms/{sitting.room_id}"
    candidates = [candidate_at(seat) for seat in range(4)]
    for candidate in candidates:
        await candidate.log_in()
        await candidate.check_own_data()
    fault = {"is_correct": False, "note": "Sai ngày sinh"}
    await candidates[0].client.post("/api/delivery/seat/confirmation", json=fault)
    await proctor.post(f"{url}/unlock", json={"all": True})
    for candidate in candidates:
        await candidate.start()
    await proctor.post(f"{url}/messages", json={"all": True, "text": "Còn 15 phút"})
    for number, candidate in enumerate(candidates):
        await work_through(candidate, lambda item: str(item["options"][0]["id"]) if item["ref"] != "q03" else None)
        for at_ms in range(number + 1):
            await _send_nonsense(candidate, at_ms)
    moved = await _at_another_computer(candidates[3], candidate_at, proctor, url)
    candidates[3] = moved
    submitted = [await candidate.submit() for candidate in candidates]
    return HeldSitting(
        sitting_id=sitting.sitting_id,
        database=app.state.database,
        settings=app.state.settings,
        attempts=tuple(candidate.attempt_id for candidate in candidates),
        candidate_numbers=tuple(candidate.candidate_number for candidate in candidates),
        final_receipts=tuple(answer["receipt"] for answer in submitted),
    )


async def _send_nonsense(candidate: SimulatedCandidate, at_ms: int) -> None:
    operation = {"seq": 1, "hash": f"{at_ms:064x}", "body": '{"seq":1}'}
    response = await candidate.client.post(
        f"/api/delivery/attempts/{candidate.attempt_id}/journal",
        json={"epoch": candidate.epoch, "ops": [operation], "confirmed": []},
    )
    assert response.status_code == 200, response.text


async def _at_another_computer(
    candidate: SimulatedCandidate, candidate_at: CandidateFactory, proctor: AsyncClient, url: str
) -> SimulatedCandidate:
    other = candidate_at(3)
    await other.log_in()
    await other.check_own_data()
    await proctor.post(f"{url}/unlock", json={"all": True})
    await other.start()
    assert other.epoch == candidate.epoch + 1
    return other


@pytest.fixture
async def held(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient, candidate_at: CandidateFactory
) -> HeldSitting:
    """Return a sitting that was held, on each database."""
    return await hold(app, sitting, proctor, candidate_at)


@dataclass(frozen=True, slots=True)
class ExportedSitting:
    """An export file with what the tests know of it."""

    file: Path
    sitting_id: UUID
    attempts: tuple[UUID, ...]
    candidate_numbers: tuple[str, ...]
    final_receipts: tuple[dict[str, Any], ...]
    settings: Settings


@pytest.fixture(scope="session")
def exported(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> ExportedSitting:
    """Return the export file of a closed sitting; made once, because making it takes seconds."""
    return asyncio.run(_exported(sqlite_template, tmp_path_factory.mktemp("exported")))


async def _exported(template: Path, folder: Path) -> ExportedSitting:
    shutil.copy(template, folder / "exam.db")
    settings = Settings(
        database_url=f"sqlite:///{folder / 'exam.db'}", data_dir=folder / "data", public_url="http://exam.test"
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app), _browsers(app) as browser:
        prepared = await prepare_sitting(
            app.state.database, settings, candidates=6, now=utc_now(), rng=random.Random(7), item_count=10
        )
        maker: Any = candidate_at.__wrapped__  # type: ignore[attr-defined]
        log_in: Any = proctor.__wrapped__  # type: ignore[attr-defined]
        held = await hold(app, prepared, await log_in(prepared, browser), maker(prepared, browser))
        await held.end()
        await held.settle()
        file = await held.export(folder / "sitting.zip")
    return ExportedSitting(file, held.sitting_id, held.attempts, held.candidate_numbers, held.final_receipts, settings)


@asynccontextmanager
async def _browsers(app: FastAPI) -> AsyncIterator[Callable[[], AsyncClient]]:
    async with AsyncExitStack() as stack:

        def make() -> AsyncClient:
            client = AsyncClient(transport=ASGITransport(app), base_url="http://exam.test")
            stack.push_async_callback(client.aclose)
            return client

        yield make
