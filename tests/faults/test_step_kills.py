"""A server, its database, its bus, its disk struck at each step: nothing acknowledged is lost, the log is whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exam_engine.core.config import Settings
from exam_engine.core.migrate import upgrade
from tests.database_server import PostgresqlServer, own_database
from tests.faults.crashing.steps import STEPS
from tests.faults.step_kills import StepVerdict, kill_at
from tests.faults.victims import DISK, KilledBus, database_disk, database_process, database_server

USUAL = {("postgresql", "marking before the commit")}
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
    _whole(verdict)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[tuple[Settings, PostgresqlServer]]:
    with own_database(has_own_server=True) as own:
        upgrade(own.url)
        yield Settings(database_url=own.url, data_dir=tmp_path / "data"), own.server


def _at(step: str, *usual: str) -> object:
    return pytest.param(step, marks=[] if step in usual else [pytest.mark.extended])


def _whole(verdict: StepVerdict) -> None:
    assert verdict.faults == ()
    assert verdict.kills == 1
    assert (verdict.compared.candidates, verdict.compared.lost, verdict.compared.doubled) == (8, 0, 0)
    assert verdict.compared.acknowledged == verdict.compared.stored == 8 * 6


@pytest.mark.slow
@pytest.mark.parametrize("step", [_at(step, "save before the commit") for step in STEPS])
async def test_a_database_killed_at_a_step_is_waited_for(
    step: str, database: tuple[Settings, PostgresqlServer], tmp_path: Path
) -> None:
    settings, server = database
    victim = database_server(server)
    _whole(await kill_at(step, settings, candidates=8, seed=len(step), folder=tmp_path, victim=victim))


@pytest.mark.extended
@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
async def test_a_process_of_the_database_killed_at_a_step_is_got_over(
    step: str, database: tuple[Settings, PostgresqlServer], tmp_path: Path
) -> None:
    settings, server = database
    victim = database_process(server)
    _whole(await kill_at(step, settings, candidates=8, seed=len(step), folder=tmp_path, victim=victim))


@pytest.mark.extended
@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("step", STEPS)
async def test_a_disk_full_at_a_step_is_waited_for(step: str, settings: Settings, tmp_path: Path) -> None:
    _whole(await kill_at(step, settings, candidates=8, seed=len(step), folder=tmp_path, victim=DISK))


@pytest.mark.extended
@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
async def test_a_disk_full_under_the_database_is_waited_for(
    step: str, database: tuple[Settings, PostgresqlServer], tmp_path: Path
) -> None:
    settings, server = database
    victim = database_disk(server)
    _whole(await kill_at(step, settings, candidates=8, seed=len(step), folder=tmp_path, victim=victim))


@pytest.mark.extended
@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
async def test_a_bus_killed_at_a_step_is_not_missed(step: str, settings: Settings, tmp_path: Path) -> None:
    bus = KilledBus()
    try:
        chosen = settings.model_copy(update={"bus_url": bus.url})
        _whole(await kill_at(step, chosen, candidates=8, seed=len(step), folder=tmp_path, victim=bus.victim))
    finally:
        bus.stop()
