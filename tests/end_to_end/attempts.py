"""Attempts on the server while somebody sits at a browser: time moved, marks waited for."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from exam_engine.delivery import queries
from exam_engine.delivery.models import Attempt
from exam_engine.marking import service as marking
from exam_engine.marking.service import AttemptMark
from load_tests.prepared_sitting import Registered
from tests.end_to_end.house import House


async def set_back(house: House, taker: Registered, by: timedelta) -> None:
    """Make as if the attempt had begun earlier."""
    async with house.database() as database, database.write() as session:
        attempt = await queries.attempt_of(session, taker.registration_id)
        assert attempt is not None
        await session.exec(
            sa.update(Attempt).where(col(Attempt.id) == attempt.id).values(started_at=attempt.started_at - by)
        )


async def marked(house: House, taker: Registered) -> AttemptMark:
    """Wait until the attempt is marked."""
    async with house.database() as database, asyncio.timeout(30):
        while True:
            async with database.read() as session:
                attempt = await queries.attempt_of(session, taker.registration_id)
                assert attempt is not None
                found = await marking.marks(session, [attempt.id])
            if found:
                return found[attempt.id]
            await asyncio.sleep(0.3)
