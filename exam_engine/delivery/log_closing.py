"""Chaining the rows of sitting logs and closing the logs of sittings that are over."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.audit import service as audit
from exam_engine.core.actor import SYSTEM, Actor
from exam_engine.core.db import Database, table_of
from exam_engine.core.time import utc_now
from exam_engine.delivery import log_rows
from exam_engine.delivery.models import Attempt
from exam_engine.sitting_log import service as sitting_log
from exam_engine.sitting_log.errors import SittingLogBrokenError, SittingLogEmptyError, SittingLogOpenError
from exam_engine.sitting_log.models import SittingLogHead, SittingLogRoot
from exam_engine.sitting_log.roots import RootSigner
from exam_engine.sittings import service as sittings
from exam_engine.sittings.models import Registration, Sitting, SittingRoom

log = structlog.get_logger()

_CHAINED_AT_ONCE = 500

_ATTEMPT, _HEAD = table_of(Attempt), table_of(SittingLogHead)
_SITTING, _REGISTRATION, _SITTING_ROOM = table_of(Sitting), table_of(Registration), table_of(SittingRoom)


async def close_log(
    session: AsyncSession, sitting_id: UUID, *, signer: RootSigner, actor: Actor, now: datetime
) -> SittingLogRoot:
    """Close a sitting's log, or what came since it was closed, under a signed root; without news, the last root again.

    Raises
    ------
    SittingLogOpenError
        Attempts are still open.
    SittingLogEmptyError
        The sitting was never made ready.
    SittingLogBrokenError
        The stored log was changed.
    """
    await sitting_log.lock(session, sitting_id)
    is_open = sa.select(_ATTEMPT.c.id).where(_ATTEMPT.c.sitting_id == sitting_id, _ATTEMPT.c.closed_at.is_(None))
    connection = await session.connection()
    if (await connection.execute(is_open.limit(1))).first() is not None:
        raise SittingLogOpenError
    last = await sitting_log.last_root(session, sitting_id)
    await log_rows.late_refusals(session, sitting_id, last.segment + 1 if last is not None else 1, now)
    root = await sitting_log.close(session, sitting_id, signer=signer, closed_by=actor.id, now=now)
    if root is None:
        if last is None:
            raise SittingLogEmptyError
        return last
    await audit.record(
        session,
        actor=actor,
        action="sitting_log.closed",
        object_type="sitting",
        object_id=str(sitting_id),
        details={"segment": root.segment, "rows": root.rows, "root": root.root},
        now=now,
    )
    return root


async def _closable(session: AsyncSession, now: datetime) -> list[UUID]:
    """Sittings that are over, with everything marked and rows that no root covers; one statement a round.

    A sitting of which a site holds a room waits for it. At the site nothing is marked, and nothing waits for that.
    """
    of_sitting = _ATTEMPT.c.sitting_id == _SITTING.c.id
    unmarked = sa.and_(_ATTEMPT.c.marked_at.is_(None), _SITTING.c.is_pulled.is_(False))
    unfinished = sa.or_(_ATTEMPT.c.closed_at.is_(None), unmarked)
    at_site = sa.and_(_SITTING_ROOM.c.sitting_id == _SITTING.c.id, _SITTING_ROOM.c.delegated_to.is_not(None))
    without_attempt = sa.and_(
        _REGISTRATION.c.sitting_id == _SITTING.c.id,
        ~sa.exists().where(_ATTEMPT.c.registration_id == _REGISTRATION.c.id),
    )
    everybody_was_there = sa.and_(sa.exists().where(of_sitting), ~sa.exists().where(without_attempt))
    statement = (
        sa.select(_SITTING.c.id, _SITTING.c.closes_at)
        .join(_HEAD, _HEAD.c.sitting_id == _SITTING.c.id)
        .where(
            _HEAD.c.rows > _HEAD.c.rooted,
            _SITTING.c.opens_at <= now,
            sa.or_(_SITTING.c.closes_at < now, everybody_was_there),
            ~sa.exists().where(of_sitting, unfinished),
            ~sa.exists().where(at_site),
        )
    )
    connection = await session.connection()
    over = []
    for sitting_id, closes_at in (await connection.execute(statement)).all():
        # The window alone does not know of extra time, and of it only matters who has not started yet.
        if closes_at >= now or now > (await sittings.find_sitting(session, sitting_id)).ends_at:
            over.append(sitting_id)
    return over


async def settle_logs(database: Database, signer: RootSigner) -> tuple[int, int]:
    """Chain the rows that wait, and close the logs of sittings that are over; returns how many of each.

    A crash in between loses nothing: the next round finds the same work. A log that does not fit its chain is left
    open and told in the server's log; it holds up no other.
    """
    chained = closed = 0
    async with database.read() as session:
        waiting = await sitting_log.sittings_with_unchained_rows(session)
    for sitting_id in waiting:
        count = _CHAINED_AT_ONCE
        while count == _CHAINED_AT_ONCE:
            # A transaction each: on SQLite nobody saves meanwhile.
            async with database.write() as session:
                count = await sitting_log.chain(session, sitting_id, most=_CHAINED_AT_ONCE)
            chained += count
    async with database.read() as session:
        over = await _closable(session, utc_now())
    for sitting_id in over:
        try:
            async with database.write() as session:
                await close_log(session, sitting_id, signer=signer, actor=SYSTEM, now=utc_now())
            closed += 1
        except SittingLogBrokenError as error:
            log.error("sitting_log_broken", sitting_id=str(sitting_id), row=error.params["number"])  # noqa: TRY400
        except SittingLogOpenError:
            log.info("sitting_log_reopened", sitting_id=str(sitting_id))
    return chained, closed
