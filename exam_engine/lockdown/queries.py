"""SQL of the browsers that sittings ask for."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import among, table_of
from exam_engine.lockdown.models import BrowserCheck, SafeExamBrowser

_CHECK = table_of(BrowserCheck)


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
