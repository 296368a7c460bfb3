"""A server killed at each step of its work: nothing acknowledged is lost, nothing counts twice, the log is whole."""

from pathlib import Path

import pytest

from exam_engine.core.config import Settings
from tests.faults.crashing.steps import STEPS
from tests.faults.step_kills import kill_at

USUAL = {("sqlite", "save before the commit"), ("postgresql", "marking before the commit")}
"""A share for every run; the run of everything kills at each step on both databases."""

CASES = [
    pytest.param(database, step, marks=[] if (database, step) in USUAL else [pytest.mark.extended])
    for database in ("sqlite", "postgresql")
    for step in STEPS
]


@pytest.mark.slow
@pytest.mark.parametrize(("database_url", "step"), CASES, indirect=["database_url"])
async def test_a_server_killed_at_a_step_takes_up_where_it_was(step: str, settings: Settings, tmp_path: Path) -> None:
    verdict = await kill_at(step, settings, candidates=8, seed=len(step), folder=tmp_path)
    assert verdict.faults == ()
    assert verdict.kills == 1
    assert (verdict.compared.candidates, verdict.compared.lost, verdict.compared.doubled) == (8, 0, 0)
    assert verdict.compared.acknowledged == verdict.compared.stored == 8 * 6
