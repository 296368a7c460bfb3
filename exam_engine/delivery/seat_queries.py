"""SQL of identity checks, moves to other seats and what they need of registrations."""

from collections.abc import Collection
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.delivery.models import Attempt, IdentityCheck, JournalRefusal, Recovery, Seat, SeatMove, TimeCredit
from exam_engine.sittings.models import Registration, Sitting

_ATTEMPT, _CHECK, _SEAT = table_of(Attempt), table_of(IdentityCheck), table_of(Seat)
_CREDIT, _RECOVERY, _REFUSAL = table_of(TimeCredit), table_of(Recovery), table_of(JournalRefusal)
_REGISTRATION, _SITTING = table_of(Registration), table_of(Sitting)


async def identity_checks_of(session: AsyncSession, registration_ids: Collection[UUID]) -> dict[UUID, IdentityCheck]:
    """Return what proctors found of these candidates' identity, and did not take back."""
    found = await all_identity_checks_of(session, registration_ids)
    return {id_: check for id_, check in found.items() if check.verdict != "withdrawn"}


async def all_identity_checks_of(
    session: AsyncSession, registration_ids: Collection[UUID]
) -> dict[UUID, IdentityCheck]:
    """Return the rows on these candidates' identity, those that were taken back among them."""
    statement = select(IdentityCheck).where(among(session, _CHECK.c.registration_id, registration_ids))
    return {row.registration_id: row for row in (await session.exec(statement)).all()}


async def needing_identity(session: AsyncSession, registration_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these registrations are of sittings that unlock only persons who were confirmed."""
    statement = (
        sa.select(_REGISTRATION.c.id)
        .join(_SITTING, _SITTING.c.id == _REGISTRATION.c.sitting_id)
        .where(among(session, _REGISTRATION.c.id, registration_ids), _SITTING.c.unlock_needs_identity)
    )
    return set((await (await session.connection()).execute(statement)).scalars())


async def lock_registrations(session: AsyncSession, registration_ids: Collection[UUID]) -> None:
    """Keep others from noting something about these candidates; locked in the order of their ids."""
    await (await session.connection()).execute(
        sa.select(_REGISTRATION.c.id)
        .where(among(session, _REGISTRATION.c.id, registration_ids))
        .order_by(_REGISTRATION.c.id)
        .with_for_update(key_share=True)
    )


async def seat_numbers(session: AsyncSession, registration_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return where these candidates sit, as far as they have a seat."""
    statement = sa.select(_REGISTRATION.c.id, _REGISTRATION.c.seat_number).where(
        among(session, _REGISTRATION.c.id, registration_ids), _REGISTRATION.c.seat_number.is_not(None)
    )
    found = (await (await session.connection()).execute(statement)).all()
    return {row[0]: row[1] for row in found}


async def lock_seats(session: AsyncSession, registration_ids: Collection[UUID]) -> dict[UUID, Seat]:
    """Return the seats of these candidates as they are now, locked in the order of their ids."""
    statement = (
        select(Seat)
        .where(among(session, _SEAT.c.registration_id, registration_ids))
        .order_by(col(Seat.registration_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.registration_id: row for row in (await session.exec(statement)).all()}


async def moves_of(session: AsyncSession, registration_ids: Collection[UUID]) -> list[SeatMove]:
    """Return how these candidates were moved, in the order of the moves."""
    statement = (
        select(SeatMove)
        .where(col(SeatMove.registration_id).in_(registration_ids))
        .order_by(col(SeatMove.moved_at), col(SeatMove.id))
    )
    return list((await session.exec(statement)).all())


async def fenced_counts(session: AsyncSession, registration_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return of which candidates something came from a browser that had lost the seat, and how much; none for most."""
    statement = (
        sa.select(_ATTEMPT.c.registration_id, sa.func.count())
        .join(_REFUSAL, _REFUSAL.c.attempt_id == _ATTEMPT.c.id)
        .where(among(session, _ATTEMPT.c.registration_id, registration_ids), _REFUSAL.c.reason == "fenced")
        .group_by(_ATTEMPT.c.registration_id)
    )
    found = (await (await session.connection()).execute(statement)).all()
    return {row[0]: row[1] for row in found}


async def awaiting_second(
    session: AsyncSession, registration_ids: Collection[UUID]
) -> dict[UUID, set[Literal["credit", "recovery"]]]:
    """Return for which candidates time or a recovery waits for a second signature."""
    proposals = sa.union_all(
        *(
            sa.select(table.c.registration_id, sa.literal(name)).where(
                among(session, table.c.registration_id, registration_ids), table.c.decision.is_(None)
            )
            for name, table in (("credit", _CREDIT), ("recovery", _RECOVERY))
        )
    )
    found: dict[UUID, set[Literal["credit", "recovery"]]] = {}
    for registration_id, what in (await (await session.connection()).execute(proposals)).all():
        found.setdefault(registration_id, set()).add(what)
    return found
