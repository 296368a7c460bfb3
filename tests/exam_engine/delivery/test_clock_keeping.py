"""When the server's clock follows the machine's: never while somebody works, at once when nobody does."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exam_engine.core.db import Database
from exam_engine.core.time import SteadyClock
from exam_engine.delivery import clock_keeping
from exam_engine.delivery.clock_keeping import ClockKeeper

START = datetime(2026, 12, 12, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Machine:
    """A machine whose clock can be set, and which can be started again."""

    wall: float = START.timestamp()
    elapsed: float = 100.0

    def pass_time(self, span: timedelta) -> None:
        self.wall += span.total_seconds()
        self.elapsed += span.total_seconds()

    def set_clock(self, by: timedelta) -> None:
        self.wall += by.total_seconds()

    def process(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.elapsed)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Who works is said by the test: whenever the list has an instant, somebody does."""
    heard: list[datetime] = []

    async def last(_: Database) -> datetime | None:
        return heard[-1] if heard else None

    monkeypatch.setattr(clock_keeping, "last_heard_of_open_attempts", last)
    return heard


def _at(clock: SteadyClock) -> datetime:
    return datetime.fromtimestamp(clock.now(), UTC)


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(milliseconds=150), timedelta(days=-2000)])
async def test_a_clock_set_while_somebody_works_is_followed_when_all_are_done(
    machine: Machine, working: list[datetime], by: timedelta, tmp_path: Path, database: Database
) -> None:
    clock = machine.process()
    keeper = ClockKeeper(clock, tmp_path, "run")
    keeper.begin(None)
    working.append(START)
    machine.set_clock(by)
    machine.pass_time(timedelta(minutes=1))
    await keeper.look(database)
    assert _at(clock) == START + timedelta(minutes=1)
    working.clear()
    await keeper.look(database)
    assert _at(clock) == START + timedelta(minutes=1) + by


async def test_a_difference_within_a_tenth_of_a_second_is_no_step(
    machine: Machine, working: list[datetime], tmp_path: Path, database: Database
) -> None:
    clock = machine.process()
    keeper = ClockKeeper(clock, tmp_path, "run")
    keeper.begin(None)
    machine.set_clock(timedelta(milliseconds=90))
    await keeper.look(database)
    assert _at(clock) == START


async def test_processes_of_one_machine_go_on_by_one_clock_over_a_restart(
    machine: Machine, working: list[datetime], tmp_path: Path, database: Database
) -> None:
    ClockKeeper(machine.process(), tmp_path, "run").begin(None)
    working.append(START)
    machine.set_clock(HOUR)
    machine.pass_time(timedelta(minutes=5))
    clock, other = machine.process(), machine.process()
    keeper, keeper_of_other = ClockKeeper(clock, tmp_path, "run"), ClockKeeper(other, tmp_path, "run")
    for one in (keeper, keeper_of_other):
        one.begin(working[-1])
    assert _at(clock) == _at(other) == START + timedelta(minutes=5)
    working.clear()
    await keeper.look(database)
    assert _at(clock) == START + timedelta(minutes=5) + HOUR
    # What one decides the other follows, although for it somebody still works.
    working.append(START)
    await keeper_of_other.look(database)
    assert _at(other) == _at(clock)


def test_after_the_machine_was_started_anew_its_clock_counts(machine: Machine, tmp_path: Path) -> None:
    ClockKeeper(machine.process(), tmp_path, "run").begin(None)
    machine.elapsed, machine.wall = 3.0, (START + HOUR).timestamp()
    clock = machine.process()
    ClockKeeper(clock, tmp_path, "another run").begin(START)
    assert _at(clock) == START + HOUR


@pytest.mark.parametrize("run", ["another run", ""], ids=["a run with a name", "a run without"])
def test_a_clock_behind_what_was_stored_goes_on_from_there(machine: Machine, tmp_path: Path, run: str) -> None:
    ClockKeeper(machine.process(), tmp_path, "run").begin(None)
    machine.elapsed, machine.wall = 3.0, datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    clock = machine.process()
    ClockKeeper(clock, tmp_path, run).begin(START)
    assert _at(clock) == START
    # Another server of the installation may be a little ahead of this one.
    machine.wall = (START - timedelta(milliseconds=90)).timestamp()
    clock = machine.process()
    ClockKeeper(clock, tmp_path / "another machine", run).begin(START)
    assert _at(clock) == START - timedelta(milliseconds=90)


@pytest.mark.parametrize("spoiled", ["", "{", "[]", '{"run": "run"}', '{"run": "run", "offset": "x"}', "\x00"])
def test_a_spoiled_file_is_no_obstacle(machine: Machine, tmp_path: Path, spoiled: str) -> None:
    file = tmp_path / clock_keeping.FILE_NAME
    file.write_text(spoiled, encoding="utf-8")
    clock = machine.process()
    ClockKeeper(clock, tmp_path, "run").begin(START - HOUR)
    assert _at(clock) == START
    assert json.loads(file.read_text(encoding="utf-8")) == {"run": "run", "offset": clock.offset}
