"""SQL of the browsers that sittings ask for, and of events of the window that were seen."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.lockdown.models import BrowserCheck, EventReview, SafeExamBrowser

_CHECK, _REVIEW = table_of(BrowserCheck), table_of(EventReview)


async def browser_of(session: AsyncSession, sitting_id: UUID, *, for_change: bool = False) -> SafeExamBrowser | None:
    """Return what browser a sitting asks for; None when any will do."""
    statement = select(SafeExamBrowser).where(col(SafeExamBrowser.sitting_id) == sitting_id)
    return (await session.exec(statement.with_for_update() if for_change else statement)).one_or_none()


async def check_of(session: AsyncSession, registration_id: UUID, *, for_change: bool = False) -> BrowserCheck | None:
    """Return what browser a candidate last came with."""
    statement = select(BrowserCheck).where(col(BrowserCheck.registration_id) == registration_id)
    return (await session.exec(statement.with_for_update() if for_change else statement)).one_or_none()


async def checks_of(session: AsyncSession, registration_ids: Collection[UUID]) -> dict[UUID, BrowserCheck]:
    """Return what browsers these candidates last came with."""
    statement = select(BrowserCheck).where(among(session, _CHECK.c.registration_id, registration_ids))
    return {row.registration_id: row for row in (await session.exec(statement)).all()}


async def reviews_of(session: AsyncSession, attempt_ids: Collection[UUID]) -> dict[UUID, EventReview]:
    """Return up to where the events of these attempts were seen, locked in the order of their ids."""
    statement = (
        select(EventReview)
        .where(among(session, _REVIEW.c.attempt_id, attempt_ids))
        .order_by(col(EventReview.attempt_id))
        .with_for_update()
    )
    return {row.attempt_id: row for row in (await session.exec(statement)).all()}
