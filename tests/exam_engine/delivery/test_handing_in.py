"""Handing in in groups: each gets the answer that it would get alone, whoever else stands in the group."""

import asyncio
import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.errors import DomainError, NotFoundError
from exam_engine.core.time import utc_now
from exam_engine.delivery import ending
from exam_engine.delivery.engine import master_key
from exam_engine.delivery.errors import (
    AttemptClosedError,
    JournalIncompleteError,
    SeatFencedError,
    UploadsIncompleteError,
)
from exam_engine.delivery.handing_in import HandedIn, HandIn, HandIns, hand_in
from exam_engine.delivery.journal import genesis_hash
from exam_engine.delivery.models import Attempt, JournalRefusal
from exam_engine.delivery.service import start
from exam_engine.sitting_log.models import SittingLogRow
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting, seat
from tests.conftest import make_actor


@pytest.fixture
async def sitting(database: Database, settings: Settings) -> PreparedSitting:
    return await prepare_sitting(database, settings, candidates=8, now=utc_now(), rng=random.Random(5), item_count=4)


@pytest.fixture
async def wishes(database: Database, settings: Settings, sitting: PreparedSitting) -> list[HandIn]:
    """Return the wishes of eight candidates who have started and saved nothing."""
    found = []
    async with database.write() as session:
        for registered in sitting.registered:
            browser, now = new_id(), utc_now()
            await seat(session, registered.registration_id, browser, now)
            started = await start(
                session,
                registration_id=registered.registration_id,
                login_session_id=browser,
                master_key=master_key(settings),
                now=now,
            )
            attempt = started.attempt
            found.append(
                HandIn(attempt.id, attempt.registration_id, browser, 1, 0, attempt.chain_head, arrived_at=utc_now())
            )
    return found


async def together(database: Database, wishes: list[HandIn], now: datetime | None = None) -> list[Any]:
    async with database.write() as session:
        return await hand_in(session, wishes, now=now or utc_now())


async def stored(database: Database, attempt_id: UUID) -> Attempt:
    async with database.read() as session:
        return await session.get_one(Attempt, attempt_id)


async def closed_rows(database: Database) -> list[dict[str, Any]]:
    async with database.read() as session:
        statement = select(SittingLogRow.body).where(SittingLogRow.kind == "attempt.closed")
        return [json.loads(body) for body in (await session.exec(statement)).all()]


async def test_each_is_refused_for_their_own_reason_and_the_others_hand_in(
    database: Database, wishes: list[HandIn]
) -> None:
    good, ahead, other_end, elsewhere, old, stranger, nobody, without_file = wishes
    answers = await together(
        database,
        [
            good,
            replace(ahead, last_seq=1),
            replace(other_end, chain_head="0" * 64),
            replace(elsewhere, login_session_id=new_id()),
            replace(old, epoch=2),
            replace(stranger, registration_id=good.registration_id),
            replace(nobody, attempt_id=new_id()),
            replace(without_file, files=("ab" * 32,)),
        ],
    )
    assert [type(answer) for answer in answers] == [
        HandedIn,
        JournalIncompleteError,
        JournalIncompleteError,
        SeatFencedError,
        SeatFencedError,
        NotFoundError,
        NotFoundError,
        UploadsIncompleteError,
    ]
    assert answers[1].params == {"want_from": 1}
    assert (await stored(database, good.attempt_id)).finish_kind == "submitted"
    for wish in wishes[1:]:
        assert (await stored(database, wish.attempt_id)).closed_at is None
    assert [row["attempt"] for row in await closed_rows(database)] == [str(good.attempt_id)]


async def test_handing_in_twice_changes_nothing_in_one_group_or_later(database: Database, wishes: list[HandIn]) -> None:
    first, second = await together(database, [wishes[0], replace(wishes[0], arrived_at=utc_now())])
    attempt = await stored(database, wishes[0].attempt_id)
    (later,) = await together(database, [wishes[0]])
    assert first.attempt.id == second.attempt.id == later.attempt.id
    assert (await stored(database, wishes[0].attempt_id)).closed_at == attempt.closed_at
    assert len(await closed_rows(database)) == 1


async def test_the_finish_is_the_arrival_and_never_after_the_deadline(database: Database, wishes: list[HandIn]) -> None:
    started_at = (await stored(database, wishes[0].attempt_id)).started_at
    deadline = (await stored(database, wishes[1].attempt_id)).started_at + timedelta(minutes=45)
    early = replace(wishes[0], arrived_at=started_at + timedelta(minutes=10))
    in_grace = replace(wishes[1], arrived_at=deadline + timedelta(seconds=120))
    too_late = replace(wishes[2], arrived_at=deadline + timedelta(seconds=125))
    answers = await together(database, [early, in_grace, too_late], now=deadline + timedelta(seconds=126))
    assert answers[0].attempt.finished_at == early.arrived_at
    assert answers[1].attempt.finished_at == deadline
    assert isinstance(answers[2], AttemptClosedError)


async def test_whoever_was_ended_by_a_proctor_hands_in_what_is_there(database: Database, wishes: list[HandIn]) -> None:
    async with database.write() as session:
        actor = make_actor("proctor")
        ids = [wishes[0].registration_id]
        await ending.end(session, ids, reason="violation", note="", actor=actor, now=utc_now())
    (answer,) = await together(database, [replace(wishes[0], arrived_at=utc_now())])
    assert answer.attempt.finish_kind == "ended"


async def test_the_log_vouches_for_what_was_refused_before_the_end(database: Database, wishes: list[HandIn]) -> None:
    refused = wishes[0].attempt_id
    async with database.write() as session:
        for seq in (1, 2):
            session.add(
                JournalRefusal(
                    attempt_id=refused,
                    seq=seq,
                    hash="a" * 64,
                    reason="fenced",
                    body="{}",
                    epoch=1,
                    received_at=utc_now(),
                )
            )
    await together(database, wishes[:3])
    rows = {row["attempt"]: row for row in await closed_rows(database)}
    assert rows[str(refused)]["refusals"] == 2
    assert [rows[str(wish.attempt_id)]["refusals"] for wish in wishes[1:3]] == [0, 0]
    assert rows[str(wishes[1].attempt_id)]["chain_head"] == genesis_hash(wishes[1].attempt_id)
    async with database.read() as session:
        statement = select(JournalRefusal.logged_part).where(col(JournalRefusal.attempt_id) == refused)
        assert list((await session.exec(statement)).all()) == [0, 0]


async def test_those_who_come_in_one_moment_share_transactions(database: Database, wishes: list[HandIn]) -> None:
    async with HandIns(database).running() as hand_ins:
        answers = await asyncio.gather(
            *(hand_ins.hand_in(wish) for wish in [*wishes, replace(wishes[0], epoch=3)]), return_exceptions=True
        )
    assert all(isinstance(answer, HandedIn) for answer in answers[:-1])
    assert isinstance(answers[-1], DomainError)
    closed = {(await stored(database, wish.attempt_id)).closed_at for wish in wishes}
    assert None not in closed
    assert len(closed) == 1
