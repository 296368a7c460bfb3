"""The site's side of a push: all rows of a sitting, as they are at one moment, in portions that can be repeated."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.actor import SYSTEM
from exam_engine.core.db import Database
from exam_engine.delivery import log_closing
from exam_engine.sites import queries
from exam_engine.sites.central_server import CentralServer
from exam_engine.sites.errors import NothingPulledError
from exam_engine.sites.portions import Portion, Taken, in_portions
from exam_engine.sites.pushed import PUSHED, Pushed
from exam_engine.sites.schemas import CompletedView
from exam_engine.sites.wire import Wire, to_wire
from exam_engine.sitting_log.roots import RootSigner
from exam_engine.sittings import service as sittings

_READ_AT_ONCE = 200
_BLOBS_READ_AT_ONCE = 4

Sending = Callable[[Portion], Awaitable[Taken]]


@dataclass(frozen=True, slots=True)
class BegunPush:
    """A push with its number; the last one brings everything home, others are copies of work that goes on."""

    sitting_id: UUID
    delegation_id: UUID
    number: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class PushReport:
    """What a push came to: by table what became of the rows, and what the central server vouches for at the end."""

    begun: BegunPush
    taken: dict[str, Taken]
    completed: CompletedView | None


async def begin(session: AsyncSession, sitting_id: UUID, *, signer: RootSigner, now: datetime) -> BegunPush:
    """Number a push. When the sitting is over and everybody's work is closed, its log is closed first.

    Raises
    ------
    NothingPulledError
    SittingLogBrokenError
        The log of the sitting was changed on this server.
    """
    pulled = await queries.pulled(session, sitting_id, lock=True)
    if pulled is None:
        raise NothingPulledError
    pulled.push_number += 1
    session.add(pulled)
    await session.flush()
    is_last = await is_over(session, sitting_id, now=now)
    if is_last:
        await log_closing.close_log(session, sitting_id, signer=signer, actor=SYSTEM, now=now)
    return BegunPush(sitting_id, pulled.delegation_id, pulled.push_number, is_last)


async def is_over(session: AsyncSession, sitting_id: UUID, *, now: datetime) -> bool:
    """Whether nobody works any more and nobody can start: by the clock, or because all have handed in."""
    if await queries.has_open_attempts(session, sitting_id):
        return False
    sitting = await sittings.find_sitting(session, sitting_id)
    return now > sitting.ends_at or not await queries.has_seats_not_started(session, sitting_id)


async def portions(session: AsyncSession, begun: BegunPush) -> AsyncIterator[Portion]:
    """Yield everything of a sitting in portions, as it is in the session's transaction."""
    for pushed in PUSHED:
        rows = _rows(session, pushed, begun.sitting_id)
        async for portion in in_portions(rows, push=begun.number, table=pushed.name):
            yield portion


async def _rows(session: AsyncSession, pushed: Pushed, sitting_id: UUID) -> AsyncIterator[Wire]:
    connection = await session.connection()
    has_blobs = any(isinstance(column.type, sa.LargeBinary) for column in pushed.columns)
    at_once = _BLOBS_READ_AT_ONCE if has_blobs else _READ_AT_ONCE
    found = await connection.stream(pushed.rows_at_site(sitting_id).execution_options(yield_per=at_once))
    async for row in found:
        yield to_wire(pushed.columns, row)


async def push(
    database: Database, sitting_id: UUID, central: CentralServer, *, signer: RootSigner, now: datetime
) -> PushReport:
    """Bring a sitting home, or a copy of it while it still runs. Broken off anywhere, it is done again.

    Raises
    ------
    NothingPulledError, SittingLogBrokenError, CentralServerError, CentralRefusalError
    """
    async with database.write() as session:
        begun = await begin(session, sitting_id, signer=signer, now=now)
    taken = {pushed.name: Taken() for pushed in PUSHED}
    async with database.read() as session:
        async for portion in portions(session, begun):
            answer = await central.send(portion)
            taken[portion.table] += Taken(answer.new, answer.changed, answer.already_there)
    if not begun.is_last:
        return PushReport(begun, taken, None)
    completed = await central.complete(begun.number)
    await note_home(database, sitting_id, completed.pushed_at)
    return PushReport(begun, taken, completed)


async def note_home(database: Database, sitting_id: UUID, pushed_at: datetime) -> None:
    """Note that the central server has everything."""
    async with database.write() as session:
        pulled = await queries.pulled(session, sitting_id, lock=True)
        if pulled is not None:
            pulled.taken_home_at = pushed_at
            session.add(pulled)
