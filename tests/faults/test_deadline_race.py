"""The end of an exam under load: what arrives in time counts, what comes later does not, whatever runs beside."""

import pytest

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from tests.faults.deadline_race import race


@pytest.mark.parametrize("seed", [1, 2])
async def test_saves_around_the_end_are_stored_or_refused_by_their_time_alone(
    database: Database, settings: Settings, seed: int
) -> None:
    verdict = await race(database, settings, attempts=20, saves=200, seed=seed)
    assert (verdict.saves, verdict.lost, verdict.late, verdict.wrong) == (200, 0, 0, 0)
    # Both sides of the end were reached, or the race would prove nothing.
    assert verdict.stored > 0
    assert verdict.refused > 0
