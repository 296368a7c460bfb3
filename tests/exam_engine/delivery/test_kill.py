"""A server killed while candidates save loses nothing it acknowledged and stores nothing twice."""

from pathlib import Path

import pytest

from exam_engine.core.config import Settings
from load_tests.kill_server import Verdict, run


async def verdict_of(settings: Settings, folder: Path, *, candidates: int, kills: int, seconds: float) -> Verdict:
    crash_safe = settings.model_copy(update={"packages": ("exam_engine",), "login_attempts": 10_000})
    return await run(crash_safe, candidates=candidates, kills=kills, seconds=seconds, folder=folder)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_killed_server_on_the_embedded_database_loses_nothing(settings: Settings, tmp_path: Path) -> None:
    verdict = await verdict_of(settings, tmp_path, candidates=30, kills=1, seconds=2)
    assert (verdict.candidates, verdict.lost, verdict.doubled) == (30, 0, 0)
    # Each candidate saved on both sides of the kill; what is stored may be ahead of receipts, never behind.
    assert 2 * 30 < verdict.acknowledged <= verdict.stored


# Servers are killed on PostgreSQL at chosen steps in every run, see tests/faults.
@pytest.mark.extended
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_killed_server_on_postgresql_loses_nothing(settings: Settings, tmp_path: Path) -> None:
    verdict = await verdict_of(settings, tmp_path, candidates=30, kills=1, seconds=2)
    assert (verdict.candidates, verdict.lost, verdict.doubled) == (30, 0, 0)
    assert 2 * 30 < verdict.acknowledged <= verdict.stored
