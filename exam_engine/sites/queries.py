"""SQL of delegations and of what sites hold."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts.models import User
from exam_engine.core.db import table_of
from exam_engine.delivery.models import Attempt, JournalEntry, JournalRefusal, SealedPaper
from exam_engine.forms.models import Form
from exam_engine.minutes.models import MinutesSignature, RoomMinutes
from exam_engine.sites.models import PulledSitting, SiteDelegation, SiteLogRoot, SiteLogRow
from exam_engine.sites.pushed import PUSHED, Pushed, parents
from exam_engine.sittings.models import Registration, Room, SittingRoom

_ENTRY, _ATTEMPT, _LOG_ROW = table_of(JournalEntry), table_of(Attempt), table_of(SiteLogRow)
_REGISTRATION, _PAPER = table_of(Registration), table_of(SealedPaper)

# --- at the central server ---


async def delegation(session: AsyncSession, delegation_id: UUID, *, lock: bool = False) -> SiteDelegation | None:
    """Return a delegation, locked against its site and the board when asked."""
    return await _one_delegation(session, SiteDelegation.id == delegation_id, lock=lock)


async def delegation_by_code(session: AsyncSession, digest: str) -> SiteDelegation | None:
    """Return the delegation of a pull code, locked."""
    return await _one_delegation(session, SiteDelegation.code_digest == digest, lock=True)


async def delegation_of_user(session: AsyncSession, user_id: UUID, *, lock: bool = False) -> SiteDelegation | None:
    """Return the delegation of a site's account."""
    return await _one_delegation(session, SiteDelegation.user_id == user_id, lock=lock)


async def _one_delegation(session: AsyncSession, which: Any, *, lock: bool) -> SiteDelegation | None:
    statement = select(SiteDelegation).where(which)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(statement)).first()


async def delegations_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[SiteDelegation]:
    """Return the delegations of a sitting, the newest first."""
    statement = (
        select(SiteDelegation)
        .where(SiteDelegation.sitting_id == sitting_id)
        .order_by(col(SiteDelegation.created_at).desc(), col(SiteDelegation.id))
    )
    return list((await session.exec(statement)).all())


async def rooms_of_sitting(session: AsyncSession, sitting_id: UUID) -> list[Room]:
    """Return the rooms of a sitting by their position."""
    statement = (
        select(Room)
        .join(SittingRoom, col(SittingRoom.room_id) == col(Room.id))
        .where(SittingRoom.sitting_id == sitting_id)
        .order_by(col(SittingRoom.position))
    )
    return list((await session.exec(statement)).all())


async def hold_rooms(
    session: AsyncSession, sitting_id: UUID, room_ids: Collection[UUID], delegation_id: UUID | None
) -> None:
    """Note under which delegation rooms of a sitting are held; None for held here."""
    await session.exec(
        sa.update(SittingRoom)
        .where(col(SittingRoom.sitting_id) == sitting_id, col(SittingRoom.room_id).in_(room_ids))
        .values(delegated_to=delegation_id)
    )


async def has_attempts(session: AsyncSession, sitting_id: UUID, room_ids: Collection[UUID]) -> bool:
    """Whether somebody in these rooms has started."""
    statement = (
        select(Attempt.id)
        .join(Registration, col(Registration.id) == col(Attempt.registration_id))
        .where(Registration.sitting_id == sitting_id, col(Registration.room_id).in_(room_ids))
        .limit(1)
    )
    return (await session.exec(statement)).first() is not None


async def staged_forms(session: AsyncSession, sitting_id: UUID, room_ids: Collection[UUID]) -> list[Form]:
    """Return the forms of these rooms whose items come one after another from the server."""
    given = select(Registration.form_id).where(
        Registration.sitting_id == sitting_id, col(Registration.room_id).in_(room_ids)
    )
    statement = select(Form).where(col(Form.id).in_(given), Form.design != "linear").order_by(col(Form.form_code))
    return list((await session.exec(statement)).all())


async def wrapped_paper_keys(session: AsyncSession, paper_ids: Collection[UUID]) -> list[tuple[UUID, bytes | None]]:
    """Return the keys of sealed papers as they are stored."""
    statement = select(SealedPaper.id, SealedPaper.wrapped_key).where(col(SealedPaper.id).in_(paper_ids))
    return list((await session.exec(statement)).all())


async def registration_ids(session: AsyncSession, sitting_id: UUID, room_ids: Collection[UUID]) -> set[UUID]:
    """Return who sits in these rooms."""
    statement = select(Registration.id).where(
        Registration.sitting_id == sitting_id, col(Registration.room_id).in_(room_ids)
    )
    return set((await session.exec(statement)).all())


async def attempt_ids(session: AsyncSession, registrations: Collection[UUID]) -> list[UUID]:
    """Return the attempts of registrations in the order of their ids."""
    statement = select(Attempt.id).where(col(Attempt.registration_id).in_(registrations)).order_by(col(Attempt.id))
    return list((await session.exec(statement)).all())


async def planned_papers(session: AsyncSession, registrations: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """Return form and paper of registrations."""
    fits = sa.and_(
        _PAPER.c.sitting_id == _REGISTRATION.c.sitting_id,
        _PAPER.c.form_id == _REGISTRATION.c.form_id,
        _PAPER.c.variant == _REGISTRATION.c.variant,
    )
    statement = (
        sa.select(_REGISTRATION.c.id, _PAPER.c.form_id, _PAPER.c.id)
        .join(_PAPER, fits)
        .where(_REGISTRATION.c.id.in_(registrations))
    )
    rows = (await (await session.connection()).execute(statement)).all()
    return {registration_id: (form_id, paper_id) for registration_id, form_id, paper_id in rows}


async def owned(
    session: AsyncSession, pushed: Pushed, ids: Collection[UUID], registrations: set[UUID], rooms: set[UUID]
) -> set[UUID]:
    """Return which rows of a table, by id, hang on one of these rooms, or else on one of these registrations."""
    table = pushed.target
    if "room_id" in table.c and not table.c.room_id.nullable:
        statement = sa.select(table.c.id).where(table.c.id.in_(ids), table.c.room_id.in_(rooms))
        return set((await (await session.connection()).execute(statement)).scalars())
    if "registration_id" in table.c:
        statement = sa.select(table.c.id, table.c.registration_id).where(table.c.id.in_(ids))
        rows = (await (await session.connection()).execute(statement)).all()
        return {id_ for id_, registration_id in rows if registration_id in registrations}
    name, parent = next(iter(parents(table).items()))
    statement = sa.select(table.c.id, table.c[name]).where(table.c.id.in_(ids))
    rows = (await (await session.connection()).execute(statement)).all()
    known = await owned(session, parent, {above for _, above in rows}, registrations, rooms)
    return {id_ for id_, above in rows if above in known}


async def stored_rows(
    session: AsyncSession, pushed: Pushed, keys: Sequence[tuple[Any, ...]], delegation_id: UUID
) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Return what is stored under the keys of rows that a site sent."""
    table = pushed.target
    columns = [table.c[name] for name in pushed.key]
    which = columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else sa.tuple_(*columns).in_(keys)
    statement = sa.select(*pushed.columns).where(which)
    if "delegation_id" in table.c:
        statement = statement.where(table.c.delegation_id == delegation_id)
    rows = (await (await session.connection()).execute(statement)).mappings().all()
    return {tuple(row[name] for name in pushed.key): dict(row) for row in rows}


async def remove_minutes_drafts(session: AsyncSession, sealed: Iterable[Mapping[str, Any]]) -> None:
    """Remove what was begun here before a site held the room, where minutes come that were sealed there."""
    places = [(row["sitting_id"], row["room_id"], row["version"]) for row in sealed]
    if not places:
        return
    minutes, signatures = table_of(RoomMinutes), table_of(MinutesSignature)
    here = sa.tuple_(minutes.c.sitting_id, minutes.c.room_id, minutes.c.version).in_(places)
    drafts = sa.select(minutes.c.id).where(here, minutes.c.sealed_at.is_(None))
    connection = await session.connection()
    await connection.execute(sa.delete(signatures).where(signatures.c.minutes_id.in_(drafts)))
    await connection.execute(sa.delete(minutes).where(minutes.c.id.in_(drafts)))


async def journal_hashes(session: AsyncSession, before: Mapping[UUID, int]) -> dict[UUID, str]:
    """Return the hash of the stored operation with the given number, by attempt; attempts without it are left out."""
    statement = sa.select(_ENTRY.c.attempt_id, _ENTRY.c.hash).where(
        sa.tuple_(_ENTRY.c.attempt_id, _ENTRY.c.seq).in_(list(before.items()))
    )
    rows = (await (await session.connection()).execute(statement)).all()
    return {row.attempt_id: row.hash for row in rows}


async def log_row(session: AsyncSession, delegation_id: UUID, number: int) -> SiteLogRow | None:
    """Return a row of a site's log."""
    return await session.get(SiteLogRow, (delegation_id, number))


async def log_rows_after(session: AsyncSession, delegation_id: UUID, number: int, *, limit: int) -> list[SiteLogRow]:
    """Return rows of a site's log that follow a number, in order."""
    statement = (
        select(SiteLogRow)
        .where(SiteLogRow.delegation_id == delegation_id, SiteLogRow.number > number)
        .order_by(col(SiteLogRow.number))
        .limit(limit)
    )
    return list((await session.exec(statement)).all())


async def log_roots(session: AsyncSession, delegation_id: UUID) -> list[SiteLogRoot]:
    """Return the roots of a site's log, the first first."""
    statement = select(SiteLogRoot).where(SiteLogRoot.delegation_id == delegation_id).order_by(col(SiteLogRoot.segment))
    return list((await session.exec(statement)).all())


async def log_size(session: AsyncSession, delegation_id: UUID) -> int:
    """Return how many rows of a site's log have come."""
    statement = sa.select(sa.func.count()).where(_LOG_ROW.c.delegation_id == delegation_id)
    count: int = (await (await session.connection()).execute(statement)).scalar_one()
    return count


async def refused_parts(session: AsyncSession, attempts: Collection[UUID]) -> set[tuple[str, int]]:
    """Return the parts of refusals that are stored of attempts: attempt and number."""
    statement = (
        select(JournalRefusal.attempt_id, JournalRefusal.logged_part)
        .where(col(JournalRefusal.attempt_id).in_(attempts), col(JournalRefusal.logged_part).is_not(None))
        .distinct()
    )
    return {(str(attempt_id), part) for attempt_id, part in (await session.exec(statement)).all() if part is not None}


async def counts_at_home(session: AsyncSession, found: SiteDelegation, registrations: set[UUID]) -> dict[str, int]:
    """Return how many rows of each table are stored of what a site holds."""
    connection = await session.connection()
    counts = {}
    for pushed in PUSHED:
        statement = sa.select(sa.func.count()).where(_of_delegation(pushed.target, found, registrations))
        counts[pushed.name] = (await connection.execute(statement)).scalar_one()
    return counts


def _of_delegation(table: sa.Table, found: SiteDelegation, registrations: set[UUID]) -> sa.ColumnElement[bool]:
    if "delegation_id" in table.c:
        return table.c.delegation_id == found.id
    if "room_id" in table.c:
        rooms = [UUID(room_id) for room_id in found.room_ids]
        return sa.and_(table.c.sitting_id == found.sitting_id, table.c.room_id.in_(rooms))
    if "registration_id" in table.c:
        return table.c.registration_id.in_(registrations)
    name, parent = next(iter(parents(table).items()))
    above = sa.select(parent.target.c.id).where(_of_delegation(parent.target, found, registrations))
    return table.c[name].in_(above)


# --- at the site ---


async def pulled(session: AsyncSession, sitting_id: UUID, *, lock: bool = False) -> PulledSitting | None:
    """Return what a site knows of a sitting that it pulled."""
    statement = select(PulledSitting).where(PulledSitting.sitting_id == sitting_id)
    if lock:
        statement = statement.with_for_update()
    return (await session.exec(statement)).first()


async def all_pulled(session: AsyncSession) -> list[PulledSitting]:
    """Return all sittings that this server pulled, the newest first."""
    return list((await session.exec(select(PulledSitting).order_by(col(PulledSitting.pulled_at).desc()))).all())


async def counts_at_site(session: AsyncSession, sitting_id: UUID) -> dict[str, int]:
    """Return how many rows of each table a push of the sitting would bring home."""
    connection = await session.connection()
    counts = {}
    for pushed in PUSHED:
        rows = pushed.rows_at_site(sitting_id).order_by(None).subquery()
        counts[pushed.name] = (await connection.execute(sa.select(sa.func.count()).select_from(rows))).scalar_one()
    return counts


async def has_unchained_rows(session: AsyncSession, sitting_id: UUID) -> bool:
    """Whether refusals of a sitting wait for the row of the log that vouches for them."""
    statement = (
        select(JournalRefusal.attempt_id)
        .join(Attempt, col(Attempt.id) == col(JournalRefusal.attempt_id))
        .where(Attempt.sitting_id == sitting_id, col(JournalRefusal.logged_part).is_(None))
        .limit(1)
    )
    return (await session.exec(statement)).first() is not None


async def has_seats_not_started(session: AsyncSession, sitting_id: UUID) -> bool:
    """Whether somebody is registered for a sitting who has not started."""
    statement = (
        select(Registration.id)
        .where(
            Registration.sitting_id == sitting_id, ~sa.exists().where(_ATTEMPT.c.registration_id == _REGISTRATION.c.id)
        )
        .limit(1)
    )
    return (await session.exec(statement)).first() is not None


async def has_attempts_of(session: AsyncSession, sitting_id: UUID) -> bool:
    """Whether somebody has started in a sitting."""
    return (await session.exec(select(Attempt.id).where(Attempt.sitting_id == sitting_id).limit(1))).first() is not None


async def is_username_taken(session: AsyncSession, username: str) -> bool:
    """Whether somebody has that login name."""
    return (await session.exec(select(User.id).where(User.username == username))).first() is not None


async def has_open_attempts(session: AsyncSession, sitting_id: UUID) -> bool:
    """Whether somebody still works."""
    statement = select(Attempt.id).where(Attempt.sitting_id == sitting_id, col(Attempt.closed_at).is_(None)).limit(1)
    return (await session.exec(statement)).first() is not None
