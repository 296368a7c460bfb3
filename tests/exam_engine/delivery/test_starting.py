"""Starts in groups: each gets the answer that it would get alone, whoever else stands in the group."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.errors import DomainError, NotFoundError
from exam_engine.core.time import utc_now
from exam_engine.delivery import seats
from exam_engine.delivery.engine import master_key
from exam_engine.delivery.errors import NotUnlockedError, OwnDataNotConfirmedError, SittingOverError
from exam_engine.delivery.models import Attempt
from exam_engine.delivery.seat_rows import seat_rows
from exam_engine.delivery.service import Started
from exam_engine.delivery.starting import Starter
from exam_engine.sitting_log.models import SittingLogRow
from exam_engine.sittings.models import Sitting
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting, seat
from tests.exam_engine.delivery.staged_forms import adaptive_form

CANDIDATES = 12


@pytest.fixture
async def sitting(database: Database, settings: Settings) -> PreparedSitting:
    return await prepare_sitting(
        database, settings, candidates=CANDIDATES, now=utc_now(), rng=random.Random(5), item_count=4
    )


@pytest.fixture
async def starter(database: Database, settings: Settings) -> AsyncIterator[Starter]:
    async with Starter(database, master_key(settings)).running() as running:
        yield running


async def seated(database: Database, sitting: PreparedSitting, numbers: Sequence[int]) -> list[tuple[UUID, UUID]]:
    """Bring candidates to their unlocked seats; return registrations with the browsers."""
    found = []
    async with database.write() as session:
        for number in numbers:
            registration_id, browser = sitting.registered[number].registration_id, new_id()
            await seat(session, registration_id, browser, utc_now())
            found.append((registration_id, browser))
    return found


async def together(starter: Starter, browsers: Sequence[tuple[UUID, UUID]]) -> list[Started | BaseException]:
    return await asyncio.gather(*(starter.start(*browser) for browser in browsers), return_exceptions=True)


async def attempts_in(database: Database) -> list[Attempt]:
    async with database.read() as session:
        return list((await session.exec(select(Attempt))).all())


async def test_everybody_who_starts_in_one_moment_has_what_a_start_alone_gives(
    database: Database, sitting: PreparedSitting, starter: Starter
) -> None:
    browsers = await seated(database, sitting, range(CANDIDATES))
    answers = await together(starter, browsers[1:])
    alone = await starter.start(*browsers[0])
    started = [alone, *(answer for answer in answers if isinstance(answer, Started))]
    assert len(started) == CANDIDATES
    stored = {attempt.registration_id: attempt for attempt in await attempts_in(database)}
    async with database.read() as session:
        for (registration_id, browser), one in zip(browsers, started, strict=True):
            attempt = stored[registration_id]
            assert attempt.id == one.attempt.id
            assert attempt.chain_head == one.attempt.chain_head
            assert (attempt.holder_session_id, attempt.epoch, attempt.last_seq) == (browser, 1, 0)
            assert attempt.started_at == one.timing.started_at
            assert one.timing.duration == timedelta(minutes=45)
            facts = await seat_rows(session, [registration_id])
            assert (attempt.form_id, attempt.sitting_id) == (facts[0].form_id, sitting.sitting_id)
        statement = select(SittingLogRow.body).where(SittingLogRow.kind == "attempt.started")
        logged = (await session.exec(statement)).all()
    assert len(logged) == CANDIDATES
    numbers = {registered.candidate_number for registered in sitting.registered}
    assert {number for number in numbers if any(f'"{number}"' in body for body in logged)} == numbers
    # Two forms in four variants: each with its own key.
    assert len({one.paper_key for one in started}) == len({attempt.paper_id for attempt in stored.values()}) > 1


async def test_each_is_refused_for_their_own_reason_and_the_others_start(
    database: Database, sitting: PreparedSitting, starter: Starter
) -> None:
    browsers = await seated(database, sitting, range(4))
    unconfirmed = sitting.registered[4].registration_id, new_id()
    async with database.write() as session:
        await seats.take_seat(session, registration_id=unconfirmed[0], login_session_id=unconfirmed[1], now=utc_now())
    elsewhere, stranger = (browsers[3][0], new_id()), (new_id(), new_id())
    answers = await together(starter, [*browsers[:3], unconfirmed, elsewhere, stranger])
    assert [type(answer) for answer in answers] == [
        Started,
        Started,
        Started,
        OwnDataNotConfirmedError,
        NotUnlockedError,
        NotFoundError,
    ]
    assert len(await attempts_in(database)) == 3


async def test_a_browser_that_asks_twice_goes_on_with_the_same_attempt(
    database: Database, sitting: PreparedSitting, starter: Starter
) -> None:
    [first, second] = await seated(database, sitting, range(2))
    answers = await together(starter, [first, first, second, first])
    again = await starter.start(*first)
    ids = [answer.attempt.id for answer in answers if isinstance(answer, Started)]
    assert len(ids) == 4
    assert ids[0] == ids[1] == ids[3] == again.attempt.id != ids[2]
    assert {attempt.epoch for attempt in await attempts_in(database)} == {1}


async def test_two_server_processes_that_start_the_same_people_give_them_one_attempt_each(
    database: Database, settings: Settings, sitting: PreparedSitting
) -> None:
    browsers = await seated(database, sitting, range(CANDIDATES))
    async with AsyncExitStack() as stack:
        starters = [
            await stack.enter_async_context(Starter(database, master_key(settings)).running()) for _ in range(2)
        ]
        both = await asyncio.gather(*(together(starter, browsers) for starter in starters))
    ids = [[answer.attempt.id for answer in answers if isinstance(answer, Started)] for answers in both]
    assert ids[0] == ids[1]
    assert len(await attempts_in(database)) == len(set(ids[0])) == CANDIDATES


async def test_a_paper_that_is_not_the_same_for_everybody_starts_alone(
    database: Database, settings: Settings, starter: Starter
) -> None:
    sitting = await prepare_sitting(
        database, settings, candidates=3, now=utc_now(), rng=random.Random(6), specs=[adaptive_form("A1")]
    )
    answers = await together(starter, await seated(database, sitting, range(3)))
    assert [len(answer.stages) for answer in answers if isinstance(answer, Started)] == [1, 1, 1]


@pytest.mark.parametrize(("closes_in", "refused"), [(-1, SittingOverError), (60, None)])
async def test_nobody_starts_when_the_window_has_closed(
    closes_in: int,
    refused: type[DomainError] | None,
    database: Database,
    sitting: PreparedSitting,
    starter: Starter,
) -> None:
    browsers = await seated(database, sitting, range(2))
    values: dict[str, Any] = {
        "opens_at": utc_now() - timedelta(hours=1),
        "closes_at": utc_now() + timedelta(seconds=closes_in),
    }
    async with database.write() as session:
        await session.exec(sa.update(Sitting).where(col(Sitting.id) == sitting.sitting_id).values(**values))
    answers = await together(starter, browsers)
    assert {type(answer) for answer in answers} == {refused or Started}
