"""Histories that look for a lost or doubled answer: whatever people and the network do, receipts are honoured."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from tests.faults.browser import Tab
from tests.faults.histories import GRACE, Device, Hall, History, Person

T = TypeVar("T")
EXAMPLES = 25
ITEMS, VALUES = st.sampled_from(["q01", "q02"]), st.sampled_from(["A", "B", "C", None])
PICK = st.integers(0, 10_000)
SELDOM = st.integers(0, 9)
"""What ends a history is done at 0, or most would end before anything happened in them."""
FATES = st.sampled_from(
    ["well", "well", "request lost", "receipt lost", "request twice", "receipt twice", "delayed", "receipt delayed"]
)


class Histories(RuleBasedStateMachine):
    """One or two candidates, their computers and tabs, and the network between."""

    hall: ClassVar[Hall]
    runner: ClassVar[asyncio.Runner]
    acknowledged: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.history = History(self.hall)

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def person(self, pick: int) -> Person:
        return self.history.people[pick % len(self.history.people)]

    def tab(self, pick: int) -> tuple[Person, Device, Tab]:
        person = self.person(pick)
        device = person.devices[pick // 7 % len(person.devices)]
        return person, device, device.tabs[pick // 31 % len(device.tabs)]

    @initialize(people=st.integers(1, 2))
    def begin(self, people: int) -> None:
        for _ in range(people):
            self.wait_for(self.history.enter())

    @rule(pick=PICK, item=ITEMS, value=VALUES)
    def answer(self, pick: int, item: str, value: str | None) -> None:
        person, _, tab = self.tab(pick)
        self.history.answer(person, tab, item, value)

    @rule(pick=PICK)
    def send(self, pick: int) -> None:
        self.history.send(*self.tab(pick))

    @rule(pick=PICK, answers=st.lists(st.tuples(ITEMS, VALUES), min_size=1, max_size=3), fate=FATES)
    def save(self, pick: int, answers: list[tuple[str, str | None]], fate: str) -> None:
        """Answer and save, as most of the time; what comes of it is up to the network."""
        person, device, tab = self.tab(pick)
        for item, value in answers:
            self.history.answer(person, tab, item, value)
        before = len(self.history.sent)
        self.history.send(person, device, tab)
        if fate == "delayed" or len(self.history.sent) == before:
            return
        if fate == "request lost":
            self.history.lose(before)
            return
        self.wait_for(self.history.deliver([before], keep=fate == "request twice"))
        if fate == "receipt lost":
            self.history.lose_receipt(len(self.history.returning) - 1)
        elif fate != "receipt delayed":
            self.history.bring_back(len(self.history.returning) - 1, keep=fate == "receipt twice")

    @precondition(lambda self: self.history.sent)
    @rule(picks=st.lists(PICK, min_size=1, max_size=3), keep=st.booleans())
    def deliver(self, picks: list[int], keep: bool) -> None:
        """In whatever order, several in one batch, and perhaps once more later."""
        numbers = list(dict.fromkeys(pick % len(self.history.sent) for pick in picks))
        self.wait_for(self.history.deliver(numbers, keep=keep))

    @precondition(lambda self: self.history.returning)
    @rule(pick=PICK, keep=st.booleans())
    def bring_back(self, pick: int, keep: bool) -> None:
        self.history.bring_back(pick % len(self.history.returning), keep=keep)

    @precondition(lambda self: self.history.sent)
    @rule(pick=PICK)
    def lose(self, pick: int) -> None:
        self.history.lose(pick % len(self.history.sent))

    @precondition(lambda self: self.history.returning)
    @rule(pick=PICK)
    def lose_receipt(self, pick: int) -> None:
        self.history.lose_receipt(pick % len(self.history.returning))

    @rule(pick=PICK)
    def reload(self, pick: int) -> None:
        self.wait_for(self.history.reload(*self.tab(pick)))

    @rule(pick=PICK)
    def move(self, pick: int) -> None:
        self.wait_for(self.history.move(self.person(pick)))

    @rule(pick=PICK)
    def open_second_tab(self, pick: int) -> None:
        person, device, _ = self.tab(pick)
        self.history.open_second_tab(person, device)

    @rule(seconds=st.sampled_from([1, 10, 60]))
    def pass_time(self, seconds: int) -> None:
        self.history.now += timedelta(seconds=seconds)

    @rule(pick=PICK, ms=st.integers(-50, 50), edge=st.sampled_from([timedelta(0), GRACE]), chance=SELDOM)
    def go_to_the_edge(self, pick: int, ms: int, edge: timedelta, chance: int) -> None:
        """To within 50 ms of the deadline or of the end of the grace, never back."""
        if chance:
            return
        self.history.now = max(self.history.now, self.person(pick).deadline + edge + timedelta(milliseconds=ms))

    @rule(pick=PICK)
    def pause(self, pick: int) -> None:
        self.wait_for(self.history.pause(self.person(pick)))

    @rule(pick=PICK)
    def resume(self, pick: int) -> None:
        self.wait_for(self.history.resume(self.person(pick)))

    @rule(pick=PICK, chance=SELDOM)
    def end(self, pick: int, chance: int) -> None:
        if not chance:
            self.wait_for(self.history.end(self.person(pick)))

    @rule(pick=PICK, chance=SELDOM)
    def submit(self, pick: int, chance: int) -> None:
        if chance:
            return
        self.wait_for(self.history.submit(*self.tab(pick)))

    @rule(pick=PICK)
    def close(self, pick: int) -> None:
        self.wait_for(self.history.close(self.person(pick)))

    def teardown(self) -> None:
        """Let the network heal; then close what is over, and judge."""
        for person in self.history.people:
            self.wait_for(self._judge(person))

    async def _judge(self, person: Person) -> None:
        history = self.history
        await history.resume(person)
        await history.heal(person)
        tab = person.devices[-1].tabs[0]
        # Over a healed network nothing stays behind, but for what came when no more was taken.
        assert tab.end is not None or not tab.batch()
        history.now = max(history.now, person.deadline + GRACE + timedelta(seconds=1))
        await history.close(person)
        verdict = await history.verdict(person)
        assert (verdict.lost, verdict.doubled, verdict.faults) == (0, 0, ())
        Histories.acknowledged += max((receipt.last_seq for receipt in person.receipts), default=0)
        if not person.is_disturbed:
            # One browser, one tab: what counts is what it captured, in order, from the first operation on.
            captured = person.captured[: verdict.stored]
            sheet: dict[str, list[str]] = {}
            for one in captured:
                sheet.pop(one.item, None) if one.value is None else sheet.update({one.item: [one.value]})
            assert verdict.sheet == sheet


@pytest.fixture
def hall(database_url: str, settings: Settings) -> Iterator[tuple[Hall, asyncio.Runner]]:
    with asyncio.Runner() as runner:

        async def opened() -> Hall:
            return Hall(Database(database_url), settings)

        made = runner.run(opened())
        yield made, runner
        runner.run(made.close())
        runner.run(made.database.close())


def test_every_receipt_is_honoured_and_nothing_counts_twice(hall: tuple[Hall, asyncio.Runner]) -> None:
    Histories.hall, Histories.runner = hall
    Histories.acknowledged = 0
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Or the histories would say nothing.
    assert Histories.acknowledged > EXAMPLES


def _spoiled(statement: str) -> Callable[[History, Person], Coroutine[Any, Any, None]]:
    async def spoil(history: History, person: Person) -> None:
        async with history.hall.database.write() as session:
            attempt_id = person.attempt_id.hex if history.hall.database.is_sqlite else str(person.attempt_id)
            connection = await session.connection()
            await connection.execute(sa.text(statement), {"attempt": attempt_id})

    return spoil


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal_entry WHERE attempt_id = :attempt AND seq = 3",
        "DELETE FROM journal_entry WHERE attempt_id = :attempt AND seq = 2",
        "UPDATE journal_entry SET body = replace(body, 'B', 'C') WHERE attempt_id = :attempt AND seq = 2",
        "UPDATE journal_entry SET hash = 'f' WHERE attempt_id = :attempt AND seq = 3",
        "UPDATE attempt SET last_seq = 2 WHERE id = :attempt",
        "UPDATE journal_entry SET received_at = '2026-12-12 05:00:00.000000' WHERE attempt_id = :attempt AND seq = 3",
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_judge_finds_what_was_lost_changed_or_let_in_too_late(
    hall: tuple[Hall, asyncio.Runner], statement: str
) -> None:
    made, runner = hall

    async def play(spoil: Callable[[History, Person], Coroutine[Any, Any, None]] | None) -> tuple[int, tuple[str, ...]]:
        history = History(made)
        person = await history.enter()
        device = person.devices[0]
        for value in "ABC":
            history.answer(person, device.tabs[0], "q01", value)
            history.send(person, device, device.tabs[0])
            await history.deliver([0], keep=False)
            history.bring_back(0, keep=False)
        if spoil is not None:
            await spoil(history, person)
        verdict = await history.verdict(person)
        return verdict.lost + verdict.doubled, verdict.faults

    assert runner.run(play(None)) == (0, ())
    lost, faults = runner.run(play(_spoiled(statement)))
    assert lost or faults
